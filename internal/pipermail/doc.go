// Package pipermail knows the format of Pipermail, the archiver of GNU
// Mailman 2: what a URL is, what stands on the contents page, on a period's
// index pages and on a message page. It is pure: no network, no disk.
//
// A list's archive is a folder:
//
//	<list>/                       the contents page: one row a period
//	<list>/2004-March/thread.html the index pages of a period: thread,
//	                              subject, author, date
//	<list>/2004-March/000123.html a message page
//	<list>/2004-March.txt.gz      the period's text file
//	<list>/attachments/20040302/1a2b3c4d/attachment.html
//
// Periods are months, quarters, weeks, years or days. Labels, month names and
// even the word "at" in addresses are in the list's language, so nothing here
// depends on a label where a shape can be had instead.
//
// Parser turns all that is held of a period into messages.
package pipermail
