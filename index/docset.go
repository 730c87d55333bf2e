package index

import (
	"iter"
	"math/bits"
)

// windowDocs is how many documents are looked at together: enough that what is
// done once for all of them costs nothing, few enough that what is known of
// them stays near the processor. It divides 65,536.
const windowDocs = 4096

// docSet is a set of the documents of a window, a bit for each.
type docSet [windowDocs / 64]uint64

func (s *docSet) add(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s *docSet) remove(i int)   { s[i>>6] &^= 1 << (i & 63) }
func (s *docSet) has(i int) bool { return s[i>>6]>>(i&63)&1 == 1 }

func (s *docSet) empty() bool { return *s == docSet{} }

func (s *docSet) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// and keeps what both have, but what t lacks, or what either has.
func (s *docSet) and(t *docSet) {
	for i := range s {
		s[i] &= t[i]
	}
}

func (s *docSet) but(t *docSet) {
	for i := range s {
		s[i] &^= t[i]
	}
}

func (s *docSet) or(t *docSet) {
	for i := range s {
		s[i] |= t[i]
	}
}

// all yields the members in order.
func (s *docSet) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i<<6 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}
