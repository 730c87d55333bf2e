package web

import "net/http"

// example is a query to try, and what it does.
type example struct{ Query, Says string }

// topic is a part of the help.
type topic struct {
	ID, Title, Text string
	Examples        []example
}

// examples are for those who have not searched yet.
func examples() []example {
	return []example{
		{`"data breach" hospital`, "a phrase and a word"},
		{`ransomware -healthcare after:2020`, "without a word, since a year"},
		{`subject:(patch OR advisory)`, "alternatives, in the subject"},
		{`password NEAR/5 stolen`, "words near each other"},
		{`has:cve date:last.year`, "names a vulnerability, of last year"},
	}
}

// help tells how to ask; docs/query.md is the whole language.
func (s *Site) help(w http.ResponseWriter, r *http.Request) (*page, error) {
	if s.unchanged(w, r) {
		return nil, nil
	}
	return &page{Name: "help", Title: "How to search", Body: topics(), Canonical: s.links(r).Absolute(s.cfg.Links.Help())}, nil
}

func topics() []topic {
	return []topic{
		{"words", "Words", "Every word must be there, in any order: in the subject, the text, an attachment, or the sender's name. Capitals, accents and word endings make no difference, nor does a hyphen in a compound.", []example{
			{`stolen laptop`, "both words"},
			{`multifactor`, "also multi-factor and multi factor, and what means the same"},
			{`"data breach"`, "these words next to each other, in this order"},
			{`=leaks`, "the word as it is written, no other form of it"},
			{`ransom*`, "words that begin so"},
			{`hosptal~`, "words that differ by a letter or two"},
		}},
		{"together", "Combined", "OR binds less than the space between words. Operators are capitals.", []example{
			{`hospital OR clinic`, "either, or both"},
			{`stolen (hospital OR clinic)`, "parentheses first"},
			{`stolen -laptop`, "without a word; NOT laptop is the same"},
			{`patient NEAR/5 stolen`, "at most five words apart"},
			{`patient ADJ/5 stolen`, "the same, in this order"},
		}},
		{"fields", "Fields", "A field looks into one part of a message. A word, a phrase or parentheses follow it.", []example{
			{`subject:advisory`, "the subject"},
			{`body:password`, "what the sender wrote; quoted: is what was quoted"},
			{`from:smith`, "name or address of the sender; author:\"Ann Lee\" is the whole name"},
			{`attachment:invoice`, "names and text of attachments"},
			{`outlet:example.com`, "whose article was posted"},
			{`host:example.com`, "links to this site"},
			{`cve:2021-44228`, "names a vulnerability; cve:2021 is all of a year"},
			{`has:attachment`, "also has:link, has:cve, has:html"},
			{`is:starter`, "begins a thread; is:reply answers"},
			{`lang:german`, "in a language"},
		}},
		{"dates", "Dates", "A year, a month or a day, or words for one.", []example{
			{`after:2021 before:2022`, "from the first moment of 2021 to the last of 2022"},
			{`date:2021-03`, "a month"},
			{`date:2020-11..2021-02`, "from the beginning of one to the end of the other"},
			{`date:2w..`, "the last two weeks"},
			{`date:last.month`, "also yesterday, monday, march, this.year"},
		}},
		{"threads", "Threads", "Between the braces stands a whole query.", []example{
			{`thread:{from:smith}`, "all of the threads in which Smith wrote"},
			{`is:starter -thread:{is:reply}`, "what nobody answered"},
		}},
	}
}
