.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: help demo test check docs

help:  ## list what there is to do
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

.venv/installed: pyproject.toml packages/lyric_timing/pyproject.toml services/analysis/pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet -e packages/lyric_timing -e services/analysis -e . --group dev
	touch $@

demo: .venv/installed  ## time the sample song, through a service of its own
	examples/demo.sh

test: .venv/installed  ## run all tests
	$(BIN)/pytest -q

check: .venv/installed  ## lint and type-check
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

docs: .venv/installed  ## write docs/settings.md anew from the settings class
	$(BIN)/python docs/make_settings.py
