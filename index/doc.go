// Package index finds messages. It holds the schema, the analysis of text, the
// query tree, and the embedded engine. The query language that people type is
// in package search; an index knows no strings but words.
//
//	e, err := index.OpenBleve(dir, nil)
//	stats, err := e.Update(ctx, archive)   // what changed since the last time
//	res, err := e.Search(ctx, &index.Request{Query: index.Word{Text: "ransomware"}})
//
// The index is derived: it can be deleted, and Rebuild makes it again. It
// stores no text; a hit is an ID to look up in the archive.
//
// # What bleve does here, and what not
//
// bleve's store, scorch, keeps the postings: files, compression, merging. Reading
// them, matching and scoring are our own. A query is answered window by window:
// 4096 documents of a segment are a set of bits, which each node of the query
// narrows (matcher); only what is left is scored, word after word, by reading
// counts in the order in which they lie in the file (docList, occurrences). bleve's
// iterators take ten calls for each document and word, and its matching would
// have misled:
//
//   - B1: a writer locks its directory against readers, who wait for ever. So
//     the live index is an immutable generation: see generation.go.
//   - B2: a stray file keeps bleve from opening. They are removed.
//   - B3: its query strings misread what people mean. They are not used.
//   - B4: it scores by TF-IDF, and its BM25 squares the IDF, takes the root of
//     the count, and the number of distinct terms for the length. We score by
//     BM25F, over the fields together: see wordMatcher.
//   - B5: its phrases and its paging have traps. Ours keep the total order that
//     Request promises.
//   - B6: its disjunctions are without bound. A query has maxLeaves; a Prefix or
//     Fuzzy has the most frequent of its words, and Result.Cut names it if
//     there are more; and all that walks postings looks at the context.
//   - B7: bodies are not stored, places only without their offsets, stems not
//     at all.
//   - B8: a torn root.bolt loses messages silently. A manifest says what a
//     generation consists of.
//
// # Writing
//
// A Session is one writer's work: it is fed what changed, as often as one
// likes, and publishes generations, as seldom as one likes. Its workers turn
// messages into postings in memory (inverter), in arrays without pointers, and
// write them as bleve's segments (segment.go) once they take 20 MB each;
// bleve's own way of building segments takes four times as long and as much
// memory. Merging is bleve's, after its plan; root.bolt, by which bleve reads
// a store, is written once a generation.
package index
