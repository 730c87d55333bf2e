package archive

import (
	"context"
	"database/sql"
)

// framing puts the records of one group into frames while the group is parsed.
// A source that is held as it is stays where it is, but for those in frames
// that have become small or hollow: they are packed anew, together with what is
// new, so that a group always consists of few frames that are mostly full.
type framing struct {
	a      *Archive
	old    map[sourceKey]*heldSource
	frames map[int64]*heldFrame
	stays  []staying
	out    *parsedGroup
	buf    []byte // the frame that is being filled
}

// heldSource is a source of the group as it is stored.
type heldSource struct {
	source
	found bool // by this parse
}

// heldFrame is a frame of the group as it is stored.
type heldFrame struct {
	size int64
	live int64 // bytes of sources that were found again
}

// staying is a source as before, by its place in out, with its record.
type staying struct {
	i      int
	old    *heldSource
	record []byte
}

func (d *deriving) newFraming(ctx context.Context, out *parsedGroup) (*framing, error) {
	f := &framing{a: d.a, out: out, old: make(map[sourceKey]*heldSource), frames: make(map[int64]*heldFrame)}
	held, err := scanAll(ctx, d.a.read, func(r *sql.Rows) (*heldSource, error) {
		o, size := &heldSource{}, int64(0)
		err := scanSource(r, &o.source, &o.spot.frame, &o.spot.at, &o.spot.size, &size)
		if f.frames[o.spot.frame] == nil {
			f.frames[o.spot.frame] = &heldFrame{size: size}
		}
		return o, err
	}, `SELECT `+sourceColumns+`, s.frame, s.at, s.size, coalesce(f.size, 0)`+sourceTables+` LEFT JOIN frame f ON f.id = s.frame WHERE s.grp = ?`,
		out.group.id)
	for _, o := range held {
		f.old[o.sourceKey] = o
	}
	out.old = held
	return f, err
}

// add takes the next source and its record, which the caller may use again.
func (f *framing) add(s source, record []byte) error {
	o := f.old[s.sourceKey]
	if o != nil && o.found {
		return nil // the same page listed twice
	}
	if o == nil {
		o = &heldSource{source: s}
		f.old[s.sourceKey] = o
	}
	o.found = true
	f.out.sources = append(f.out.sources, s)
	i := len(f.out.sources) - 1
	if f.out.sources[i].id = o.id; o.id == 0 {
		return f.put(i, record)
	}
	f.frames[o.spot.frame].live += o.spot.size
	f.stays = append(f.stays, staying{i, o, append([]byte(nil), record...)})
	return nil
}

// put adds the record of a source to the frame that is being filled.
func (f *framing) put(i int, record []byte) error {
	if len(f.buf) > 0 && len(record) >= frameSize {
		if err := f.flush(); err != nil {
			return err
		}
	}
	f.out.sources[i].spot = spot{frame: -1 - int64(len(f.out.frames)), at: int64(len(f.buf)), size: int64(len(record))}
	if f.buf = append(f.buf, record...); len(f.buf) >= frameSize {
		return f.flush()
	}
	return nil
}

func (f *framing) flush() error {
	if len(f.buf) == 0 {
		return nil
	}
	packed, err := f.a.framing.pack(f.buf)
	f.out.frames = append(f.out.frames, packed)
	if cap(f.buf) > 4*frameSize {
		f.buf = nil
	}
	f.buf = f.buf[:0]
	return err
}

// finish decides which frames stay, and packs what is left.
func (f *framing) finish() error {
	changed := len(f.out.sources) != len(f.out.old) || len(f.stays) != len(f.out.old)
	keep := make(map[int64]bool, len(f.frames))
	for id, h := range f.frames {
		// One that cannot be read is made again as well.
		if _, err := f.a.frame(f.a.read, id); err == nil {
			keep[id] = !changed || h.live >= h.size*3/4 && h.size >= frameSize/2
		}
	}
	for _, s := range f.stays {
		f.out.sources[s.i].spot = s.old.spot
		if keep[s.old.spot.frame] {
			continue
		}
		if err := f.put(s.i, s.record); err != nil {
			return err
		}
	}
	for id := range f.frames {
		if !keep[id] {
			f.out.gone = append(f.out.gone, id)
		}
	}
	f.stays = nil
	return f.flush()
}
