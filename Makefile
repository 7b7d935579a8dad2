# Every command of the project. The text behind ## is what `make` prints.

# The first Python on the path that TensorFlow supports; name another with `make PYTHON=... test`.
SUPPORTED := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/ready

.PHONY: help labs site learn search diagnose learning-rate docs test test-all test-versions lint bench replicate clean
.DEFAULT_GOAL := help

help: ## Print this help
	@echo "usage: make TARGET [ARGS=\"--flags\"]"; echo
	@sed -n 's/^\([a-z%-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | sed 's/%/N/' | awk -F'|' '{printf "  %-13s %s\n", $$1, $$2}'
	@echo; echo "labs:"; $(LABS)

lab-%: ## Run lab N and write its page, e.g. make lab-4 ARGS="--quick --seeds 3"
	@test -n "$(call script,$*)" || { echo "There is no lab $*. There are:"; $(LABS); exit 2; }
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras labs run $* $(ARGS)

learn: ## Exercises: what is done, and what is next; ARGS=--once runs all
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras learn $(ARGS)

learn-%: ## The exercises of lab N, run again each time a file is saved
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras learn $* $(ARGS)

notebook-%: ## Write lab N as a Jupyter notebook, into results/notebooks/
	@test -n "$(call script,$*)" || { echo "There is no lab $*. There are:"; $(LABS); exit 2; }
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras notebook $(call script,$*) $(ARGS)

labs: ## Run all labs that are missing or out of date, then the site; ARGS=--quick for small runs
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras labs run all $(ARGS)

site: ## Put all pages into one site: results/index.html
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras labs site

figure-%: ## Put the first figure of lab N's last run beside its README
	@$(BIN)/python -m dlkeras.readme_figure $(call script,$*)

# A search of hyperparameters; another model and other data: make search MODEL=path/to/file.py:build_model DATA=digits
MODEL = labs/lab_14_hyperparameter_search/model.py:build_model
DATA = digits

search: ## Search hyperparameters of MODEL=file.py:build_model on DATA=name or .npz, and write a page
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras search $(MODEL) $(DATA) $(ARGS)

diagnose: MODEL = dlkeras/diagnosis/example.py:build
diagnose: ## Say why MODEL=file.py:build does not learn DATA=name or .npz, and write a page
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras diagnose $(MODEL) $(DATA) $(ARGS)

learning-rate: MODEL = dlkeras/diagnosis/example.py:build
learning-rate: ## Find the learning rate that suits MODEL=file.py:build on DATA=name or .npz
	@$(MAKE) --no-print-directory --silent $(READY)
	@$(BIN)/python -m dlkeras learning-rate $(MODEL) $(DATA) $(ARGS)

test: $(READY) ## Run the tests that take minutes, on all cores; ARGS go to pytest
	@$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow" $(ARGS)

test-all: $(READY) ## Run all tests: every lab, every exercise, every kind of layer and optimizer
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

test-versions: $(READY) ## Run the fast tests with the lowest and the newest versions of what is needed
	@$(BIN)/python tests/versions.py $(ARGS)

lint: $(READY) ## Check style, format, and the types of what users call
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy tests/public_types.py

docs: .venv/docs ## Build the site of the library, a page for each task and the reference, in results/docs/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict && echo "Site: $(CURDIR)/results/docs/index.html"

bench: .venv/peers ## Measure speed, side by side, into benchmarks/RESULTS.md
	@$(BIN)/python benchmarks/run.py $(ARGS)

replicate: $(READY) ## Run every lab again from other seeds, an hour, into benchmarks/RESULTS.md
	@$(BIN)/python benchmarks/run.py replication

clean: ## Remove results and caches; the environment and what a learner has done stay
	@find results -mindepth 1 -maxdepth 1 ! -name 'learn*.json' -exec rm -rf {} + 2>/dev/null || true
	@rmdir results 2>/dev/null || true
	@rm -rf .pytest_cache .ruff_cache && find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# The environment. The mark is set last, so an interrupted install is done again.
$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "dlkeras needs Python 3.10 to 3.13; none was found. Try: make PYTHON=/path/to/python3"; exit 1; }
	@rm -f $(READY)
	@echo "Setting up .venv, once (a minute or two) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

.venv/peers: $(READY) benchmarks/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@touch .venv/peers

.venv/docs: $(READY) docs/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r docs/requirements.txt
	@touch .venv/docs

# labs/lab_04_some_name/experiment.py is lab 4; its question is the first line of its docstring.
script = $(wildcard labs/lab_$(shell printf '%02d' $$(echo '$(1)' | sed 's/^0*//') 2>/dev/null)_*/experiment.py)
LABS = for f in labs/lab_*/experiment.py; do echo "$$f" | sed 's/.*lab_0*\([0-9]*\)_.*/  lab-\1/' | tr '\n' ' '; \
	sed -n '1s/^"""/ /p' "$$f"; done
