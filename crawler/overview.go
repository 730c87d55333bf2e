package crawler

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// Overview returns the lists that a site shows on its listinfo page, which is
// at siteURL or, if that is a mere host, where Mailman has it. Robots.txt and
// Config.Delay are heeded; Config.Archive is not needed. Where the archives
// are is known for sure of the first public list only, whose own page is asked
// for; the others' are where they would be by that example.
func Overview(ctx context.Context, cfg Config, siteURL string) ([]pipermail.Offer, error) {
	cfg = cfg.withDefaults()
	u, err := url.Parse(strings.TrimSpace(siteURL))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("%q is no URL of a site: it must begin with http:// or https://", siteURL)
	case strings.Trim(u.Path, "/") == "":
		u.Path = "/mailman/listinfo"
	}
	f := newFetcher(ctx, cfg, newGates(cfg))
	s := site{fetch: f}
	if s.robots, err = f.robots(ctx, u.String()); err != nil {
		return nil, err
	}
	p, err := s.page(ctx, u.String())
	if err != nil {
		return nil, err
	}
	if archive := pipermail.ArchiveLink(p); archive != "" && !isOverview(p) {
		return []pipermail.Offer{{Name: pipermail.ListName(archive), InfoURL: p.URL, ArchiveURL: archive}}, nil
	}
	offers := pipermail.ParseOverview(p)
	if len(offers) == 0 {
		_, err := pipermail.ParseListIndex(p)
		return nil, otherPage("overview of a site's lists", err)
	}
	return offers, s.place(ctx, offers)
}

// site is a site whose overview is read.
type site struct {
	fetch  *fetcher
	robots *robots
}

func (s site) page(ctx context.Context, url string) (pipermail.Page, error) {
	if !s.robots.allows(url) {
		return pipermail.Page{}, &FetchError{URL: url, Err: errDisallowed}
	}
	p, err := s.fetch.get(ctx, url, validators{}, nil)
	return pipermail.Page{URL: finalURL(p.final, url), ContentType: p.contentType, Body: p.body}, err
}

// isOverview tells a site's overview, with its lists in it, from the page of
// one list, which may link others.
func isOverview(p pipermail.Page) bool {
	path, _, _ := strings.Cut(p.URL, "?")
	return strings.HasSuffix(strings.TrimSuffix(path, "/"), "/listinfo")
}

// place corrects the archives' places by the page of the first list. What
// cannot be had there leaves the guess.
func (s site) place(ctx context.Context, offers []pipermail.Offer) error {
	first := offers[0]
	p, err := s.page(ctx, first.InfoURL)
	if err != nil {
		return ctx.Err()
	}
	link := pipermail.ArchiveLink(p)
	if link == "" {
		return nil
	}
	offers[0].ArchiveURL = link
	prefix, ok := strings.CutSuffix(link, "/"+first.Name+"/")
	if !ok || strings.Contains(prefix, "/private") {
		return nil
	}
	for i := range offers {
		offers[i].ArchiveURL = prefix + "/" + url.PathEscape(offers[i].Name) + "/"
	}
	return nil
}
