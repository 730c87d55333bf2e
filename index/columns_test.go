package index

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// TestColumnsKeepWhatTheyAreGiven writes and merges columns with so many values
// that their numbers take one, two and four bytes.
func TestColumnsKeepWhatTheyAreGiven(t *testing.T) {
	for _, n := range []int{1, 255, 256, 300, 70_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			dir := t.TempDir()
			one, two, both := filepath.Join(dir, "1.col"), filepath.Join(dir, "2.col"), filepath.Join(dir, "3.col")
			authorOf := func(i int) string { return fmt.Sprint("author ", i) }
			write := func(path string, from, to int) []uint64 {
				c := newColumns()
				var numbers []uint64
				for i := from; i < to; i++ {
					m := &archive.Message{FromName: authorOf(i), Date: time.Unix(int64(i)<<20, 0)}
					c.add(m, exacts(m), printOfNumber(i))
					numbers = append(numbers, uint64(i))
				}
				if err := c.write(path); err != nil {
					t.Fatal(err)
				}
				return numbers
			}
			numbers := [][]uint64{write(one, 0, n/2+1), write(two, n/2+1, n)}
			numbers[0][0] = dropped // the others move up
			for _, of := range numbers {
				for i := range of {
					if of[i] != dropped {
						of[i]--
					}
				}
			}
			if err := mergeColumns(both, []string{one, two}, numbers); err != nil {
				t.Fatal(err)
			}
			f, err := openColumns(both)
			if err != nil {
				t.Fatal(err)
			}
			defer f.close()
			if f.docs != n-1 {
				t.Fatalf("%d documents, want %d", f.docs, n-1)
			}
			authors := &f.values[1]
			for doc := range f.docs {
				if got, want := authors.value(authors.ord(doc)), authorOf(doc+1); got != want {
					t.Fatalf("author of document %d is %q, want %q", doc, got, want)
				}
				if got, want := f.print(doc), printOfNumber(doc+1); got != want {
					t.Fatalf("print of document %d is %q, want %q", doc, got, want)
				}
				if got, want := f.when(doc), whenOf(time.Unix(int64(doc+1)<<20, 0)); got != want {
					t.Fatalf("date of document %d is %d, want %d", doc, got, want)
				}
			}
		})
	}
}

// printOfNumber is of each kind in turn: none, of a short text, of a long one.
func printOfNumber(i int) copyPrint {
	return printOf(mailOf("Ann", fmt.Sprint(i), prose(uint64(i), i%3*30)))
}

// FuzzColumns reads columns of any bytes: what is damaged may be an error or
// wrong, and never a panic.
func FuzzColumns(f *testing.F) {
	c := newColumns()
	for i := range 3 {
		m := &archive.Message{List: "l", FromName: fmt.Sprint("author ", i), Date: time.Unix(1, 0)}
		c.add(m, exacts(m), printOfNumber(i))
	}
	path := filepath.Join(f.TempDir(), "x.col")
	if err := c.write(path); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		var f columnFile
		if f.read(data) != nil {
			return
		}
		for doc := range f.docs {
			f.when(doc)
			f.print(doc)
			for i := range f.values {
				v := &f.values[i]
				v.value(v.ord(doc))
			}
		}
	})
}
