# Two commands to start with: make demo, make test.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= out
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help demo test unit lab app frontend bench soak conformance lint notebooks images clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "sanb needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.base

demo: $(VENV)/.base  ## the story of a token on 1.10 and 1.36: tables here, pictures in out/
	$(BIN)/sanb demo --out $(OUT)

test: lint unit  ## all tests

unit: $(VENV)/.dev  ## all tests, without style, types and layers
	$(BIN)/python -m pytest -n auto
	$(BIN)/python -m pytest --nbval notebooks

lint: $(VENV)/.dev  ## style, types, layers
	$(BIN)/ruff check sanb tests bench examples
	$(BIN)/mypy
	$(BIN)/lint-imports

lab: $(VENV)/.dev  ## JupyterLab with the Lab and its guided tour
	$(BIN)/jupyter lab $(AS_ROOT) notebooks/00-the-lab.ipynb

app: $(VENV)/.dev  ## the Lab as an app in the browser, without a notebook around it
	$(BIN)/jupyter nbconvert --log-level=WARN --to notebook --output-dir $(OUT) --output the-lab notebooks/00-the-lab.ipynb \
		--TagRemovePreprocessor.enabled=True --TagRemovePreprocessor.remove_cell_tags not-in-app
	$(BIN)/voila $(OUT)/the-lab.ipynb

frontend:  ## build the Lab's bundle, which is committed, from frontend/ (needs Node)
	cd frontend && npm ci --no-audit --no-fund && npm run --silent check && npm run --silent build

$(VENV)/.bench: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@ $(VENV)/.base $(VENV)/.dev

bench: $(VENV)/.bench  ## speed, as ratios measured in one run
	$(BIN)/python -m bench

soak: $(VENV)/.dev  ## five minutes of 64 clients and 200 watches: nothing lost, nothing reordered
	$(BIN)/python -m tests.http.soak --seconds $(or $(SECONDS),300)

conformance: $(VENV)/.dev  ## recorded requests against what real control planes answered
	$(BIN)/python -m tests.conformance --http --write docs/conformance.md

notebooks: $(VENV)/.dev  ## execute the notebooks anew, outputs included
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.store_widget_state=False notebooks/*.ipynb

images: demo  ## the pictures of the README
	cp $(OUT)/story-1.10.png $(OUT)/bookshop.png $(OUT)/timeline-1.36.png docs/images/

clean:  ## everything that was made
	rm -rf $(VENV) $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
