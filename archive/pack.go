package archive

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Pages of one list share a template of 2.5 KB, which a dictionary takes out
// of each: a third less than without. The sizes are measured.
const (
	dictSize  = 64 << 10
	dictFirst = 32  // bodies before the first dictionary
	dictCheck = 512 // bodies between looks for a better one
	dictMost  = 16  // dictionaries of one list
	dictBase  = 32768
	maxBody   = 256 << 20 // bytes of one body, packed or not

	maxEncoders = 4 // kept ready; each holds a megabyte for every processor
)

// packPages is the kind of the dictionaries made here.
const packPages = "page"

// packer compresses what was fetched of one list.
type packer struct {
	list int64

	mu      sync.Mutex
	enc     *zstd.Encoder // nil while it is not kept
	dict    int64
	made    int
	bodies  int
	samples [][]byte // the newest bodies, together about one dictionary
}

type packers struct {
	mu    sync.Mutex
	m     map[int64]*packer // by list
	ready []*packer         // those with an encoder, the last used last
}

// use notes that p has an encoder, and lets the longest unused one go.
func (ps *packers) use(p *packer) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if n := len(ps.ready); n > 0 && ps.ready[n-1] == p {
		return
	}
	ps.ready = slices.DeleteFunc(ps.ready, func(o *packer) bool { return o == p })
	if ps.ready = append(ps.ready, p); len(ps.ready) <= maxEncoders {
		return
	}
	// One that is being waited for is in use; it goes another time.
	if old := ps.ready[0]; old.mu.TryLock() {
		old.enc = nil
		old.mu.Unlock()
		ps.ready = slices.Delete(ps.ready, 0, 1)
	}
}

// packer returns the one of a list; it begins with the newest dictionary that
// the list has.
func (a *Archive) packer(list int64) (*packer, error) {
	a.packs.mu.Lock()
	defer a.packs.mu.Unlock()
	if p := a.packs.m[list]; p != nil {
		return p, nil
	}
	p := &packer{list: list}
	err := a.read.queryRow(`SELECT coalesce(max(id), 0), count(*) FROM dict WHERE list = ? AND kind = ?`,
		list, packPages).Scan(&p.dict, &p.made)
	if err != nil {
		return nil, explain(err)
	}
	if a.packs.m == nil {
		a.packs.m = make(map[int64]*packer)
	}
	a.packs.m[list] = p
	return p, nil
}

func (ps *packers) close() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.m, ps.ready = nil, nil
}

func newEncoder(id int64, dict []byte) (*zstd.Encoder, error) {
	// The window bounds what each encoder keeps in memory; pages are smaller.
	opts := []zstd.EOption{zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithSingleSegment(true),
		zstd.WithWindowSize(512 << 10), zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0))}
	if len(dict) > 0 {
		opts = append(opts, zstd.WithEncoderDictRaw(uint32(dictBase+id), dict))
	}
	return zstd.NewWriter(nil, opts...)
}

// pack compresses one body and names the dictionary used. What it learns from
// the body goes into the list's next dictionary, which it stores through a.
func (p *packer) pack(ctx context.Context, a *Archive, body []byte, learn bool) ([]byte, int64, error) {
	enc, dict, err := p.encoder(ctx, a, body, learn)
	if err != nil {
		return nil, 0, err
	}
	a.packs.use(p)
	return enc.EncodeAll(body, make([]byte, 0, len(body)/2+64)), dict, nil
}

// encoder returns the encoder for a body, and its dictionary.
func (p *packer) encoder(ctx context.Context, a *Archive, body []byte, learn bool) (*zstd.Encoder, int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.enc == nil {
		data, err := a.dictionary(p.dict)
		if err != nil {
			return nil, 0, err
		}
		if p.enc, err = newEncoder(p.dict, data); err != nil {
			return nil, 0, err
		}
	}
	if learn && p.learn(body) {
		if err := p.improve(ctx, a); err != nil {
			return nil, 0, err
		}
	}
	return p.enc, p.dict, nil
}

// learn keeps the body as a sample and says whether a new dictionary is due.
func (p *packer) learn(body []byte) bool {
	if len(body) == 0 || p.made >= dictMost {
		p.samples = nil
		return false
	}
	p.bodies++
	if p.bodies%8 == 0 || p.bodies <= dictFirst || len(p.samples) < 16 {
		p.samples = append(p.samples, bytes.Clone(body[:min(len(body), dictSize/16)]))
		if len(p.samples) > 64 {
			p.samples = append(p.samples[:0], p.samples[len(p.samples)-64:]...)
		}
	}
	return p.bodies == dictFirst && p.dict == 0 || p.bodies%dictCheck == 0
}

// improve makes a dictionary of the samples and stores it if it would have
// served the newest of them clearly better than the one in use. A list's
// template changes with its server's software, so this goes on.
func (p *packer) improve(ctx context.Context, a *Archive) error {
	held := len(p.samples) / 4
	tests, train := p.samples[len(p.samples)-held:], p.samples[:len(p.samples)-held]
	trial, err := newEncoder(1, joinSamples(train))
	if err != nil {
		return err
	}
	better := packedSize(trial, tests)*100 < packedSize(p.enc, tests)*85
	trial.Close()
	if !better {
		return nil
	}
	data := joinSamples(p.samples)
	var id int64
	err = a.writable(ctx, func(t *tx) (err error) {
		id, err = t.insert(`INSERT INTO dict (list, kind, data) VALUES (?, ?, ?)`, p.list, packPages, data)
		return err
	})
	if err != nil {
		return err
	}
	enc, err := newEncoder(id, data)
	if err != nil {
		return err
	}
	// The one before is left to those who are using it at this moment.
	p.enc, p.dict, p.made = enc, id, p.made+1
	return nil
}

// joinSamples fills a dictionary with the newest samples, the newest last:
// what is nearest costs least.
func joinSamples(samples [][]byte) []byte {
	all := bytes.Join(samples, nil)
	return all[max(0, len(all)-dictSize):]
}

func packedSize(enc *zstd.Encoder, bodies [][]byte) int {
	size := 0
	for _, b := range bodies {
		size += len(enc.EncodeAll(b, nil))
	}
	return size
}
