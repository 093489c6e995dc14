# Juri: everything a developer runs. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

# Tests run on every core. Tests that need a server, a browser or patience are left to `make test`.
PARALLEL ?= -n auto --dist worksteal
PATIENT := slow or browser or postgres
QUICK := not ($(PATIENT))
# Neither are these unit tests: commands and pages, each played through on a database.
STORIES := tests/commands tests/demo tests/web

# What tests write may be lost, so it goes to memory where there is plenty: SQLite waits for the disk at every commit.
MEMORY := $(shell df --output=target,avail --block-size=1G /dev/shm 2> /dev/null | awk '$$1 == "/dev/shm" && $$2 >= 4 {print $$1}')
test check: export PYTEST_DEBUG_TEMPROOT := $(MEMORY)

# These two may have no untested branch: who wins and who may see are decided there.
EXACT := core/scoring/*,core/policy.py

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: .venv/.installed ## Set up what is missing, play the demonstration (once), and serve the pages; PORT=8001 elsewhere.
	@$(BIN)/juri demo
	@$(BIN)/juri serve --port $(PORT)

.PHONY: test
test: lint ## Run everything: the checks, all tests on both databases, the built wheel, the coverage gates.
	@$(BIN)/coverage erase
	@$(BIN)/pytest $(PARALLEL) -rs -m '$(QUICK)' --cov --cov-report=term:skip-covered --cov-fail-under=95
	@$(BIN)/coverage report --include='$(EXACT)' --fail-under=100 --show-missing > .exact_coverage.log || { cat .exact_coverage.log; exit 1; }
	@tests/with-postgres $(BIN)/pytest $(PARALLEL) -rs -m '$(PATIENT)' # uncounted: counting doubles the time

.PHONY: check
check: lint ## Run the quick checks: format, lint, types, layers, unit tests (under 90 seconds).
	@$(BIN)/pytest $(PARALLEL) -q -m '$(QUICK)' $(STORIES:%=--ignore=%)

.PHONY: lint
lint: .venv/.installed
	@$(BIN)/ruff format --check --quiet . || { echo 'not formatted: run $(BIN)/ruff format .'; exit 1; }
	@$(BIN)/ruff check --quiet --output-format=concise .
	@$(BIN)/mypy
	@$(BIN)/lint-imports > .import_linter.log || { cat .import_linter.log; exit 1; }

PARTS ?= table command_line pages

.PHONY: bench
bench: .venv/.installed .venv-bench/.installed ## Measure what we promise about time, beside what people use instead; PARTS=table only that.
	@kept=0; for part in $(PARTS); do $(BIN)/python bench/$$part.py || kept=1; done; exit $$kept

# Labels that are looked up when they are shown are marked by the lazy functions, which pybabel does not know by itself.
KEYWORDS := -k lazy_gettext -k lazy_pgettext:1c,2 -k later
CATALOGUES := webapp/translations
POT ?= .messages.pot

.PHONY: translations
translations: messages ## Bring the catalogues up to what pages and forms say, and compile them.
	@$(BIN)/pybabel -q update -d $(CATALOGUES) -i $(POT) --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	@$(BIN)/pybabel -q compile -d $(CATALOGUES) --statistics
	@rm -f $(POT)

.PHONY: messages
messages:
	@$(BIN)/pybabel -q extract -F babel.cfg $(KEYWORDS) --no-location --sort-output --no-wrap -o $(POT) webapp

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(LOCK_FLAGS)

.PHONY: lock
lock: .venv/.installed ## Pin every dependency anew, with hashes; LOCK_FLAGS=--upgrade takes the newest that fit.
	@$(COMPILE) --extra pg --extra oidc --output-file requirements.lock setup.cfg requirements-dev.in
	@$(COMPILE) --output-file requirements-bench.lock requirements-bench.in

.PHONY: clean
clean: ## Remove what can be made again: the environment, caches, builds. The data in var/ stays.
	@rm -rf .venv .venv-bench build dist ./*.egg-info .coverage* .exact_coverage.log .import_linter* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find core plugins rubrics webapp tests -name __pycache__ -prune -exec rm -rf {} +

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo 'Juri needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
	    echo 'Python lacks the venv module; on Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@echo 'Making the environment in .venv (the first time takes a minute or two) ...'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.locked: .venv/.created requirements.lock
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/.installed: .venv/.locked setup.cfg pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q core plugins rubrics webapp # a first start as quick as the second
	@touch $@

# What we compare ourselves with, apart from what we need.
.venv-bench/.installed: requirements-bench.lock | .venv/.created
	@echo 'Making the environment of the benchmark in .venv-bench (once) ...'
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check --quiet --quiet install --require-hashes -r $<
	@touch $@
