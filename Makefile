# Everything one can do with this project. `make help` prints the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
# Debian compiles its Python with profiles; one compiled by hand without them takes a third longer for the same work.
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip' 2>/dev/null && echo /usr/bin/python3.11 || echo python3)
BIN := .venv/bin
STAMPS := .venv/.done
PURE := src/yibao/kernel src/yibao/policy src/yibao/ledger src/yibao/casework src/yibao/bank \
	$(wildcard src/yibao/services/*/rules src/yibao/services/*/rules.py src/yibao/services/*/workflow.py)
PAGE_SOURCES := $(shell find src/yibao/web/assets -type f 2>/dev/null)
TEMPLATES := $(shell find src/yibao -type d -name templates 2>/dev/null)

.PHONY: help setup run test soak check fix packs mutation bench test-spark docs lock clean

help: ## print this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 16

setup: $(STAMPS)/project $(STAMPS)/pages ## create .venv, install everything, build the page assets

$(STAMPS)/venv:
	@$(PYTHON) -m venv .venv || { echo "缺少 Python 的 venv，请先安装 Python's venv is missing, please install: sudo apt-get install python3-venv" >&2; exit 1; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements/runtime.lock $(STAMPS)/venv
	@echo "安装依赖 Installing what it stands on (requirements/runtime.lock)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/runtime
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc $(STAMPS)/runtime
	@echo "安装页面部件 Installing the page parts (package-lock.json)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(STAMPS)/pages: node_modules/.package-lock.json $(PAGE_SOURCES)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm run --silent build
	@touch $@

$(STAMPS)/dev: requirements/dev.lock $(STAMPS)/project
	@echo "安装检查工具 Installing the checking tools (requirements/dev.lock)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

run: export YIBAO_PUBLIC_URL ?= http://localhost:$(PORT)
run: export YIBAO_SECOND_FACTOR ?= off
run: setup ## set up, migrate, load the demo city on the first run, serve http://localhost:8000
	@$(BIN)/yibao manage migrate --verbosity 0
	@$(BIN)/yibao demo ensure
	@$(BIN)/yibao serve --port $(PORT)

test: setup $(STAMPS)/dev ## run every test, on SQLite and on PostgreSQL, pages in a real browser
	@tools/machine.sh install
	@$(BIN)/python tools/run_tests.py

SEEDS ?= 1 2 3
TRANSFERS ?= 1000
PROPERTIES = $(shell grep -rlF '@given' --include='test_*.py' src tests)

soak: setup $(STAMPS)/dev ## let tests go on for long: every kill, whole months (SEEDS="1 2 3"), moves (TRANSFERS=1000), properties, the API
	@tools/machine.sh install
	@$(BIN)/python tools/run_tests.py --soak $(foreach seed,$(SEEDS),--month-seed $(seed)) --transfers $(TRANSFERS) tests/faults src/yibao/batch/tests/test_month.py $(PROPERTIES) src/yibao/api

check: setup $(STAMPS)/dev ## lint, types, import arrows, templates, packs, tidiness
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary $(PURE)
	@$(BIN)/lint-imports --no-logo
	@$(if $(TEMPLATES),$(BIN)/djlint --quiet --lint $(TEMPLATES),true)
	@$(BIN)/yibao packs check
	@$(BIN)/pytest -q tests/tidy tests/architecture

fix: setup $(STAMPS)/dev ## repair what a tool can repair, and write the generated docs anew
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python tools/reference.py

packs: setup ## check every region's rules and run their case files
	@$(BIN)/yibao packs check
	@$(BIN)/yibao packs test

mutation: setup ## change every region's rules bit by bit: how many changes do the case files notice
	@$(BIN)/yibao packs check --quiet --mutate all

$(STAMPS)/bench: requirements/bench.lock $(STAMPS)/venv
	@echo "安装测速用的对照程序 Installing the yardsticks (requirements/bench.lock)"
	@$(PYTHON) -m venv .venv/bench
	@.venv/bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

$(STAMPS)/spark: requirements/spark.lock $(STAMPS)/dev
	@echo "安装 Spark Installing Spark (requirements/spark.lock)"
	@rm -rf .venv/spark
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --target .venv/spark -r requirements/spark.lock
	@touch $@

test-spark: setup $(STAMPS)/spark ## run the tests of columns on Spark; needs Java 17
	@PYTHONPATH=.venv/spark $(BIN)/pytest -q tests_spark

bench: setup $(STAMPS)/dev $(STAMPS)/bench ## measure, and print one table
	@tools/machine.sh install
	@$(BIN)/yibao bench

lock: $(STAMPS)/dev ## write the lock files anew from requirements/*.in
	@for name in runtime dev bench spark; do $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --no-annotate --python-version 3.11 requirements/$$name.in -o requirements/$$name.lock; done

docs: setup ## write the generated docs anew
	@$(BIN)/python tools/reference.py

clean: ## remove .venv, node_modules and caches; var/ (the data) stays
	@rm -rf .venv node_modules src/yibao/web/static/build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
