# `make` builds bin/bxcrawl, bin/bxsearch and bin/bxserve, `make demo` shows them at work,
# `make check` is what CI runs.
prefix ?= /usr/local
comma  := ,
QUERY  ?= multifactor authentication
export CGO_ENABLED = 0

build: ; go build -o bin/ ./cmd/...
test: ; go test ./...
check: lint race
race: ; CGO_ENABLED=1 go test -race -shuffle=on ./...
lint: ; @.ci/lint
fuzz: ; @.ci/fuzz $(or $(FUZZTIME),10s)
bench: build peers ; go run ./internal/bench
# Known items of $BX_RANKING over the archives in $BX_SITES, beside FTS5, and with parts of the ranking left out.
bench-ranking: build ; go run ./internal/bench -ranking
# bxserve under wrk, over 200,000 generated messages, and twisted-web of $BX_SITES.
bench-serve: build ; go run ./internal/bench -serve $(or $(SPAN),20s) -generated $(or $(MESSAGES),200000) -connections $(or $(CONNECTIONS),64) -data "$(DATA)"
# The index in OpenSearch beside the embedded one, over generated messages: bulk, memory, searches. `make opensearch-up` first.
bench-opensearch: build ; go run ./internal/bench -opensearch $(or $(BX_OPENSEARCH),http://127.0.0.1:$(or $(PORT),9200)) $(if $(SIZES),-sizes $(SIZES)) -data "$(DATA)"
# How so many watches are asked about 499 new messages: one by one, and those that OpenSearch chooses.
bench-watches: build ; go run ./internal/bench -opensearch $(or $(BX_OPENSEARCH),http://127.0.0.1:$(or $(PORT),9200)) -watches $(or $(WATCHES),1000$(comma)10000$(comma)100000)
# The site in headless Chromium; pictures are left in bin/screenshots.
browser: ; @.ci/browser
# OpenSearch from Maven Central on loopback: N nodes, by PORT and HEAP if need be; its addresses are printed.
opensearch-up: ; @OS_PORT=$(or $(PORT),9200) OS_HEAP=$(or $(HEAP),512m) .ci/cluster up $(or $(N),1)
opensearch-down: ; @OS_PORT=$(or $(PORT),9200) .ci/cluster down
# Alerts delivered to aiosmtpd, with STARTTLS and AUTH.
smtp: ; @.ci/smtp
# The tests that need a cluster, over one of three nodes that is started and ended for them.
opensearch: ; @.ci/opensearch
# What bench compares with; without Python it goes on without.
peers: ; @test -x bin/peers/bin/perceval || { python3 -m venv bin/peers && bin/peers/bin/pip install -q perceval==1.6.1; } || echo "Perceval is left out" >&2
# SERVE=--serve leaves the site up until Ctrl-C.
demo: build ; go run ./internal/demo $(SERVE) bin "$(QUERY)"
docs: ; go run ./internal/man bin/share
install: build docs
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(prefix)/share
	install bin/bxcrawl bin/bxsearch bin/bxserve $(DESTDIR)$(prefix)/bin
	cp -R bin/share/. $(DESTDIR)$(prefix)/share
clean: ; rm -rf bin cover.out

.PHONY: build test check race lint fuzz bench bench-ranking bench-serve bench-opensearch bench-watches peers demo docs install clean browser smtp opensearch opensearch-up opensearch-down
