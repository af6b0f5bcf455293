# `make demo`, `make test`, and `make bench` (which takes long). Each sets up what it needs, and may be run again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check system bench clean

demo: $(VENV)/.base
	$(BIN)/python examples/demo.py

test: check system
	$(BIN)/pytest -n auto

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What tests want of the system: brought where this is Debian and root asks, else the tests that want it say so.
APT_INSTALL := DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300
system:
	@missing="$$($(PYTHON) tests/system.py)"; \
	if test -n "$$missing" && test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		echo "installing for the tests: $$missing"; \
		$(APT_INSTALL) $$missing >/dev/null 2>&1 || \
		{ apt-get update -qq && $(APT_INSTALL) $$missing >/dev/null; } || \
		echo "could not install $$missing (see above)" >&2; \
	fi

# Some rows are measured against hledger; without it they are skipped.
bench: $(VENV)/.bench system
	$(BIN)/python benchmarks/run.py $(ONLY:%=--only %)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(VENV)/.base

$(VENV)/.bench: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[bench]'
	touch $@ $(VENV)/.base

clean:
	rm -rf $(VENV) demo build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
