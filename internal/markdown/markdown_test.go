package markdown

import (
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain words, and (more)", "plain words, and (more)"},
		{"# no heading", `\# no heading`},
		{"- no item", `\- no item`},
		{"12. no item", `12\. no item`},
		{"[no](link) <b> `x` a|b *c*", "\\[no\\](link) \\<b\\> \\`x\\` a\\|b \\*c\\*"},
	} {
		if got := Escape(c.in); got != c.want {
			t.Errorf("Escape(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// No text ends its own fence.
func FuzzFence(f *testing.F) {
	f.Add("a\n```\n# heading")
	f.Add("``````")
	f.Fuzz(func(t *testing.T, text string) {
		out := Fence(text)
		fence, _, _ := strings.Cut(out, "text\n")
		if len(strings.Trim(fence, "`")) != 0 || strings.Count(out, fence) != 2 || !strings.HasSuffix(out, "\n"+fence+"\n") {
			t.Errorf("Fence(%q) = %q", text, out)
		}
	})
}
