package index

import "github.com/blevesearch/vellum"

// dictWriter makes a dictionary of terms that come in order, beside the one who
// brings them.
type dictWriter struct {
	now    *dictBatch
	queue  chan *dictBatch
	empty  chan *dictBatch
	failed chan error
}

// dictBatch are some terms, one behind the other.
type dictBatch struct {
	bytes  []byte
	ends   []int
	values []uint64
}

const termsAtOnce = 2048

func newDictWriter(fst *vellum.Builder) *dictWriter {
	w := &dictWriter{now: &dictBatch{}, queue: make(chan *dictBatch, 4), empty: make(chan *dictBatch, 4), failed: make(chan error, 1)}
	go func() {
		var err error
		for b := range w.queue {
			start := 0
			for i, end := range b.ends {
				if err == nil {
					err = fst.Insert(b.bytes[start:end], b.values[i])
				}
				start = end
			}
			select {
			case w.empty <- b:
			default:
			}
		}
		if err == nil {
			err = fst.Close()
		}
		w.failed <- err
	}()
	return w
}

func (w *dictWriter) add(term []byte, value uint64) {
	b := w.now
	b.bytes = append(b.bytes, term...)
	b.ends, b.values = append(b.ends, len(b.bytes)), append(b.values, value)
	if len(b.ends) == termsAtOnce {
		w.send()
	}
}

func (w *dictWriter) send() {
	w.queue <- w.now
	select {
	case b := <-w.empty:
		w.now = &dictBatch{b.bytes[:0], b.ends[:0], b.values[:0]}
	default:
		w.now = &dictBatch{}
	}
}

// close waits for the dictionary.
func (w *dictWriter) close() error {
	w.send()
	close(w.queue)
	return <-w.failed
}
