package index

// letGoEvery is how many bytes a merge writes before it lets go of what it has
// read.
const letGoEvery = 4 << 20

// mergeReader counts what a merge writes. The segments that a merge reads are
// mapped into memory, and what was read of them stays there until somebody else
// needs it: without letting go, a process that merges gigabytes appears to have
// gigabytes.
type mergeReader struct {
	segments []*segment
	written  uint64
	next     uint64
}

// ReportBytesWritten implements bleve's reporter.
func (r *mergeReader) ReportBytesWritten(n uint64) {
	if r.written += n; r.written < r.next {
		return
	}
	r.next = r.written + letGoEvery
	r.letGo()
}

func (r *mergeReader) letGo() {
	for _, s := range r.segments {
		if mapped, ok := s.Segment.(interface{ Data() []byte }); ok {
			letGo(mapped.Data())
		}
	}
}
