// Package importtest holds the rules of who may import whom.
package importtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
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
	"archive":             {},
	"internal/clean":      {},
	"internal/pipermail":  {"archive", "internal/clean"},
	"internal/mail":       {"archive", "internal/clean", "internal/mbox", "internal/pipermail"},
	"internal/importer":   {"archive", "internal/mail", "internal/pipermail"},
	"crawler":             {"archive", "internal/pipermail"},
	"internal/schedule":   {},
	"internal/config":     {"index", "internal/schedule"},
	"internal/pace":       {},
	"internal/opensearch": {},
	"index":               {"archive", "internal/clean", "internal/opensearch", "internal/pace"},
	"index/enginetest":    {"archive", "index"},
	"search":              {"archive", "index", "internal/pace"},
	"internal/mbox":       {"archive"},
	"internal/web":        {"archive", "index", "search", "internal/markdown", "internal/mbox", "internal/neutral", "internal/web/link", "internal/web/status", "internal/wire"},
	"internal/neutral":    {},
	"internal/markdown":   {},
	"internal/wire":       {"archive", "search", "internal/neutral"},
	"internal/cli":        {"archive", "index", "search", "internal/neutral"},
	"internal/searchcli":  {"archive", "search", "internal/cli", "internal/markdown", "internal/mbox", "internal/neutral", "internal/wire"},
	"internal/crawlcli":   {"archive", "internal/alert", "internal/web/link", "search", "internal/importer", "internal/mail", "internal/mbox", "internal/pipermail", "internal/config", "internal/schedule", "crawler", "index", "internal/cli", "internal/neutral", "internal/wire"},
	"internal/bench":      {"fixtures", "archive", "index", "internal/pipermail", "search"},
	"internal/demo":       {"fixtures"},
	"internal/man":        {"internal/cli", "internal/crawlcli", "internal/searchcli", "internal/servecli"},
	"cmd/bxcrawl":         {"internal/cli", "internal/crawlcli"},
	"cmd/bxsearch":        {"internal/cli", "internal/searchcli"},
	"cmd/bxserve":         {"internal/cli", "internal/servecli"},
	"internal/servecli":   {"internal/alert", "internal/cli", "internal/config", "internal/neutral", "internal/web", "internal/web/api", "internal/web/link", "internal/web/mcp", "internal/web/serve", "internal/web/status", "search"},
	"fixtures":            {},

	"internal/alert": {"archive", "index", "search", "internal/neutral", "internal/web/feed", "internal/web/link"},

	"internal/web/api":    {"archive", "index", "search", "internal/mbox", "internal/neutral", "internal/web/feed", "internal/web/link", "internal/web/status", "internal/wire"},
	"internal/web/feed":   {"archive", "internal/neutral"},
	"internal/web/link":   {"archive", "search"},
	"internal/web/mcp":    {"archive", "search", "internal/neutral", "internal/web/api", "internal/web/link", "internal/web/status"},
	"internal/web/serve":  {},
	"internal/web/status": {"archive", "search"},
	"internal/searchtest": {"archive", "index", "search"},
}

// owners says which packages may import a library, so that its types cannot
// leak and it can be replaced in one place.
var owners = map[string][]string{
	"github.com/gocolly/colly":            {"crawler"},
	"github.com/temoto/robotstxt":         {"crawler"},
	"github.com/blevesearch/":             {"index"},
	"github.com/opensearch-project/":      {"internal/opensearch"},
	"modernc.org/sqlite":                  {"archive", "internal/alert", "internal/bench"}, // alert: its positions and what waits are one transaction; bench: the peer that it measures
	"database/sql":                        {"archive", "internal/alert", "internal/bench"},
	"github.com/klauspost/compress":       {"archive", "internal/importer", "internal/pipermail", "internal/web/api", "internal/web/serve"},
	"github.com/emersion/go-message":      {"internal/mail"},
	"github.com/PuerkitoBio/goquery":      {"internal/clean", "internal/pipermail"},
	"golang.org/x/net/html":               {"internal/clean", "internal/pipermail"},
	"codeberg.org/readeck/go-readability": {"internal/clean"},
	"github.com/wneessen/go-mail":         {"internal/alert"},
	"github.com/spf13/cobra":              {"internal/cli", "internal/crawlcli", "internal/searchcli", "internal/servecli", "internal/man"},
	"golang.org/x/term":                   {"internal/cli", "internal/servecli"},
	"github.com/pelletier/go-toml":        {"internal/config"},
	"github.com/go-co-op/gocron":          {"internal/schedule"},
	"github.com/robfig/cron":              {"internal/schedule"},
	"github.com/jonboulle/clockwork":      {"internal/schedule"},
	"github.com/prometheus/":              {"internal/crawlcli", "internal/web/serve"},
	"github.com/modelcontextprotocol/":    {"internal/web/mcp"},
	"github.com/coreos/go-systemd":        {"internal/crawlcli", "internal/servecli"},
	"github.com/rogpeppe/go-internal":     {},
}

func TestImportRules(t *testing.T) {
	for name, imports := range packages(t) {
		for imp := range imports {
			if ours, ok := strings.CutPrefix(imp, module); ok && !slices.Contains(allowed[name], ours) {
				t.Errorf("%s imports %s: data flows the other way; see the rules in this test", name, ours)
			}
			checkOwner(t, name, imp)
		}
	}
}

// light are the programs that have to start at once: a search is over in the time
// that the packages of a crawl take to get ready, with their tables and regular
// expressions. heavy are those packages.
var (
	light = []string{"./cmd/bxsearch"}
	heavy = []string{
		module + "crawler", module + "internal/clean", module + "internal/crawlcli", module + "internal/pipermail",
		"codeberg.org/readeck/", "github.com/PuerkitoBio/", "github.com/go-co-op/", "github.com/gocolly/", "github.com/prometheus/",
		"github.com/wlynxg/", "google.golang.org/", "golang.org/x/net/html",
	}
)

func TestSearchStartsLight(t *testing.T) {
	list := exec.Command("go", append([]string{"list", "-deps"}, light...)...)
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for loaded := range strings.FieldsSeq(string(out)) {
		if slices.ContainsFunc(heavy, func(p string) bool { return strings.HasPrefix(loaded, p) }) {
			t.Errorf("%v loads %s: see go list -deps", light, loaded)
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

// packages reads the imports of all packages of the module, tests left out.
func packages(t *testing.T) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || ownModule(root, name)):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		return addImports(all, root, name)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func ownModule(root fs.FS, dir string) bool {
	_, err := fs.Stat(root, path.Join(dir, "go.mod"))
	return err == nil
}

func addImports(all map[string]map[string]bool, root fs.FS, name string) error {
	source, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	if all[dir] == nil {
		all[dir] = map[string]bool{}
	}
	for _, spec := range file.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		all[dir][imp] = true
	}
	return nil
}
