package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/markdown"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/link"
)

// citation is a message as a source to be named.
type citation struct{ Name, Text string }

// citations name a message by its page in the original archive, and by the copy here,
// with what proves that the copy is one.
func citations(l link.Links, v *messageView) []citation {
	m := v.Message
	here := l.Absolute(l.Message(m.ID, link.HTML))
	original := here
	if len(v.Permalinks) > 0 {
		original = v.Permalinks[0]
	}
	date, isoDate := day(m.Date), ""
	if !m.Date.IsZero() {
		isoDate = m.Date.Format(time.DateOnly)
	}
	var proof []string
	if m.MessageID != "" {
		proof = append(proof, "Message-ID <"+short(300, m.MessageID)+">")
	}
	if v.Fetch != nil {
		proof = append(proof, "fetched "+v.Fetch.Fetched.UTC().Format(time.RFC3339), "SHA-256 "+v.Fetch.SHA256)
	}
	author, title, list := from(m), subject(m), short(120, m.List)
	plain := fmt.Sprintf("%s: “%s”. Mailing list %s, %s. %s. Copy: %s.", author, title, list, date, original, here)
	if len(proof) > 0 {
		plain += " " + strings.Join(proof, ", ") + "."
	}
	md := fmt.Sprintf("[%s](%s), %s, mailing list %s, %s ([copy](%s))", markdown.Escape(title), markdown.URL(original), markdown.Escape(author), markdown.Escape(list), date, markdown.URL(here))
	bib := fmt.Sprintf("@misc{%s,\n  author = {%s},\n  title = {{%s}},\n  howpublished = {Mailing list %s},\n  date = {%s},\n  url = {%s},\n  note = {Copy: %s. %s}\n}",
		m.ID, tex(author), tex(title), tex(list), isoDate, bibURL(original), bibURL(here), tex(strings.Join(proof, ", ")))
	return []citation{{"Text", plain}, {"Markdown", md}, {"BibTeX", bib}}
}

// tex writes text so that TeX shows it as it is.
func tex(s string) string { return texSigns.Replace(neutral.OneLine(s)) }

var texSigns = strings.NewReplacer(`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "%", `\%`, "_", `\_`, "~", `\textasciitilde{}`, "^", `\textasciicircum{}`)

// bibURL keeps an address from ending its field.
func bibURL(u string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", `\`, "%5C").Replace(u)
}
