package clean

import (
	"strings"
	"testing"
)

func TestM3Introductions(t *testing.T) {
	for _, intro := range []string{
		"Ann Other skribis:",
		"Ann Other pisze:",
		"Ann Other napsal(a):",
		"Ann Other napísala:",
		"Ann Other ?????:",
		"El 5 de enero de 2021 10:00, Ann Other <ann en example.org>escribió:",
		"Al 05/01/21 10:00, En/na Ann Other ha escrit:",
		"Le 5 janvier, Ann Other a écrit\u202f:",
		"Escribía Ann:",
		"Quoting Ann Other:",
		"Zitat von Ann Other :",
		"Citando a Ann Other:",
		"Цитирую Ann Other:",
		"* Ann Other [05/01/21 10:00]:",
		"Ann Other, 5.1.21 10:00:",
		"On Mon, 4 Jan 2021 10:00:00 +0100, Ann Other wrote",
		"On Mon, 4 Jan 2021, Ann Other wrote...",
		"пн, 4 янв. 2021 г. в 10:00, Ann Other <ann at example.org>:",
		"2021年1月4日 上午10:00于 \"Ann Other\" <ann at example.org>写道：",
		"2021年1月4日 10:00 Ann Other <ann at example.org>",
		"Ann Otherさんは書きました:",
	} {
		if got := shape(Split("yes\n\n"+intro+"\n> hi\n\nno", "")); got != "o o q1 q1 q1 o" {
			t.Errorf("%s: got %s", intro, got)
		}
	}
	for _, own := range []string{
		"I had a look at your code:",
		"Have a look at this:",
		"The output of version 1.3.17):",
		"main.c:43:",
		"I wrote",
		"And on the fifth day it said",
	} {
		if got := shape(Split("yes\n\n"+own+"\n> hi\n\nno", "")); got != "o o o q1 q1 o" {
			t.Errorf("%s: got %s", own, got)
		}
	}
}

func TestM3IntroductionsOverLines(t *testing.T) {
	long := strings.Repeat("a long line of my own ", 15)
	for _, tt := range []struct{ name, text, want string }{
		{"the verb alone below", "yes\n\nLe lundi 4 janvier 2021 à 10:00 +0100, Ann Other a\nécrit :\n> bon", "o o q1 q1 q1"},
		{"the verb alone below a name", "yes\n\nAnn Other, my neighbour\nwrote:\n> hi", "o o q1 q1 q1"},
		{"an address alone below a name", "yes\n\nAnn Other\n<ann at example.org> wrote:\n> hi", "o o q1 q1 q1"},
		{"the words before a short introduction are own", "I disagree.\nAnn wrote:\n> hi", "o q1 q1"},
		{"a long line above the verb is own", long + "\nwrote:\n> hi", "o q1 q1"},
		{"a day first", "ja\n\nma 4 jan. 2021 om 10:00 uur\nschreef Ann Other:\n> hoi", "o o q1 q1 q1"},
		{"one above the other", "thanks\n\nEl ene 5, 2021 4:43 p.m., <ann at example.org> escribió:\n\nOn Monday, Bob wrote:\n>hi\n\nyes", "o o q1 q1 q1 q1 q1 o"},
		{"what begins with a quote of a quote", "Ann wrote:\n>> hi\n> ho", "q1 q2 q1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shape(Split(tt.text, "")); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestM3QuotesWithoutMarks(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"introduced in the line it begins on", "I agree.\n\nAnn Other <ann at example.org> wrote: Hi all,\nthis is news.\n\nAnn", "o o q1 q1 q1 q1"},
		{"an address alone introduces", "I agree.\n\nann@example.org wrote: Hi all,\nthis is news.", "o o q1 q1"},
		{"nothing of the sender's above", "Ann Other <ann at example.org> wrote: Hi all,\nthis is news.\n\nI agree.", "o o o o"},
		{"marks below", "I agree.\n\nAnn Other <ann at example.org> wrote: On this list\n> we agree\nno", "o o o q1 o"},
		{"prose", "I agree.\n\nAnn wrote: agree with me\nand Bob said: no", "o o o o"},
		{"a telephone's", "Fine with me.\n\nOn 4 Jan 2021 at 10:00, Ann Other <ann at example.org>\nwrote:\n\nHi all,\n\nthis is news.", "o o q1 q1 q1 q1 q1 q1"},
		{"a telephone's, of a mail that quotes", "Fine.\n\nOn 4 Jan 2021 at 10:00, Ann Other wrote:\n\nThis is news.\n\nOn 3 Jan 2021, Bob wrote:\n> what news?", "o o q1 q1 q1 q1 q2 q2"},
		{"answers below", "Two things.\n\nOn 4 Jan 2021 at 10:00, Ann Other wrote:\n\nI see.\n\n> what news?\nNone.", "o o o o o o q1 o"},
		{"a verb left out", "Хорошо.\n\nпн, 4 янв. 2021 г. в 10:00, Ann Other <ann at example.org>:\n\nthis is news.", "o o q1 q1 q1"},
		{"headers right below", "Fine.\nDate: Mon, 4 Jan 2021 10:00:00 +0100\nFrom: ann at example.org\nTo: list\nSubject: x\n\nthe text", "o q1 q1 q1 q1 q1 q1"},
		{"a sender wrapped", "Fine.\n\nFrom: list-bounces at example.org\n[mailto:list-bounces at example.org] On Behalf Of Ann\nSent: Monday\nSubject: x\n\nthe text", "o o q1 q1 q1 q1 q1 q1"},
		{"a pasted mail", "I found this:\nDate: Mon, 4 Jan 2021 10:00:00 +0100\nFrom: ann at example.org\nTo: list\nSubject: x\nand tried it", "o o o o o o"},
		{"settings right below", "These do:\nFrom: 10\nTo: 20\nDate: today\nyes", "o o o o o"},
		{"below a greeting", "Hi all,\n\nOn 4 Jan 2021 at 10:00, Ann Other wrote:\n\n    this is news\n\nIt is not.", "o o o o o o o"},
		{"an article that quotes", "Tapes were lost.\n\nOn January 4, 2021, the clinic wrote:\n\nWe lost tapes.\n\nNobody found them.", "o o o o o o o"},
		{"an article that gives a time", "Tapes were lost.\n\nAt 10:00 the clinic said:\n\nWe lost tapes.\n\nNobody found them.", "o o o o o o o"},
		{"bars", "On Monday, Ann wrote:\n| hi\n| | ho\n|\nyes\n| bye\nno", "q1 q1 q2 q1 o q1 o"},
		{"a table", "On Monday, Ann wrote:\n| a | b |\n| 1 | 2 |\nyes", "o o o o"},
		{"bars that nobody introduced", "the output:\n| hi\n| ho\nyes", "o o o o"},
		{"headers introduced", "I agree.\n\n--- On Mon, 1/4/21, Ann Other <ann at example.org> wrote:\n\nFrom: Ann Other\nSubject: x\nTo: list\n\nthe text", "o o q1 q1 q1 q1 q1 q1 q1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shape(Split(tt.text, "")); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
