package clean

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBaseSubject(t *testing.T) {
	for _, tt := range []struct {
		in, base string
		reply    bool
	}{
		{"[BreachExchange] Clinic loses tapes", "clinic loses tapes", false},
		{"Re: [BreachExchange] Clinic loses tapes", "clinic loses tapes", true},
		{"[BreachExchange] RE: Re[2]: Clinic  loses tapes", "clinic loses tapes", true},
		{"AW: [list] Antw: SV: Ausfall", "ausfall", true},
		{"Fwd: Clinic loses tapes", "clinic loses tapes", false},
		{"Re: New name (was: Old name)", "new name", true},
		{"Re: something (fwd)", "something", true},
		{"Отв: Утечка", "утечка", true},
		{"[only a tag]", "[only a tag]", false},
		{"Rewrite: the plan", "rewrite: the plan", false},
		{"", "", false},
	} {
		base, reply := BaseSubject(tt.in)
		if base != tt.base || reply != tt.reply {
			t.Errorf("BaseSubject(%q) = %q, %v; want %q, %v", tt.in, base, reply, tt.base, tt.reply)
		}
	}
}

func TestP14Addresses(t *testing.T) {
	for in, want := range map[string]string{
		"ann at example.org":         "ann@example.org",
		"ann en example.org":         "ann@example.org",
		"ann em example.org":         "ann@example.org",
		"ann на example.org":         "ann@example.org",
		"ann ＠ example.org":          "ann@example.org",
		"ann@example.org":            "ann@example.org",
		"<ann at example.org>":       "ann@example.org",
		"ann at localhost":           "ann@localhost",
		"(no email)":                 "",
		"":                           "",
		"Ann Other of Example":       "",
		"a b c d":                    "",
		"ann.b+c at sub.example.org": "ann.b+c@sub.example.org",
	} {
		if got := Address(in); got != want {
			t.Errorf("Address(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Name("svn at mail.example.org"); got != "svn@mail.example.org" {
		t.Errorf("an address as a name: %q", got)
	}
	if got := Name(`"Ann  Other"`); got != "Ann Other" {
		t.Errorf("a quoted name: %q", got)
	}
	for _, name := range []string{"J. Ann Other", "Ann B. Other", "Ann | example.org", "Ann Lee Jr."} {
		if got := Name(name); got != name {
			t.Errorf("a name became an address: %q to %q", name, got)
		}
	}
}

// shape writes a mail's blocks as one letter a line: o, q1…, s.
func shape(m Mail) string {
	var b strings.Builder
	for _, bl := range m.Blocks {
		n := strings.Count(strings.TrimSuffix(m.Body[bl.Start:bl.End], "\n"), "\n") + 1
		kind := map[Kind]string{Own: "o", Quote: "q", Signature: "s"}[bl.Kind]
		if bl.Kind == Quote {
			kind += string(rune('0' + bl.Depth))
		}
		b.WriteString(strings.Repeat(kind+" ", n))
	}
	return strings.TrimSpace(b.String())
}

func TestM3Blocks(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"own words", "one\ntwo", "o o"},
		{"quote with introduction", "On Monday, Ann wrote:\n> hi\n> there\n\nyes", "q1 q1 q1 q1 o"},
		{"introduction over two lines", "On Mon, Jan 4, 2021 at 10:00 AM Ann Other\n<ann at example.org> wrote:\n\n> hi\nyes", "q1 q1 q1 q1 o"},
		{"introduction without a verb", "yes\n\n2014/1/10 Ann Other <ann en example.org>\n\n> hi\nno", "o o q1 q1 q1 o"},
		{"german introduction", "Am Montag schrieb Ann:\n> hallo\nja", "q1 q1 o"},
		{"mixed marks", "> one\n> > two\n>> two\n>>> three\nown", "q1 q2 q2 q3 o"},
		{"signature", "text\n-- \nAnn\nExample Ltd.", "o s s s"},
		{"signature, space lost", "text\n--\nAnn", "o s s"},
		{"quote below a signature", "text\n-- \nAnn\nOn Monday, Bob wrote:\n> hi", "o s s q1 q1"},
		{"a rule is no signature", "text\n--\n" + strings.Repeat("more text here\n", 30) + "end", strings.TrimSpace("o o " + strings.Repeat("o ", 31))},
		{"top-posted reply", strings.Repeat("a comment of mine. ", 12) + "\n\n-----Original Message-----\nFrom: Bob\nSubject: x\n\nthe text", "o o q1 q1 q1 q1 q1"},
		{"headers of a quoted mail", "I agree.\n\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: x\n\nthe text", "o o q1 q1 q1 q1 q1 q1"},
		{"a forwarded mail is what it is for", "FYI\n\n---------- Forwarded message ----------\nFrom: Bob\n\nthe news", "o o o o o o"},
		{"a forwarded mail, mutt's", "FYI\n\n----- Forwarded message from Bob <bob at example.org> -----\n\nFrom: Bob\nTo: Ann\nDate: Monday\n\nthe news", "o o o o o o o o o"},
		{"Python session", "try this:\n\n>>> import os\n>>> os.getpid()\n17", "o o o o o"},
		{"PGP signature", "text\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----", "o s s s"},
		{"escaped From", ">From here on, text", "o"},
		{"the introduced author quotes another", "On Monday, Ann wrote:\n\n>> hi\n> hello\nyes", "q1 q1 q2 q1 o"},
		{"something left out below the introduction", "On Monday, Ann wrote:\n[...]\n> hi\nyes", "q1 q1 q1 o"},
		{"something left out, in words", "On Monday, Ann wrote:\n<snip>\n\n> hi\nyes", "q1 q1 q1 q1 o"},
		{"something left out, with dots", "On Monday, Ann wrote:\n[..]\n> hi\nyes", "q1 q1 q1 o"},
		{"headers that wrap", "Gut.\n\nVon: Bo Other im Auftrag von\nAnn Other\nGesendet: Montag\nAn: Cy\nBetreff: x\n\nText", "o o q1 q1 q1 q1 q1 q1 q1"},
		{"a quoted line that a mailer wrapped", "> and then we all went down to the harbour, which lies to the\nsouth, where\n> it rained\nyes", "q1 q1 q1 o"},
		{"one line between two quotes", "> is it the one on the left hand side as seen from the old harbour?\nyes\n> or the other one that stands to the right as seen from the harbour\nNo.\n> so", "q1 o q1 o q1"},
		{"output of diff", "I changed this:\n2,3c2\n< old\n< older\n---\n> new\n7a7\n> more\n\nBye", "o o o o o o o o o o"},
		{"a line of code that a mailer wrapped", "a list<list<int> >\n>'\nis wrong", "o o o"},
		{"Outlook's line above the headers", "Fine.\n\n" + strings.Repeat("_", 32) + "\n\nFrom: Bob\nSent: Monday\nSubject: x\n\nthe text", "o o q1 q1 q1 q1 q1 q1 q1"},
		{"headers in other languages", "Bra.\n\nFrån: Bo\nSkickat: den 4 januari 2021\nTill: Ann\nÄmne: x\n\ntexten", "o o q1 q1 q1 q1 q1 q1"},
		{"headers in Chinese", "好\n\n发件人: Bo\n发送时间: 2021\n收件人: Ann\n主题: x\n\n文", "o o q1 q1 q1 q1 q1 q1"},
		{"words in dashes of an unknown language", "Mire.\n\n-------- Mesazhi i parë --------\nFrom: Bo\nTo: Ann\n\nteksti", "o o q1 q1 q1 q1 q1"},
		{"nothing above words in dashes", "-------- Mesazhi i parë --------\nFrom: Bo\nTo: Ann\n\nteksti", "o o o o o"},
		{"a mail that is shown", "Look what came:\n\nSubject: win now\nDate: Monday\nFrom: Spammer\n\nwin\n\nThat is all.", "o o o o o o o o o"},
		{"names", ">>>>> Ann Other writes:\n\nAnn> hello\nAnn> there\n\nyes\n\nAnn> bye\nno", "q1 q1 q1 q1 q1 o o q1 o"},
		{"a prompt with a name", "Type this:\n\nRouter> enable\nRouter> show", "o o o o"},
		{"between angles", "In a message dated 1/4/2021, ann at example.org writes:\n\n<< hello\n there >>\n\nyes", "q1 q1 q1 q1 q1 o"},
		{"a document in code", "cat <<EOF\nx\nEOF\n<<here\nx >>", "o o o o o"},
		{"Lotus Notes, dashes", "Yes.\n\n-----users-bounces at example.org wrote: -----\nTo: users at example.org\nFrom: Ann\nSubject: x\n\nthe text", "o o q1 q1 q1 q1 q1 q1"},
		{"Lotus Notes, a line for each name", "Yes.\n\nAnn Other <ann at example.org>\nSent by: users-bounces at example.org\n01/04/2021 10:15 AM\n\nTo\nusers at example.org\ncc\n\nSubject\nx\n\nthe text", "o o q1 q1 q1 q1 q1 q1 q1 q1 q1 q1 q1 q1"},
		{"Yahoo's groups", "text\n\n------------------------ Yahoo! Groups Sponsor --------------------~-->\nBuy\n---\n\nYahoo! Groups Links\n\n<*> To visit", "o o s s s s s s s"},
		{"initials", "AB> hello\nAB> there\nyes", "q1 q1 o"},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shape(Split(tt.text, "")); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestM3Tails(t *testing.T) {
	rule, dashes := strings.Repeat("_", 34), strings.Repeat("-", 33)
	for _, tt := range []struct{ name, text, want string }{
		{"telephone", "yes\n\nSent from my phone", "o o s"},
		{"telephone above a quote", "sí\n\nEnviado desde mi móvil\n\nOn Monday, Ann wrote:\n> hi", "o o s s q1 q1"},
		{"telephone right below the text", "yes\nSent from my tablet", "o s"},
		{"prose about a telephone", "the mail that I got was\nsent from my phone", "o o"},
		{"mail service", "text\n\n" + rule + "\nDo you Yahoo!?\nNew: send mail to anybody\nhttp://mail.example.com", "o o s s s s"},
		{"an advertisement of nobody we know", "text\n\n" + rule + "\nWin a house today!\nSee http://ads.example.com/win", "o o s s s"},
		{"between two lines", "text\n\n" + dashes + "\nAnn Other\nExample Ltd.\n" + dashes, "o o s s s s"},
		{"a name below a line", "text\n\n" + rule + "\nAnn Other", "o o s s"},
		{"above a quote, in the middle", "> hi\nyes\n\n" + rule + "\nAnn Other\n\nOn Monday, Ann wrote:\n> hello\nno", "q1 o o s s s q1 q1 o"},
		{"mail service, twice", "text\n" + dashes + "\nGet your GMX address\n" + dashes + "\nGet your GMX address", "o s s s s"},
		{"virus scanner", "text\n\nNo virus found in this message.\nScanned by ACME", "o o s s"},
		{"confidentiality", "text\n\nDISCLAIMER\n\nThis e-mail and any files with it are confidential. If you are\nnot the intended recipient, delete it.", "o o s s s s"},
		{"confidentiality, German and English", "Text\n\nDiese E-Mail ist vertraulich. Sind Sie nicht der Adressat, dann\nlöschen Sie sie.\n\nThis message is privileged and only for its addressee.", "o o s s s s"},
		{"an important sentence above", "It is important to tell\nthem.\n\n" + rule + "\nAnn Other", "o o o s s"},
		{"prose below a line", "text\n\n" + rule + "\nit was a long and dark and cold and wet day\nand so on", "o o o o o"},
		{"an article about confidentiality", "text\n\nThe recipient of the confidential file was told to delete it.", "o o o"},
		{"signature below a line", "text\n\n" + rule + "\nAnn Other\nExample Ltd.\nTel. 555 0100", "o o s s s s"},
		{"signature of two paragraphs below a line", "text\n\n" + rule + "\nBest regards\nMit besten Grüßen\n\nAnn", "o o s s s s s"},
		{"a part of the text below a line", "text\n\n" + rule + "\nWhat we did yesterday\nwas nothing much at all.", "o o o o o"},
		{"a list below a heading", "text\n\nThings to do\n" + dashes[:12] + "\nwrite\nread", "o o o o o o"},
		{"a newsletter", "one\n" + rule + "\ntwo\n" + rule + "\nthree\n" + rule + "\nAnn\nBob", "o o o o o o o o"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shape(Split(tt.text, "")); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestM3Footers(t *testing.T) {
	rule := strings.Repeat("_", 47)
	for _, tt := range []struct{ name, text, want string }{
		{"standard", "text\n" + rule + "\nusers mailing list\nusers at example.org\nhttp://example.org/mailman/listinfo/users", "text"},
		{"with a sponsor", "text\n\n" + rule + "\nBreachWatch mailing list sponsored by Acme Assurance\nbreachwatch at lists.example.org\n\nTo unsubscribe:\nhttps://lists.example.org/listinfo/breachwatch\n\nSupporters:\n\nAcme Assurance (http://www.example.com/)\nAcme Assurance offers services\nto those who need them.\n", "text"},
		{"text below stays", "text\n" + rule + "\nusers mailing list\nhttp://example.org/mailman/listinfo/users\n\nI wrote this below the footer.", "text\n\nI wrote this below the footer."},
		{"text right below stays", "> mine\n" + rule + "\nusers mailing list\nusers at example.org\nhttp://example.org/mailman/listinfo/users\nUpdate:\n\nIt works.", "> mine\nUpdate:\n\nIt works."},
		{"an empty line below each", "text\n\n" + rule + "\n\nusers mailing list\n\nusers at example.org\n\nhttp://example.org/mailman/listinfo/users\n\n" + rule + "\nusers mailing list\nusers at example.org\nhttp://example.org/mailman/listinfo/users", "text"},
		{"an address below a footer stays", "text\n" + rule + "\nusers mailing list\nhttp://example.org/mailman/listinfo/users\n\nann at example.org\n\nthat is me", "text\n\nann at example.org\n\nthat is me"},
		{"a rule of the sender stays", "text\n" + rule + "\nPart two of my text", "text\n" + rule + "\nPart two of my text"},
		{"quoted footer stays", "> " + rule + "\n> users mailing list\n> http://example.org/mailman/listinfo/users\nmine", "> " + rule + "\n> users mailing list\n> http://example.org/mailman/listinfo/users\nmine"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, Split(tt.text, "").Body); d != "" {
				t.Error(d)
			}
		})
	}
}

const scrubbedURL = "http://lists.example.org/pipermail/users/attachments/20210105/1a2b3c4d/attachment.html"

func TestP4ScrubNotices(t *testing.T) {
	const u = "<" + scrubbedURL + ">"
	html := []Part{{Kind: "html", Type: "text/html", URL: scrubbedURL}}
	for _, tt := range []struct {
		name, text, body string
		parts            []Part
	}{
		{"html", "text\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: " + u + "\n", "text", html},
		{"html only", "An HTML attachment was scrubbed...\nURL: " + u, "", html},
		{"old style", "text\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: " + scrubbedURL, "text", html},
		{"German", "Text\n-------------- nächster Teil --------------\nEin Dateianhang mit HTML-Daten wurde abgetrennt...\nURL: " + u, "Text", html},
		{"Spanish separator, English notice", "texto\n------------ próxima parte ------------\nAn HTML attachment was scrubbed...\nURL: " + u, "texto", html},
		{"Italian, first line wraps", "testo\n-------------- parte successiva --------------\nÈ stato filtrato un testo allegato il cui set di caratteri non era\nindicato...\nNome: nota.txt\nURL: " + u, "testo", []Part{{Kind: "text", Name: "nota.txt", URL: scrubbedURL}}},
		{"Russian, entity", "текст\n----------- следующая часть -----------\nВложение в формате HTML было извлечено&hellip;\nURL: " + u, "текст", html},
		{"Japanese", "本文\n-------------- next part --------------\nHTMLの添付ファイルを保管しました...\nURL: " + u, "本文", html},
		{"a language nobody listed, by shape", "text\n-------------- blub blub --------------\nBlub HTML-blub wuz blubbed...\nURL: " + u, "text", html},
		{"non-text", "text\n-------------- next part --------------\nA non-text attachment was scrubbed...\nName: not available\nType: application/pgp-signature\nSize: 189 bytes\nDesc: Digital\n\tsignature\nUrl : " + scrubbedURL, "text", []Part{{Kind: "binary", Type: "application/pgp-signature", Size: 189, URL: scrubbedURL}}},
		{"non-text by shape", "text\n-------------- xyz --------------\nQwert asdf zxcv...\nN: a.png\nT: image/png\nG: 10 bytes\nB: foo\nURL: " + u, "text", []Part{{Kind: "binary", Name: "a.png", Type: "image/png", Size: 10, URL: scrubbedURL}}},
		{"a text by its type", "text\n-------------- next part --------------\nA non-text attachment was scrubbed...\nName: fix.patch\nType: text/x-patch\nSize: 3 bytes\nDesc: not available\nURL: " + u, "text", []Part{{Kind: "text", Name: "fix.patch", Type: "text/x-patch", Size: 3, URL: scrubbedURL}}},
		{"message", "text\n-------------- next part --------------\nAn embedded message was scrubbed...\nFrom: Ann <ann at example.org>\nSubject: A long subject\n\tthat wraps\nDate: Mon, 4 Jan 2021 10:00:00 +0000\nSize: 1234\nURL: " + u, "text", []Part{{Kind: "message", Name: "A long subject that wraps", Type: "message/rfc822", Size: 1234, URL: scrubbedURL}}},
		{"removed", "text\n-------------- next part --------------\nHTML attachment scrubbed and removed", "text", []Part{{Kind: "html", Type: "text/html"}}},
		{"skipped", "text\n-------------- next part --------------\nSkipped content of type multipart/alternative", "text", []Part{{Kind: "binary", Type: "multipart/alternative"}}},
		{"separator glued to a notice", "Skipped content of type multipart/mixed-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: " + u, "", []Part{{Kind: "binary", Type: "multipart/mixed"}, html[0]}},
		{"URL wraps", "text\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <http://lists.example.org/pipermail/users/attachments/20210105/\n1a2b3c4d/attachment.html>", "text", html},
		{"URL wraps softly", "text\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: http://lists.example.org/pipermail/users/attachments/20210105/1a=\n2b3c4d/attachment.html", "text", html},
		{"path only", "text\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: </pipermail/users/attachments/20210105/1a2b3c4d/a.html>", "text", []Part{{Kind: "html", Type: "text/html", URL: "/pipermail/users/attachments/20210105/1a2b3c4d/a.html"}}},
		{"real text follows", "one\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: " + u + "\n-------------- next part --------------\ntwo", "one\n\ntwo", html},
		{"quoted by a person", "> An HTML attachment was scrubbed...\n> URL: " + u + "\nmine", "> An HTML attachment was scrubbed...\n> URL: " + u + "\nmine", nil},
		{"spoken of by a person", "What does it mean that\nAn HTML attachment was scrubbed...\nin my mail?", "What does it mean that\nAn HTML attachment was scrubbed...\nin my mail?", nil},
		{"a person's link to an attachment", "See what Bob sent last year.\nURL: " + u + "\nWhat do you think?", "See what Bob sent last year.\nURL: " + u + "\nWhat do you think?", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := Split(tt.text, "")
			if d := cmp.Diff(tt.body, m.Body); d != "" {
				t.Errorf("body: %s", d)
			}
			if d := cmp.Diff(tt.parts, m.Parts); d != "" {
				t.Errorf("parts: %s", d)
			}
		})
	}
}

// Every wording in the table is recognised in the form that Mailman gives it.
func TestP4EveryLanguage(t *testing.T) {
	for _, w := range wordings {
		t.Run(w.language, func(t *testing.T) {
			sep := w.nextPart
			if sep == "" {
				sep = "next part"
			}
			notices := map[string]string{}
			if w.html != "" {
				notices["html"] = w.html + "...\nURL: <" + scrubbedURL + ">\n"
			}
			if w.nonText != "" {
				notices["binary"] = w.nonText + "...\nA: x\nB: a/b\nC: 1 bytes\nD: y\nURL: <" + scrubbedURL + ">\n"
			}
			for kind, n := range notices {
				m := Split("hello\n-------------- "+sep+" --------------\n"+n, "")
				if m.Body != "hello" || len(m.Parts) != 1 || m.Parts[0].Kind != kind || m.Parts[0].URL != scrubbedURL {
					t.Errorf("%s: body %q, parts %+v", kind, m.Body, m.Parts)
				}
			}
		})
	}
}

func TestSourceURL(t *testing.T) {
	for _, tt := range []struct{ name, text, subject, want string }{
		{"first line", "https://news.example.com/a\n\nThe clinic said.", "", "https://news.example.com/a"},
		{"in brackets", "<https://news.example.com/a>\n\nThe clinic said.", "", "https://news.example.com/a"},
		{"below the headline", "Clinic loses tapes\nhttps://news.example.com/a\n\nThe clinic said.", "[X] Clinic loses tapes", "https://news.example.com/a"},
		{"wrapped", "https://news.example.com/a-very-long-address-that-a-mailer-wraps-at-72/and\n-goes-on-2021.html\n\nThe clinic said.", "", "https://news.example.com/a-very-long-address-that-a-mailer-wraps-at-72/and-goes-on-2021.html"},
		{"letters that grow in lower case", "SOURCE: https://News.example.com/\u0130\u0130\u0130\n\nThe clinic said.", "", "https://News.example.com/\u0130\u0130\u0130"},
		{"in the text", "I read this at\nhttps://news.example.com/a\nyesterday.", "", ""},
		{"none", "The clinic said.", "", ""},
		{"in a quote", "> https://news.example.com/a\n\nyes", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Split(tt.text, tt.subject).Source; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRawMIME(t *testing.T) {
	text := "--=-abcdef123\nContent-Type: multipart/alternative; boundary=\"=-inner9\"\n\n" +
		"--=-inner9\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nCaf=E9 is=\n open\n\n" +
		"--=-inner9\nContent-Type: text/html\n\n<p>Caf&eacute; is open</p>\n--=-inner9--\n" +
		"--=-abcdef123\nContent-Type: application/pgp-signature; name=s.asc\n\nabc\n--=-abcdef123--\n"
	m := Split(text, "")
	if m.Body != "Café is open" {
		t.Errorf("body %q", m.Body)
	}
	if len(m.Parts) != 2 || m.Parts[0].Type != "application/pgp-signature" && m.Parts[1].Type != "application/pgp-signature" {
		t.Errorf("parts %+v", m.Parts)
	}
}

func TestRestOfRawMIME(t *testing.T) {
	head := "is what I asked for, caf=E9 or not, and if you read it to the very end you =\nknow.\n\nAnn\n\n--=_part_20210104a\nContent-Type: text/html;\n charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n"
	m := Split(head+"\n<p>is what I asked for, caf=E9 or not.</p>\n\n--=_part_20210104a--\n", "")
	if m.Body != "is what I asked for, café or not, and if you read it to the very end you know.\n\nAnn" || len(m.Parts) != 1 || m.Parts[0].Text != "is what I asked for, café or not." {
		t.Errorf("body %q, parts %+v", m.Body, m.Parts)
	}
	if m := Split(head, ""); m.Body != "is what I asked for, café or not, and if you read it to the very end you know.\n\nAnn" || len(m.Parts) != 0 {
		t.Errorf("cut off below the headers: body %q, parts %+v", m.Body, m.Parts)
	}
	if m := Split(head+"\n<p>x</p>\n--=_part_20210104a--\n\nBob wrote this below.", ""); !strings.HasSuffix(m.Body, "Bob wrote this below.") {
		t.Errorf("text below the last part was lost: %q", m.Body)
	}
	for _, shown := range []string{
		"The server sends\n\nContent-Type: multipart/mixed; boundary=part_20210104abc\n\n--part_20210104abc\nContent-Type: image/png\n\ndata\n--part_20210104abc--\n\nand stops.",
		"It looks so:\n\n--part_20210104abc\nContent-Type: image/png\n\ndata\n--part_20210104abc\n\nand never ends.",
	} {
		if m := Split(shown, ""); m.Body != shown {
			t.Errorf("source that a person shows was changed: %q", m.Body)
		}
	}
}

func TestQuotedPrintableLeftUndecoded(t *testing.T) {
	long := strings.Repeat("word ", 14)
	if got := Split(long+"=\nand x =3D 1, caf=E9", "").Body; got != long+"and x = 1, café" {
		t.Errorf("got %q", got)
	}
	if got := Split(long+"=\nand then some mo=\nre", "").Body; got != long+"and then some more" {
		t.Errorf("got %q", got)
	}
	armor := "-----BEGIN PGP SIGNATURE-----\n\n" + strings.Repeat("iQEcBAAB", 8) + "=\n=DE79\n-----END PGP SIGNATURE-----"
	for _, code := range []string{
		"a = b\nc=\nd", "x=1\ny=\n", "if (a == b) {\n  c =\n d }", long + "the call wrapper.close =\nmyClose is yours", "text\n" + armor,
	} {
		if got := Split(code, "").Body; got != strings.TrimSpace(code) {
			t.Errorf("code was changed: %q to %q", code, got)
		}
	}
}

func TestP6HTMLMail(t *testing.T) {
	m := Split("<html><head><style>p{}</style></head><body><p>One&nbsp;two</p><div>three<br>four</div><script>x()</script></body></html>", "")
	if m.Body != "One two\n\nthree\nfour" {
		t.Errorf("got %q", m.Body)
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"> a\nb\n-- \nc", "-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <" + scrubbedURL + ">", "--=-abcdef\nContent-Type: text/plain\n\nx", "<html><p>a</p></html>", "a =3D b=\n c=20"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := Split(s, "subject")
		at := 0
		for _, b := range m.Blocks {
			if b.Start != at || b.End < b.Start {
				t.Fatalf("blocks do not cover the body: %+v at %d", b, at)
			}
			at = b.End
		}
		if at != len(m.Body) {
			t.Fatalf("blocks end at %d of %d", at, len(m.Body))
		}
	})
}

func FuzzAddress(f *testing.F) {
	f.Add("a at b.example")
	f.Fuzz(func(t *testing.T, s string) {
		if a := Address(s); a != "" && (strings.Count(a, "@") != 1 || Address(a) != a) {
			t.Fatalf("Address(%q) = %q", s, a)
		}
	})
}

// The short lists of words must let through all that the long ones would find.
func TestTailGates(t *testing.T) {
	for _, w := range scanners {
		if !containsAny(w, scanned) {
			t.Errorf("%q has no word of the short list", w)
		}
	}
	for _, w := range thisMail {
		if !containsAny(w, mails) {
			t.Errorf("%q has no word of the short list", w)
		}
	}
}
