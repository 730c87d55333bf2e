package pipermail

// hidingWord is the length of the word, with a space on both sides, that hides
// an address at offset i of a text: " at ", or " en " or what else it is in the
// list's language (P14), before a host. It is 0 where there is none. A page may
// have another word than its text file.
func hidingWord[T string | []byte](s T, i int) int {
	if i+4 <= len(s) && s[i] == ' ' && s[i+1] == 'a' && s[i+2] == 't' && s[i+3] == ' ' {
		return 4 // whatever stands round it: not every host has a dot
	}
	if i == 0 || s[i] != ' ' || !addressByte(s[i-1]) {
		return 0
	}
	const longest = 5 // bytes; of a word that is not ASCII nothing counts anyway
	end := i + 1
	for end < len(s) && end-i <= longest && asciiLetter(s[end]) {
		end++
	}
	if end == i+1 || end >= len(s) || s[end] != ' ' {
		return 0
	}
	at := end + 1
	for at < len(s) && addressByte(s[at]) && s[at] != '.' {
		at++
	}
	if at == end+1 || at+1 >= len(s) || s[at] != '.' || !addressByte(s[at+1]) || s[at+1] == '.' {
		return 0
	}
	return end + 1 - i
}

func addressByte(c byte) bool {
	return asciiLetter(c) || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '+'
}
