package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/index"
)

// knownItem is a query, and the one message that it should find first.
type knownItem struct {
	Query     string `json:"query"`
	MessageID string `json:"message_id"`
}

// variants are the ranking, and what it is without some of its parts.
var variants = []struct {
	name  string
	query func(words []string) index.Query
}{
	{"bxsearch", func(w []string) index.Query { return all(w, index.Word{}) }},
	{"without nearness", func(w []string) index.Query { return index.And{all(w, index.Word{})} }}, // it is of the words at the top
	{"without stems, synonyms and compounds", func(w []string) index.Query { return all(w, index.Word{Exact: true}) }},
	{"own words only", func(w []string) index.Query { return all(w, index.Word{Field: index.FieldBody}) }},
}

func all(words []string, like index.Word) (q index.And) {
	for _, w := range words {
		like.Text = w
		q = append(q, like)
	}
	return q
}

// ranking searches for known items: $BX_RANKING has a file "<list>.jsonl" of
// them for each list of $BX_SITES. A message that is held twice counts once.
func ranking(b *bench, work string) error {
	files, err := filepath.Glob(filepath.Join(os.Getenv("BX_RANKING"), "*.jsonl"))
	if err != nil || len(files) == 0 || os.Getenv("BX_SITES") == "" {
		return errors.New("set BX_RANKING and BX_SITES: see internal/bench/ranking.go")
	}
	sites := os.Getenv("BX_SITES")
	if sub := filepath.Join(sites, "pipermail"); exists(sub) {
		sites = sub
	}
	base, stop := fixtures.Serve(fixtures.Handler(os.DirFS(sites), nil))
	defer stop()
	fmt.Println("| list | ranking | MRR@10 | hit@1 | hit@10 |\n|---|---|---|---|---|")
	for _, file := range files {
		list := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		b.data = filepath.Join(work, list, "data")
		if _, err := b.command("bxcrawl", "--delay", "0", "--parallel", "16", "--attachments", "none", "--quiet", base+"/"+list+"/"); err != nil {
			return err
		}
		if err := b.rankList(list, file); err != nil {
			return fmt.Errorf("%s: %w", list, err)
		}
	}
	return nil
}

func (b *bench) rankList(list, file string) error {
	items, err := readItems(file)
	if err != nil {
		return err
	}
	a, err := archive.Open(b.data, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	mids := map[string]string{}
	for m, err := range a.Messages(b.ctx, archive.Filter{}) {
		if err != nil {
			return err
		}
		mids[string(m.ID)] = m.MessageID
	}
	e, err := index.OpenBleve(filepath.Join(b.data, "index"), nil)
	if err != nil {
		return err
	}
	defer e.Close()
	for _, v := range variants {
		err := score(list, v.name, items, mids, func(words []string) ([]string, error) {
			return askIndex(b.ctx, e, v.query(words))
		})
		if err != nil {
			return err
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(filepath.Dir(b.data), "fts5.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := b.fillFTS5(db); err != nil {
		return err
	}
	return score(list, "SQLite FTS5 (porter), bm25", items, mids, func(words []string) ([]string, error) { return idsFTS5(db, words) })
}

func readItems(file string) (out []knownItem, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var item knownItem
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, lines.Err()
}

func askIndex(ctx context.Context, e index.Engine, q index.Query) (ids []string, err error) {
	res, err := e.Search(ctx, &index.Request{Query: q, Limit: 30})
	if err != nil {
		return nil, err
	}
	for _, h := range res.Hits {
		ids = append(ids, string(h.ID))
	}
	return ids, nil
}

func idsFTS5(db *sql.DB, words []string) (ids []string, err error) {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
	}
	rows, err := db.Query(`SELECT id FROM m WHERE m MATCH ? ORDER BY bm25(m) LIMIT 30`, strings.Join(quoted, " AND "))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// score prints how high a ranking has the items that are wanted.
func score(list, name string, items []knownItem, mids map[string]string, ask func(words []string) ([]string, error)) error {
	var mrr, hit1, hit10 float64
	for _, item := range items {
		ids, err := ask(strings.Fields(item.Query))
		if err != nil {
			return fmt.Errorf("query %q: %w", item.Query, err)
		}
		seen := map[string]bool{}
		for _, id := range ids {
			seen[mids[id]] = true
			if mids[id] == item.MessageID && len(seen) <= 10 {
				mrr += 1 / float64(len(seen))
				hit10++
				if len(seen) == 1 {
					hit1++
				}
			}
			if mids[id] == item.MessageID {
				break
			}
		}
	}
	n := float64(len(items))
	_, err := fmt.Printf("| %s | %s | %.3f | %.3f | %.3f |\n", list, name, mrr/n, hit1/n, hit10/n)
	return err
}
