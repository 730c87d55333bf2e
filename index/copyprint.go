package index

import (
	"bytes"
	"math"
	"math/bits"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// copyPrint is what tells whether two messages say the same. Of a text of
// shortText words or more it has
//
//	2 keys (5 bytes each), of which copies share one: the smallest hashes of some of its shingles
//	size (2 bytes): the number of its marks, at most 16383
//	subject, author (2 bytes each): hashes of the base subject, of the sender's name
//	sketch (21 bytes): a bit is set if an odd number of marks falls on it
//
// Marks are the shingles, three words each, and the words that have digits,
// numberWeight times: reports made by a program differ in nothing else. Two
// sketches differ in about as many bits as there are marks that only one of the
// texts has. A shorter text has just shortMark and a key, made of all that it says, of subject
// and sender. All bytes have seven bits.
type copyPrint string

const (
	keyBytes    = 5
	hashBytes   = 2
	sketchBytes = 21
	shortMark   = 's'
	shortPrint  = 9
	longPrint   = 2*keyBytes + 3*hashBytes + sketchBytes

	sizeAt    = 2 * keyBytes
	subjectAt = sizeAt + hashBytes
	authorAt  = subjectAt + hashBytes
	sketchAt  = authorAt + hashBytes
	sketchLen = 7 * sketchBytes // bits
)

const (
	shortText    = 32 // words
	shingle      = 3  // words
	numberWeight = 4
)

// Marks that two copies may not share: a part of all, and so many at most.
const (
	differingPart = 0.075
	mostDiffering = 60
	mostAdded     = 12 // in one of two messages of one subject
)

// keys are the terms by which a message's copies are found.
func (p copyPrint) keys() []string {
	switch {
	case p == "":
		return nil
	case len(p) == longPrint:
		return []string{string(p[:keyBytes]), string(p[keyBytes : 2*keyBytes])}
	}
	return []string{string(p)}
}

// same tells whether two messages that share a key are copies.
func (p copyPrint) same(q copyPrint) bool {
	if p == q {
		return true
	}
	if len(p) != longPrint || len(q) != longPrint {
		return false
	}
	differ := 0
	for i := sketchAt; i < longPrint; i++ {
		differ += bits.OnesCount8(p[i] ^ q[i])
	}
	if p[subjectAt:authorAt] == q[subjectAt:authorAt] {
		return p[authorAt:sketchAt] == q[authorAt:sketchAt] && p.resent(q, differ)
	}
	if 2*differ >= sketchLen {
		return false
	}
	// How many marks fall on an odd number of that many bits, on average.
	marks := math.Log(1-2*float64(differ)/sketchLen) / math.Log(1-2.0/sketchLen)
	return marks <= min(differingPart*float64(min(p.size(), q.size())), mostDiffering)
}

// resent tells whether one of two messages of one sender and subject is the
// other with a line before or behind it: "sorry, once more without HTML". Where
// words were replaced, they are two states of one report. Of another sender it
// would be an answer that has all of what it answers, unmarked.
func (p copyPrint) resent(q copyPrint, differ int) bool {
	added := max(p.size(), q.size()) - min(p.size(), q.size())
	return added <= mostAdded && differ <= added
}

func (p copyPrint) size() int { return int(p[sizeAt]) | int(p[sizeAt+1])<<7 }

// copyPrinter makes copyPrints, one after the other.
type copyPrinter struct {
	words, marks, numbers, seen []uint64
}

// print makes the copyPrint of a message from the hashes of its words.
func (c *copyPrinter) print(m *archive.Message) copyPrint {
	if len(c.words) == 0 {
		return ""
	}
	c.marks, c.numbers = c.marks[:0], c.numbers[:0]
	for _, h := range c.words {
		if h&1 == 1 {
			c.numbers = append(c.numbers, h)
		}
	}
	for _, a := range m.Attachments {
		if a.Text == "" && a.Kind != "html" {
			c.numbers = append(c.numbers, mix(stringHash(a.Name)+uint64(a.Size)))
		}
	}
	subject, author := stringHash(m.BaseSubject), stringHash(senderName(m))
	if len(c.words) < shortText {
		if senderName(m) == "" {
			return "" // too little to tell
		}
		sum := mix(subject) ^ author
		for _, h := range append(c.words, c.numbers...) {
			sum = mix(sum ^ h)
		}
		return copyPrint(appendBits([]byte{shortMark}, sum, shortPrint-1))
	}
	for i := range len(c.words) - shingle + 1 {
		c.marks = append(c.marks, mix(c.words[i]^mix(c.words[i+1]^mix(c.words[i+2]))))
	}
	c.marks = c.unique(c.marks)
	b := appendKeys(make([]byte, 0, longPrint), c.marks)
	c.numbers = c.unique(c.numbers)
	for _, n := range c.numbers {
		for i := range uint64(numberWeight) {
			c.marks = append(c.marks, mix(n+i))
		}
	}
	b = appendBits(b, uint64(min(len(c.marks), 1<<14-1)), hashBytes)
	b = appendBits(appendBits(b, subject, hashBytes), author, hashBytes)
	return copyPrint(appendSketch(b, c.marks))
}

// unique keeps each hash once, in place.
func (c *copyPrinter) unique(hashes []uint64) []uint64 {
	size := 1 << bits.Len(uint(2*len(hashes)))
	if len(c.seen) < size {
		c.seen = make([]uint64, size)
	}
	seen := c.seen[:size] // 0 is a free place: a hash that is 0, of which there is next to none, may stay twice
	clear(seen)
	kept := hashes[:0]
	for _, h := range hashes {
		at := h & uint64(size-1)
		for seen[at] != 0 && seen[at] != h {
			at = (at + 1) & uint64(size-1)
		}
		if seen[at] == 0 {
			seen[at] = h
			kept = append(kept, h)
		}
	}
	return kept
}

// appendKeys makes each key of the two smallest hashes of one half of them.
func appendKeys(b []byte, hashes []uint64) []byte {
	var least [2][2]uint64
	var n [2]int
	for _, h := range hashes {
		l, k := &least[h&1], &n[h&1]
		switch {
		case *k == 0:
			l[0], *k = h, 1
		case h < l[0]:
			l[0], l[1], *k = h, l[0], 2
		case *k == 1 || h < l[1]:
			l[1], *k = h, 2
		}
	}
	for half := range uint64(2) {
		key := half
		for _, h := range least[half][:n[half]] {
			key = mix(key ^ h)
		}
		b = appendBits(append(b, "ab"[half]), key, keyBytes-1)
	}
	return b
}

func appendSketch(b []byte, marks []uint64) []byte {
	at := len(b)
	b = append(b, make([]byte, sketchBytes)...)
	for _, m := range marks {
		bit := m >> 8 % sketchLen
		b[at+int(bit/7)] ^= 1 << (bit % 7)
	}
	return b
}

// appendBits writes n bytes of a hash, seven bits each.
func appendBits(b []byte, hash uint64, n int) []byte {
	for range n {
		b = append(b, byte(hash&0x7f))
		hash >>= 7
	}
	return b
}

func senderName(m *archive.Message) string {
	if m.FromName != "" {
		return strings.ToLower(m.FromName)
	}
	return strings.ToLower(m.FromAddress)
}

// wordHash is a word's hash: odd if it has a digit.
func wordHash(word []byte) uint64 {
	h := stringHash(string(word)) &^ 1
	if bytes.ContainsAny(word, "0123456789") {
		h |= 1
	}
	return h
}

// stringHash is FNV-1a, mixed. It is on disk, so it may not change.
func stringHash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix spreads the bits of a number over all of it, as MurmurHash3 ends.
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
