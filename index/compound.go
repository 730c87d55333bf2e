package index

import (
	"strings"
	"unicode/utf8"
)

// emitCompound emits the pieces read by scanCompound at the current place.
func (s *scanner) emitCompound() {
	if s.dull() {
		return
	}
	s.mergeApostrophes()
	switch {
	case len(s.pieces) == 1:
		s.emitSingle()
	case s.has('.'):
		s.emitDotted()
	default:
		s.emitJoined(s.pieces, Whole)
	}
}

func (s *scanner) has(sep rune) bool {
	for _, p := range s.pieces {
		if p.sep == sep {
			return true
		}
	}
	return false
}

// dull tells that no term of the pieces is wanted: each of them begins as a piece
// does.
func (s *scanner) dull() bool {
	if s.wanted == nil || len(s.wanted.like) > 0 || s.leadingDot(s.pieces[0].start) {
		return false
	}
	for _, p := range s.pieces {
		text := s.text[p.start:p.end]
		if p.sep == '\'' && len(text) < 3 {
			continue // it goes to the piece before
		}
		// A single letter makes its head with the piece behind it, and of a mixed
		// piece the second part has one of its own.
		if len(text) < 2 || !plainLetters(text) && !digits(text) || s.wanted.begins(text) {
			return false
		}
	}
	return true
}

// mergeApostrophes makes one piece of "don't" and of "1,000", and drops the
// "'s" of a possessive.
func (s *scanner) mergeApostrophes() {
	out := s.pieces[:1]
	for _, p := range s.pieces[1:] {
		last := &out[len(out)-1]
		switch {
		case p.sep == '\'' && possessive(s.text[p.start:p.end]):
		case p.sep == '\'' || p.sep == ',':
			last.end = p.end
		default:
			out = append(out, p)
		}
	}
	s.pieces = out
}

func possessive(s string) bool { return s == "s" || s == "S" }

// emitSingle emits a word that is no compound, with the signs that are part of
// its name: "C++", "C#", ".NET".
func (s *scanner) emitSingle() {
	p := s.pieces[0]
	word := s.fold(p)
	switch {
	case strings.HasPrefix(s.text[s.at:], "++"):
		s.at += 2
		s.add(word+"++", p.start, s.at, Whole)
		s.emitWord(word, p, Part)
	case s.at < len(s.text) && s.text[s.at] == '#' && len(word) == 1 && !digits(word):
		s.at++
		s.add(word+"#", p.start, s.at, Whole)
		s.add(word, p.start, p.end, Part)
	case s.leadingDot(p.start) && !digits(word):
		s.add("."+word, p.start-1, p.end, Whole)
		s.emitWord(word, p, Part)
	default:
		s.emitWord(word, p, Whole)
		s.emitElided(p)
		s.emitGlued(p, word)
	}
}

// leadingDot tells ".NET" from the end of a sentence: one dot, nothing before it.
func (s *scanner) leadingDot(start int) bool {
	if start == 0 || s.text[start-1] != '.' {
		return false
	}
	if start == 1 {
		return true
	}
	return strings.IndexByte(" \t\n(\"'*,", s.text[start-2]) >= 0
}

// emitElided emits what follows the last apostrophe as a part: the "Brien" of
// "O'Brien", the "homme" of "l'homme".
func (s *scanner) emitElided(p piece) {
	i := strings.LastIndexAny(s.text[p.start:p.end], "'\u2019\u02bc")
	if i < 0 {
		return
	}
	_, size := utf8.DecodeRuneInString(s.text[p.start+i:])
	rest := piece{start: p.start + i + size, end: p.end}
	if rest.end-rest.start >= 3 {
		s.emitWord(s.fold(rest), rest, Part)
	}
}

// emitGlued emits the parts of a word with a number at one end: the "windows"
// and "7" of "windows7", the "bits" of "64bits". Hashes and the like, which mix
// the two at will, stay whole.
func (s *scanner) emitGlued(p piece, word string) {
	n := len(word)
	if n != p.end-p.start {
		return // folding changed the length: the parts could not be located
	}
	i := 1
	for i < n && isDigit(word[i]) == isDigit(word[0]) {
		i++
	}
	head, tail := word[:i], word[i:]
	letters, number := head, tail
	if isDigit(word[0]) {
		letters, number = tail, head
	}
	if len(letters) < 3 || !plainLetters(letters) || !digits(number) {
		return
	}
	s.emitWord(head, piece{start: p.start, end: p.start + i}, Part)
	s.emitWord(tail, piece{start: p.start + i, end: p.end}, Part)
}

