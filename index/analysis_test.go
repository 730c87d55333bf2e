package index

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// show writes tokens as "place:term", stems and parts marked.
func show(tokens []Token) string {
	var out []string
	for _, t := range tokens {
		out = append(out, fmt.Sprintf("%d:%s%s", t.Pos, t.Term, map[Kind]string{Part: "/"}[t.Kind]))
	}
	return strings.Join(out, " ")
}

func TestAnalyze(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", " \n!? --", ""},
		{"words and stems", "Breaches happen.", "0:breaches 0:~breach 1:happen"},
		{"accents", "Café Łódź STRASSE straße", "0:cafe 1:lodz 2:strasse 2:~strass 3:strasse 3:~strass"},
		{"decomposed accents", "cafe\u0301", "0:cafe"},
		{"full width, ligature", "ＡＢＣ ﬁle", "0:abc 1:file"},
		{"M4 invisible characters", "pass\u200bword sec\u00adret \u202eevil", "0:password 1:secret 2:evil"},
		{"possessive and elision", "the company's don't O'Brien l’homme", "0:the 1:company 1:~compani 2:dont 3:obrien 3:brien/ 4:lhomme 4:~lhomm 4:homme/ 4:~homm"},
		{"M2 compound", "multi-factor", "0:multifactor 0:multi/ 0:factor/"},
		{"M2 compound with odd hyphens", "e\u2011mail two\u2013step", "0:email 0:e/ 0:mail/ 1:twostep 1:two/ 1:step/"},
		{"M2 compound over a line end", "multi-\nfactor", "0:multifactor 0:multi/ 0:factor/"},
		{"dash is no hyphen", "this - that--other", "0:this 1:that 2:other"},
		{"underscores", "_file_name_", "0:filename 0:~filenam 0:file/ 0:name/"},
		{"M2 CVE", "CVE-2024-3400", "0:cve20243400 0:cve/ 0:2024/ 0:3400/"},
		{"M2 address of a machine", "10.1.2.3.", "0:10.1.2.3 0:10/"},
		{"M2 version", "2.6.3", "0:2.6.3"},
		{"M2 domain", "Mail.Example.COM", "0:mail.example.com 0:example.com/ 0:mail/ 0:example/ 0:~exampl 0:com/"},
		{"M2 file", "file.exe", "0:file.exe 0:file/ 0:exe/"},
		{"M2 C++ C# .NET AT&T", "C++, C# .NET AT&T", "0:c++ 0:c/ 1:c# 1:c/ 2:.net 2:net/ 3:at&t 3:at/ 3:t/"},
		{"end of a sentence is no .NET", "end ...net", "0:end 1:net"},
		{"abbreviation", "U.S. e.g.", "0:us 1:eg"},
		{"thousands", "1,000,000 a,b 1,2", "0:1000000 1:a 2:b 3:1 4:2"},
		{"number at the end", "windows7 64bits log4j", "0:windows7 0:windows/ 0:~window 0:7/ 1:64bits 1:64/ 1:bits/ 1:~bit 2:log4j"},
		{"mail address", "joe@example.com", "0:joe 1:example.com 1:example/ 1:~exampl 1:com/"},
		{"URL", "http://a.example.com/x?y=1", "0:http 1:a.example.com 1:example.com/ 1:example/ 1:~exampl 1:com/ 2:x 3:y 4:1"},
		{"paths", `/etc/passwd C:\Windows`, "0:etc 1:passwd 2:c 3:windows 3:~window"},
		{"spaceless", "情報 漏", "0:情報 0:情/ 0:報/ 1:漏"},
		{"spaceless, longer", "個人情", "0:個人 0:個/ 1:人情 1:人/ 1:情/"},
		{"spaceless beside letters", "ABC社", "0:abc 1:社"},
		{"not UTF-8", "caf\xe9 ok", "0:caf 1:ok"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, show(Analyze(test.text))); diff != "" {
				t.Errorf("%q: %s", test.text, diff)
			}
		})
	}
}

func TestAnalyzeBounds(t *testing.T) {
	const size = 1 << 20
	tests := []struct {
		name, text string
		tokens     int
	}{
		{"a line of one letter", strings.Repeat("a", size), 2},
		{"hyphens", strings.Repeat("a-", size/2), size},
		{"dots", strings.Repeat("ab.", size/3), size},
		{"base64", strings.Repeat("QUJDREVGR0g+/", size/13), size},
		{"spaceless", strings.Repeat("情", size/3), size},
		{"accents", "a" + strings.Repeat("\u0301", size/2), 2},
		{"one character that is many", strings.Repeat("\ufdfa", size/3), 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tokens := Analyze(test.text)
			if len(tokens) > test.tokens {
				t.Errorf("%d tokens of %d bytes, want at most %d", len(tokens), len(test.text), test.tokens)
			}
			for _, tok := range tokens {
				if len(tok.Term) > maxTermBytes+1 {
					t.Fatalf("a term of %d bytes", len(tok.Term))
				}
			}
		})
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, s := range []string{"multi-\nfactor", "a.b.c d'e's 1,000", "C++ .NET AT&T", "情報a", "x\u0301\u200b-\u202ey", "l\u2019\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pos := -1
		for _, tok := range Analyze(text) {
			switch {
			case tok.Start < 0 || tok.Start >= tok.End || tok.End > len(text):
				t.Fatalf("%+v lies outside a text of %d bytes", tok, len(text))
			case tok.Term == "" || len(tok.Term) > maxTermBytes+1 || !utf8.ValidString(tok.Term):
				t.Fatalf("term %q", tok.Term)
			case strings.ContainsAny(tok.Term, " \n\t"):
				t.Fatalf("term %q with a space in it", tok.Term)
			case tok.Pos < pos || tok.Pos > pos+2:
				t.Fatalf("place %d after %d", tok.Pos, pos)
			case tok.Pos > pos && tok.Kind != Whole:
				t.Fatalf("place %d begins with %+v, not with a whole", tok.Pos, tok)
			}
			pos = tok.Pos
		}
		Expand(text)
		ExpandPhrase(text)
	})
}

func TestExpand(t *testing.T) {
	tests := []struct{ word, want string }{
		{"breaches", "breach|~breach"},
		{"multi-factor", "multifactor|~multifactor|multi factor|multi ~factor"},
		{"multifactor", "multifactor|~multifactor|multi factor|multi ~factor"},
		{"joe@example.com", "joe example.com"},
		{"windows7", "windows7|windows 7"},
		{"CVE-2024-3400", "cve20243400|cve 2024 3400"},
		{"!!!", ""},
	}
	for _, test := range tests {
		t.Run(test.word, func(t *testing.T) {
			if diff := cmp.Diff(test.want, join(Expand(test.word))); diff != "" {
				t.Error(diff)
			}
		})
	}
	const phrase = "multi factor authentication|multifactor authentication|multi factorauthentication"
	if diff := cmp.Diff(phrase, join(ExpandPhrase("Multi Factor authentication"))); diff != "" {
		t.Errorf("ExpandPhrase: %s", diff)
	}
}

func join(forms [][]string) string {
	var out []string
	for _, f := range forms {
		out = append(out, strings.Join(f, " "))
	}
	return strings.Join(out, "|")
}
