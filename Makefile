# Every target does its own set-up in .venv; Python 3.11 or later and Git are all it needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test audit lock lint check bench docs fix torture fuzz mutate peers dev clean

# LOCKED=1: exactly what requirements-dev.lock says, each file held against its hash (CI). The lock
# is complete, so nothing is resolved anew: pip would try the newest `coverage` for `coverage[toml]`
# and find it unpinned. `pip check` then says whether anything is missing.
LOCKED ?=

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更高版本" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
ifeq ($(LOCKED),)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
else
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
endif
	@touch $@

dev: $(READY)

demo: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks.demo

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	PYTHONPATH=tests $(BIN)/python -m supply

# versions, hashes, licences, known vulnerabilities; part of lint
audit: $(READY)
	PYTHONPATH=tests $(BIN)/python -m supply

# after a change of the dependencies, or to take newer ones (UPGRADE=--upgrade); needs uv
lock:
	@command -v uv >/dev/null || { echo '先安装 uv：pip install uv'; exit 1; }
	for made in requirements.lock 'requirements-dev.lock --group dev'; do \
	    uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
	        --no-emit-index-url --no-annotate --no-header $(UPGRADE) -o $$made || exit 1; done

check: lint test

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m benchmarks

# the tables in docs/ that say what the rules and the tests say
docs: $(READY)
	PYTHONPATH=tests $(BIN)/python -m write_docs

# the reader, guided by coverage: `make fuzz SECONDS=3600`
fuzz: SECONDS ?= 60
fuzz: $(READY)
	-$(BIN)/python -m pip install --quiet --group fuzz
	$(BIN)/python tests/fuzz.py $(SECONDS)

# mutants of the rules and of the write path: a sample, `make mutate MUTANTS=1000` for all of them
mutate: MUTANTS ?= 100
mutate: $(READY)
	$(BIN)/python tests/mutate.py rules $(MUTANTS)
	$(BIN)/python tests/mutate.py writing $(MUTANTS)

# the same kills and clerks pointed at papis and doorstop, each in an environment of its own
peers: $(READY)
	$(BIN)/python -m benchmarks.peers

# the long battery: `make torture`, or in parts that add up: `make torture PART=kills`
torture: $(READY)
	$(if $(PART),,rm -f out/torture.jsonl)
	$(BIN)/python -m pytest -n auto --dist worksteal -m 'torture or not torture' $(if $(PART),-k '$(PART)') \
		--battery-record=out/torture.jsonl

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
