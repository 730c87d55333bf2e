package index

import "sync"

// facetTable numbers the values of a column over all segments.
type facetTable struct {
	numbers [][]uint32 // by file and number there
	shown   []string   // the values, as written; the first is none
	term    []uint32   // by value: the number of its term
	terms   []string   // the forms in which the values are compared; the first is none
}

// facetTableCache keeps a table from the first count on. It is small beside
// the columns: each distinct value stands in it once.
type facetTableCache struct {
	once  sync.Once
	table *facetTable
}

// table returns the table of a column.
func (c *columnSet) table(column int) *facetTable {
	cache := &c.tables[column]
	cache.once.Do(func() { cache.table = c.makeTable(column) })
	return cache.table
}

func (c *columnSet) makeTable(column int) *facetTable {
	t := &facetTable{}
	field := columnOrder[column].Field()
	values, terms := map[string]uint32{}, map[string]uint32{}
	add := func(value string) uint32 {
		n, ok := values[value]
		if ok {
			return n
		}
		n = uint32(len(t.shown))
		values[value] = n
		term := exactTerm(field, value)
		number, ok := terms[term]
		if !ok {
			number = uint32(len(t.terms))
			terms[term] = number
			t.terms = append(t.terms, term)
		}
		t.shown, t.term = append(t.shown, value), append(t.term, number)
		return n
	}
	add("")
	for _, f := range c.files {
		v := &f.values[column]
		numbers := make([]uint32, v.count)
		for ord := range numbers {
			numbers[ord] = add(v.value(ord))
		}
		t.numbers = append(t.numbers, numbers)
	}
	return t
}
