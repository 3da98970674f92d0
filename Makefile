# Everything starts from here, on a fresh clone with Python 3.11 or newer and nothing else: `make quickstart`.
# Each target sets up what it needs in .venv; a second call finds it done and goes straight to work.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PYTEST_ARGS ?=
# Processes that share the tests, file by file, so that a file's trained model is made once. Each takes about 1.5 GB.
WORKERS ?= 2

export TF_CPP_MIN_LOG_LEVEL ?= 3
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Older pips run setup.py in this environment where `wheel` is in it, and seqeval's does not run there.
export PIP_USE_PEP517 := 1

# $(call pip,arguments): install, naming the large files as they come; all of pip's words only if it fails.
pip = $(BIN)/python -m pip install --no-input $(1) 2>&1 | tee $(VENV)/pip.log \
	| awk '/(Downloading|Using cached|Processing) .* MB\)/ { print "   " $$0; fflush() }' \
	|| { tail -n 30 $(VENV)/pip.log; echo "pip failed; the whole log is in $(VENV)/pip.log"; exit 1; }

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Environment ---------------------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@test -n "$(PYTHON)" || { echo "tltk needs Python 3.11 or newer; none was found. Name one: make PYTHON=/path/to/python"; exit 1; }
	@echo ">> Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/tltk: pyproject.toml $(STAMPS)/venv
	@echo ">> Installing tltk and what it needs into $(VENV) (about 2 GB; a few minutes the first time)"
	@$(call pip,-e .)
	@touch $@

$(STAMPS)/test: $(STAMPS)/tltk
	@echo ">> Installing what the tests need"
	@$(call pip,-e ".[test]")
	@touch $@

$(STAMPS)/lint: $(STAMPS)/tltk
	@echo ">> Installing the linters"
	@$(call pip,-e ".[lint]")
	@touch $@

.PHONY: install
install: $(STAMPS)/tltk ## Install tltk into .venv

# The oracle is a CPU build of PyTorch, asked for by its own version: a CUDA build cannot come in its place.
# Not having it is no failure, but never a silent one: the tests that lack it are counted in red at the end.
.PHONY: oracle
oracle: $(STAMPS)/tltk ## Install PyTorch (a CPU build), which the parity tests compare with
	@if $(BIN)/python -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)'; then exit 0; fi; \
	echo ">> Installing the oracle of the parity tests: PyTorch, a CPU build (about 200 MB)"; \
	log=$(VENV)/oracle.log; \
	$(BIN)/python -m pip install --no-input -e ".[oracle]" >$$log 2>&1 && exit 0; \
	$(BIN)/python -m pip install --no-input --timeout 15 --retries 1 --extra-index-url $(TORCH_INDEX) -e ".[oracle]" >>$$log 2>&1 && exit 0; \
	echo "!! NO ORACLE: no CPU build of PyTorch in the configured package index, nor at $(TORCH_INDEX)."; \
	echo "!! The parity tests against PyTorch will be SKIPPED. What pip said: $$log"

# --- Work ----------------------------------------------------------------------------------------------------------

.PHONY: quickstart
quickstart: runs/quickstart/report.html ## Train a sentiment model on movie-review snippets, into runs/quickstart
	@echo ">> Trained: $(BIN)/tltk predict runs/quickstart/bundle FILE; open runs/quickstart/report.html"

runs/quickstart/report.html: recipes/quickstart.yaml | $(STAMPS)/tltk
	@echo ">> Training recipes/quickstart.yaml"
	@$(BIN)/tltk fit recipes/quickstart.yaml
	@touch $@

.PHONY: test
test: $(STAMPS)/test oracle ## Run the tests, but for the slow ones
	@$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

.PHONY: slow
slow: $(STAMPS)/test oracle ## Run the slow tests: notebooks, corpora larger than memory, whole trainings
	@$(BIN)/python -m pytest -m slow $(PYTEST_ARGS)

