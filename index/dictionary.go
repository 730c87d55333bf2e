package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

// dictionary is one segment's list of the terms of a field, in order: a vellum
// FST, version 1. vellum's own walk goes through several calls and an allocation
// at each letter; a search that looks at many words cannot wait for it.
//
// A state ends at its address, and its parts go down from there. One that is not
// final and has a single transition:
//
//	1 bit set, 1 bit whether the next state ends right below, 6 bits the number
//	of its byte among the common ones; the byte, if it is none of these
//	unless the next state ends below: the widths (4 bits each) of the distance
//	to it and of the output; these two
//
// Any other one:
//
//	1 bit clear, 1 bit whether it is final, 6 bits how many transitions; in a
//	byte of its own, if none or more than 63
//	the widths; the bytes of the transitions, the last one first; the
//	distances; the outputs
//
// Distances are little-endian and from the state's lower end; 0 is the final
// state without transitions.
type dictionary []byte

// commonBytes have a number in a state of one transition.
const commonBytes = "te/oasripcnw.hlm-du012g=:bf3y5&_4v9678k%?xCDASFIBEjPTzRNM+LOqHG"

// errDictionary says that a list of terms is none.
var errDictionary = errors.New("a list of words cannot be read")

// dictionaries returns the lists of a field's terms.
func (s *snapshot) dictionaries(f Field) []dictionary {
	var out []dictionary
	for i := range s.segs {
		if d, ok := s.segs[i].fields[f]; ok {
			out = append(out, d)
		}
	}
	return out
}

// readDictionary reads a list where it stands behind its length.
func readDictionary(data []byte) (dictionary, error) {
	size, n := binary.Uvarint(data)
	if n <= 0 || size < 32 || size > uint64(len(data)-n) || binary.LittleEndian.Uint64(data[n:]) != 1 {
		return nil, errDictionary
	}
	return dictionary(data[n : n+int(size)]), nil
}

// root is the address of the first state.
func (d dictionary) root() int { return int(binary.LittleEndian.Uint64(d[len(d)-8:])) }

// dictState is a state of a dictionary.
type dictState struct {
	at    int
	final bool
	size  int    // transitions
	keys  []byte // of the transitions, the last one first
	dests []byte // distances to the states that they lead to
	width int    // of a distance
	outs  []byte // outputs of the transitions
	last  []byte // output of the state, if it is final
	out   int    // bytes of an output
	end   int    // from which distances count
}

// state reads the state at an address. Damaged bytes make it panic, or lead
// anywhere below: never up, so a walk comes to an end.
func (d dictionary) state(at int) dictState {
	if at == 0 {
		return dictState{final: true}
	}
	head, low := d[at], at
	if head&0x80 == 0 {
		return d.branch(at)
	}
	s := dictState{at: at, size: 1}
	if number := head & 0x3f; number > 0 {
		s.keys = commonKeys[number-1 : number]
	} else {
		low--
		s.keys = d[low : low+1]
	}
	if head&0x40 != 0 {
		s.end = low - 1 // a distance of nothing
		return s
	}
	low--
	sizes := d[low]
	s.width = int(sizes >> 4)
	low -= s.width
	s.dests = d[low : low+s.width]
	s.out = int(sizes & 0xf)
	s.end = low - s.out
	s.outs = d[s.end:low]
	return s
}

// commonKeys are commonBytes, to be sliced.
var commonKeys = []byte(commonBytes)

// branch reads a state that is final or has several transitions.
func (d dictionary) branch(at int) dictState {
	head, low := d[at], at
	s := dictState{at: at, final: head&0x40 != 0, size: int(head & 0x3f)}
	if s.size == 0 {
		low--
		if s.size = int(d[low]); s.size == 1 {
			s.size = 256
		}
	}
	low--
	sizes := d[low]
	s.width = int(sizes >> 4)
	low -= s.size
	s.keys = d[low : low+s.size]
	low -= s.size * s.width
	s.dests = d[low : low+s.size*s.width]
	s.out = int(sizes & 0xf)
	low -= s.size * s.out
	s.outs = d[low : low+s.size*s.out]
	if s.final {
		low -= s.out
		s.last = d[low : low+s.out]
	}
	s.end = low
	return s
}

// transition returns the byte of a transition, by its place in the order of the
// bytes, and the address of the state that it leads to.
func (s *dictState) transition(i int) (b byte, to int) {
	i = s.size - 1 - i
	return s.keys[i], s.to(i)
}

