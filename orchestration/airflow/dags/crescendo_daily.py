"""The day of Crescendo as a DAG: each task is one step of `crescendo daily`, in the project's own environment.

The steps are those of `crescendo daily --help`, in their order (a test holds the two equal). One task at a time, since
DuckDB has one writer; one run at a time, since a day goes on from the day before. A task may be run again for its day:
the step goes on where it stopped. CRESCENDO_HOME is the project's folder, CRESCENDO_BIN its command.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, chain

HOME = os.environ.get("CRESCENDO_HOME") or str(Path(__file__).resolve().parents[3])
BIN = os.environ.get("CRESCENDO_BIN") or f"{HOME}/.venv/bin/crescendo"
STEPS = (
    "check", "fetch-moovitamix", "fetch-soundcharts", "fetch-tmdb", "load", "freshness", "build", "gate", "recommend",
    "retrain", "watch", "report", "publish",
)  # fmt: skip
# a broken promise is not mended by trying again: a person has to look at what the gate says
ONCE = ("gate",)

with DAG(
    dag_id="crescendo_daily",
    description="Fetch, load, build, test, recommend, watch, report and publish one day",
    schedule=os.environ.get("CRESCENDO_SCHEDULE") or "0 6 * * *",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    tags=["crescendo"],
    doc_md=__doc__,
) as dag:
    tasks = [
        BashOperator(
            task_id=step,
            bash_command=f'exec "{BIN}" daily --date {{{{ ds }}}} --step {step}',
            cwd=HOME,
            append_env=True,
            retries=0 if step in ONCE else 2,
            retry_delay=timedelta(seconds=int(os.environ.get("CRESCENDO_RETRY_SECONDS") or 300)),
            execution_timeout=timedelta(hours=6),
        )
        for step in STEPS
    ]
    chain(*tasks)
