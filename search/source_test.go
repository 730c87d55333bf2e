package search

import (
	"testing"

	"github.com/bxsearch/bxsearch/index"
)

// TestSnippetWithoutTheArticlesAddress holds that a snippet shows words of an
// article, not the address that stands above each.
func TestSnippetWithoutTheArticlesAddress(t *testing.T) {
	const url = "https://news.example/2021/03/clinic-closed-after-breach.html"
	for _, c := range []struct {
		name                 string
		own, attached, quote string
		want                 string
	}{
		{"above the text", url + "\n\nA clinic was breached.", "", "", "body: A [clinic] was breached."},
		{"in brackets", " <" + url + ">\r\n\r\nA clinic was breached.", "", "", "body: A [clinic] was breached."},
		{"with a label", "Source: " + url + "\nA clinic was breached.", "", "", "body: A [clinic] was breached."},
		{"wrapped", url[:40] + "\n" + url[40:] + "\n\nA clinic was breached.", "", "", "body: A [clinic] was breached."},
		{"below a headline", "Clinic breached\n" + url + "\nPatients wait.", "", "", "body: [Clinic] breached Patients wait."},
		{"above and below", url + "\nPatients wait.\n" + url + "\nThe end.", "", "", "body: Patients wait. The end."},
		{"words are in the attachment", url, url + "\nPatients of the clinic wait.", "", "attachment: Patients of the [clinic] wait."},
		{"nothing else in the attachment", url, url, "> Patients wait.", "quoted: Patients wait."},
		{"the mail says nothing else", url, "", "", "body: https://news.example/2021/03/[clinic]-closed-after-breach.html"},
		{"nothing but dashes beside it", url + "\n--\n", "", "", "body: https://news.example/2021/03/[clinic]-closed-after-breach.html --"},
		{"within a sentence it stays", "We read " + url + " today.", "", "", "body: We read https://news.example/2021/03/[clinic]-closed-after-breach.html today."},
		{"another one stays", "https://news.example/ a clinic", "", "", "body: https://news.example/ a [clinic]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := Parse("clinic", nil)
			if err != nil {
				t.Fatal(err)
			}
			m := message(c.own, c.attached, c.quote)
			m.SourceURL = url
			if got := marked(snippet(m, termsOf(q, new(index.Synonyms)), defaultSnippet)); got != c.want {
				t.Errorf("snippet is %s\nwant %s", got, c.want)
			}
		})
	}
}
