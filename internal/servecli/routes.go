package servecli

import (
	"log/slog"
	"net/http"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/web"
	"github.com/bxsearch/bxsearch/internal/web/api"
	"github.com/bxsearch/bxsearch/internal/web/mcp"
	"github.com/bxsearch/bxsearch/internal/web/serve"
	"github.com/bxsearch/bxsearch/internal/web/status"
	"github.com/bxsearch/bxsearch/search"
)

// routes are all handlers and where they are. The patterns are the names that
// figures have, too.
func (o *options) routes(s *search.Searcher, opts *search.Options, k *status.Keeper, log *slog.Logger) ([]serve.Route, error) {
	data := api.New(api.Config{Searcher: s, Options: opts, Status: k, Links: o.links, Title: o.title, Origins: o.origins, Log: log})
	pages, err := web.New(web.Config{Searcher: s, Options: opts, Status: k, Links: o.links, Title: o.title, Version: cli.Version(), API: data, Log: log})
	if err != nil {
		return nil, err
	}
	var all []serve.Route
	for _, pattern := range []string{"/", "/search", "/m/", "/mid/", "/t/", "/l/", "/p/", "/help"} {
		all = append(all, serve.Route{Pattern: pattern, Handler: http.Handler(pages)})
	}
	for _, pattern := range api.Patterns() {
		all = append(all, serve.Route{Pattern: pattern, Handler: data})
	}
	all = append(all, serve.Route{Pattern: "/watch/", Handler: &alert.Feeds{Dir: *o.data, Links: o.links, Log: log}})
	tools := mcp.New(mcp.Config{Searcher: s, Options: opts, Status: k, Links: o.links, Version: cli.Version(), Log: log})
	all = append(all, serve.Route{Pattern: "/mcp", Handler: tools.Handler()})
	return append(all, serve.Route{Pattern: "/static/", Handler: pages, Static: true}), nil
}
