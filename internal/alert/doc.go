// Package alert brings news to whoever waits for it. A watch is a saved search
// with receivers; after each crawl it is asked of the messages that came, and
// what it finds is delivered by mail, webhook or command, and kept for feeds.
//
//	b, err := alert.Open(dir, &alert.Options{Write: true})
//	run, err := b.Run(ctx, alert.From{Archive: a, Searcher: s}, alert.Post{Mail: server})
//
// # How nothing is lost, and nothing sent twice
//
// Everything is in one SQLite file, watch.db, beside the archive; docs/format.md
// describes it. A run has three steps, and each can be killed at any point:
//
//  1. Match. Each watch has its own position in the archive's changes. The
//     messages behind it are put into a small index of their own, of which all
//     watches are asked. What they find and the new positions are one
//     transaction. Which message a watch found is kept, so that one that
//     changes, or arrives in a rebuilt archive, is told once.
//  2. Pack. What waits for a receiver is put into parcels with an ID, and its
//     content does not change any more.
//  3. Deliver. A parcel goes away when its receiver has taken it. If the process
//     dies between the two, it is sent again, with the same ID.
//
// A watch is about what comes after it. What it would have found before is noted
// when it is added or changed, and not told.
package alert
