# Two commands matter: `make run` serves the demo fleet, `make test` is all that CI runs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
AXE    := tests/browser/node_modules/.package-lock.json
SOURCES := Home.py pages reldash tests benchmarks docs

.DEFAULT_GOAL := help
.PHONY: help run test check format bench clean

help:                      ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / - /'

# The stamp is newer than the requirement files exactly when they are installed.
$(VENV)/.run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# npm writes this file once everything that the lock names is installed.
$(AXE): tests/browser/package.json tests/browser/package-lock.json
	cd tests/browser && npm ci --silent --ignore-scripts
	touch $@

run: $(VENV)/.run          ## serve the demo fleet at http://localhost:8501
	@exec $(BIN)/python -m reldash demo

check: $(VENV)/.dev        ## format, lint, types, import contracts
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check $(AXE)         ## everything CI runs
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

format: $(VENV)/.dev       ## mend what can be mended by machine
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: $(VENV)/.dev        ## figures, in ratios
	$(BIN)/python -m benchmarks

clean:                     ## remove what was set up, the embedded database included
	rm -rf $(VENV) .data tests/browser/node_modules
