package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static/*
var static embed.FS

// assets are the site's own files. Their names say what is in them, so that browsers
// keep them for ever and never mix two versions.
type assets struct {
	names map[string]string // "style.css" → "style.1f2e3d4c.css"
	files map[string][]byte // by hashed name
	sum   string            // of all of them and of the templates: how pages look
}

func readAssets() (*assets, error) {
	a := &assets{map[string]string{}, map[string][]byte{}, ""}
	all := sha256.New()
	for _, dir := range []struct {
		fs   embed.FS
		name string
	}{{static, "static"}, {templates, "templates"}} {
		entries, err := fs.ReadDir(dir.fs, dir.name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			body, err := fs.ReadFile(dir.fs, path.Join(dir.name, e.Name()))
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(body)
			all.Write(sum[:])
			if dir.name == "static" {
				a.add(e.Name(), hex.EncodeToString(sum[:4]), body)
			}
		}
	}
	a.sum = hex.EncodeToString(all.Sum(nil)[:8])
	return a, nil
}

func (a *assets) add(name, sum string, body []byte) {
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + sum + ext
	a.names[name], a.files[hashed] = hashed, body
}

// hashed is the name under which a file is served.
func (a *assets) hashed(name string) string { return a.names[name] }

// ServeHTTP serves a file by its hashed name.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	body, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}