.PHONY: lint
lint: $(STAMPS)/lint ## Check style, types and layers
	@status=0; for command in "ruff check ." "ruff format --check ." "mypy" "lint-imports"; do \
		echo ">> $$command"; $(BIN)/$$command || status=1; \
	done; exit $$status

# The peers have environments of their own: none of them goes together with tltk's, nor with the others.
PEERS := .venv-peers
BENCH_ARGS ?=

# PyTorch's plain name is a CUDA build on Linux: its CPU build is asked for first, where the index or PyTorch's has it.
$(PEERS)/%/.stamp: benchmarks/requirements/%.txt
	@echo ">> Installing the peers of benchmarks/requirements/$*.txt into $(PEERS)/$*"
	@$(PYTHON) -m venv $(PEERS)/$*
	@torch=$$(grep -o '^torch==[0-9.]*' $< || true); log=$(PEERS)/$*/pip.log; \
	if [ -n "$$torch" ] && [ "$$(uname)" = Linux ]; then \
		$(PEERS)/$*/bin/python -m pip install --no-input "$$torch+cpu" >$$log 2>&1 \
		|| $(PEERS)/$*/bin/python -m pip install --no-input --timeout 15 --retries 1 --extra-index-url $(TORCH_INDEX) "$$torch+cpu" >$$log 2>&1 \
		|| echo "!! No CPU build of $$torch; the plain one is taken"; \
	fi; \
	$(PEERS)/$*/bin/python -m pip install --no-input -r $< >>$$log 2>&1 || { tail -n 30 $$log; echo "pip failed; the whole log is in $$log"; exit 1; }
	@touch $@

.PHONY: peers
peers: $(PEERS)/torch/.stamp $(PEERS)/tensorflow/.stamp $(PEERS)/onnx/.stamp ## Install the peers of the benchmark, about 4 GB

.PHONY: bench
bench: $(STAMPS)/tltk peers ## Run tltk beside its peers, some 90 minutes; BENCH_ARGS="--quick" for a look (--help)
	@$(BIN)/python -m benchmarks --peers $(PEERS) $(BENCH_ARGS)

# TensorFlow's CUDA libraries are large, and of use only beside an NVIDIA driver.
.PHONY: bench-gpu
bench-gpu: $(STAMPS)/tltk ## Measure training and prediction on this machine's GPU (docs/gpu.md)
	@if command -v nvidia-smi >/dev/null; then \
		echo ">> Installing TensorFlow's CUDA libraries (about 3 GB the first time)"; \
		$(call pip,"tensorflow[and-cuda]"); \
	fi
	@$(BIN)/python -m benchmarks.gpu $(BENCH_ARGS)

.PHONY: bench-scale
bench-scale: $(STAMPS)/tltk ## Measure how cost grows with rows, length, layers and width, into docs/scale.md
	@$(BIN)/python -m benchmarks.scale $(BENCH_ARGS)

.PHONY: recipes
recipes: $(STAMPS)/tltk ## Check every recipe of the cookbook, its rows too where they are in the repository
	@$(BIN)/python -m tests.recipes

.PHONY: format
format: $(STAMPS)/lint ## Rewrite the sources in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: docs
docs: $(STAMPS)/test ## Write the reference pages and the page of error messages, into docs
	@$(BIN)/python docs/generate.py
	@$(BIN)/python -m tests.wrong_inputs

.PHONY: notebooks
notebooks: $(STAMPS)/test ## Execute the notebooks from clean kernels, into runs/notebooks
	@mkdir -p runs/notebooks
	@for notebook in notebooks/*.ipynb; do \
		echo ">> $$notebook"; \
		$(BIN)/python -m jupyter execute --timeout=1200 --output=../runs/notebooks/{notebook_name} $$notebook; \
	done

.PHONY: clean
clean: ## Remove the environments and caches, but no Run and no data
	@rm -rf $(VENV) $(PEERS) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
