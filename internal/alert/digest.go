package alert

import (
	"bytes"
	_ "embed" // the templates
	"fmt"
	htmltemplate "html/template"
	"strings"
	"sync"
	"text/template"

	"github.com/bxsearch/bxsearch/internal/neutral"
)

//go:embed digest.txt
var textSource string

//go:embed digest.html
var htmlSource string

// digestView is a parcel as people read it.
type digestView struct {
	Subject string
	Test    bool
	Watches []watchView
	ID      string
}

// watchView is what one watch found.
type watchView struct {
	Name, Query, Mute string
	Alerts            []alertView
}

// alertView is one message.
type alertView struct {
	Subject, Snippet []piece
	About            string // who, where, when
	First            string // whether it is the first
	Links            []string
	Also             []alsoView // messages that say the same
	ID               string
}

// alsoView is a message that says the same.
type alsoView struct{ About, Link string }

// piece is a stretch of text, marked or not.
type piece struct {
	Text string
	Mark bool
}

// maxSubject bounds the subject of a digest, in bytes.
const maxSubject = 150

// newDigest sorts a parcel by watches, in the order in which they come first.
func newDigest(p *parcel) *digestView {
	d := &digestView{Test: p.test, ID: p.key}
	at := map[string]int{}
	for _, a := range p.alerts {
		i, ok := at[a.Watch]
		if !ok {
			i = len(d.Watches)
			at[a.Watch] = i
			d.Watches = append(d.Watches, watchView{Name: neutral.OneLine(a.Watch), Query: neutral.OneLine(a.Query), Mute: neutral.OneLine(a.Mute)})
		}
		d.Watches[i].Alerts = append(d.Watches[i].Alerts, newView(a))
	}
	var counts []string
	for _, w := range d.Watches {
		counts = append(counts, fmt.Sprintf("%s (%d)", w.Name, len(w.Alerts)))
	}
	news := fmt.Sprintf("%d new messages", len(p.alerts))
	switch len(p.alerts) {
	case 0:
		news = "no new messages"
	case 1:
		news = "1 new message: " + counts[0]
	default:
		news += ": " + strings.Join(counts, ", ")
	}
	d.Subject = news
	if p.test {
		d.Subject = "test: " + d.Subject
	}
	if len(d.Subject) > maxSubject {
		d.Subject = cut(d.Subject, maxSubject) + "…"
	}
	return d
}

// names lists the watches.
func (d *digestView) names() string {
	var all []string
	for _, w := range d.Watches {
		all = append(all, w.Name)
	}
	return cut(strings.Join(all, " "), maxSubject)
}

func newView(a Alert) alertView {
	v := alertView{Subject: pieces(a.Subject), About: about(a.Message), First: firstness(a), ID: a.ID}
	if len(v.Subject) == 0 {
		v.Subject = []piece{{Text: "(no subject)"}}
	}
	for i, t := range a.Snippet {
		if t.Before || i > 0 {
			v.Snippet = append(v.Snippet, piece{Text: "… "})
		}
		v.Snippet = append(v.Snippet, pieces(t)...)
		if t.After && i == len(a.Snippet)-1 {
			v.Snippet = append(v.Snippet, piece{Text: " …"})
		} else if i < len(a.Snippet)-1 {
			v.Snippet = append(v.Snippet, piece{Text: " "})
		}
	}
	for _, link := range []string{a.Message.Page, a.Message.URL, a.Message.SourceURL} {
		if link = webURL(link); link != "" {
			v.Links = append(v.Links, link)
		}
	}
	for _, m := range a.Copies {
		v.Also = append(v.Also, alsoView{about(m), m.link()})
	}
	return v
}

// templates are read once.
var templates = sync.OnceValues(func() (*digestTemplates, error) {
	plain, err := template.New("digest.txt").Parse(textSource)
	if err != nil {
		return nil, err
	}
	rich, err := htmltemplate.New("digest.html").Parse(htmlSource)
	return &digestTemplates{plain, rich}, err
})

type digestTemplates struct {
	plain *template.Template
	rich  *htmltemplate.Template
}

// render writes the digest as text and as HTML.
func (d *digestView) render() (text, html string, err error) {
	ts, err := templates()
	if err != nil {
		return "", "", err
	}
	var t, h bytes.Buffer
	if err := ts.plain.Execute(&t, d); err != nil {
		return "", "", err
	}
	err = ts.rich.Execute(&h, d)
	return t.String(), h.String(), err
}

// Plain is the alert as text for people, a few lines.
func (a Alert) Plain() (string, error) {
	ts, err := templates()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = ts.plain.ExecuteTemplate(&b, "alert", newView(a))
	return b.String(), err
}
