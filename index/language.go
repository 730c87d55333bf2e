package index

import (
	"iter"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
)

// FieldLang is the language of a message: "en", "de", "fr", and so on after
// ISO 639-1. Messages with too little text to tell have none.
const FieldLang Field = "lang"

// Bounds of guessing a language.
const (
	guessWords = 150 // that are looked at
	guessLeast = 4   // different common words that one language needs
	guessBytes = 10  // of the longest common word
)

// Language guesses in which language a message is written: the value that it has
// in FieldLang, or "" where there is too little to go by, or source code. The
// sender's own words count; where those are few, quoted ones do too.
func Language(m *archive.Message) string {
	if len(m.Blocks) == 0 {
		return guess(m.Body, m.Subject)
	}
	if lang := guess(m.Text(archive.BlockOwn)...); lang != "" {
		return lang
	}
	texts := append(m.Text(archive.BlockOwn), m.Subject)
	for _, a := range m.Attachments {
		texts = append(texts, a.Text)
	}
	return guess(append(texts, m.Text(archive.BlockQuote)...)...)
}

// guess goes by the script, and for Latin letters by the commonest words.
func guess(texts ...string) string {
	g := guesser{common: commonWords()}
	g.seen = make([]uint8, len(g.common.langs))
	for _, text := range texts {
		for word := range words(text) {
			if g.count(word); g.words == guessWords {
				return g.best()
			}
		}
	}
	return g.best()
}

// words yields runs of letters.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for at := 0; at < len(text); {
			end, size := at, 1
			for end < len(text) {
				if c := text[end]; c < utf8.RuneSelf {
					if !plainLetter(c) && c != '\'' {
						break
					}
					end++
					continue
				}
				var r rune
				if r, size = utf8.DecodeRuneInString(text[end:]); notLetter(r) {
					break
				}
				end += size
				size = 1
			}
			if end > at && !yield(text[at:end]) {
				return
			}
			at = end + size
		}
	}
}

func notLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return !plainLetter(byte(r)) && r != '\''
	}
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\u2019'
}

// guesser adds up what words say about their language.
type guesser struct {
	words   int
	common  *common
	seen    []uint8        // common words, by number; guessWords at most
	scripts map[string]int // words of scripts that tell the language
}

