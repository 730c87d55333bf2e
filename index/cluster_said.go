package index

import (
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// clusterSaid is what a message says, for explanations.
type clusterSaid struct {
	lang    string
	stemmer *stemmer
	terms   map[Field][][]string // by place; without any between stretches
	words   map[Field]int
}

func newClusterSaid(m *archive.Message) *clusterSaid {
	s := &clusterSaid{lang: Language(m), stemmer: &stemmer{}, terms: map[Field][][]string{}, words: map[Field]int{}}
	for f, stretches := range texts(m) {
		for _, text := range stretches {
			base := len(s.terms[f])
			if base > 0 {
				base += stretchGap
			}
			scan(text, func(term string, pos int) {
				at := s.terms[f]
				for len(at) <= base+pos {
					at = append(at, nil)
				}
				if len(at[base+pos]) == 0 {
					s.words[f]++
				}
				at[base+pos] = append(at[base+pos], term)
				s.terms[f] = at
			})
		}
	}
	return s
}

// explain tells in which fields the forms of a part stand, and how often.
func (s *clusterSaid) explain(out *explainer, p clusterPart) {
	foreign := p.word.Stems(s.lang)
	for _, field := range append(slices.Clone(textFields), fieldWeight(FieldURL)) {
		if p.field != FieldAny && p.field != field.field || p.field == FieldAny && field.field == FieldURL {
			continue
		}
		count, forms := 0, []string(nil)
		for at := range s.terms[field.field] {
			form := s.formAt(field.field, at, p.forms, foreign)
			if form == "" {
				continue
			}
			if count++; len(forms) < maxExplainForms && !slices.Contains(forms, form) {
				forms = append(forms, form)
			}
		}
		if count > 0 {
			out.say("       %s in %s of %d words (weight %g): %s", times(count), placeNames(field.field), s.words[field.field], field.boost, strings.Join(forms, ", "))
		}
	}
}

// formAt is the form that begins at a place, or "".
func (s *clusterSaid) formAt(f Field, at int, forms [][]string, foreign func(string) bool) string {
	for _, form := range forms {
		if found := s.read(f, at, form); found != "" {
			return found
		}
	}
	if i := slices.IndexFunc(s.terms[f][at], func(term string) bool { return foreign != nil && foreign(term) }); i >= 0 {
		return s.terms[f][at][i]
	}
	return ""
}

// read is a form as it stands at a place, or "".
func (s *clusterSaid) read(f Field, at int, form []string) string {
	places := s.terms[f]
	if at+len(form) > len(places) {
		return ""
	}
	var found []string
	for i, want := range form {
		k := slices.IndexFunc(places[at+i], func(term string) bool { return s.is(term, want) })
		if k < 0 {
			return ""
		}
		found = append(found, places[at+i][k])
	}
	return strings.Join(found, " ")
}

// is tells whether a term is one that Expand names.
func (s *clusterSaid) is(term, want string) bool {
	if stem, ok := strings.CutPrefix(want, StemMark); ok {
		return ends(term, stem) && s.stemmer.stem(term) == stem
	}
	return term == want
}

// places are where a field has the forms that are of one place.
func (s *clusterSaid) places(f Field, forms [][]string) (out []uint64) {
	for at := range s.terms[f] {
		if slices.ContainsFunc(forms, func(form []string) bool { return len(form) == 1 && s.read(f, at, form) != "" }) {
			out = append(out, uint64(at))
		}
	}
	return out
}
