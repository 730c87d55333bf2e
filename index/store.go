package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	segmentapi "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
)

// store is what a writer has of an index: its segments. bleve reads a store by
// a file that lists them, root.bolt; so does the writer when it starts, and
// writes a new one at its end. Between the two nobody else sees the store.
type store struct {
	dir      string
	plugin   zap.ZapPlugin
	segments []*segment
	last     uint64 // the highest number of a segment
}

// segment is one of a store's segments, open for reading.
type segment struct {
	segmentapi.Segment
	data    []byte // of its file
	number  uint64
	name    string // of its file
	bytes   int64
	dropped *roaring.Bitmap // documents deleted or replaced since it was written
}

// The planner of merges asks for these.
func (s *segment) Id() uint64      { return s.number }
func (s *segment) FullSize() int64 { return int64(s.Count()) }
func (s *segment) LiveSize() int64 { return int64(s.Count() - s.dropped.GetCardinality()) }
func (s *segment) HasVector() bool { return false }
func (s *segment) FileSize() int64 { return s.bytes }
func (s *segment) LiveFileSize() int64 {
	return s.bytes * s.LiveSize() / max(s.FullSize(), 1)
}

// letGo lets what was read of the segment's file leave memory.
func (s *segment) letGo() {
	letGo(s.data)
}

// openStore opens the store of a generation that nobody else writes.
func openStore(dir string) (*store, state, error) {
	st := &store{dir: dir}
	if _, err := os.Stat(filepath.Join(dir, boltName)); errors.Is(err, os.ErrNotExist) {
		return st, state{}, nil
	}
	s, err := openSnapshot(dir)
	if err != nil {
		return nil, state{}, err
	}
	for _, old := range s.reader.(*scorch.IndexSnapshot).Segments() {
		if err = st.take(old); err != nil {
			break
		}
	}
	return st, s.state, errors.Join(err, s.close())
}

// take opens a segment of the snapshot again, so that it outlives it.
func (st *store) take(old *scorch.SegmentSnapshot) error {
	file, err := fileOf(old.Segment())
	if err != nil {
		return err
	}
	dropped := roaring.New()
	if d := old.Deleted(); d != nil {
		dropped = d.Clone()
	}
	return st.open(filepath.Base(file.Path()), dropped)
}

// open adds a segment to the store.
func (st *store) open(name string, dropped *roaring.Bitmap) error {
	var number uint64
	if _, err := fmt.Sscanf(name, "%x.zap", &number); err != nil {
		return fmt.Errorf("%s: no name of a segment", name)
	}
	path := filepath.Join(st.dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	seg, err := st.plugin.Open(path)
	if err != nil {
		return err
	}
	file, err := fileOf(seg)
	if err != nil {
		return errors.Join(err, seg.Close())
	}
	st.segments = append(st.segments, &segment{seg, file.Data(), number, name, info.Size(), dropped})
	st.last = max(st.last, number)
	return nil
}

// next names a new segment.
func (st *store) next() string {
	st.last++
	return fmt.Sprintf("%012x.zap", st.last)
}

func (st *store) close() error {
	var err error
	for _, s := range st.segments {
		err = errors.Join(err, s.Close())
	}
	st.segments = nil
	return err
}

// add makes a segment, written before, part of the store: documents of older
// ones that it replaces are dropped.
func (st *store) add(name string, b *builder) error {
	ids := b.replaced()
	for _, s := range st.segments {
		old, err := s.DocNumbers(ids)
		if err != nil {
			return err
		}
		s.dropped.Or(old)
		s.letGo() // all its IDs were looked at
	}
	if len(b.ids) == 0 {
		return nil
	}
	return st.open(name, b.dropped)
}

// tiers keeps a store at about ten segments for each power of ten of its size.
// Segments of fewer documents than the floor count as one of that size.
func tiers() *mergeplan.MergePlanOptions {
	o := mergeplan.DefaultMergePlanOptions
	return &o
}

// merge merges what the plan says, until it says no more.
func (st *store) merge(ctx context.Context) error {
	for {
		var all []mergeplan.Segment
		for _, s := range st.segments {
			all = append(all, s)
		}
		plan, err := mergeplan.Plan(all, tiers())
		if err != nil || plan == nil || len(plan.Tasks) == 0 {
			return err
		}
		for _, task := range plan.Tasks {
			if err := st.mergeTask(ctx, task); err != nil {
				return err
			}
		}
	}
}

// mergeAll makes one segment of all.
func (st *store) mergeAll(ctx context.Context) error {
	if len(st.segments) < 2 {
		return nil
	}
	all := &mergeplan.MergeTask{}
	for _, s := range st.segments {
		all.Segments = append(all.Segments, s)
	}
	return st.mergeTask(ctx, all)
}

// live is the number of documents that were not replaced or deleted.
func (st *store) live() (docs int) {
	for _, s := range st.segments {
		docs += int(s.LiveSize())
	}
	return docs
}

func (st *store) mergeTask(ctx context.Context, task *mergeplan.MergeTask) error {
	var from []*segment
	merged := map[*segment]bool{}
	for _, m := range task.Segments {
		s := m.(*segment)
		merged[s] = true
		if s.LiveSize() > 0 {
			from = append(from, s)
		}
	}
	if len(from) > 0 {
		if err := st.mergeInto(ctx, st.next(), from); err != nil {
			return err
		}
	}
	return st.remove(merged)
}

func (st *store) mergeInto(ctx context.Context, name string, segments []*segment) error {
	var columns []string
	for _, s := range segments {
		columns = append(columns, columnsPath(filepath.Join(st.dir, s.name)))
	}
	path := filepath.Join(st.dir, name)
	numbers, err := mergeSegments(ctx, path, segments)
	if err == nil {
		err = mergeColumns(columnsPath(path), columns, numbers)
	}
	if err != nil {
		return err
	}
	return st.open(name, roaring.New())
}

// remove closes segments. Their files are removed where they are no part of an
// older generation; there it is the only thing that is done with them.
func (st *store) remove(gone map[*segment]bool) error {
	var kept []*segment
	var err error
	for _, s := range st.segments {
		if !gone[s] {
			kept = append(kept, s)
			continue
		}
		path := filepath.Join(st.dir, s.name)
		err = errors.Join(err, s.Close(), os.Remove(path), os.Remove(columnsPath(path)))
	}
	st.segments = kept
	return err
}