func (g *guesser) count(word string) {
	g.words++
	if !isASCII(word) {
		r, _ := utf8.DecodeRuneInString(word)
		if lang := languageOfScript(r); lang != "" {
			if g.scripts == nil {
				g.scripts = map[string]int{}
			}
			g.scripts[lang] += 1 + utf8.RuneCountInString(word)/5
			return
		}
	}
	if len(word) > guessBytes {
		return
	}
	if !isASCII(word) {
		word = foldRun(word)
	}
	var small [2 * guessBytes]byte // folding may make one letter two
	if len(word) > len(small) {
		return
	}
	for i := range len(word) {
		c := word[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		small[i] = c
	}
	if n, ok := g.common.numbers[string(small[:len(word)])]; ok {
		g.seen[n]++
	}
}

// best returns the language that is clearly ahead: common words are two of five
// in prose; one of eight is enough, half as many again as of any other language.
func (g *guesser) best() string {
	if lang, n := most(g.scripts); n >= 2 && 3*n >= g.words {
		if lang == "zh" && g.scripts["ja"] > 0 {
			return "ja" // whose texts are half Chinese characters
		}
		return lang
	}
	hits, different := map[string]int{}, map[string]int{} // hits in 60ths: a word of three languages is a third of a hit
	for number, n := range g.seen {
		if n == 0 {
			continue
		}
		langs := g.common.langs[number]
		for _, lang := range langs {
			hits[lang] += 60 * int(n) / len(langs)
			different[lang]++
		}
	}
	lang, n := most(hits)
	delete(hits, lang)
	_, second := most(hits)
	if different[lang] < guessLeast || 8*n < 60*g.words || 2*n < 3*second {
		return ""
	}
	return lang
}

// most returns the key with the largest value, the first of them by name.
func most(counts map[string]int) (key string, n int) {
	for k, v := range counts {
		if v > n || v == n && k < key {
			key, n = k, v
		}
	}
	return key, n
}

// languageOfScript tells the language of scripts that, in mail, one language
// has for itself. Ukrainian and its like count as Russian, whose stems they
// nearly share.
func languageOfScript(r rune) string {
	switch {
	case r < 0x0370:
		return ""
	case unicode.Is(unicode.Cyrillic, r):
		return "ru"
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return "ja"
	case unicode.Is(unicode.Han, r):
		return "zh"
	case unicode.Is(unicode.Hangul, r):
		return "ko"
	case unicode.Is(unicode.Greek, r):
		return "el"
	case unicode.Is(unicode.Arabic, r):
		return "ar"
	case unicode.Is(unicode.Hebrew, r):
		return "he"
	case unicode.Is(unicode.Thai, r):
		return "th"
	}
	return ""
}

// common numbers the commonest words, folded, and has the languages of each.
type common struct {
	numbers map[string]int
	langs   [][]string
}

var commonWords = sync.OnceValue(func() *common {
	c := &common{numbers: map[string]int{}}
	for lang, list := range commonest() {
		for word := range strings.FieldsSeq(list) {
			n, ok := c.numbers[word]
			if !ok {
				n = len(c.langs)
				c.numbers[word], c.langs = n, append(c.langs, nil)
			}
			c.langs[n] = append(c.langs[n], lang)
		}
	}
	return c
})

// commonest lists the commonest words of languages. Those without a stemmer
// are there so that their texts are not taken for a neighbour's.
func commonest() map[string]string {
	return map[string]string{
		"en": "the of and to in is that it for was on are with as this be at have from or had by not but what all were when we there can an your which their if do will would about has more you been who they i'm it's don't",
		"de": "der die das und ist nicht ich sie es ein eine zu den mit von auf dem fur sich im auch wie als wenn noch aber oder nur hat kann habe bei nach wird sind einen uber aus werden mir man schon mal dann gibt zum zur",
		"fr": "le la les de des et est un une que qui dans pour pas sur je vous il ne ce en du au avec plus nous mais sont par cette ou si bien tout fait aux etre comme c'est mes votre j'ai n'est leur",
		"es": "el la los las de que y en un una es no se por con para su al lo como mas pero me si ya este esta del muy sin sobre hay tambien cuando todo ser son donde desde nos porque eso tiene puede",
		"pt": "o os as de que e do da em um uma nao se por com para na no dos das mais como mas ao ele foi voce muito ja eu tambem pelo pela isso ser sao quando essa esse tem sem pode estou nos num",
		"it": "il lo la i gli le di che e un una non per in con del della si sono da al come ma anche piu nel alla dei delle questo questa ho ha mi se ci dal essere quando cosa perche ancora solo puo sul tutti",
		"nl": "de het een en van ik je is dat niet op te zijn met voor die aan er maar ook als om bij naar heeft nog wel kan dit wat worden deze door dan hebben uit",
		"sv": "och att det som en pa ar av for med den till inte om ett har jag de men var kan sa eller fran nar hade skulle detta ska vi",
		"da": "og at det som en pa er af for med den til ikke om et har jeg de men var kan sa eller fra nar havde skulle dette skal vi",
		"pl": "nie sie na jest ze do to jak ale za od po przez tym czy dla jego przy tak tylko co mozna bedzie moze oraz aby ktory sa",
		"cs": "je ze na se to si ale jako tak nebo pro jsem byl jsou jeho kdyz jen podle ktery uz bude neni mam",
		"ro": "si in la cu pe este nu ca un o din care mai pentru sunt dar sau fost despre daca prin sa am au acest aceasta",
		"ca": "el la els les de que i en un una es no per amb al ho com mes pero si aquest aquesta del molt sense tambe quan tot ser son des perque aixo te pot dels les",
		"eo": "la kaj de estas en mi ne ke vi al por oni kiel pri sed ankau tiu ili estis kun kiu li ni se jam nur tio pli",
		"hu": "az es hogy nem egy ez is van de meg csak mint azt volt ha vagy lehet akkor mar ki minden kell ezt",
		"tr": "bir ve bu da de icin ile ne cok var daha gibi ama olarak sonra kadar olan degil ben mi ya",
		"fi": "on ja ei se etta oli mutta kun niin kuin han myos jos ovat ole joka mita sen tai vain nyt",
	}
}
