package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bxsearch/bxsearch/fixtures"
)

// prepared is a list server with all its answers in memory, each ready to be
// sent in one call: what is measured over it is who asks. net/http's server
// takes a tenth of the processors while lists are crawled.
type prepared struct {
	answers  map[string]*answer
	rest     http.Handler // conditional requests, folders, what is not there
	requests atomic.Int64
}

type answer struct{ head, body []byte }

// prepare asks for every file of the lists once.
func prepare(tree fs.FS, lists []string) (*prepared, error) {
	p := &prepared{answers: map[string]*answer{}, rest: fixtures.Handler(tree, nil)}
	if site, ok := tree.(*fixtures.Site); ok {
		for name := range site.Files() {
			p.add("/" + name)
		}
		return p, nil
	}
	for _, list := range lists {
		sub, err := fs.Sub(tree, strings.Trim(list, "/"))
		if err != nil {
			return nil, err
		}
		err = fs.WalkDir(sub, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				p.add(path.Join(list, name))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *prepared) add(name string) {
	rec := httptest.NewRecorder()
	p.rest.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, (&url.URL{Path: name}).EscapedPath(), nil))
	if rec.Code != http.StatusOK {
		return
	}
	h := rec.Header()
	h.Set("Content-Length", fmt.Sprint(rec.Body.Len()))
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\n")
	_ = h.Write(&head) // to memory
	head.WriteString("\r\n")
	a := &answer{head.Bytes(), rec.Body.Bytes()}
	p.answers[name] = a
	if folder, ok := strings.CutSuffix(name, "/index.html"); ok {
		p.answers[folder+"/"] = a
	}
}

// serve starts the server on a free loopback port and returns its URL, without
// a slash at the end, and what stops it.
func (p *prepared) serve() (base string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	var open sync.Map
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(c, nil)
			go func() {
				defer open.Delete(c)
				defer c.Close()
				p.talk(c)
			}()
		}
	}()
	return "http://" + l.Addr().String(), func() {
		l.Close()
		open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
	}, nil
}

// talk answers the requests of one connection until its end.
func (p *prepared) talk(c net.Conn) {
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil || p.answer(c, r) != nil || r.Close {
			return
		}
	}
}

func (p *prepared) answer(c net.Conn, r *http.Request) error {
	p.requests.Add(1)
	a := p.answers[r.URL.Path]
	if a == nil || r.Method != http.MethodGet || r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "" {
		rec := httptest.NewRecorder()
		p.rest.ServeHTTP(rec, r)
		res := rec.Result()
		res.ContentLength, res.Request = int64(rec.Body.Len()), r
		return res.Write(c)
	}
	parts := net.Buffers{a.head, a.body}
	_, err := parts.WriteTo(c)
	return err
}
