// Package clean reads the text of a mail as a person does: which words are
// the sender's own, which are quoted, where the signature begins, and what
// only the list's software added. It is pure text, without network or disk,
// and takes no real text away: what is removed is a notice of the list server
// or the list's own footer, and becomes structure.
package clean
