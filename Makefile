# Everything a developer does twice. Needs python3 >= 3.11 and make; the rest installs itself into
# .venv, in the versions that requirements/ pins.

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
INTO_VENV := --quiet --python $(BIN)/python
LOCK := -q --universal --python-version 3.11 --generate-hashes --no-header
LOCKED := --compile-bytecode --require-hashes -r requirements/build.txt
PORT ?= 8000
OUT ?= site

.DEFAULT_GOAL := site

.PHONY: help site rebuild serve bundle crawl audit test check coverage lint format commands bench study lock clean

help: ## say what each of these commands does
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

site: .venv/site-installed ## build the static site into site/, unless it is up to date
	$(BIN)/python -m build_site --out site

rebuild: .venv/site-installed ## the same for cron and timers: docs/rebuild.md
	@$(BIN)/python -m build_site rebuild --out "$(OUT)" $(if $(LOG),--log "$(LOG)")

serve: site ## show the site at http://localhost:8000, or at another PORT=N
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory site $(PORT)

bundle: site ## pack the site into one file to carry away, dist/hyperatlas-VERSION-DATE.zip
	$(BIN)/python -m build_site bundle site --out dist

test: .venv/dev-installed .venv/browser-found ## run all tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

# What differs from main, or has just been changed, decides which tests are run.
check: lint .venv/browser-found ## style, types, and the tests of what you changed
	$(BIN)/python tests/project/changed.py

coverage: .venv/dev-installed .venv/browser-found ## run all tests and say which code none of them reaches
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --cov --cov-report=term-missing

crawl: site .venv/browser-found ## follow every link of the site in Chromium; print what is wrong
	$(BIN)/python tests/benchmarks/crawling.py site

# Strict: a package that PyPI does not answer for is a failure, not a warning. The lock of dev holds
# all that the site's does.
audit: .venv/dev-installed ## ask PyPI for known weaknesses of what requirements/ pins
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		--requirement requirements/dev.txt --requirement requirements/bench.txt \
		--requirement requirements/build.txt --requirement requirements/uv.txt

lint: .venv/dev-installed ## style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet .github/workflows

format: .venv/dev-installed ## put the code into the project's style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

commands: .venv/dev-installed ## write COMMANDS.md from what the commands say of themselves
	$(BIN)/python tests/project/commands.py

bench: .venv/bench-installed .venv/browser-found ## measure engine and pages; writes bench.json
	PYTHONPATH=tests/train $(BIN)/python tests/benchmarks
	$(BIN)/python tests/benchmarks/importing.py
	$(BIN)/python tests/benchmarks/pages.py

study: .venv/dev-installed ## train the shipped study and export it; OPTIONS="--hours 8"
	$(BIN)/python -m train study data/cnn.study.toml $(OPTIONS)

lock: .venv/uv-installed ## choose the newest versions that pyproject.toml allows
	$(UV) pip compile $(LOCK) --upgrade --extra train --extra cluster --extra dev pyproject.toml \
		-o requirements/dev.txt
	$(UV) pip compile $(LOCK) -c requirements/dev.txt pyproject.toml -o requirements/site.txt
	$(UV) pip compile $(LOCK) -c requirements/dev.txt --extra bench pyproject.toml -o requirements/bench.txt
	$(UV) pip compile $(LOCK) -c requirements/dev.txt --upgrade --group build -o requirements/build.txt
	$(UV) pip compile $(LOCK) --upgrade --group installer -o requirements/uv.txt

clean: ## remove what these commands made
	rm -rf .venv site site.previous dist .site-* bench.json .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/uv-installed: requirements/uv.txt
	$(PYTHON) -c 'import sys; sys.exit("Hyperatlas needs Python 3.11 or newer: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.venv/site-installed: requirements/site.txt requirements/build.txt pyproject.toml | .venv/uv-installed
	$(UV) pip install $(INTO_VENV) $(LOCKED) -r requirements/site.txt
	$(UV) pip install $(INTO_VENV) --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev-installed: requirements/dev.txt requirements/build.txt pyproject.toml | .venv/uv-installed
	$(UV) pip install $(INTO_VENV) $(LOCKED) -r requirements/dev.txt
	$(UV) pip install $(INTO_VENV) --no-deps --no-build-isolation --editable .
	touch $@ .venv/site-installed

.venv/bench-installed: requirements/bench.txt .venv/dev-installed
	$(UV) pip install $(INTO_VENV) $(LOCKED) -r requirements/bench.txt
	touch $@

# The system's Chromium serves; only where there is none, Playwright fetches its own.
.venv/browser-found: .venv/dev-installed
	command -v chromium-headless-shell || command -v chromium || command -v chromium-browser \
		|| command -v google-chrome || $(BIN)/playwright install chromium
	touch $@
