// Package search finds messages of an archive: it is what the commands and
// the server are built on, and the package for programs that want to search by
// themselves.
//
//	s, err := search.Open("/var/lib/bxsearch", nil)
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	res, err := s.Search(ctx, search.Query{Text: `"multifactor authentication" after:2021`})
//	if err != nil {
//		return err
//	}
//	for _, h := range res.Hits {
//		fmt.Println(h.Message.Date, h.Message.Subject, h.Snippet)
//	}
//
// Open wants the data directory that bxcrawl filled, or the URL of the OpenSearch
// cluster that it fed. A Searcher reads; it
// never writes, and never waits for a crawl: one that runs at the same time
// shows in later searches. It is safe for concurrent use.
//
// The query language is described in docs/query.md. Parse reads it, Format
// writes it. What a user may get wrong comes back as a *SyntaxError, a
// *CursorError, ErrSort, ErrGroup or ErrTimeout, and says what to do; other errors are the
// archive's and the index's, unchanged behind errors.Is and errors.As.
//
// # Paging
//
// Results.Next continues a search where its page ended; give it back as
// Query.After with the same Text and Sort. Hits walks all pages.
//
// # Facets
//
// Results.Facets, if Query.Facets asks for it, counts all messages that match by
// list, month or year, author, outlet, kind of attachment, or language. Each
// value has the query that finds it; Narrow adds that to the search. A count is
// what that search will find, to the message.
//
// # Text from strangers
//
// Subjects, names, bodies, snippets and the values of facets are as their senders wrote them. They
// may hold terminal escapes, bidirectional overrides and HTML: who prints or
// shows them has to make them harmless.
package search
