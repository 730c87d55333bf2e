package index

// maxWords bounds the words of one stem: those of "general" are a dozen.
const maxWords = 32

// words returns the words of a field's text that have a stem, other than the
// stem itself. English stems keep the beginning of a word but for its last
// letter ("happi" for "happy"), so the words are neighbours in the list.
func (c *compiler) words(f Field, stem string) ([]string, error) {
	prefix := stem[:max(len(stem)-1, 2)]
	dict, err := c.reader.FieldDictPrefix(string(f), []byte(prefix))
	if err != nil {
		return nil, err
	}
	defer dict.Close()
	var out []string
	for len(out) < maxWords {
		entry, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			break
		}
		if entry.Term != stem && len(entry.Term) <= len(stem)+maxEnding && c.stemmer.stem(entry.Term) == stem {
			out = append(out, entry.Term)
		}
	}
	return out, nil
}

// maxEnding is the length of the longest ending that a stem loses: that of
// "institutionalizations" has eleven letters.
const maxEnding = 12
