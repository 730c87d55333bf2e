package index

// What nodes of a query take for each document of the index: a number, or an
// entry in a set.
const (
	gatheredBytes = 4
	threadBytes   = 20
)

// memoryOf is how many bytes a query takes that grow with the index, about.
// All else that a search keeps is bounded by the query.
func memoryOf(q Query, docs uint64) int64 {
	size := int64(0)
	for todo := []Query{q}; len(todo) > 0; {
		q, todo = todo[len(todo)-1], todo[:len(todo)-1]
		switch q := q.(type) {
		case And:
			todo = append(todo, q...)
		case Or:
			todo = append(todo, q...)
		case Near:
			todo = append(todo, q.Parts...)
		case Not:
			todo = append(todo, q.Of)
		case InThread:
			size += threadBytes * int64(docs)
			todo = append(todo, q.Of)
		case Prefix, Fuzzy:
			size += gatheredBytes * int64(docs)
		}
	}
	return size
}
