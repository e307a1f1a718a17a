# Annai: what one types. `make run` shows the example site with its relay,
# `make test` proves everything.

SHELL   := bash
GO      ?= go
CONTENT ?= content
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo dev)
BIN     := .work/bin

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: help run build setup test lint vulncheck race fuzz conformance test-faults bench bench-markdown bench-relay eval-search weigh pictures clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

run: programs ## build content/ to public/, serve it with the relay and the desk on loopback
	$(BIN)/annai build $(CONTENT) -o public --base-url http://127.0.0.1:8080 --relay-url /
	$(BIN)/annai-relay serve --site public --store sqlite://$(CURDIR)/.work/relay.db --listen 127.0.0.1:8080

.PHONY: programs
programs:
	@mkdir -p $(BIN)
	$(GO) build -o $(BIN)/ ./cmd/annai ./cmd/annai-relay

build: ## both programs as they are released: static, without paths of this machine
	@mkdir -p $(BIN)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN)/ ./cmd/annai ./cmd/annai-relay

setup: ## install what the tests need (Debian packages)
	@.ci/setup

test: setup lint ## everything that must hold
	$(GO) test -timeout 19m ./...
	$(MAKE) --no-print-directory race fuzz FUZZTIME=3s vulncheck

lint: ## go vet, gofmt, staticcheck
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

vulncheck: ## known holes in what we use; needs the Go vulnerability database
	@out=$$($(GO) run $(GOVULNCHECK) ./... 2>&1); code=$$?; \
	if [ $$code -eq 0 ] || [ $$code -eq 3 ]; then echo "$$out"; exit $$code; fi; \
	if grep -qE 'vuln\.go\.dev|fetching vulnerabilities' <<<"$$out"; then echo "govulncheck: the database can't be reached from here; nothing was checked"; else echo "$$out"; exit $$code; fi

RACE := ./internal/... ./form ./policy ./markdown ./themes ./search ./relay ./relay/guard ./relay/attachment
race: ## the tests of what runs in parallel, under the race detector
	$(GO) test -race -short -timeout 15m $(RACE)
	$(GO) test -race -short -timeout 15m ./site -run 'Warm|Publish|Stale|Corpora'

FUZZTIME ?= 60s
fuzz: ## every fuzz target, FUZZTIME each
	@set -eo pipefail; for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep ^Fuzz || true); do \
			echo "$$package $$target"; \
			$(GO) test $$package -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x | grep -vE '^fuzz: elapsed'; \
		done; \
	done

conformance: ## docfx's cases, or CASES=FILE: pass per construct
	CASES=$(abspath $(CASES)) $(GO) test ./markdown/conformance -run Conformance -count=1 -v

test-faults: ## the long run: kill -9, power cut, full disk, locked database, receivers that misbehave
	ANNAI_FAULTS=long $(GO) test -count=1 -v -timeout 30m -run 'TestFault|TestModel|TestSchedule' ./relay/store

bench: ## annai beside Hugo, Pagefind and a floor program, BENCH_PAGES=N articles, BENCH_FLAGS="-only cold,edit"
	npm install --prefix $(EVAL) --no-audit --no-fund --no-package-lock pagefind@1.6.0
	$(GO) run ./internal/bench -pages $(or $(BENCH_PAGES),10000) -pagefind $(EVAL)/node_modules/.bin/pagefind $(BENCH_FLAGS)

bench-markdown: ## our parser beside plain goldmark with GFM, on the corpora
	$(GO) test ./markdown -run '^$$' -bench Corpus -benchtime 5x

bench-relay: ## accepted and durable per second, beside the floor and beside one transaction per request
	ANNAI_BENCH=6 $(GO) test -count=1 -v -timeout 20m -run TestBench ./relay/store

EVAL := .work/eval
eval-search: ## search beside MiniSearch and Pagefind; CONTENT=DIR QUERIES=FILE LOCALE=… LIMIT=200 ENGINES=node,… for less
	@mkdir -p $(EVAL)
	npm install --prefix $(EVAL) --no-audit --no-fund --no-package-lock minisearch@7.2.0 pagefind@1.6.0
	$(GO) run ./search/eval -modules $(EVAL) -content $(if $(filter file,$(origin CONTENT)),../shared/corpus,$(CONTENT)) -engines $(or $(ENGINES),node,minisearch,pagefind,chromium) \
		$(if $(QUERIES),-queries $(QUERIES)) $(if $(LOCALE),-locale $(LOCALE)) $(if $(LIMIT),-limit $(LIMIT))

weigh: ## what one article sends, with the sidebar of 352, beside other generators
	$(GO) test ./e2e -count=1 -v -run TestWeight

pictures: ## screenshots of every kind of page to e2e/shots, and the README's two
	$(GO) test ./e2e -count=1 -run TestPictures
	mkdir -p docs/pictures && cp e2e/shots/readme-*.png docs/pictures/

clean: ## what was built
	rm -rf .work public/* public.cache