// emitJoined emits the pieces run together, then each of them.
func (s *scanner) emitJoined(pieces []piece, kind Kind) {
	if len(pieces) == 1 {
		s.emitWord(s.fold(pieces[0]), pieces[0], kind)
		return
	}
	s.folded, s.joined = s.folded[:0], s.joined[:0]
	for i, p := range pieces {
		word := s.fold(p)
		s.folded = append(s.folded, word)
		if p.sep == '&' && i > 0 {
			s.joined = append(s.joined, '&')
		}
		s.joined = append(s.joined, word...)
	}
	all := piece{start: pieces[0].start, end: pieces[len(pieces)-1].end}
	s.emitWord(cut(string(s.joined)), all, kind)
	for i, p := range pieces {
		s.emitWord(s.folded[i], p, Part)
	}
}

// emitDotted emits a name with dots in it: whole, its parent domains, its parts.
func (s *scanner) emitDotted() {
	all := piece{start: s.pieces[0].start, end: s.pieces[len(s.pieces)-1].end}
	if s.abbreviation() {
		s.emitAbbreviation(all)
		return
	}
	s.add(s.fold(all), all.start, all.end, Whole)
	s.emitParents(all.end)
	for first, i := 0, 1; i <= len(s.pieces); i++ {
		if i < len(s.pieces) && s.pieces[i].sep != '.' {
			continue
		}
		if p := s.pieces[first:i]; !s.lone(p) {
			s.emitJoined(p, Part)
		}
		first = i
	}
}

// lone tells a single digit or letter, which says nothing by itself.
func (s *scanner) lone(p []piece) bool { return len(p) == 1 && p[0].end-p[0].start == 1 }

// abbreviation tells "U.S." and "e.g." from names: letters, one by one.
func (s *scanner) abbreviation() bool {
	for _, p := range s.pieces {
		if p.end-p.start != 1 || digits(s.text[p.start:p.end]) || p.sep != 0 && p.sep != '.' {
			return false
		}
	}
	return true
}

func (s *scanner) emitAbbreviation(all piece) {
	var b strings.Builder
	for _, p := range s.pieces {
		b.WriteString(s.fold(p))
	}
	s.add(b.String(), all.start, all.end, Whole)
}

// emitParents emits "example.com" of "mail.example.com", but nothing of
// "10.1.2.3".
func (s *scanner) emitParents(end int) {
	last := s.pieces[len(s.pieces)-1]
	if last.sep != '.' || digits(s.text[last.start:last.end]) {
		return
	}
	dots := 0
	for i := len(s.pieces) - 1; i > 0 && dots <= maxSuffixes; i-- {
		if s.pieces[i].sep != '.' {
			continue
		}
		if dots++; dots > 1 {
			parent := piece{start: s.pieces[i].start, end: end}
			s.add(s.fold(parent), parent.start, end, Part)
		}
	}
}

// emitWord emits a word at the current place, and its stem where that differs.
func (s *scanner) emitWord(word string, p piece, kind Kind) {
	s.add(word, p.start, p.end, kind)
	if s.stemmer == nil || s.wanted != nil && !s.wanted.begins(word) {
		return
	}
	if stem := s.stemmer.stem(word); stem != word {
		s.add(StemMark+stem, p.start, p.end, Stem)
	}
}

func (s *scanner) add(term string, start, end int, kind Kind) {
	if term != "" && (s.wanted == nil || s.wanted.has(term, kind)) {
		s.emit(Token{Term: term, Start: start, End: end, Pos: s.pos, Kind: kind})
	}
}

// scanSpaceless reads a run of a script without spaces: each pair of
// neighbours, and each character for whoever searches for just one.
func (s *scanner) scanSpaceless() {
	_, size := utf8.DecodeRuneInString(s.text[s.at:])
	prev := piece{start: s.at, end: s.at + size}
	s.at += size
	first := true
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !inWord(r) || !spaceless(r) {
			break
		}
		cur := piece{start: s.at, end: s.at + size}
		s.add(foldRun(s.text[prev.start:cur.end]), prev.start, cur.end, Whole)
		s.add(s.fold(prev), prev.start, prev.end, Part)
		s.at, prev, first = cur.end, cur, false
		s.pos++
	}
	if first {
		s.add(s.fold(prev), prev.start, prev.end, Whole)
		s.pos++
		return
	}
	s.pos--
	s.add(s.fold(prev), prev.start, prev.end, Part)
	s.pos++
}
