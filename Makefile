# Two commands matter: `make run` serves the demo fleet, `make test` is all that CI runs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SOURCES := Home.py pages reldash tests benchmarks docs
CHECKS := $(BIN)/ruff format --check $(SOURCES) && $(BIN)/ruff check $(SOURCES) \
          && $(BIN)/codespell && $(BIN)/mypy && $(BIN)/lint-imports

.DEFAULT_GOAL := help
.PHONY: help run unit test check format lock audit bench clean

help:                      ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / - /'

# The stamp is newer than the requirement files exactly when they are installed.
$(VENV)/.run: requirements-demo.txt requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-demo.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

run: $(VENV)/.run          ## serve the demo fleet at http://localhost:8501
	@exec $(BIN)/python -m reldash demo

check: $(VENV)/.dev        ## format, lint, spelling, types, import contracts
	$(CHECKS)

unit: $(VENV)/.dev         ## the tests without a database: under a minute
	$(BIN)/python -m pytest tests/unit -n 2

# The checks run beside the tests; their output stands at the end, and either's failure counts.
test: $(VENV)/.dev         ## everything CI runs: checks and all tests
	@$(BIN)/python -m tests.browser.chromium
	@output=$$(mktemp); trap 'rm -f $$output' EXIT; \
	( $(CHECKS) ) >$$output 2>&1 & checks=$$!; \
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder; tested=$$?; \
	wait $$checks; checked=$$?; cat $$output; exit $$((tested ? tested : checked))

format: $(VENV)/.dev       ## format, and fix what the linter can fix
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

# The lock is for production: `pip install --require-hashes -r requirements.lock`.
lock: $(VENV)/.dev         ## pin every package of production with its hashes
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	    --output-file requirements.lock requirements.txt

audit: $(VENV)/.dev        ## known vulnerabilities of the locked packages
	$(BIN)/pip-audit --require-hashes -r requirements.lock

bench: $(VENV)/.dev        ## figures, in ratios
	$(BIN)/python -m benchmarks

clean:                     ## remove what was set up, the embedded database included
	rm -rf $(VENV) .data
