package index

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Bounds of a file of synonyms.
const (
	maxSynonymLine  = 4096
	maxSynonymLines = 20_000
	maxSynonymWords = 8  // of one phrase
	maxSynonymSet   = 16 // words and phrases that mean the same
)

// Synonyms says which words and phrases mean the same. It is made by
// ParseSynonyms, and does not change.
type Synonyms struct {
	sets    map[string][]string // by key: what else says the same, as written
	longest int                 // words of the longest
}

//go:embed synonyms.txt
var defaultSynonyms string

// DefaultSynonyms are those of security that every search knows: "MFA" and
// "multi-factor authentication", "data breach" and "data leak".
func DefaultSynonyms() *Synonyms { return builtIn() }

var builtIn = sync.OnceValue(func() *Synonyms {
	s, err := ParseSynonyms(strings.NewReader(defaultSynonyms))
	if err != nil {
		return &Synonyms{} // a test reads the file
	}
	return s
})

// ParseSynonyms reads a set from each line, separated by commas; or "A => B, C",
// where a query for A finds B and C, and not the other way round. Empty lines
// and lines that begin with # say nothing. An error names the line.
func ParseSynonyms(r io.Reader) (*Synonyms, error) {
	s := &Synonyms{sets: map[string][]string{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxSynonymLine)
	n := 0
	for lines.Scan() {
		if n++; n > maxSynonymLines {
			return nil, fmt.Errorf("synonyms: more than %d lines", maxSynonymLines)
		}
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := s.line(line); err != nil {
			return nil, fmt.Errorf("synonyms: line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("synonyms: line %d: %w", n+1, err)
	}
	return s, nil
}

func (s *Synonyms) line(line string) error {
	left, right, oneWay := strings.Cut(line, "=>")
	from, err := members(left)
	if err != nil {
		return err
	}
	to := from
	if oneWay {
		if to, err = members(right); err != nil {
			return err
		}
	} else if len(from) < 2 {
		return fmt.Errorf("%q stands alone; a set has at least 2 words or phrases, separated by commas", line)
	}
	for _, text := range from {
		s.add(text, to)
	}
	return nil
}

// members reads the words and phrases of one side of a line.
func members(list string) ([]string, error) {
	set := strings.Split(list, ",")
	if len(set) > maxSynonymSet {
		return nil, fmt.Errorf("%d words and phrases in one set; %d are allowed", len(set), maxSynonymSet)
	}
	for i, text := range set {
		set[i] = strings.Join(strings.Fields(text), " ")
		if n := len(places(text)); n == 0 || n > maxSynonymWords {
			return nil, fmt.Errorf("%q has %d words; 1 to %d are allowed", set[i], n, maxSynonymWords)
		}
	}
	return set, nil
}

// add lets a query for text find others. A word in two sets finds both.
func (s *Synonyms) add(text string, others []string) {
	key := synonymKey(text)
	for _, other := range others {
		known := slices.Contains(s.sets[key], other)
		if !known && synonymKey(other) != key && len(s.sets[key]) < maxSynonymSet {
			s.sets[key] = append(s.sets[key], other)
		}
	}
	apart := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' })
	s.longest = max(s.longest, len(apart))
}

// digest names what the synonyms say.
func (s *Synonyms) digest() string {
	sum := sha256.New()
	if s != nil {
		for _, key := range slices.Sorted(maps.Keys(s.sets)) {
			fmt.Fprintf(sum, "%q=%q\n", key, s.sets[key])
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// synonymKey is what all spellings of a phrase have in common: its words run
// together, without the ending of the last. So "multi factor authentication" is
// "multifactor authentication" is "Multi-Factor Authentications".
func synonymKey(text string) string {
	var stem stemmer
	return stem.stem(strings.Join(wholes(places(text)), ""))
}

// At tells how many words of q, from i on, are a phrase that has synonyms, and
// which; 0 where there are none. The longest phrase counts. Exact words have
// no synonyms, nor has what stands between quotation marks.
func (s *Synonyms) At(q And, i int) (n int, also []string) {
	if s == nil || len(s.sets) == 0 {
		return 0, nil
	}
	var texts []string
	for _, part := range q[i:] {
		w, ok := part.(Word)
		if !ok || w.Exact || w.Field.exact() || w.Field != q[i].(Word).Field || len(texts) == s.longest {
			break
		}
		texts = append(texts, w.Text)
	}
	for n := len(texts); n > 0; n-- {
		if also := s.sets[synonymKey(strings.Join(texts[:n], " "))]; len(also) > 0 {
			return n, also
		}
	}
	return 0, nil
}
