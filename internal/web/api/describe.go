package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"net/http"
	"text/template"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

//go:embed openapi.json
var openAPIDocument []byte

//go:embed llms.txt
var llmsText string

// openAPI describes the JSON API, with the address that it was asked at.
func (a *API) openAPI(w http.ResponseWriter, r *http.Request) error {
	if _, err := params(r); err != nil {
		return err
	}
	if a.Status.Unchanged(w, r, true, "openapi", a.links(r).Absolute(a.Links.Home())) {
		return nil
	}
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(openAPIDocument, &doc); err != nil {
		return err
	}
	servers, err := json.Marshal([]map[string]string{{"url": a.links(r).Absolute(a.Links.Prefix() + "/")}})
	if err != nil {
		return err
	}
	doc["servers"] = servers
	return a.json(w, doc)
}

// llms tells programs that read how to use the site.
func (a *API) llms(w http.ResponseWriter, r *http.Request) error {
	if _, err := params(r); err != nil {
		return err
	}
	s, err := a.Status.Status(r.Context())
	if err != nil {
		return err
	}
	text, err := template.New("llms.txt").Parse(llmsText)
	if err != nil {
		return err
	}
	last := "never"
	if !s.LastCrawl.IsZero() {
		last = s.LastCrawl.UTC().Format("2006-01-02 15:04 MST")
	}
	l := a.links(r)
	var b bytes.Buffer
	err = text.Execute(&b, map[string]any{
		"Title": neutral.OneLine(a.Title), "Messages": s.Messages, "Lists": len(s.Lists), "LastCrawl": last,
		"OpenAPI": l.Absolute(l.OpenAPI()), "API": l.Absolute(l.API("")), "MCP": l.Absolute(l.MCP()), "Help": l.Absolute(l.Help()),
		"Search": l.Absolute(l.Search(search.Query{}, link.HTML)), "Thread": l.Absolute(l.Thread(archive.ID(""), link.HTML)), "Message": l.Absolute(l.Message(archive.ID(""), link.HTML)),
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err = w.Write(b.Bytes())
	return err
}
