package feed

import (
	"encoding/json"
	"fmt"
	"io"
)

// jsonFeed has the names of https://www.jsonfeed.org/version/1.1/.
type jsonFeed struct {
	Version     string     `json:"version"`
	Title       string     `json:"title"`
	Description string     `json:"description,omitempty"`
	Page        string     `json:"home_page_url,omitempty"`
	Self        string     `json:"feed_url,omitempty"`
	Next        string     `json:"next_url,omitempty"`
	Items       []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string       `json:"id"`
	Page      string       `json:"url,omitempty"`
	External  string       `json:"external_url,omitempty"`
	Title     string       `json:"title"`
	Content   string       `json:"content_text"`
	Summary   string       `json:"summary,omitempty"`
	Published string       `json:"date_published,omitempty"`
	Modified  string       `json:"date_modified,omitempty"`
	Authors   []jsonPerson `json:"authors"`
	Tags      []string     `json:"tags,omitempty"`
}

type jsonPerson struct {
	Name string `json:"name"`
}

// JSON writes the feed as JSON Feed 1.1 has it.
func (f *Feed) JSON(w io.Writer) error {
	out := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: title(f.Title, "untitled"), Description: title(f.Subtitle, ""),
		Page: web(f.Page), Self: web(f.Self), Next: web(f.Next), Items: []jsonItem{},
	}
	for i := range f.Items {
		out.Items = append(out.Items, f.Items[i].json())
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("write a JSON feed: %w", err)
	}
	return nil
}

func (i *Item) json() jsonItem {
	out := jsonItem{
		ID: i.ID, Page: web(i.Page), External: web(i.Article), Title: title(i.Title, "(no subject)"), Content: content(i.Content),
		Summary: title(i.Summary, ""), Authors: []jsonPerson{{i.author()}},
	}
	if out.External == "" {
		out.External = web(i.Original)
	}
	out.Published, _ = i.published()
	if out.Modified, _ = i.updated(); out.Modified == out.Published {
		out.Modified = ""
	}
	for _, tag := range i.Tags {
		if tag = title(tag, ""); tag != "" {
			out.Tags = append(out.Tags, tag)
		}
	}
	return out
}
