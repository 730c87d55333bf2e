// Package importer brings mail that is on disk into an archive: mailboxes
// (mbox, plain or packed; Maildir; single mails), saved Pipermail folders and
// Pipermail's text files.
//
// It records bytes, as the crawler does, and reads no more of them than it
// must: what a mail is to be called, which list and which month it belongs to,
// which file of a folder is which page. Messages are made by the archive's
// parser. What is recorded has a name that depends on its content (a mail) or
// on its place in the list's archive (a page), so an import may be stopped and
// run again at any time, and a second one changes nothing.
package importer
