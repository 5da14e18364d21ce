# The commands of the portal. Python 3.11 or newer and make are all they need; docs/operations.md tells more.
# POSIX sh only; every recipe may be run again at any time.

.POSIX:
.SUFFIXES:

PYTHON ?= $$(for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
PY = .venv/bin/python
PYTEST = $(PY) -m pytest
# Two processes, each with whole files, since tests of a file may share a world; whoever is done first takes some over.
SHARED = -n 2 --dist worksteal
# For example BENCH="--data FOLDER --peers sparse_dot_topn,bm25s": benchmarks/write.py says what it takes.
BENCH =
# Checks and tests never touch the data of a portal that runs here.
TESTING = TSC_MODE=test TSC_DATA_DIR=var/checks
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/tsc
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15

.PHONY: help run install dev assets test test-services test-browser torture bench check format messages lock

help:
	@echo "make run            the whole portal with example data on http://127.0.0.1:8000 (PORT=, HOST=, TSC_DATA_DIR=)"
	@echo "make test           the tests that need nothing else"
	@echo "make test-services  the same on PostgreSQL and Redis, with real processes (TEST_DATABASE_URL=, TEST_REDIS_URL=)"
	@echo "make test-browser   the tests in a real browser (Chromium)"
	@echo "make torture        kills, races, load, and every property with all its examples; by hand and before a release"
	@echo "make bench          measure the matcher beside other libraries"
	@echo "make check          format, lint, types, contracts, migrations, catalogues; no tests"
	@echo "make format         put code in order"
	@echo "make messages       put new texts of code and templates into the catalogues"
	@echo "make lock           resolve the requirements anew (needs uv)"

run: install assets
	@TSC_MODE=demo exec $(PY) -m tsc_portal.serve

install:
	@$(PYTHON) -m tsc_portal.install base

dev:
	@$(PYTHON) -m tsc_portal.install base dev

assets:
	@$(PY) -m tsc_portal.catalogues
	@$(PY) -m tsc_portal.bundle >/dev/null

test: dev assets
	$(PYTEST) $(SHARED) -m "not browser and not services and not torture" $(ARGS)

# Tests that touch neither the database nor Redis are left out: "make test" has them.
test-services: dev assets
	@$(PYTHON) -m tsc_portal.install client
	@$(PY) -m tests.services "$(TEST_DATABASE_URL)" "$(TEST_REDIS_URL)"
	DATABASE_URL="$(TEST_DATABASE_URL)" REDIS_URL="$(TEST_REDIS_URL)" \
		$(PYTEST) $(SHARED) --what-differs -m "not browser and not torture" $(ARGS)

test-browser: dev assets
	$(PYTEST) -m browser $(ARGS)

torture: dev assets
	$(PYTEST) -m "torture or hypothesis" --hypothesis-profile=thorough $(ARGS)

bench: dev
	@$(PYTHON) -m tsc_portal.install bench
	$(TESTING) $(PY) -m benchmarks.write $(BENCH)

check: dev assets
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/djlint --quiet --lint templates
	$(TESTING) $(PY) -m mypy
	.venv/bin/lint-imports --no-logo --cache-dir .import_linter_cache
	$(TESTING) $(PY) manage.py check
	$(TESTING) $(PY) manage.py makemigrations --check --dry-run
	$(PY) -m tsc_portal.catalogues --check

format: dev
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

messages: dev
	@$(PY) -m tsc_portal.catalogues --update

# The lock file carries download addresses and stays out of the repository; the exported files name none.
lock:
	uv lock
	uv export --quiet --format requirements-txt --no-header --no-dev -o requirements/base.txt
	uv export --quiet --format requirements-txt --no-header --only-group dev -o requirements/dev.txt
	uv export --quiet --format requirements-txt --no-header --only-group client -o requirements/client.txt
	uv export --quiet --format requirements-txt --no-header --only-group bench -o requirements/bench.txt
