package browser

import (
	"os"
	"strings"
	"sync"
)

// axeSource is axe-core, empty where there is none.
var axeSource = sync.OnceValue(func() string {
	source, _ := os.ReadFile(os.Getenv("BX_AXE"))
	return string(source)
})

// finding is something that keeps somebody from using a page.
type finding struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	At     []string `json:"at"`
}

const runAxe = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
	.filter(v => v.impact == "serious" || v.impact == "critical")
	.map(v => ({id: v.id, impact: v.impact, help: v.help, at: v.nodes.slice(0, 3).map(n => n.target.join(" ") + ": " + n.failureSummary)})))`

// accessible has axe-core look at the page.
func (b *tab) accessible() {
	b.Helper()
	if axeSource() == "" {
		return
	}
	eval[any](b, axeSource()+"; 0")
	for _, f := range eval[[]finding](b, runAxe) {
		b.Errorf("%s: %s (%s, %s)\n\t%s", b.where(), f.Help, f.ID, f.Impact, strings.Join(f.At, "\n\t"))
	}
}
