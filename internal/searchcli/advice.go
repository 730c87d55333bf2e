package searchcli

import (
	"fmt"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/search"
)

// adviceLines says, of a search that found next to nothing, which part of the
// query is to blame and what to try.
func adviceLines(res *search.Results) []string {
	var out []string
	for _, a := range res.Advice {
		switch {
		case a.Alone == 0:
			out = append(out, fmt.Sprintf("No message has %s; without it: %s.", a.Text, cli.Counted(a.Without, "message")))
		case a.Without > res.Total:
			out = append(out, fmt.Sprintf("Without %s: %s.", a.Text, cli.Counted(a.Without, "message")))
		}
		if len(a.Similar) > 0 && res.DidYouMean == "" {
			out = append(out, fmt.Sprintf("Similar to %s: %s.", a.Text, strings.Join(a.Similar, ", ")))
		}
	}
	if res.DidYouMean != "" {
		out = append(out, "Did you mean: "+res.DidYouMean)
	}
	return cleanLines(out)
}

// meaningLines says what a search looked for beside the words as written.
func meaningLines(res *search.Results) []string {
	var out []string
	for _, in := range res.Inside {
		out = append(out, fmt.Sprintf("No message has the word %s; found inside of: %s.", in.Text, strings.Join(in.Words, ", ")))
	}
	return cleanLines(out)
}

// synonymLines names the synonyms, for --explain.
func synonymLines(res *search.Results) []string {
	var out []string
	for _, m := range res.Meanings {
		line := fmt.Sprintf("Looked for %s and its synonyms: %s.", m.Text, strings.Join(m.Also, ", "))
		if !strings.Contains(m.Text, " ") {
			line += " For the word alone, write =" + m.Text
		}
		out = append(out, line)
	}
	return cleanLines(out)
}

// cleanLines takes out what could steer a terminal (M4).
func cleanLines(lines []string) []string {
	for i := range lines {
		lines[i] = neutral.OneLine(lines[i])
	}
	return lines
}
