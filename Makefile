# `make build` and `make test` are all that a new machine needs; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
SQLFLUFF := CRESCENDO_DB=:memory: $(BIN)/python scripts/lint_sql.py

.DEFAULT_GOAL := help
.PHONY: help app build test lint lint-python lint-models lint-sql load sample docs shell status registry airflow airflow-test spark spark-test lock audit secrets image clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# uv installs the hash-pinned set in seconds; its own pin stands in the same file. Where it cannot, pip can.
.venv/.ready: requirements.txt pyproject.toml
	@echo "installing the environment in .venv/: about a minute" >&2
	@$(PYTHON) -m venv --clear .venv
	@awk '/^uv==/ {on = 1} on && /^[^ ]/ && !/^uv==/ {exit} on' requirements.txt > .venv/uv.txt
	@$(BIN)/pip install --quiet --no-deps --require-hashes --requirement .venv/uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --system-certs --python $(BIN)/python --require-hashes requirements.txt || \
		$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements.txt
	@$(BIN)/uv pip install --quiet --offline --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q scripts
	@touch $@

build: ## environment, load landing/ or a sample if it is empty, dbt build, summary
	@started=$$(date +%s); $(MAKE) --no-print-directory .venv/.ready && \
	$(BIN)/crescendo build --environment-seconds $$(( $$(date +%s) - started ))

test: .venv/.ready lint ## everything that CI runs
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder -m "not spark"

lint: .venv/.ready ## style and types: ruff, mypy, dbt-bouncer, sqlfluff
	@$(MAKE) --no-print-directory --jobs 2 lint-models lint-python lint-sql

lint-python: .venv/.ready ## of these, what reads Python
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy --no-error-summary

# a folder of its own: `state:modified+` compares with the manifest of the build in target/
lint-models: export DBT_TARGET_PATH := target/lint
lint-models: .venv/.ready ## of these, what reads models
	CRESCENDO_DB=:memory: $(BIN)/dbt parse --quiet
	@COLUMNS=160 $(BIN)/dbt-bouncer run --show-all-failures
	$(SQLFLUFF) lint --quiet models/marts models/metrics

# the other half of them: sqlfluff with dbt's templater uses one core
lint-sql: export DBT_TARGET_PATH := target/lint-sql
lint-sql: .venv/.ready ## of these, what reads the other models
	$(SQLFLUFF) lint --quiet models/intermediate models/staging tests

load: .venv/.ready ## load landing/ into the warehouse
	@$(BIN)/crescendo load

sample: .venv/.ready ## write the sample to sample/
	@$(BIN)/crescendo sample

status: .venv/.ready ## what was loaded, refused and unknown
	@$(BIN)/crescendo status

app: .venv/.ready ## look in a browser: http://127.0.0.1:8501
	@$(BIN)/crescendo app

docs: .venv/.ready ## build the dbt docs and serve them
	@$(BIN)/dbt docs generate --quiet && $(BIN)/dbt docs serve

shell: .venv/.ready ## the DuckDB shell on the built file
	@$(BIN)/duckdb -readonly -init scripts/shell.sql "$${CRESCENDO_DB:-crescendo.duckdb}"

.venv-registry/.ready: requirements-registry.txt .venv/.ready
	@$(PYTHON) -m venv --clear .venv-registry
	@$(BIN)/uv pip sync --quiet --system-certs --python .venv-registry/bin/python --require-hashes requirements-registry.txt
	@touch $@

registry: .venv-registry/.ready ## MLflow, in an environment of its own, for `crescendo retrain`

.venv-airflow/.ready: orchestration/airflow/requirements-airflow.txt .venv/.ready
	@$(PYTHON) -m venv --clear .venv-airflow
	@$(BIN)/uv pip sync --quiet --compile-bytecode --system-certs --python .venv-airflow/bin/python --require-hashes $<
	@touch $@

airflow: .venv-airflow/.ready ## Airflow on a PostgreSQL of its own, with the daily DAG; its page's address
	@orchestration/airflow/airflow.sh up