func (s *dictState) to(i int) int {
	if s.width == 0 && s.dests == nil {
		return s.end
	}
	distance := lowFirst(s.dests[i*s.width : (i+1)*s.width])
	if distance == 0 {
		return 0
	}
	return s.end - int(distance)
}

// lowFirst is a number, its lowest byte first.
func lowFirst(data []byte) (n uint64) {
	for j, b := range data {
		n |= uint64(b) << (8 * j)
	}
	return n
}

// lookup returns what a term leads to: the sum of the outputs on its way.
func (d dictionary) lookup(term string) (sum uint64, ok bool) {
	at := d.root()
	for i := range len(term) {
		s := d.state(at)
		place := bytes.IndexByte(s.keys, term[i])
		if place < 0 {
			return 0, false
		}
		sum += lowFirst(s.outs[place*s.out:][:s.out])
		at = s.to(place)
	}
	s := d.state(at)
	return sum + lowFirst(s.last), s.final
}

// find returns the address of the state behind a text, and whether there is
// one.
func (d dictionary) find(text string) (at int, ok bool) {
	at = d.root()
	for i := range len(text) {
		s := d.state(at)
		place := bytes.IndexByte(s.keys, text[i])
		if place < 0 {
			return 0, false
		}
		at = s.to(place)
	}
	return at, true
}

// pattern chooses terms, byte by byte.
type pattern interface {
	// enter takes the next byte of a term of which depth bytes were taken
	// before; the latest of each depth are those that hold. It reports whether
	// any term that begins so can match.
	enter(depth int, b byte) bool
	// matches reports whether the term of that many bytes does.
	matches(depth int) bool
}

// walk yields the terms that match a pattern and begin with a text, in order.
// The pattern does not see that text.
func (d dictionary) walk(begin string, p pattern, yield func(term []byte) bool) {
	at, ok := d.find(begin)
	if !ok {
		return
	}
	term := []byte(begin)
	path := []dictState{d.state(at)}
	next := []int{0}
	if path[0].final && p.matches(0) && !yield(term) {
		return
	}
	for len(path) > 0 {
		last := len(path) - 1
		if next[last] == path[last].size {
			path, next = path[:last], next[:last]
			term = term[:max(len(term)-1, 0)]
			continue
		}
		b, to := path[last].transition(next[last])
		next[last]++
		if !p.enter(last, b) {
			continue
		}
		term = append(term, b)
		path, next = append(path, d.state(to)), append(next, 0)
		if path[last+1].final && p.matches(last+1) && !yield(term) {
			return
		}
	}
}

// appendAll appends all terms, in order, with a line end before and behind each.
func (d dictionary) appendAll(to []byte) []byte {
	type turn struct {
		dictState
		next, length int
	}
	var turns []turn // states with transitions yet to take
	var term []byte
	to = append(to, '\n')
	for at := d.root(); ; {
		for at != 0 && d[at] > 0xc0 { // most of a long word: nothing but the next byte
			term = append(term, commonBytes[d[at]&0x3f-1])
			at--
		}
		s := d.state(at)
		if s.final {
			to = append(append(to, term...), '\n')
		}
		if s.size > 1 {
			turns = append(turns, turn{s, 1, len(term)})
		}
		if s.size == 0 {
			if len(turns) == 0 {
				return to
			}
			last := &turns[len(turns)-1]
			s, term = last.dictState, term[:last.length]
			var b byte
			b, at = s.transition(last.next)
			term = append(term, b)
			if last.next++; last.next == s.size {
				turns = turns[:len(turns)-1]
			}
			continue
		}
		var b byte
		b, at = s.transition(0)
		term = append(term, b)
	}
}

// chosen lists the first terms of a field, in order, that begin with a text and
// match a pattern and a condition.
func (s *snapshot) chosen(f Field, begin string, most int, p pattern, also func(term string) bool) []string {
	var lists [][]string
	for _, d := range s.dictionaries(f) {
		var found []string
		d.walk(begin, p, func(term []byte) bool {
			if word := string(term); also(word) {
				found = append(found, word)
			}
			return len(found) < most
		})
		lists = append(lists, found)
	}
	return firstOf(lists, most)
}

// firstOf merges lists of words, each the first ones of a segment in order.
func firstOf(lists [][]string, most int) []string {
	out := slices.Concat(lists...)
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), most)]
}
