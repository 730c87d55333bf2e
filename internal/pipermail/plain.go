package pipermail

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// Nearly all pages are as Pipermail wrote them, and those are read here
// without building a tree. Whatever is not of that shape is left to the HTML
// parser; on what is, both give the same, which a fuzz test holds.

// headline is what the top of a message page says, as it stands there.
type headline struct {
	title, subject, author, address, date string
	href                                  string // of the answer link
	linked                                bool   // there is an answer link
}

// plainHead reads H1, B, A and I, one after the other with nothing but line
// breaks between them. ok is false where anything else is met.
func plainHead(text string) (h headline, ok bool) {
	shape := [...]string{"h1", "b", "a", "i"}
	fields := [...]*string{&h.subject, &h.author, &h.address, &h.date}
	z := html.NewTokenizer(strings.NewReader(text))
	for k, inside := 0, false; k < len(shape); {
		switch z.Next() {
		case html.TextToken:
			t := z.Text()
			if bytes.IndexByte(t, 0) >= 0 || k == 0 && !inside {
				return h, false
			}
			if inside {
				*fields[k] = string(t)
			}
		case html.StartTagToken:
			name, attrs := z.TagName()
			switch {
			case string(name) == "br" && k > 0 && !inside:
			case inside || string(name) != shape[k]:
				return h, false
			default:
				inside = true
				if shape[k] == "a" {
					h.href, h.linked = hrefOf(z, attrs), true
				}
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); !inside || string(name) != shape[k] {
				return h, false
			}
			k, inside = k+1, false
		default:
			return h, false
		}
	}
	return h, true
}

func hrefOf(z *html.Tokenizer, more bool) string {
	var key, val []byte
	for more {
		if key, val, more = z.TagAttr(); string(key) == "href" {
			return string(val)
		}
	}
	return ""
}

// plainArticle gives the text of an article that consists of text, <PRE>, <A>,
// <I>, <B>, <P> and <BR>. ok is false where anything else is met.
func plainArticle(s string) (text string, ok bool) {
	if strings.IndexByte(s, 0) >= 0 {
		return "", false
	}
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	var w plainWriter
	w.b.Grow(len(s))
	for s != "" {
		end := textEnd(s)
		w.text(s[:end])
		s = s[end:]
		if s == "" {
			break
		}
		n := w.tag(s)
		if n == 0 {
			return "", false
		}
		s = s[n:]
	}
	return strings.ReplaceAll(w.b.String(), "\u00a0", " "), true
}

// textEnd tells how far text goes: to a "<" that begins a tag or comment.
func textEnd(s string) int {
	for at := 0; ; at++ {
		i := strings.IndexByte(s[at:], '<')
		if i < 0 || at+i+1 >= len(s) {
			return len(s)
		}
		at += i
		if c := s[at+1]; isLetter(c) || c == '/' || c == '!' || c == '?' {
			return at
		}
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// plainWriter follows what an HTML parser does to the text of such an article.
type plainWriter struct {
	b        strings.Builder
	begun    bool // white space before the first text or tag is dropped
	emptyPre bool // a line break at the start of a <PRE> is dropped
	pre      int  // open <PRE>
	para     bool // a <P> is open
	open     [3]int
}

func (w *plainWriter) text(t string) {
	if strings.IndexByte(t, '&') >= 0 {
		t = html.UnescapeString(t)
	}
	if !w.begun {
		t = strings.TrimLeft(t, " \t\r\n\f")
	}
	if w.emptyPre {
		t = strings.TrimPrefix(strings.TrimPrefix(t, "\r"), "\n")
	}
	if t == "" {
		return
	}
	w.begun, w.emptyPre = true, false
	w.b.WriteString(t)
}

// tag takes the tag at the start of s and tells its length; 0 where it leaves
// the shape.
func (w *plainWriter) tag(s string) int {
	if n := endTag(s, "pre"); n > 0 {
		return n * w.closePre()
	} else if n := endTag(s, "p"); n > 0 {
		was := w.para
		w.para = false
		return n * one(was)
	}
	for i, name := range [...]string{"a", "i", "b"} {
		if n := endTag(s, name); n > 0 {
			w.open[i] = max(0, w.open[i]-1)
			return n * one(w.begun)
		}
		if n := startTag(s, name); n > 0 {
			w.begin()
			w.open[i]++
			return n * one(w.open[i] < 64)
		}
	}
	if n := startTag(s, "pre"); n > 0 {
		w.begin()
		w.emptyPre, w.para, w.pre = true, false, w.pre+1
		return n * one(w.open == [3]int{} && w.pre < 16)
	}
	for _, name := range [...]string{"br", "p"} {
		if n := startTag(s, name); n > 0 {
			w.begin()
			w.b.WriteByte('\n')
			w.para = w.para || name == "p"
			return n
		}
	}
	return 0
}

func (w *plainWriter) begin() { w.begun, w.emptyPre = true, false }

// closePre returns 0 where none is open.
func (w *plainWriter) closePre() int {
	if w.pre == 0 {
		return 0
	}
	w.pre--
	w.para, w.emptyPre = false, false
	return 1
}

func one(v bool) int {
	if v {
		return 1
	}
	return 0
}

// startTag tells the length of the tag at the start of s if it is the named
// one: bare, or for "a" with a quoted HREF.
func startTag(s, name string) int {
	end := 1 + len(name)
	if len(s) <= end || !strings.EqualFold(s[1:end], name) {
		return 0
	}
	if s[end] == '>' {
		return end + 1
	}
	const href = ` href="`
	if name != "a" || len(s) < end+len(href) || !strings.EqualFold(s[end:end+len(href)], href) {
		return 0
	}
	end += len(href)
	i := strings.IndexByte(s[end:], '"')
	if i < 0 || end+i+1 >= len(s) || s[end+i+1] != '>' {
		return 0
	}
	return end + i + 2
}

func endTag(s, name string) int {
	end := 2 + len(name)
	if len(s) <= end || s[1] != '/' || s[end] != '>' || !strings.EqualFold(s[2:end], name) {
		return 0
	}
	return end + 1
}
