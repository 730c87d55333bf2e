package archive

import (
	"cmp"
	"slices"
)

// sourceKey is what makes a source the same as before when its group is
// parsed again.
type sourceKey struct {
	url     string // as in the page table; may be empty
	base    key
	content int64 // digest of Parsed.Content
	kin     int64 // digest of From and the base subject: archives may show a subject without its "Re:"
	date    int64
	listed  bool
	digest  int64 // of the record
}

// source is a message as found in one place.
type source struct {
	sourceKey
	id    int64  // its row; 0 while it has none
	msg   key    // its message's ID where that is not the base; else zero
	group string // the name of its group
	spot  spot   // where its record is; not read with those of other groups
	ties  *ties  // of what was parsed just now; else read from the record when needed
}

// kinWindow is how many seconds the dates of one message may differ between
// two pages (P12: text files are off by seconds).
const kinWindow = 2

// identity is one message among the sources of a base.
type identity struct {
	id      key
	sources []source
	best    source // whose words and URL the message has
}

// identify tells the messages of one base apart and gives them their IDs. It
// depends on the set of sources only, not on their order.
//
// QUIRK: P10, P13: a Message-ID may belong to several messages, and a message
// may be found several times.
func identify(base key, sources []source) []identity {
	var out []identity
	for _, set := range kinds(sources) {
		out = append(out, identity{sources: set, best: best(set)})
	}
	slices.SortFunc(out, func(a, b identity) int { return compareAge(eldest(a.sources), eldest(b.sources)) })
	for i := range out {
		out[i].id = base
		if i > 0 {
			out[i].id = dupKey(base, lowestContent(out[i].sources))
		}
	}
	return out
}

// kinds splits sources into those that are the same message: equal content,
// or the same sender and subject within kinWindow, from neighbour to neighbour.
func kinds(sources []source) [][]source {
	if len(sources) == 1 {
		return [][]source{sources}
	}
	parent := make([]int, len(sources))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	order := slices.Clone(parent)
	join := func(compare func(a, b source) int, same func(a, b source) bool) {
		slices.SortFunc(order, func(i, j int) int { return compare(sources[i], sources[j]) })
		for k := 1; k < len(order); k++ {
			if i, j := order[k-1], order[k]; same(sources[i], sources[j]) {
				parent[find(j)] = find(i)
			}
		}
	}
	join(func(a, b source) int { return cmp.Compare(a.content, b.content) },
		func(a, b source) bool { return a.content == b.content })
	join(func(a, b source) int { return cmp.Or(cmp.Compare(a.kin, b.kin), cmp.Compare(a.date, b.date)) },
		sameKin)
	sets := make(map[int][]source)
	for i, s := range sources {
		sets[find(i)] = append(sets[find(i)], s)
	}
	out := make([][]source, 0, len(sets))
	for _, set := range sets {
		out = append(out, set)
	}
	return out
}

// sameKin reports whether two sources have one sender, subject and instant.
func sameKin(a, b source) bool {
	return a.kin == b.kin && a.date != undated && b.date != undated && max(a.date, b.date)-min(a.date, b.date) <= kinWindow
}

func compareAge(a, b source) int {
	return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.content, b.content))
}

func eldest(set []source) source { return slices.MinFunc(set, compareAge) }

func lowestContent(set []source) int64 {
	return slices.MinFunc(set, func(a, b source) int { return cmp.Compare(a.content, b.content) }).content
}

// best picks the source of the permalink: listed ones first, then those that
// have a URL, then by group and URL; the digest makes the order total.
func best(set []source) source {
	return slices.MinFunc(set, func(a, b source) int {
		return cmp.Or(-cmp.Compare(oneIf(a.listed), oneIf(b.listed)), cmp.Compare(oneIf(a.url == ""), oneIf(b.url == "")),
			cmp.Compare(a.group, b.group), cmp.Compare(a.url, b.url), cmp.Compare(a.digest, b.digest))
	})
}

// urls returns the pages of a message, sorted, each once.
func (d identity) urls() []string {
	var urls []string
	for _, s := range d.sources {
		if s.url != "" {
			urls = append(urls, s.url)
		}
	}
	slices.Sort(urls)
	return slices.Compact(urls)
}

// digest changes when what is shown of the message does, its thread aside.
func (d identity) digest() int64 {
	fields := append([]string{string(appendStrings(nil, d.best.url)), string(keyBytes(d.best.digest))}, d.urls()...)
	return hash64("bx:msg", fields...)
}

// keyBytes writes a number without zero bytes, which digest would drop.
func keyBytes(v int64) []byte {
	const hex = "0123456789abcdef"
	b := make([]byte, 16)
	for i := range b {
		b[i] = hex[uint64(v)>>(4*i)&15]
	}
	return b
}
