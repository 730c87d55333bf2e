package main

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"

	"github.com/bxsearch/bxsearch/fixtures"
)

// prepared is a list server with all its answers in memory: what is measured
// over it is who asks, not how long a page takes to be rendered or read.
type prepared struct {
	answers map[string]*answer
	rest    http.Handler // conditional requests, folders, what is not there
}

type answer struct {
	header http.Header
	body   []byte
}

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
	a := &answer{rec.Header(), rec.Body.Bytes()}
	p.answers[name] = a
	if folder, ok := strings.CutSuffix(name, "/index.html"); ok {
		p.answers[folder+"/"] = a
	}
}

func (p *prepared) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := p.answers[r.URL.Path]
	if a == nil || r.Method != http.MethodGet || r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "" {
		p.rest.ServeHTTP(w, r)
		return
	}
	h := w.Header()
	maps.Copy(h, a.header)
	_, _ = w.Write(a.body)
}
