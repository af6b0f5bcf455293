# `make demo`, `make test`, and `make bench` (which takes long). Each sets up what it needs, and may be run again.
# What is installed is what requirements/*.txt name, with hashes; `make lock` makes those files anew.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One process more than there are cores: tests also wait, for disks and for servers.
PYTEST := -n $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

.PHONY: demo test check system soak bench bench-quick lock test-newest test-oldest clean

demo: $(VENV)/.base
	$(BIN)/python examples/demo.py

test: check system
	$(BIN)/pytest $(PYTEST)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The long runs: 500 examples a property, power failures, failing calls and kills, many processes at full size
# (docs/reliability.md). Interrupted, it goes on where it was: .soak/ has the seed and what is done, until all of it is.
SOAK := $(or $(SLALEDGER_SOAK_STATE),.soak)
soak: $(VENV)/.dev system
	SLALEDGER_SOAK=1 $(BIN)/pytest $(PYTEST)
	@cat $(SOAK)/figures.jsonl
	@rm -r $(SOAK)

# What tests want of the system: brought where this is Debian and root asks, else the tests that want it say so.
APT_INSTALL := DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300
system:
	@missing="$$($(PYTHON) tests/support/system.py)"; \
	if test -n "$$missing" && test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		echo "installing for the tests: $$missing"; \
		$(APT_INSTALL) $$missing >/dev/null 2>&1 || \
		{ apt-get update -qq && $(APT_INSTALL) $$missing >/dev/null; } || \
		echo "could not install $$missing (see above)" >&2; \
	fi

# The rows of measurement, in an environment of its own with this tree's wheel; ONLY='replay fold' measures some of them.
# `bench` takes hours, `bench-quick` ten minutes on smaller ledgers. Without hledger its rows are skipped.
bench: system
	$(PYTHON) benchmarks/run.py $(ONLY:%=--only %)

bench-quick: system
	$(PYTHON) benchmarks/run.py --size quick $(ONLY:%=--only %)

# The locked releases, then this project without a look at what it asks for: the lock has it.
PIP_INSTALL := pip install --quiet --disable-pip-version-check
PROJECT := --no-deps --no-build-isolation -e .

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/$(PIP_INSTALL) --require-hashes -r requirements/base.txt
	$(BIN)/$(PIP_INSTALL) $(PROJECT)
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	$(BIN)/$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	touch $@

# The newest releases that pyproject.toml allows, into requirements/*.txt. The files hold for every system and every
# Python from 3.11 on: what differs stands there with a marker.
LOCK := .venv-lock
UV := $(LOCK)/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--custom-compile-command 'make lock'
lock: $(UV)
	$(COMPILE) requirements/build.in pyproject.toml -o requirements/base.txt
	$(COMPILE) requirements/build.in pyproject.toml --extra dev -c requirements/base.txt -o requirements/dev.txt
	$(COMPILE) requirements/build.in pyproject.toml --extra bench -c requirements/base.txt -o requirements/bench.txt
	$(COMPILE) requirements/lock.in -o requirements/lock.txt

$(UV): requirements/lock.txt
	$(PYTHON) -m venv $(LOCK)
	$(LOCK)/bin/$(PIP_INSTALL) --require-hashes -r requirements/lock.txt
	touch $@

# The suite on the newest and on the oldest releases that the ranges of pyproject.toml allow, in environments made anew.
test-newest test-oldest: test-%: $(UV) system
	rm -rf .venv-$*
	$(PYTHON) -m venv .venv-$*
	$(UV) pip install --quiet --python .venv-$*/bin/python --resolution $(RESOLUTION_$*) -e '.[dev]'
	$(UV) pip list --quiet --python .venv-$*/bin/python
	.venv-$*/bin/pytest $(PYTEST)

RESOLUTION_newest := highest
RESOLUTION_oldest := lowest-direct

clean:
	rm -rf .venv .venv-* .soak demo build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
