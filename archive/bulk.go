package archive

import (
	"encoding/hex"
	"encoding/json"
	"slices"
)

// A group that is new, or changed at many places, is stored with a few queries
// over all of it instead of several for each message.

// bulkLeast is from how many rows on one query over all of them pays.
const bulkLeast = 16

// bulkMost bounds the keys of one query.
const bulkMost = 1000

// shelf has what is held of the bases of a group, read at once.
type shelf struct {
	sources  map[key][]source
	messages map[key]map[key]*messageRow
}

// fill reads the shelf if most of the group's bases changed.
func (s *storing) fill(g *parsedGroup) (shelf, error) {
	var out shelf
	if len(s.bases) < bulkLeast || len(g.sources) > 4*len(s.bases) {
		return out, nil
	}
	where := `WHERE s.base IN (SELECT base FROM source WHERE grp = ?1)`
	if len(s.added) == len(g.sources) {
		where += ` AND s.grp <> ?1` // those are at hand
	}
	sources, err := s.storedSources(where, g.group.id)
	if err != nil {
		return out, err
	}
	if len(s.added) == len(g.sources) {
		sources = append(sources, s.added...)
	}
	out.sources = make(map[key][]source, len(sources))
	for _, o := range sources {
		out.sources[o.base] = append(out.sources[o.base], o)
	}
	const in = ` IN (SELECT base FROM source WHERE grp = ?1)`
	out.messages, err = s.messagesBy(`WHERE id`+in+` UNION ALL `+selectMessage+`WHERE base`+in, g.group.id)
	return out, err
}

// held returns what there is of a base.
func (s *storing) held(base key, on shelf) ([]source, map[key]*messageRow, error) {
	if sources := on.sources[base]; sources != nil {
		return sources, on.messages[base], nil
	}
	sources, err := s.storedSources(`WHERE s.base = ?`, base[:])
	if err != nil {
		return nil, nil, err
	}
	old, err := s.messagesOf(base)
	return sources, old, err
}

// groupPages reads the IDs of a group's pages, by URL.
func (s *storing) groupPages(grp int64) (map[string]int64, error) {
	rows, err := s.t.query(`SELECT url, id FROM page WHERE grp = ?`, grp)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[string]int64)
	for rows.Next() {
		var url string
		var id int64
		if err := rows.Scan(&url, &id); err != nil {
			return nil, err
		}
		out[url] = id
	}
	return out, rows.Err()
}

// linked returns the messages that hang on any of the links.
func (h *threading) linked(links []int64) ([]key, error) {
	var out []key
	for part := range slices.Chunk(links, bulkMost) {
		list, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		ids, err := h.ids(`SELECT m.id FROM json_each(?) j CROSS JOIN link ON link.key = j.value JOIN message m ON m.n = link.message
			WHERE m.gone IS NULL`, string(list))
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

// children returns the messages right below each of ids, oldest row first.
func (h *threading) children(ids []key) (map[key][]key, error) {
	out := make(map[key][]key)
	for part := range slices.Chunk(ids, bulkMost) {
		names := make([]string, len(part))
		for i, id := range part {
			names[i] = hex.EncodeToString(id[:])
		}
		list, err := json.Marshal(names)
		if err != nil {
			return nil, err
		}
		if err := h.addChildren(out, string(list)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (h *threading) addChildren(out map[key][]key, parents string) error {
	rows, err := h.s.t.query(`SELECT m.parent, m.id FROM json_each(?) j CROSS JOIN message m ON m.parent = unhex(j.value) ORDER BY m.n`, parents)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var parent, id []byte
		if err := rows.Scan(&parent, &id); err != nil {
			return err
		}
		out[keyOf(parent)] = append(out[keyOf(parent)], keyOf(id))
	}
	return rows.Err()
}
