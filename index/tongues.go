package index

import "sync"

// tongues says which documents are in which language. English, and what is not
// known, has no bit.
type tongues struct {
	stemmed []string // languages with a stemmer that some message has
	of      []uint8  // by document, the bit of its language; may be shorter than the documents are many
}

// stemmedLanguages are those for which stemmerOf has a stemmer.
var stemmedLanguages = [...]string{"de", "es", "fr", "it", "pt", "ru"}

// tongueCache keeps the tongues of one generation.
type tongueCache struct {
	mu    sync.Mutex
	known *tongues
}

// tongues reads the languages of the documents, once a generation.
func (c *compiler) tongues() (*tongues, error) {
	cache := &c.langs
	cache.mu.Lock()
	defer cache.mu.Unlock()
	if cache.known != nil {
		return cache.known, nil
	}
	t, err := c.readTongues()
	if err == nil {
		cache.known = t
	}
	return t, err
}

func (c *compiler) readTongues() (*tongues, error) {
	t := &tongues{}
	for _, lang := range stemmedLanguages {
		p, err := c.openTerm(c.ctx, FieldLang, lang, false)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		t.stemmed = append(t.stemmed, lang)
		for i := range p.parts {
			part := &p.parts[i]
			for doc := range part.all() {
				t.set(part.first+uint64(doc), 1<<(len(t.stemmed)-1))
			}
		}
	}
	return t, nil
}

func (t *tongues) in(doc uint64, langs uint8) bool {
	return doc < uint64(len(t.of)) && t.of[doc]&langs != 0
}

func (t *tongues) set(doc uint64, lang uint8) {
	for uint64(len(t.of)) <= doc {
		t.of = append(t.of, 0)
	}
	t.of[doc] = lang
}

// tongue is one of the languages.
type tongue struct {
	*tongues
	number int // in stemmed
}

// postingsIn are those of the documents in some languages.
type postingsIn struct {
	postings
	tongues *tongues
	langs   uint8 // a bit for each
}

func (p *postingsIn) match(w *window, set *docSet) error {
	if err := p.postings.match(w, set); err != nil {
		return err
	}
	for i := range set.all() {
		if !p.tongues.in(w.first+uint64(i), p.langs) {
			set.remove(i)
		}
	}
	return nil
}

func (p *postingsIn) read(w *window, set *docSet) {
	in := *set
	for i := range set.all() {
		if !p.tongues.in(w.first+uint64(i), p.langs) {
			in.remove(i)
		}
	}
	p.postings.read(w, &in)
}
