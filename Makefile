# Everything a newcomer needs: `make demo` and `make test`. Needs python3.11 with pip and venv.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test quick check format soak bench bench-startup bench-dataset bench-memory clean
.DEFAULT_GOAL := demo

# The environment is made again when what it is made from changes.
$(READY): pyproject.toml constraints.txt
	@echo "Building $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY)          ## the quickstart in manifests/, on the embedded emulator
	@$(BIN)/python examples/quickstart/demo.py

test: $(READY)          ## every test
	@$(BIN)/pytest -n auto --dist worksteal

quick: $(READY)         ## the tests that take no time
	@$(BIN)/pytest -n auto --dist worksteal -m "not slow"

check: $(READY)         ## format, lint, types, import layers, tests, coverage
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=90

format: $(READY)        ## let ruff put things in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

soak: $(READY)          ## a year in the life of twelve deployments; 50 kills and 20 pairs of applies
	@$(BIN)/python -m tests.year
	@FTCTL_SOAK=1 $(BIN)/pytest tests/end_to_end/test_once.py -k "kills or pairs"

bench: bench-startup bench-dataset bench-memory  ## every benchmark

bench-startup: $(READY) ## how long --help and validate take, beside `python -c pass`
	@$(BIN)/python tests/benchmarks/startup.py

bench-dataset: $(READY) ## how fast 512 MiB are checked and counted, beside a plain script
	@$(BIN)/python tests/benchmarks/dataset.py

bench-memory: $(READY)  ## what it takes to check and to upload 2 GB; the goal is 200 MB
	@$(BIN)/python tests/benchmarks/memory.py

clean:                  ## remove the environment and what the emulator keeps
	rm -rf $(VENV) .ftctl
