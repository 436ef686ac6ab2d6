# Two commands matter: `make demo` and `make test`. Both set up first.

PYTHON ?= python3
RELEVE_HOME ?= build
SEED ?= 1
WORLDS ?= 100
KILLS ?= 50
export RELEVE_HOME

SHELL := /bin/bash
bin := .venv/bin
ready := .venv/ready
python_code := orchestration renderers tests

# Where scripts/check lets dbt and sqlfluff write.
scratch := $(CURDIR)/build/check

export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: help demo test check format simulate soak bench dev docs lock audit \
	setup clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^\([a-z]*\): .*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

demo: $(ready) ## land the demo company, close three months, print invoices
	@$(bin)/python -m orchestration.demo

test: check ## every check, then every test
	@$(bin)/python -m pytest --numprocesses 2

check: $(ready) ## format, lint, types, imports, SQL, YAML, dbt
	@scripts/check

format: $(ready) ## rewrite files the way `check` wants them
	@$(bin)/ruff format $(python_code)
	@$(bin)/ruff check --fix $(python_code)

simulate: $(ready) ## WORLDS random worlds of a SEED against laws and reference
	@$(bin)/python -W ignore -m tests.simulation --seed $(SEED) --worlds $(WORLDS)

soak: $(ready) ## every fault by itself, and KILLS kills at random moments
	@$(bin)/python -W ignore -m tests.faults.soak --seed $(SEED) --kills $(KILLS)

bench: $(ready) ## documents, and each stage of a close, against floors
	@$(bin)/python -W ignore -m bench.documents
	@$(bin)/python -W ignore -m bench.stages

dev: $(ready) ## Dagster's pages on http://127.0.0.1:3000
	@$(bin)/python -m orchestration.dev

docs: $(ready) ## dbt's documentation of the home as one page, docs/index.html
	@$(bin)/python -m orchestration.documentation

lock: $(ready) ## resolve pyproject.toml into requirements.lock again
	@$(bin)/uv pip compile pyproject.toml --extra dev --universal \
		--generate-hashes --no-emit-index-url --no-header --quiet \
		--output-file requirements.lock

audit: $(ready) ## known vulnerabilities of what is locked; asks PyPI
	@$(bin)/uvx --quiet --from "pip-audit>=2.9,<3" pip-audit --strict \
		--require-hashes --disable-pip --progress-spinner off \
		--requirement requirements.lock

setup: $(ready) ## the virtual environment, from the lock

clean: ## forget the virtual environment's state, keep the warehouse
	@rm -rf $(ready) .mypy_cache .ruff_cache .pytest_cache $(scratch)

$(ready): requirements.lock pyproject.toml scripts/setup
	@PYTHON=$(PYTHON) scripts/setup
	@touch $(ready)