airflow-test: .venv-airflow/.ready ## the DAG for two days (CRESCENDO_DAYS) against the simulators, compared with days without Airflow
	@AIRFLOW_HOME=$$(mktemp -d) && chmod 755 $$AIRFLOW_HOME && export AIRFLOW_HOME && trap 'rm -rf "$$AIRFLOW_HOME"' EXIT && \
	CRESCENDO_AIRFLOW_DATABASE_PORT=5438 orchestration/airflow/airflow.sh run $(CURDIR)/$(BIN)/python $(CURDIR)/orchestration/airflow/try_dag.py

# our half of dbt's adapter is found by its place; nothing of it is in the main environment
.venv-spark/.ready: requirements-spark.txt .venv/.ready
	@$(PYTHON) -m venv --clear .venv-spark
	@$(BIN)/uv pip sync --quiet --system-certs --python .venv-spark/bin/python --require-hashes $<
	@printf '%s\n' $(CURDIR)/scripts $(CURDIR)/scripts/spark > $$(echo .venv-spark/lib/python3*/site-packages)/crescendo.pth
	@touch $@

spark: export DBT_TARGET_PATH := target/spark/dbt
spark: export SPARK_LOCAL_IP := 127.0.0.1
spark: .venv-spark/.ready ## the models on Spark (Java 17), from the built warehouse's raw tables, to target/spark/warehouse
	@DBT_TARGET_PATH=target $(BIN)/crescendo publish parquet --raw > /dev/null
	@rm -rf target/spark/warehouse target/spark/views target/spark/answers
	@mkdir -p target/spark && .venv-spark/bin/python -m crescendo.spark target/spark build --exclude resource_type:test resource_type:unit_test

spark-test: .venv-spark/.ready ## the models on Spark, each table compared with DuckDB's on the sample
	$(BIN)/pytest -m spark -s tests/python/test_spark.py

lock: .venv/.ready ## pin the dependencies again, hashed, without any registry's address
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra dev --extra recommend --extra semantic --output-file requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra bench --constraint requirements.txt --output-file requirements-bench.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra recommend --extra image --constraint requirements.txt --output-file requirements-run.txt pyproject.toml
	# 3.18.0 asks for an mlflow-skinny that was never published
	@echo mlflow==3.17.2 | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --output-file requirements-registry.txt -
	# Airflow 3.3 does not work with fastapi 0.137; without graphviz it warns each time
	printf '%s\n' 'apache-airflow[postgres]==3.3.2' 'fastapi<0.137' graphviz | $(BIN)/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--output-file orchestration/airflow/requirements-airflow.txt -
	# sqlglot as here: the translation that is tested is the one that runs
	printf '%s\n' 'dbt-core>=1.11,<1.12' dbt-spark==1.11.0 pyspark==4.3.0 sqlglot | $(BIN)/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--constraint requirements.txt --output-file requirements-spark.txt -

audit: .venv/.ready ## known weaknesses of the pinned packages; asks the advisories of PyPI
	$(BIN)/pip-audit --disable-pip --require-hashes --requirement requirements.txt
	$(BIN)/pip-audit --disable-pip --require-hashes --requirement requirements-registry.txt

# not by their randomness, which hashes have too, but by their form; these words are examples of documents and tests
NO_SECRETS := --disable-plugin HexHighEntropyString --disable-plugin Base64HighEntropyString --exclude-secrets '^(password|hush|pass)$$'
secrets: .venv/.ready ## secrets in what git keeps
	@git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook $(NO_SECRETS)

image: ## the container image, by Docker or Podman
	$$(command -v docker || command -v podman) build --file Containerfile --tag crescendo .

clean: ## remove what was built, and the sample; landing/ stays
	rm -rf .venv .venv-registry .venv-airflow .venv-spark .airflow sample target logs crescendo.duckdb crescendo.duckdb.wal .mypy_cache .pytest_cache .ruff_cache
