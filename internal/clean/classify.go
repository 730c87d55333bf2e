package clean

import "strings"

// Classify tells whose words a body is that Split has cleaned before: nothing
// is taken out of it.
func Classify(body string) []Block {
	if body == "" {
		return nil
	}
	var m Mail
	var b strings.Builder
	m.appendPart(&b, strings.Split(body, "\n"))
	return m.Blocks
}
