package alert_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/search"
)

func TestReadList(t *testing.T) {
	tests := []struct {
		name, text string
		want       map[string]string // query by watch
		bad        string
	}{
		{"as documented", "vendor,aliases,domains\nHalden Group,Halden;Haldn GmbH,halden.example;halden-group.example\n",
			map[string]string{"halden-group": `"halden group" OR halden OR "haldn gmbh" OR halden.example`}, ""},
		{"without a first line", "Halden\nBorg,Locutus\n", map[string]string{"halden": "", "borg": ""}, ""},
		{"columns in another order", "\ufeffDomains,Vendor\nborg.example,Borg\n", map[string]string{"borg": "host:borg.example"}, ""},
		{"comments and empty lines", "# ours\n\nBorg\n", map[string]string{"borg": ""}, ""},
		{"other letters", "Łódź Ördög\n", map[string]string{"łódź-ördög": ""}, ""},
		{"quotes and operators are words", "\"Borg, OR (Inc)\",-x OR y\n", map[string]string{"borg-or-inc": ""}, ""},
		{"a column that nobody knows", "vendor,alias\nBorg,x\n", nil, `line 1: there is no column "alias"`},
		{"the same twice", "Borg\nHalden\nBORG\n", nil, `line 3: "BORG" is on line 1 already`},
		{"no name", "Borg\n!!!\n", nil, "line 2: the vendor has no name"},
		{"a URL for a domain", "Borg,,https://borg.example/\n", nil, "line 1: \"https://borg.example/\" is no domain"},
		{"too short", "Borg,a\n", nil, `line 1: "a" is too short`},
		{"a quote that does not end", "Borg\n\"Halden\n", nil, "line "},
		{"two mistakes", "!!!\nBorg\n???\n", nil, "line 3: the vendor has no name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			watches, err := alert.ReadList(strings.NewReader(tt.text))
			if (err != nil) != (tt.bad != "") || err != nil && !strings.Contains(err.Error(), tt.bad) {
				t.Fatalf("%v, want %q", err, tt.bad)
			}
			if err != nil {
				return
			}
			for _, w := range watches {
				want, ok := tt.want[w.Name]
				if _, err := search.Parse(w.Query, nil); err != nil || !ok || want != "" && !containsAll(w.Query, want) {
					t.Errorf("%s: %s, %v; want %s", w.Name, w.Query, err, want)
				}
			}
			if len(watches) != len(tt.want) {
				t.Errorf("%d watches", len(watches))
			}
		})
	}
}

// containsAll reports whether a query has all the parts of another.
func containsAll(query, parts string) bool {
	for part := range strings.SplitSeq(parts, " OR ") {
		if !strings.Contains(strings.ToLower(query), part) {
			return false
		}
	}
	return true
}

func FuzzReadList(f *testing.F) {
	f.Add("vendor,aliases,domains\nHalden Group,Halden;Haldn GmbH,halden.example\n")
	f.Add("# x\n\"a \"\"b\"\"\",;;,\xff.example\n")
	f.Add("Borg,NEAR/5 (x);\"y,*;z~2,10.0.0.1;[::1];xn--bcher-kva.example\n")
	f.Fuzz(func(t *testing.T, text string) {
		watches, err := alert.ReadList(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, w := range watches {
			if err := alert.CheckName(w.Name); err != nil {
				t.Errorf("a watch called %q: %v", w.Name, err)
			}
			if _, err := search.Parse(w.Query, nil); err != nil {
				t.Errorf("a query that cannot be read: %s: %v", w.Query, err)
			}
		}
	})
}

// TestImport holds that the watches of a list are what the list says last, that
// others stay, and that nothing of the past is told.
func TestImport(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	d.put(searchtest.Mail{Subject: "Halden Group, before"}, searchtest.Mail{Subject: "Hald, before"})
	d.add("mine", "halden", alert.How{})
	lists := []struct {
		text string
		want alert.Imported
	}{
		{"Halden Group\nBorg,,borg.example\n", alert.Imported{Added: 2}},
		{"Halden Group\nBorg,,borg.example\n", alert.Imported{Unchanged: 2}},
		{"Halden Group,Hald\nContoso\n", alert.Imported{Added: 1, Changed: 1, Removed: 1}},
	}
	for i, l := range lists {
		err := d.with(func(b *alert.Book, from alert.From) error {
			watches, err := alert.ReadList(strings.NewReader(l.text))
			if err != nil {
				return err
			}
			got, err := b.Import(t.Context(), from, "vendors", watches, []string{hook.url})
			if d := cmp.Diff(l.want, got); d != "" {
				t.Errorf("import %d: %s", i, d)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		d.put(searchtest.Mail{Subject: fmt.Sprintf("Halden Group, news %d", i)}, searchtest.Mail{Subject: "Other", Text: "See https://www.borg.example/x"})
		d.run()
	}
	hook.wants(t, "in three days", "borg: Other", "halden-group: Halden Group, news 0", "borg: Other", "halden-group: Halden Group, news 1", "halden-group: Halden Group, news 2")
	err := d.with(func(b *alert.Book, from alert.From) error {
		_, err := b.Import(t.Context(), from, "other", []alert.Watch{{Name: "mine", Query: "x"}}, nil)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "not of this list") {
		t.Errorf("a name that is taken: %v", err)
	}
}
