package mail

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bxsearch/bxsearch/archive"
)

// HyperKitty exports what its database has, not the mails that came: each is a
// multipart/mixed with a head of its own making, and names no list. Older
// versions hide addresses in the head, all of them those in the text.
const hyperKittyRest = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"===============52436991==\"\n\n"

func hyperKitty(from, subject, more, parts string) string {
	return "From ann@a.example Fri Mar  5 11:30:00 2021\nFrom: " + from + "\nTo: announce@lists.example.org\nSubject: " + subject +
		"\nDate: Fri, 05 Mar 2021 12:30:00 +0100\nMessage-ID: <1@a.example>\n" + more + hyperKittyRest + parts + "--===============52436991==--\n\n"
}

func hyperKittyText(encoding, text string) string {
	return "--===============52436991==\nContent-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: " + encoding + "\n\n" + text + "\n"
}

func hyperKittyPart(kind, disposition, content string) string {
	return "--===============52436991==\nContent-Type: " + kind + "\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment" + disposition +
		"\nMIME-Version: 1.0\n\n" + base64Of(content) + "\n\n"
}

func TestHyperKittyExport(t *testing.T) {
	const ann = "Ann Lee <ann@a.example>"
	words := hyperKittyText("7bit", "Words.\n")
	tests := map[string]struct {
		raw  string
		want summary
	}{
		"no attachment": {hyperKitty(ann, "hello", "", words), plain("Words.")},
		"the parent's ID without brackets": {hyperKitty(ann, "hello", "In-Reply-To: 0@a.example\n", words),
			plain("Words.").with(func(s *summary) { s.Reply = "0@a.example" })},
		"no parent": {hyperKitty(ann, "hello", "In-Reply-To: \n", words), plain("Words.")},
		"addresses hidden in the text": {hyperKitty(ann, "hello", "", hyperKittyText("7bit", "Ask bob(a)b.example, please.\n")),
			plain("Ask bob(a)b.example, please.")},
		"addresses hidden in the head": {hyperKitty("Ann Lee <ann at a.example>", "hello", "", words), plain("Words.")},
		"an address alone": {hyperKitty("ann at a.example", "hello", "", words),
			plain("Words.").with(func(s *summary) { s.Name = "ann@a.example" })},
		"a name with a comma, not quoted": {hyperKitty("Lee, Ann (work) <ann@a.example>", "hello", "", words),
			plain("Words.").with(func(s *summary) { s.Name = "Lee, Ann (work)" })},
		"a name that is encoded in part": {hyperKitty("Ann =?utf-8?q?L=C3=A9e?= <ann@a.example>", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "", words),
			plain("Words.").with(func(s *summary) { s.Name, s.Subject = "Ann Lée", "Grüße" })},
		"no subject": {hyperKitty(ann, "", "", words), plain("Words.").with(func(s *summary) { s.Subject = "" })},
		"8bit":       {hyperKitty(ann, "hello", "", hyperKittyText("8bit", "Größe und Länge.\n")), plain("Größe und Länge.")},
		"quoted-printable": {hyperKitty(ann, "hello", "", hyperKittyText("quoted-printable", "Gr=C3=B6=C3=9Fe und =\nL=C3=A4nge.\n")),
			plain("Größe und Länge.")},
		"base64": {hyperKitty(ann, "hello", "", hyperKittyText("base64", base64Of("Größe und Länge.\n"))), plain("Größe und Länge.")},
		"text that begins with From": {hyperKitty(ann, "hello", "", hyperKittyText("7bit", "Words.\n\nFrom here on we go.\n")),
			plain("Words.\n\nFrom here on we go.")},
		// Its newer versions lose the text of a mail that has attachments.
		"attachments, and no text": {hyperKitty(ann, "hello", "", hyperKittyPart("text/html", `; filename="attachment.html"`, "<p>The whole mail.</p>")+hyperKittyPart("image/png", "", "\x89PNG\r\n\x1a\n\x00")),
			plain("").with(func(s *summary) {
				s.Parts = []archive.Attachment{
					{Kind: "html", Name: "attachment.html", Type: "text/html", Size: 22, Text: "The whole mail.", Fetched: true},
					{Kind: "binary", Type: "image/png", Size: 9},
				}
			})},
		// Text parts are kept as they came, and their charset is not told.
		"attachments in the sender's charset": {hyperKitty(ann, "hello", "", words+hyperKittyPart("text/plain", `; filename="notes.txt"`, "Gr\xf6\xdfe und L\xe4nge, f\xfcr alle F\xe4lle.\n")),
			plain("Words.").with(func(s *summary) {
				s.Parts = []archive.Attachment{{Kind: "text", Name: "notes.txt", Type: "text/plain", Size: 33, Text: "Größe und Länge, für alle Fälle.", Fetched: true}}
			})},
		"an attached mail": {hyperKitty(ann, "hello", "", words+hyperKittyPart("application/octet-stream", `; filename="inner.eml"`, "From: b@b.example\n\nx\n")),
			plain("Words.").with(func(s *summary) {
				s.Parts = []archive.Attachment{{Kind: "binary", Name: "inner.eml", Type: "application/octet-stream", Size: 21}}
			})},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, ok := Read([]byte(tt.raw))
			if diff := cmp.Diff(tt.want, summarize(m), cmpopts.EquateEmpty()); !ok || diff != "" {
				t.Errorf("is a mail: %t; -want +got\n%s", ok, diff)
			}
		})
	}
}

// Mails of an export follow each other after an empty line or two; a line of
// the text that begins with "From " is not quoted.
func TestHyperKittySeparators(t *testing.T) {
	one := hyperKitty("ann@a.example", "one", "", hyperKittyText("7bit", "x\n"))
	for _, line := range []string{"From ann@a.example Fri Mar  5 11:30:00 2021", "From ann at a.example Fri Mar  5 11:30:00 2021"} {
		if rest := strings.SplitN(one, "\n", 2)[1]; !IsSeparator([]byte(line), []byte(rest)) {
			t.Errorf("%q separates nothing", line)
		}
	}
	if IsSeparator([]byte("From Monday to Friday"), []byte("we are open: always\n\n")) {
		t.Error("prose separates mails")
	}
}
