// Package mail reads mails as they were sent: RFC 5322 with MIME, as mailboxes
// hold them. It is pure: no network, no disk.
//
// [Read] takes one mail apart, tolerant of whatever mailers have made of the
// standards; [Parser] is the archive.Parser of all that an archive holds:
// Pipermail's pages, which it leaves to internal/pipermail, and mails. A mail
// and the page that Pipermail made of it come out as one message.
//
// go-message reads media types and undoes transfer encodings. Heads and the
// borders of parts are found here: in real mail they are broken too often for
// a reader that stops at the first error.
package mail
