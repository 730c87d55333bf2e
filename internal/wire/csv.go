package wire

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/search"
)

// WriteCSV writes hits as RFC 4180 has it, but for its line ends, below a line
// with the names of the columns. It ends at the first error of either side.
func WriteCSV(w io.Writer, hits iter.Seq2[search.Hit, error]) error {
	out := csv.NewWriter(w)
	// What cannot be written shows at the Flush.
	_ = out.Write([]string{"rank", "date", "list", "from_name", "from_address", "subject", "url", "id", "message_id"})
	for h, err := range hits {
		if err != nil {
			return err
		}
		if err := out.Write(csvRow(&h)); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(h *search.Hit) []string {
	m := h.Message
	date := ""
	if !m.Date.IsZero() {
		date = m.Date.Format(time.RFC3339)
	}
	row := []string{strconv.Itoa(h.Rank), date, m.List, m.FromName, m.FromAddress, m.Subject, m.URL, string(m.ID), m.MessageID}
	for i := range row {
		row[i] = Cell(row[i])
	}
	return row
}

// Cell makes text from strangers safe in a spreadsheet: on one line, and with
// an apostrophe before what would make a formula of it.
//
// QUIRK: M4, a subject such as =HYPERLINK("http://…") runs when the file is
// opened. Spreadsheets of many countries take ";" for the end of a cell, so what
// is behind one begins a cell too.
func Cell(s string) string {
	var b strings.Builder
	begins := true
	for _, r := range neutral.OneLine(s) {
		if begins && strings.ContainsRune("=+-@＝＋－＠", r) {
			b.WriteByte('\'')
		}
		begins = r == ';' || begins && (r == ' ' || r == '"')
		b.WriteRune(r)
	}
	return b.String()
}
