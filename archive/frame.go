package archive

import (
	"container/list"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Records of one group share zstd frames: that costs a tenth of a frame each,
// is smaller without a dictionary than each with one, and what is read in
// order is unpacked once. A single message costs the unpacking of one frame.
const (
	frameSize  = 64 << 10 // bytes of records from which on a frame is closed; a longer record has one alone
	frameCache = 8 << 20  // bytes of unpacked frames that are kept
)

// spot is where a record stands.
type spot struct {
	frame    int64 // its row; while it has none, the frame's place among the new ones, from -1 downwards
	at, size int64 // bytes of the unpacked frame
}

// frame is the records of several sources, packed.
type frame struct {
	size int
	data []byte
}

// framePacker makes the encoder of frames when the first is made.
type framePacker struct {
	once sync.Once
	enc  *zstd.Encoder
	err  error
}

func (p *framePacker) pack(records []byte) (frame, error) {
	p.once.Do(func() { p.enc, p.err = newEncoder(0, nil) })
	if p.err != nil {
		return frame{}, p.err
	}
	return frame{len(records), p.enc.EncodeAll(records, make([]byte, 0, len(records)/3+64))}, nil
}

// cut returns one record of an unpacked frame.
func (s spot) cut(records []byte) ([]byte, error) {
	if s.at < 0 || s.size < 0 || s.at > int64(len(records)) || s.size > int64(len(records))-s.at {
		return nil, fmt.Errorf("bytes %d to %d of frame %d, which has %d", s.at, s.at+s.size, s.frame, len(records))
	}
	return records[s.at : s.at+s.size], nil
}

// errFrame says that a frame cannot be had, which costs its messages alone.
var errFrame = errors.New("its words cannot be read")

const frameByID = `SELECT size, data FROM frame WHERE id = ?`

// loadFrame reads and unpacks a frame.
func (a *Archive) loadFrame(q querier, id int64) ([]byte, error) {
	var size int64
	var data []byte
	err := q.queryRow(frameByID, id).Scan(&size, &data)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(explain(err), ErrCorrupt) {
		return nil, fmt.Errorf("%w: frame %d: %w", errFrame, id, err)
	} else if err != nil {
		return nil, err
	}
	records, err := a.unpackData(0, data, int(size))
	if err == nil && int64(len(records)) != size {
		err = fmt.Errorf("it has %d bytes instead of %d", len(records), size)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: frame %d: %w", errFrame, id, err)
	}
	return records, nil
}

// frame returns an unpacked frame that q, a state of the archive that was
// committed, holds. What a number stands for never changes, so one that is
// kept is right for every state.
func (a *Archive) frame(q querier, id int64) ([]byte, error) {
	if records := a.frames.get(id); records != nil {
		return records, nil
	}
	records, err := a.loadFrame(q, id)
	if err == nil {
		a.frames.put(id, records)
	}
	return records, err
}

// shelved are the unpacked frames used last.
type shelved struct {
	mu    sync.Mutex
	m     map[int64]*list.Element // of shelvedFrame
	order list.List               // the last used first
	size  int
}

type shelvedFrame struct {
	id      int64
	records []byte
}

func (c *shelved) get(id int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.m[id]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(shelvedFrame).records
}

func (c *shelved) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order.Init()
	c.m, c.size = nil, 0
}

func (c *shelved) put(id int64, records []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m[id] != nil || len(records) > frameCache/4 {
		return
	}
	if c.m == nil {
		c.m = make(map[int64]*list.Element)
	}
	c.m[id] = c.order.PushFront(shelvedFrame{id, records})
	for c.size += len(records); c.size > frameCache; {
		last := c.order.Back()
		f := c.order.Remove(last).(shelvedFrame)
		delete(c.m, f.id)
		c.size -= len(f.records)
	}
}
