//go:build unix

package index

import "golang.org/x/sys/unix"

// letGo tells the system that the pages of a mapped file may leave memory. They
// come back from the file when they are read. It is advice: an error changes
// nothing.
func letGo(mapped []byte) {
	if len(mapped) > 0 {
		_ = unix.Madvise(mapped, unix.MADV_DONTNEED)
	}
}
