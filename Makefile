# The commands of this project: `make help` lists them.

PYTHON ?= python3
VENV   ?= .venv
PY      = $(VENV)/bin/python

# One stamp for each state of a requirements file, so that a second run installs nothing.
stamp       = $(VENV)/installed-$(1)-$(shell cksum < requirements/$(1).txt | cut -d' ' -f1)
base        = $(call stamp,base)
development = $(call stamp,development)

# Values with which production settings start, for checks that contact nothing.
production = DJANGO_SETTINGS_MODULE=sparkle_site.settings.production \
  SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
  ENCRYPTION_KEYS=$$($(PY) -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())') \
  ALLOWED_HOSTS=sparkle.example PUBLIC_URL=https://sparkle.example \
  DATABASE_URL=postgresql://sparkle@localhost/sparkle REDIS_URL=redis://localhost:6379/0

.DEFAULT_GOAL := help
.PHONY: help run dev test test-long lint check reset bench requirements

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: $(base) ## Run the site with the demonstration, on HOST and PORT (127.0.0.1, 8000)
	@DEBUG=0 SPARKLE_DEMO=1 LOG_LEVEL=$${LOG_LEVEL:-warning} exec $(PY) -m sparkle_site.serve --prepare "migrate --verbosity 0" --prepare load_demo

dev: $(development) ## The same with debug pages, starting anew when a source file changes
	@DEBUG=1 SPARKLE_DEMO=1 LOG_JSON=0 exec $(PY) -m sparkle_site.serve --web 1 --reload \
	  --prepare "migrate --verbosity 0" --prepare load_demo

test: $(development) ## Run the tests; ARGS="-k word" is handed to pytest
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  echo "Chromium is not installed: the browser tests are skipped. (Debian: apt-get install chromium)"
	@$(PY) -m pytest -n 3 -m "not long" $(ARGS)

test-long: $(development) ## Run the tests that take long
	@$(PY) -m pytest -n 2 -m long $(ARGS)

lint: $(development) ## Check style, types, import rules and templates
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy .

check: lint ## All that must be clean before a release: lint, migrations, production settings, tests
	$(PY) manage.py makemigrations --check --dry-run
	$(production) $(PY) manage.py check --deploy --fail-level WARNING
	$(MAKE) test

reset: ## Start over: remove database, files and logs of this installation
	@$(or $(wildcard $(PY)),$(PYTHON)) -m sparkle_site.embedded stop
	rm -rf var media

bench: $(development) ## Measure the site; ARGS="--seconds 2" is handed on
	@command -v wrk >/dev/null || { echo "wrk is not installed. (Debian: apt-get install wrk)"; exit 1; }
	@$(PY) -m bench.run $(ARGS)

requirements: $(development) ## Pin the newest fitting versions of requirements/*.in
	for list in base production development; do \
	  $(VENV)/bin/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 requirements/$$list.in -o requirements/$$list.txt || exit 1; \
	  for version in 3.12 3.13; do \
	    $(VENV)/bin/uv pip compile --quiet --python-version $$version requirements/$$list.txt -o /dev/null || exit 1; \
	  done; \
	done

$(VENV)/bin/pip:
	@$(PYTHON) --version >/dev/null 2>&1 || \
	  { echo "$(PYTHON) is not installed. Install Python 3.11 or newer, or name yours: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed. Name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "This Python cannot make virtual environments. (Debian: apt-get install python3-venv)"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed-%: | $(VENV)/bin/pip
	@$(PY) requirements/install.py requirements/$(firstword $(subst -, ,$*)).txt
	@rm -f $(VENV)/installed-$(firstword $(subst -, ,$*))-*
	@touch $@
