//go:build unix

package index

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks a file until it is closed, or its process ends, without
// waiting: for this holder alone, or shared with others.
func tryLock(f *os.File, alone bool) error {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errHeld
	}
	return err
}
