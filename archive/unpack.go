package archive

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxDecoders bounds the decoders kept ready; each holds its dictionary.
const maxDecoders = 64

// unpackers holds a decoder for each dictionary met.
type unpackers struct {
	mu sync.Mutex
	m  map[int64]*zstd.Decoder
}

func (u *unpackers) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, d := range u.m {
		d.Close()
	}
	u.m = nil
}

// decoder returns the decoder for a dictionary; 0 is none. Its memory is
// bounded, whatever a damaged frame claims.
func (a *Archive) decoder(dict int64) (*zstd.Decoder, error) {
	a.unpack.mu.Lock()
	defer a.unpack.mu.Unlock()
	if d := a.unpack.m[dict]; d != nil {
		return d, nil
	}
	opts := []zstd.DOption{zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBody)}
	if dict != 0 {
		data, err := a.dictionary(dict)
		if err != nil {
			return nil, err
		}
		opts = append(opts, zstd.WithDecoderDictRaw(uint32(dictBase+dict), data))
	}
	d, err := zstd.NewReader(nil, opts...)
	if err != nil {
		return nil, err
	}
	if a.unpack.m == nil || len(a.unpack.m) >= maxDecoders {
		a.unpack.m = make(map[int64]*zstd.Decoder) // those in use live on until they are not
	}
	a.unpack.m[dict] = d
	return d, nil
}

// dictionary reads a dictionary; 0 is none.
func (a *Archive) dictionary(id int64) ([]byte, error) {
	if id == 0 {
		return nil, nil
	}
	var data []byte
	if err := a.read.queryRow(`SELECT data FROM dict WHERE id = ?`, id).Scan(&data); err != nil {
		return nil, fmt.Errorf("dictionary %d: %w", id, explain(err))
	}
	return data, nil
}

// unpackRoom is how many bytes more than it fills the library wants, to copy 16
// at a time: without, unpacking takes a fifth longer.
const unpackRoom = 16

// unpackData reverses packer.pack.
func (a *Archive) unpackData(dict int64, data []byte, size int) ([]byte, error) {
	d, err := a.decoder(dict)
	if err != nil {
		return nil, err
	}
	return d.DecodeAll(data, make([]byte, 0, min(size, maxBody)+unpackRoom))
}
