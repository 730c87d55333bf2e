package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// input is a file of mail, unpacked as it is read.
type input struct {
	*bufio.Reader
	run    *run
	file   *os.File
	unpack *zstd.Decoder
}

// maxWindow bounds the memory that a packed file may ask for.
const maxWindow = 256 << 20

// openInput opens a file and looks through its packing, which may be twofold
// (H1).
func (r *run) openInput(path string) (*input, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := &input{run: r, file: f}
	in.Reader = bufio.NewReaderSize(in.counting(f), 64<<10)
	for range 2 {
		if err := in.layer(); err != nil {
			in.Close()
			return nil, err
		}
	}
	return in, nil
}

// layer undoes one packing.
func (in *input) layer() error {
	magic, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in.Reader)
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
		in.Reader = bufio.NewReaderSize(z, 64<<10)
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}) && in.unpack == nil:
		z, err := zstd.NewReader(in.Reader, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
		in.unpack = z
		in.Reader = bufio.NewReaderSize(z, 64<<10)
	}
	return nil
}

// Close ends the reading.
func (in *input) Close() error {
	if in.unpack != nil {
		in.unpack.Close()
	}
	return in.file.Close()
}

// counting notes how far the file was read.
func (in *input) counting(f io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := f.Read(p)
		in.run.mu.Lock()
		in.run.done += int64(n)
		in.run.mu.Unlock()
		return n, err
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
