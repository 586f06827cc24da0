# Pantau. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEB := dashboards/web
GRAFANA := dashboards/grafana
WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
PACKAGES := collector api simulators device_profiles dashboards
ARGS ?=

.PHONY: help demo run record test lint format types imports unit web-test web web-types pictures dashboards bench bench-compare fuzz recordings lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.demo web ## a simulated city, watched from end to end; ARGS="--devices 500" is passed on
	@$(BIN)/pantau demo $(ARGS)

run: $(VENV)/.demo web ## the platform with your own configuration; ARGS="--config pantau.yaml"
	@$(BIN)/pantau run $(ARGS)

record: $(VENV)/.demo ## a recording of your own device, without names; ARGS="192.0.2.10 --out my.snmprec"
	@$(BIN)/pantau record $(ARGS)

test: lint types imports web-test unit ## everything that CI checks; REQUIRE_ALL=1 turns skips into failures

# A module stays with one worker; the order is kept, so that the longest (acceptance) begin first.
# Four workers also on two cores: much of the time tests wait, for devices, processes and browsers.
unit: $(VENV)/.test web $(GRAFANA)/node_modules/.installed ## the Python tests; ARGS="tests/unit -k state" is passed on
	. $(VENV)/.node && $(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.test ## style of the Python code
	$(BIN)/ruff check $(PACKAGES) tests
	$(BIN)/ruff format --check $(PACKAGES) tests

format: $(VENV)/.test ## mend the style where a machine can
	$(BIN)/ruff check --fix $(PACKAGES) tests
	$(BIN)/ruff format $(PACKAGES) tests

types: $(VENV)/.test ## types of the Python code
	$(BIN)/mypy

imports: $(VENV)/.test ## who may import whom (pyproject.toml, tool.importlinter)
	$(BIN)/lint-imports

web: $(WEB)/dist/dinding/index.html ## build the wall and the desk

web-test: $(WEB)/node_modules/.installed ## types and tests of the wall and the desk
	@. $(VENV)/.node && cd $(WEB) && npm run --silent check && npm run --silent test

web-types: $(VENV)/.test ## write the pages' types of the API anew from its description
	@PYTHONPATH=. $(BIN)/python -m dashboards.web.api_types

pictures: $(VENV)/.test web ## every page of wall and desk, in both languages, for docs/panduan.md and docs/guide.md
	@. $(VENV)/.node && PYTHONPATH=. $(BIN)/python -m tests.browser.pictures

dashboards: $(VENV)/.test ## write the dashboards of Grafana anew from their source
	@PYTHONPATH=. $(BIN)/python -m dashboards.grafana.source

bench: $(VENV)/.test ## engines beside references, as ratios within one run; ARGS="snmp ber" for some, ARGS=--help
	@PYTHONPATH=. $(BIN)/python -m tests.benchmarks.ledger $(ARGS)

A ?= HEAD
B ?= .
bench-compare: $(VENV)/.test ## ratios of two commits: A=v1.2 B=main, or B=. for the files as they lie here; ARGS="snmp"
	@PYTHONPATH=. $(BIN)/python -m tests.benchmarks.compare $(A) $(B) $(ARGS)

recordings: $(VENV)/.test ## what the profiles make of recordings of real devices; ARGS="NAME -v" names what is missing
	@$(BIN)/python -m tests.profiles.scoring $(ARGS)

fuzz: $(VENV)/.test ## a million damaged SNMP datagrams; ARGS="--count 5000000 --seed 7" is passed on
	PYTHONPATH=. $(BIN)/python -m tests.fuzz.fuzz_snmp $(ARGS)

lock: ## resolve the dependencies anew, without download addresses
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install -q uv
	@for extras in "sparkplug demo" "sparkplug demo test"; do \
	  flags=$$(printf -- '--extra %s ' $$extras); name=$${extras##* }; \
	  $(VENV)-lock/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --no-header $$flags pyproject.toml requirements/build.in \
	    -o requirements/$$name.lock; done
	$(VENV)-lock/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header requirements/node.in -o requirements/node.lock

clean: ## remove what was built; your data stays
	rm -rf $(VENV) $(VENV)-lock $(WEB)/node_modules $(WEB)/dist $(GRAFANA)/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis

# --- the environment ------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Pantau needs Python 3.11 or newer; set PYTHON=… to one"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt install python3-venv"; exit 1; }

$(VENV)/.demo: requirements/demo.lock pyproject.toml | $(BIN)/python
	@echo "Installing Pantau into $(VENV) …"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/demo.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.lock pyproject.toml | $(BIN)/python
	@echo "Installing Pantau and its tests into $(VENV) …"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/test.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Vite needs Node.js 20.19+ or 22.12+; where the machine has none, one is installed into .venv.
NODE_IS_NEW := const [a, b] = process.versions.node.split(".").map(Number); \
  process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)

$(VENV)/.node: requirements/node.lock | $(BIN)/python
	@if command -v npm >/dev/null && node -e '$(NODE_IS_NEW)'; then \
	  echo ':' > $@; \
	else \
	  echo "Installing Node.js into $(VENV) …"; \
	  $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/node.lock; \
	  echo 'export PATH="$(abspath $(BIN)):$$PATH"' > $@; \
	fi

$(WEB)/node_modules/.installed: $(WEB)/package-lock.json $(VENV)/.node
	@echo "Installing what the pages are built with …"
	@. $(VENV)/.node && cd $(WEB) && npm ci --silent --no-audit --no-fund
	@touch $@

$(GRAFANA)/node_modules/.installed: $(GRAFANA)/package-lock.json $(VENV)/.node
	@echo "Installing what dashboards are checked with …"
	@. $(VENV)/.node && cd $(GRAFANA) && npm ci --silent --no-audit --no-fund
	@touch $@

$(WEB)/dist/dinding/index.html: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	@echo "Building the pages …"
	@. $(VENV)/.node && cd $(WEB) && npm run --silent build
