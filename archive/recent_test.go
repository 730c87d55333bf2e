package archive

import (
	"bytes"
	"fmt"
	"testing"
)

// TestRecentBodies wants what is kept to stay bounded, and to be nobody else's.
func TestRecentBodies(t *testing.T) {
	var c recent
	body := bytes.Repeat([]byte("x"), recentBodies/16)
	for i := range 40 {
		c.add(fmt.Sprint(i), body)
	}
	body[0] = 'y'
	if c.size > recentBodies || c.take("0") != nil {
		t.Errorf("%d bytes are kept, the oldest: %v", c.size, c.m["0"] != nil)
	}
	if got := c.take("39"); len(got) == 0 || got[0] != 'x' {
		t.Error("the newest is not as it was stored")
	}
	if c.take("39") != nil {
		t.Error("a body was given to two")
	}
	for i := range 10_000 {
		c.add(fmt.Sprint("taken", i), []byte("body"))
		c.take(fmt.Sprint("taken", i))
	}
	if len(c.order) > 200 {
		t.Errorf("%d names of bodies that are gone", len(c.order))
	}
}
