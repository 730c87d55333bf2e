package search_test

import (
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/search"
)

// marked returns what is marked in a text.
func marked(f search.Fragment) (out []string) {
	for _, m := range f.Marks {
		out = append(out, f.Text[m[0]:m[1]])
	}
	return out
}

// TestMarks holds that what a query's signs stand for is marked.
func TestMarks(t *testing.T) {
	s := open(t, mail{N: 1, List: "l", Date: at(1), From: "A", Subject: "Hospitals breached, says ann@mail.example.org of multi-factor fame", Text: "x"})
	for query, want := range map[string]string{
		"hosp*": "Hospitals", "hopsitals~": "Hospitals", "=breached": "breached", "breach": "breached",
		"hospital NEAR/2 breach*": "Hospitals breached", "thread:{hospitals} x": "",
		"spital":              "Hospitals", // a word that no message has is looked for inside of others
		"ann@mail.exam*":      "ann@mail.example.org",
		"multifactor":         "multi-factor",
		"multi factor":        "multi-factor",
		"breached OR nothere": "breached",
	} {
		t.Run(query, func(t *testing.T) {
			res, err := s.Search(t.Context(), search.Query{Text: query})
			if err != nil || len(res.Hits) != 1 {
				t.Fatal(res, err)
			}
			if got := strings.Join(marked(res.Hits[0].Subject), " "); got != want {
				t.Errorf("marks %q, want %q", got, want)
			}
		})
	}
}

// TestMarksOfStems holds that a word is marked with the endings that its message's
// language gives it, and that a synonym is.
func TestMarksOfStems(t *testing.T) {
	s := open(t,
		mail{N: 1, List: "l", Date: at(1), From: "A", Subject: "en", Text: "The attackers breached the clinic and they have not said what was in the files that are gone."},
		mail{N: 2, List: "l", Date: at(2), From: "A", Subject: "de", Text: "Die Angreifer haben die Stadtwerke mit einem Trick und nicht mit der neuen Schwachstelle überlistet, wie wir von der Polizei hören."},
		mail{N: 3, List: "l", Date: at(3), From: "A", Subject: "fr", Text: "Les cartes des patients de la clinique ont été volées par un groupe qui est dans le réseau et ne dit pas pourquoi."},
		mail{N: 4, List: "l", Date: at(4), From: "A", Subject: "es", Text: "Los archivos de los clientes fueron robados por un grupo que no es conocido en la ciudad, pero para ello se ha usado una llave."},
		mail{N: 5, List: "l", Date: at(5), From: "A", Subject: "pt", Text: "Os arquivos dos pacientes foram levados por um grupo que não é conhecido na cidade, mas para isso as senhas da empresa foram usadas com uma falha."},
		mail{N: 6, List: "l", Date: at(6), From: "A", Subject: "it", Text: "I segreti della banca sono stati presi da un gruppo che non è noto, ma per questo si usa anche una chiave del server nella città."},
		mail{N: 7, List: "l", Date: at(7), From: "A", Subject: "ru", Text: "Утечка произошла в магазине, и это не первый случай, о чём говорят на сайте по этому поводу, но как и раньше так и не ясно, что было."},
		mail{N: 8, List: "l", Date: at(8), From: "A", Subject: "en", Text: "They had no two-factor authentications in place when it was too late for them and for us."},
	)
	for _, c := range []struct{ lang, query, want string }{
		{"English", "breaching", "breached"},
		{"German", "Stadtwerken", "Stadtwerke"},
		{"French", "volé", "volées"},
		{"Spanish", "cliente archivo", "archivos clientes"},
		{"Portuguese", "senha", "senhas"},
		{"Italian", "segreto", "segreti"},
		{"Russian", "утечки", "Утечка"},
		{"a synonym", "mfa", "two-factor authentications"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			res, err := s.Search(t.Context(), search.Query{Text: c.query})
			if err != nil || len(res.Hits) != 1 {
				t.Fatal(res, err)
			}
			got := marked(res.Hits[0].Snippet.Fragments[0])
			if strings.Join(got, " ") != c.want {
				t.Errorf("marks %q in %q, want %q", got, res.Hits[0].Snippet, c.want)
			}
		})
	}
}
