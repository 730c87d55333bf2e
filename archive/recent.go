package archive

import (
	"bytes"
	"slices"
	"sync"
)

// recentBodies bounds the bytes of bodies that are kept between being fetched
// and being parsed: what a crawl fetches meanwhile, about.
const recentBodies = 24 << 20

// recent holds the bodies that were stored last. Most are parsed moments later,
// and reading them back from disk would be a tenth of the parser's work.
type recent struct {
	mu    sync.Mutex
	m     map[string][]byte // by SHA-256
	order []string          // oldest first; some are taken already
	size  int
}

// add keeps a copy of a body, and lets the oldest go.
func (c *recent) add(sum string, body []byte) {
	if len(body) > recentBodies/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m[sum] != nil {
		return
	}
	if c.m == nil {
		c.m = make(map[string][]byte)
	}
	c.m[sum] = bytes.Clone(body)
	c.order, c.size = append(c.order, sum), c.size+len(body)
	for c.size > recentBodies {
		c.drop(c.order[0])
		c.order = c.order[1:]
	}
	if len(c.order) > 2*len(c.m)+64 {
		c.order = slices.DeleteFunc(c.order, func(sum string) bool { return c.m[sum] == nil })
	}
}

// take returns a body, which then is the caller's; nil if it is not there.
func (c *recent) take(sum string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	body := c.m[sum]
	c.drop(sum)
	return body
}

func (c *recent) drop(sum string) {
	c.size -= len(c.m[sum])
	delete(c.m, sum)
}
