# Everything a newcomer types. PYTHON chooses the interpreter; the rest is set up in .venv.
# SIZES: how many actions the benchmarks store, such as `make bench SIZES="1000 10000000"`.
# EXAMPLES: how many times as many examples as usual `make fuzz` draws.
PYTHON ?= python3
EXAMPLES ?= 20
BIN := .venv/bin
SHELL := /bin/sh

.PHONY: demo demo-postgres test fuzz check bench load scale mutants house peers accept clean

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

demo: .venv/ready
	sh docs/demo.sh $(BIN)/followup

# the same on a PostgreSQL that comes in a wheel and stops with the demo
demo-postgres: .venv/ready
	$(BIN)/python -m tests.servers sh docs/demo.sh $(BIN)/followup

test: .venv/ready
	$(BIN)/python -m pytest -n 2 --dist worksteal

# every property, with a new seed each time, which is printed
fuzz: .venv/ready
	EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n 2 --dist worksteal -m hypothesis

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	QUICK=1 $(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

bench: .venv/ready
	$(BIN)/python -m benchmarks $(SIZES)

# SECONDS: how long each store is loaded; USERS: how many reps type at once
load: .venv/ready
	$(BIN)/python -m benchmarks.load

# SIZES: of actions; CONTACTS: how many are imported
scale: .venv/ready
	$(BIN)/python -m benchmarks.scale

# COUNT mistakes put into the core, drawn by SEED, and the tests that notice them; ONLY=timing.py:181 tries one line's
SEED ?= 1
COUNT ?= 300
mutants: .venv/ready
	nice $(BIN)/python -m benchmarks.mutants --seed $(SEED) --count $(COUNT) --only "$(ONLY)"

# the house in figures, or TREE's, another working copy
house: .venv/ready
	$(BIN)/python -m benchmarks.house $(TREE)

# what the benchmarks compare with, beside Taskwarrior, which systems package
peers:
	$(PYTHON) -m venv .peers
	.peers/bin/pip install --quiet todoman check-jsonschema

accept: .venv/ready
	$(BIN)/python -m pytest tests/transcripts --accept

clean:
	rm -rf .venv .peers build dist .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
