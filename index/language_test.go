package index

import (
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
)

func TestGuess(t *testing.T) {
	tests := []struct{ want, text string }{
		{"en", "The attackers have been in the network for a week, and nobody at the company saw it."},
		{"de", "Die Angreifer waren eine Woche im Netz, und niemand in der Firma hat es bemerkt."},
		{"fr", "Les pirates sont restés une semaine dans le réseau, et personne ne les a vus."},
		{"es", "Los atacantes estuvieron una semana en la red y nadie de la empresa se dio cuenta."},
		{"pt", "Os atacantes ficaram uma semana na rede e ninguém da empresa viu, mas não foi o fim."},
		{"it", "Gli aggressori sono stati nella rete per una settimana e nessuno se ne è accorto, ma non è finita."},
		{"nl", "De aanvallers zaten een week in het netwerk en niemand van het bedrijf heeft dat gezien."},
		{"ru", "Злоумышленники неделю были в сети, и никто их не заметил."},
		{"ja", "攻撃者は一週間ネットワークにいましたが、誰も気づきませんでした。 以上 です"},
		{"zh", "攻击者 在网络中待了一周 没有人发现"},
		{"", "thanks!"},
		{"", "func main() { for i := range n { fmt.Println(i, err) } } // 0x17 *ptr++ int64 struct"},
		{"", "Author: ann Date: 2006-01-01 Added: po/de.po po/fr.po po/pl.po trunk/src/main.c"},
		{"", ""},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			if got := guess(test.text); got != test.want {
				t.Errorf("%q is taken for %q, want %q", test.text, got, test.want)
			}
		})
	}
}

// A reply in German to an English mail is German; "me too" below one is English.
func TestLanguageGoesByOwnWords(t *testing.T) {
	const quote = "> The server was down for the whole night, and it is still not up as we speak.\n"
	blocks := func(own string) *archive.Message {
		m := &archive.Message{Body: quote + own}
		m.Blocks = []archive.Block{
			{Kind: archive.BlockQuote, Start: 0, End: len(quote)},
			{Kind: archive.BlockOwn, Start: len(quote), End: len(m.Body)},
		}
		return m
	}
	if got := Language(blocks("Das ist nicht schön, aber ich habe es nicht anders von dem Server erwartet.\n")); got != "de" {
		t.Errorf("own words in German: %q", got)
	}
	if got := Language(blocks("me too\n")); got != "en" {
		t.Errorf("nearly no own words: %q", got)
	}
}

func TestGuessBounds(t *testing.T) {
	if got := guess(strings.Repeat("\u0301", 1<<20), strings.Repeat("the of ", 1<<20)); got != "" {
		t.Errorf("two words over and over are %q", got)
	}
}
