// Package importtest holds the rules of who may import whom.
package importtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/bxsearch/bxsearch/"

// Data flows one way: crawler → archive → index → search → commands. A stage
// knows the ones before it and never those behind. So each can be understood,
// replaced and tested alone, and a program that embeds search does not carry a
// crawler.
//
// allowed says which of our packages a package may import, directly. A package
// that is not named here may import nothing of ours: who adds one decides
// where it stands.
var allowed = map[string][]string{
	"archive":            {},
	"internal/clean":     {},
	"internal/pipermail": {"archive", "internal/clean"},
	"crawler":            {"archive", "internal/pipermail"},
	"index":              {"archive", "internal/clean"},
	"index/enginetest":   {"archive", "index"},
	"search":             {"archive", "index"},
	"internal/cli":       {"archive", "internal/pipermail", "crawler", "index", "search"},
	"internal/demo":      {"fixtures"},
	"internal/man":       {"internal/cli"},
	"cmd/bxcrawl":        {"internal/cli"},
	"cmd/bxsearch":       {"internal/cli"},
	"fixtures":           {},
}

// owners says which packages may import a library, so that its types cannot
// leak and it can be replaced in one place.
var owners = map[string][]string{
	"github.com/gocolly/colly":        {"crawler"},
	"github.com/temoto/robotstxt":     {"crawler"},
	"github.com/blevesearch/":         {"index"},
	"modernc.org/sqlite":              {"archive"},
	"database/sql":                    {"archive"},
	"github.com/klauspost/compress":   {"archive"},
	"github.com/PuerkitoBio/goquery":  {"internal/clean", "internal/pipermail"},
	"golang.org/x/net/html":           {"internal/clean", "internal/pipermail"},
	"github.com/spf13/cobra":          {"internal/cli", "internal/man"},
	"golang.org/x/term":               {"internal/cli"},
	"github.com/rogpeppe/go-internal": {},
}

// pkg is what `go list` says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
}

func TestImportRules(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			if ours, ok := strings.CutPrefix(imp, module); ok && !slices.Contains(allowed[name], ours) {
				t.Errorf("%s imports %s: data flows the other way; see the rules in this test", name, ours)
			}
			checkOwner(t, name, imp)
		}
	}
}

func checkOwner(t *testing.T, name, imp string) {
	for library, in := range owners {
		if strings.HasPrefix(imp, library) && !slices.Contains(in, name) {
			t.Errorf("%s imports %s, which only %v may", name, imp, in)
		}
	}
}

// packages lists the module's packages without their tests.
func packages(t *testing.T) []pkg {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
