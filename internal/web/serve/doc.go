// Package serve is the HTTP server around the pages, the API and the feeds. It
// knows none of them: it is given handlers, and does what all of them need.
//
// A request passes, from the outside in:
//
//	exchange   panics, the access log, figures, a deadline for each write
//	client     who asks: behind a trusted proxy, whom the proxy names
//	headers    a strict Content-Security-Policy and its kin
//	host       a browser on this machine is not led here by a foreign name
//	health     /healthz, /readyz and /metrics
//	door       passwords and tokens, if there are any
//	rate       so many requests a second for each client
//	prefix     the path that the site is under is taken off
//	work       the cache; a place among the searches under way; a deadline
//	compress   gzip or zstd
//
// # Work
//
// An answer is gathered in memory, so that the place of a search is free again
// before a slow client has read it, and is kept for who asks the same again.
// One that is too long for that, or that flushes, is a stream from then on: it
// gives up its place among the searches for one of a few places for streams.
//
// # Overload
//
// Searches wait for a place for a moment, and then are sent away with 503 and
// Retry-After, at once and at next to no cost. Who asks for what somebody else is
// waiting for waits with them, so news costs each search of the many once. Connections that say nothing
// cost a goroutine each and end by themselves.
package serve
