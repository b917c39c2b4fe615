# ToolFoundry. `make` lists what there is. Needs Python 3.11, pip, make and git.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
MODEL ?=
BUDGET_USD ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=
TEST_WORKERS ?= 2
N ?=

BIN := .venv/bin
SETUP := .venv/.set-up
# A model is used only where it is named here: FOUNDRY_MODEL of the shell is overridden on purpose.
LOCAL := FOUNDRY_MODEL=$(MODEL) $(BIN)/python -m
# Debian packages that tests use where they are there; nothing else needs them.
SYSTEM_PACKAGES := chromium

.DEFAULT_GOAL := help
.PHONY: help system setup lock lint types test demo up down status logs clean bars bench-conformance bench-sandbox bench-search bench-why simulate test-s3 test-metrics test-cockpit test-hosts rehearsal dashboard bench-spend bench-ledger bench-forecast bench-delta

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SETUP)  ## the environment in .venv, from constraints.txt; done again only when that has changed

$(SETUP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, $(PYTHON) is older: make PYTHON=... names another")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[train,dev]"
	@touch $@

system:  ## Debian packages that tests use where they may be installed; says what is missing, never fails
	@bash infra/local/system.sh $(SYSTEM_PACKAGES)

lock: setup  ## write constraints.txt from what is installed in .venv
	$(BIN)/python -m infra.local.lock > constraints.partial
	mv constraints.partial constraints.txt

lint: setup  ## ruff, formatting, arrows between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: setup  ## mypy, strict
	$(BIN)/mypy

test: setup  ## all tests whose programs are there, two at a time; PYTEST_ARGS="-k name" narrows them
	$(BIN)/pytest -n $(TEST_WORKERS) --dist loadscope --no-loadscope-reorder $(PYTEST_ARGS)

simulate: setup  ## publish and ledger under every order and fault, simulated; N=100000 random interleavings
	@$(BIN)/python -m tests.simulation --count $(or $(N),100000)

test-s3: setup  ## kills, faults, full disks on real S3 servers of this machine, installed where they can be had
	@PYTHON=$(BIN)/python bash infra/s3/install.sh .foundry/s3 radosgw faketime rclone s3rver
	FOUNDRY_TEST_S3=.foundry/s3 $(BIN)/pytest -m s3 tests/s3 --durations=5 -rs $(PYTEST_ARGS)

test-metrics: setup  ## the exporter's metrics and every query of the Grafana dashboard on a real Prometheus
	@bash infra/s3/install.sh .foundry/servers prometheus
	FOUNDRY_TEST_PROMETHEUS=.foundry/servers/prometheus/root/usr/bin/prometheus $(BIN)/pytest tests/infra/grafana -rs $(PYTEST_ARGS)

test-cockpit: setup  ## of the tests only retries and schedules by clicking in the Prefect UI
	$(BIN)/pytest -m cockpit tests/flows -rs $(PYTEST_ARGS)

test-hosts: setup  ## several hosts as network namespaces, one of them cut off; as root, needs PostgreSQL and Redis
	FOUNDRY_TEST_HOSTS=1 $(BIN)/pytest -m hosts tests/hosts -rs $(PYTEST_ARGS)

rehearsal: setup  ## N=200 instructions to samples at a hosted model's pace; BENCH_ARGS="--step-up --s3 --help"
	@$(BIN)/python -m tests.bench.rehearsal --count $(or $(N),200) $(BENCH_ARGS)

demo: setup  ## the whole factory on this machine; MODEL=... BUDGET_USD=... uses a real model
	@$(LOCAL) flows.demo --model "$(MODEL)" --budget-usd "$(BUDGET_USD)"

up: setup  ## start sandbox, Prefect server, deployments and workers of this clone
	@$(LOCAL) infra.local up

down:  ## end what this clone started, and nothing else
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m infra.local down; fi

status: setup  ## what of this clone runs, and where
	@$(BIN)/python -m infra.local status

logs: setup  ## the last lines of all logs; NAME=worker-local names one
	@$(BIN)/python -m infra.local logs $(NAME)

clean: setup  ## down, and remove .foundry with its tables, ledger and logs
	@$(BIN)/python -m infra.local clean

dashboard: setup  ## what is spent, in a browser: live ledger and tables; loopback only, Ctrl-C ends it
	@$(BIN)/python -m infra.local.dashboard

bars: setup  ## every numeric promise with its last measurement
	@$(BIN)/python -m tests.bench.bars

bench-conformance: setup  ## our trees against the published algorithm's, four methods, 120 instructions each
	@$(BIN)/python -m tests.bench.conformance

bench-search: setup  ## searchers side by side at what they cost, ours held to its bars; BENCH_ARGS="--only cells --seeds 11 --count 60 --skills middle"
	@$(BIN)/python -m tests.bench.search $(BENCH_ARGS)

bench-forecast: setup  ## 20 dry runs held against what their runs took; BENCH_ARGS="--runs 4 --count 60"
	@$(BIN)/python -m tests.bench.forecast --record $(BENCH_ARGS)

bench-spend: setup  ## the dashboard opened on a million calls; BENCH_ARGS="--calls 100000 --times 5"
	@$(BIN)/python -m tests.bench.dashboard $(BENCH_ARGS)

bench-ledger: setup  ## reserve and settle alone and in groups; caps under 16 processes and 50 kills; BENCH_ARGS="--only kills"
	@$(BIN)/python -m tests.bench.ledger $(BENCH_ARGS)

bench-delta: setup  ## a drift of 1 % of the APIs: model calls of a delta run, its rows against a full build; BENCH_ARGS="--count 60 --seeds 1 --record"
	@$(BIN)/python -m tests.bench.delta $(BENCH_ARGS)

bench-why: setup  ## DFSDT and ReACT pair by pair: what the tree, the sampling and the judge change
	@$(BIN)/python -m tests.bench.why $(BENCH_ARGS)

bench-sandbox: setup  ## size, speed, faults, teacher and check of the sandbox; BENCH_ARGS="--only speed"
	@$(BIN)/python -m tests.bench.sandbox $(BENCH_ARGS)
