package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// termTable numbers terms in the order of their first appearance. It is a hash
// table without pointers: the collector of garbage, to which millions of
// strings would be work, has nothing to do with it.
type termTable struct {
	seed   maphash.Seed
	slots  []uint32 // term + 1; 0 is free
	hashes []uint32 // by term
	ends   []uint32 // by term: where its bytes end
	bytes  []byte   // of all terms, one behind the other
}

// firstSlots is the size of an empty table; a power of two, as all sizes are.
const firstSlots = 1 << 10

func newTermTable() *termTable {
	return &termTable{seed: maphash.MakeSeed(), slots: make([]uint32, firstSlots)}
}

// reset empties the table and keeps its memory.
func (t *termTable) reset() {
	clear(t.slots)
	t.hashes, t.ends, t.bytes = t.hashes[:0], t.ends[:0], t.bytes[:0]
}

func (t *termTable) len() int  { return len(t.ends) }
func (t *termTable) size() int { return 4*len(t.slots) + 8*len(t.ends) + len(t.bytes) }

// term returns the bytes of a term.
func (t *termTable) term(id uint32) []byte {
	start := uint32(0)
	if id > 0 {
		start = t.ends[id-1]
	}
	return t.bytes[start:t.ends[id]]
}

// id returns the number of a term, a new one where it has none yet.
func (t *termTable) id(term string) (id uint32, known bool) {
	hash := uint32(maphash.String(t.seed, term))
	mask := uint32(len(t.slots) - 1)
	at := hash & mask
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		id := t.slots[at] - 1
		if t.hashes[id] == hash && string(t.term(id)) == term {
			return id, true
		}
	}
	id = uint32(len(t.ends))
	t.slots[at] = id + 1
	t.hashes = append(t.hashes, hash)
	t.bytes = append(t.bytes, term...)
	t.ends = append(t.ends, uint32(len(t.bytes)))
	if 3*len(t.ends) > 2*len(t.slots) {
		t.grow()
	}
	return id, false
}

func (t *termTable) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := uint32(len(t.slots) - 1)
	for id, hash := range t.hashes {
		at := hash & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = uint32(id) + 1
	}
}

// sorted returns the terms in the order of their bytes. Most of them differ in
// the first eight, which are compared as a number.
func (t *termTable) sorted() []uint32 {
	type key struct {
		prefix uint64
		id     uint32
	}
	keys := make([]key, t.len())
	for i := range keys {
		var head [8]byte
		copy(head[:], t.term(uint32(i)))
		keys[i] = key{binary.BigEndian.Uint64(head[:]), uint32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.prefix != b.prefix {
			return cmp.Compare(a.prefix, b.prefix)
		}
		return bytes.Compare(t.term(a.id), t.term(b.id))
	})
	ids := make([]uint32, len(keys))
	for i, k := range keys {
		ids[i] = k.id
	}
	return ids
}
