package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/bxsearch/bxsearch/internal/searchtest"
)

// document is the OpenAPI document as it is served.
type document struct {
	Servers []struct{ URL string }
	Paths   map[string]struct {
		Get struct {
			Parameters []struct {
				Ref  string `json:"$ref"`
				Name string
			}
			Responses map[string]struct {
				Ref     string `json:"$ref"`
				Content map[string]struct{ Schema map[string]any }
			}
		}
	}
	Components struct {
		Schemas    map[string]map[string]any
		Parameters map[string]struct{ Name string }
		Responses  map[string]struct {
			Content map[string]struct{ Schema map[string]any }
		}
	}
}

func described(t *testing.T, a *API) *document {
	t.Helper()
	d := read[*document](t, get(t, a, "/openapi.json"))
	for _, s := range d.Components.Schemas {
		closed(s)
	}
	return d
}

// closed forbids further names in all objects: none may be in an answer that the
// document does not have.
func closed(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"]; ok {
			v["additionalProperties"] = false
		}
		for _, child := range v {
			closed(child)
		}
	case []any:
		for _, child := range v {
			closed(child)
		}
	}
}

// path finds a path in the document.
func (d *document) path(asked string) string {
	asked, _, _ = strings.Cut(asked, "?")
	for path := range d.Paths {
		pattern := regexp.MustCompile(`\\{[a-z]+\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
		if regexp.MustCompile("^" + pattern + "$").MatchString(asked) {
			return path
		}
	}
	return ""
}

// check holds an answer against the document.
func (d *document) check(t *testing.T, asked string, w *httptest.ResponseRecorder) {
	t.Helper()
	path := d.path(asked)
	responses := d.Paths[path].Get.Responses
	response, ok := responses[strconv.Itoa(w.Code)]
	if !ok {
		t.Errorf("%s: an answer of %d is not described", asked, w.Code)
		return
	}
	content := response.Content
	if name, ok := strings.CutPrefix(response.Ref, "#/components/responses/"); ok {
		content = d.Components.Responses[name].Content
	}
	kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	body, ok := content[kind]
	if !ok {
		t.Errorf("%s: %d: %q is not described", asked, w.Code, kind)
		return
	}
	if err := d.validate(body.Schema, w.Body.Bytes(), strings.HasSuffix(kind, "json")); err != nil {
		t.Errorf("%s: %d: %v\n%.300s", asked, w.Code, err, w.Body)
	}
}

// validate holds a body against a schema, as a validator of others has it.
func (d *document) validate(schema map[string]any, body []byte, isJSON bool) error {
	if !isJSON {
		return nil
	}
	whole := maps.Clone(schema)
	whole["$defs"] = d.Components.Schemas
	text, err := json.Marshal(whole)
	if err != nil {
		return err
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(bytes.ReplaceAll(text, []byte("#/components/schemas/"), []byte("#/$defs/")), &s); err != nil {
		return err
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return resolved.Validate(v)
}

func TestDocumentIsOfThisSite(t *testing.T) {
	d := described(t, site(t, searchtest.Mails()...))
	if d.Servers[0].URL != "http://site.example/lists/" {
		t.Errorf("the server is %s", d.Servers[0].URL)
	}
	for path, item := range d.Paths {
		if !strings.HasPrefix(path, "/t/") && !slices.ContainsFunc(Patterns(), func(p string) bool { return p == path || p == "/api/" && strings.HasPrefix(path, p) }) {
			t.Errorf("%s is described, and no pattern leads there", path)
		}
		for _, p := range item.Get.Parameters {
			if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok && d.Components.Parameters[name].Name != name || !ok && p.Name == "" {
				t.Errorf("%s: the parameter %+v is not there", path, p)
			}
		}
	}
}

// TestParametersAreDescribed gives each path each parameter: those that it takes are
// those that the document has.
func TestParametersAreDescribed(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	d := described(t, a)
	for path, item := range d.Paths {
		has := map[string]bool{}
		for _, p := range item.Get.Parameters {
			has[strings.TrimPrefix(p.Ref, "#/components/parameters/")+p.Name] = true
		}
		for _, name := range append(slices.Clone(jsonParams), "x") {
			asked := strings.NewReplacer("{ref}", "1@mail.example.org", "{name}", "help", "{id}", idOf(t, a, "1")).Replace(path)
			w := get(t, a, asked+"?"+name+"=1")
			if unknown := w.Code == http.StatusBadRequest && strings.Contains(w.Body.String(), "no such parameter"); unknown == has[name] {
				t.Errorf("%s: parameter %s: described %v, unknown %v", path, name, has[name], unknown)
			}
		}
	}
}

func TestAnswersAreAsDescribed(t *testing.T) {
	a := site(t, append(searchtest.Mails(), searchtest.Hostile()...)...)
	d := described(t, a)
	id := idOf(t, a, "1")
	asked := map[string]bool{}
	for _, path := range []string{
		"/api/v1/search?q=stolen", "/api/v1/search?q=stolen&explain=true&facets=all&limit=1&sort=-date&group=thread&snippet=80", "/api/v1/search?like=" + id,
		"/api/v1/search?q=hostile&limit=100", "/api/v1/search?q=nosuchword+clinic", "/api/v1/search?q=mfa", "/api/v1/search?q=hentica+stolen+!!!", "/api/v1/search?similar=" + id,
		"/api/v1/facets", "/api/v1/facets?q=stolen&facets=list,date&facet_limit=1",
		"/api/v1/messages/" + id, "/api/v1/messages/4@mail.example.org", "/api/v1/messages/" + url.PathEscape("https://lists.example.org/pipermail/help/2021-March/000005.html"),
		"/api/v1/threads/" + id, "/api/v1/threads/" + id + "?limit=1",
		"/api/v1/lists", "/api/v1/lists/help", "/api/v1/status",
		"/search.json?q=stolen", "/search.atom?q=stolen", "/search.feed.json?q=stolen", "/search.csv?q=stolen", "/search.mbox.gz?q=stolen", "/t/" + id + ".atom", "/t/" + id + ".mbox.gz",
	} {
		w := validated(t, a, d, path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %s", path, w.Code, w.Body)
		}
		asked[d.path(path)] = true
	}
	res := read[results](t, get(t, a, "/api/v1/search?q=hostile&limit=100"))
	if res.Total != len(searchtest.Hostile()) {
		t.Fatalf("%d of %d hostile mails are found", res.Total, len(searchtest.Hostile()))
	}
	for _, h := range res.Hits {
		validated(t, a, d, "/api/v1/messages/"+string(h.ID))
		validated(t, a, d, "/api/v1/threads/"+string(h.ID))
	}
	for path := range d.Paths {
		if !asked[path] {
			t.Errorf("%s is described and was not asked for", path)
		}
	}
}

// validated holds an answer against the document.
func validated(t *testing.T, a *API, d *document, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := get(t, a, path)
	d.check(t, path, w)
	return w
}

func TestProblemsAreAsDescribed(t *testing.T) {
	twin := searchtest.Mail{N: 7, Subject: "a", Text: "one", MessageID: "same@x.example", Date: searchtest.Now}
	other := searchtest.Mail{N: 8, From: "Bob Jones", Subject: "b", Text: "two", MessageID: "same@x.example", Date: searchtest.Now}
	a := site(t, append(searchtest.Mails(), twin, other)...)
	d := described(t, a)
	for _, tt := range []struct {
		path string
		want Problem
	}{
		{"/api/v1/search", Problem{Status: 400, Parameter: "q"}},
		{"/api/v1/search?q=stolen+(clinic", Problem{Status: 400, Parameter: "q", Query: "stolen (clinic", Character: 8, Proposal: "stolen (clinic)"}},
		{"/api/v1/search?q=f%C3%BCr+form:alice", Problem{Status: 400, Parameter: "q", Query: "für form:alice", Character: 5, Proposal: "für from:alice"}},
		{"/api/v1/search?q=a&sort=newest", Problem{Status: 400, Parameter: "sort"}},
		{"/api/v1/search?q=a&group=all", Problem{Status: 400, Parameter: "group"}},
		{"/api/v1/search?q=a&limit=0", Problem{Status: 400, Parameter: "limit"}},
		{"/api/v1/search?q=a&limit=101", Problem{Status: 400, Parameter: "limit"}},
		{"/api/v1/search?q=a&after=xyz", Problem{Status: 400, Parameter: "after"}},
		{"/api/v1/search?q=a&facets=lists", Problem{Status: 400, Parameter: "facets", Proposal: "list"}},
		{"/api/v1/search?q=a&snippet=-1", Problem{Status: 400, Parameter: "snippet"}},
		{"/api/v1/search?q=a&explain=yes", Problem{Status: 400, Parameter: "explain"}},
		{"/api/v1/search?query=a", Problem{Status: 400, Parameter: "query", Proposal: "q"}},
		{"/api/v1/search?q=a&limt=5", Problem{Status: 400, Parameter: "limt", Proposal: "limit"}},
		{"/api/v1/search?q=a&q=b", Problem{Status: 400, Parameter: "q"}},
		{"/api/v1/search?q=%zz", Problem{Status: 400}},
		{"/api/v1/search?q=" + strings.Repeat("x", 5000), Problem{Status: 400, Parameter: "q"}},
		{"/api/v1/search?like=nosuch", Problem{Status: 404}},
		{"/api/v1/facets?q=a&sort=date", Problem{Status: 400, Parameter: "sort"}},
		{"/api/v1/messages/nosuch", Problem{Status: 404}},
		{"/api/v1/messages/same@x.example", Problem{Status: 300}},
		{"/api/v1/messages/1@mail.example.org?full=1", Problem{Status: 400, Parameter: "full"}},
		{"/api/v1/threads/nosuch", Problem{Status: 404}},
		{"/api/v1/threads/same@x.example", Problem{Status: 300}},
		{"/api/v1/threads/1@mail.example.org?after=nosuch", Problem{Status: 400, Parameter: "after"}},
		{"/api/v1/lists/nosuch", Problem{Status: 404}},
		{"/api/v1/status?verbose=1", Problem{Status: 400, Parameter: "verbose"}},
		{"/search.atom?q=(", Problem{Status: 400, Parameter: "q", Query: "(", Character: 1}},
		{"/search.csv?q=a&facets=all", Problem{Status: 400, Parameter: "facets"}},
		{"/search.mbox.gz?q=a&after=xyz", Problem{Status: 400, Parameter: "after"}},
		{"/t/nosuch.atom", Problem{Status: 404}},
		{"/t/nosuch.mbox.gz", Problem{Status: 404}},
	} {
		p := problemOf(t, validated(t, a, d, tt.path))
		if p.Status != tt.want.Status || p.Parameter != tt.want.Parameter || p.Query != tt.want.Query || p.Character != tt.want.Character || tt.want.Proposal != "" && p.Proposal != tt.want.Proposal {
			t.Errorf("%.80s:\n got %+v\nwant %+v", tt.path, p, tt.want)
		}
		if (p.Status == 300) != (len(p.IDs) == 2) {
			t.Errorf("%s names %v", tt.path, p.IDs)
		}
	}
	for _, path := range []string{"/api/v1/", "/api/v2/search", "/api/v1/message/x", "/t/x"} {
		if p := problemOf(t, get(t, a, path)); p.Status != 404 {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if p := problemOf(t, send(t, a, http.MethodPost, "/api/v1/search?q=a")); p.Status != 405 {
		t.Errorf("POST: %+v", p)
	}
}
