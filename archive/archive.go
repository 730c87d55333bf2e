// Package archive keeps what was fetched for ever, and the messages read out
// of it.
package archive

// Archive is one data directory's archive.
type Archive struct{}
