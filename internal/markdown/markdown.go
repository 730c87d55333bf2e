// Package markdown writes text from strangers into Markdown, so that it shows what
// they wrote and obeys none of it.
package markdown

import "strings"

// URL encodes what ends an address in Markdown.
func URL(address string) string { return addresses.Replace(address) }

var addresses = strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `\`, "%5C")

// Escape writes one line of text so that Markdown shows it as it is: signs with a
// meaning anywhere in a line, and those that begin a heading, a list or a rule.
func Escape(line string) string {
	var b strings.Builder
	digits := true // nothing but digits before r
	for i, r := range line {
		start := i == 0 && strings.ContainsRune("#+-=:", r)
		number := digits && i > 0 && (r == '.' || r == ')')
		if start || number || strings.ContainsRune("\\`*_[]<>&|~!$#", r) {
			b.WriteByte('\\')
		}
		digits = digits && '0' <= r && r <= '9'
		b.WriteRune(r)
	}
	return b.String()
}

// Fence writes text as it stands, in a block that no line of it can close.
func Fence(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
