package searchcli

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/bxsearch/bxsearch/search"
)

// writeCSV writes hits as RFC 4180 has it, but for its line ends, below a line
// with the names of the columns.
func writeCSV(w io.Writer, hits []search.Hit) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"rank", "date", "list", "from_name", "from_address", "subject", "url", "id", "message_id"}}
	for i := range hits {
		rows = append(rows, csvRow(&hits[i]))
	}
	return out.WriteAll(rows)
}

func csvRow(h *search.Hit) []string {
	m := h.Message
	date := ""
	if !m.Date.IsZero() {
		date = m.Date.Format(time.RFC3339)
	}
	row := []string{strconv.Itoa(h.Rank), date, m.List, m.FromName, m.FromAddress, m.Subject, m.URL, string(m.ID), m.MessageID}
	for i := range row {
		row[i] = cell(row[i])
	}
	return row
}

// cell makes text from strangers safe in a spreadsheet: on one line, and with
// an apostrophe before what would make a formula of it.
//
// QUIRK: M4, a subject such as =HYPERLINK("http://…") runs when the file is
// opened. Spreadsheets of many countries take ";" for the end of a cell, so what
// is behind one begins a cell too.
func cell(s string) string {
	var b strings.Builder
	begins := true
	for _, r := range cli.OneLine(s) {
		if begins && strings.ContainsRune("=+-@＝＋－＠", r) {
			b.WriteByte('\'')
		}
		begins = r == ';' || begins && (r == ' ' || r == '"')
		b.WriteRune(r)
	}
	return b.String()
}
