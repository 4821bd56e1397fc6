"""One definition for every tool: what `mf query` answers is what the functions and the facts of the warehouse say."""

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import ROOT, project_in

# the window from the close of the first day to the close of the last; a query's days begin one later
OPENED, FIRST, CLOSED = "2025-04-27", "2025-04-28", "2025-05-25"
GROWN = f"metrics.judged_series_growth('{OPENED}', '{CLOSED}')"
AVERAGED = f"metrics.series_averages('{OPENED}', '{CLOSED}')"
DAYS = f"between '{FIRST}' and '{CLOSED}'"

# for each saved query: its key and measures as the warehouse itself gives them
EXPECTED = {
    "growth_of_series": f"""
        select series_id as series, case when kind = 'counter' then gained end as gained, observed_days,
            -- of a counter that began in the window the function counts from zero
            case when start_value is not null then growth end as growth
        from {GROWN} where kind <> 'flow' and observed_days > 0
    """,
    "gained_by_platform": f"""
        select platform as series__catalogued__platform, unit as series__catalogued__unit, sum(gained) as gained
        from {GROWN} where kind = 'counter' and observed_days > 0 group by all
    """,
    "counted_by_metric": f"""
        select platform || ':' || metric as series__metric_id, sum(gained) as counted,
            sum(gained) / sum(observed_days) as average_counted
        from {GROWN} where kind = 'flow' and observed_days > 0 group by all
    """,
    "average_by_series": f"""
        select series_id as series, average_per_observed_day as average_value, observed_days
        from {AVERAGED} where kind in ('gauge', 'index', 'rolling') and observed_days = 28
    """,
    "latest_by_series": f"""
        select series_id as series, end_value as latest_value
        from {GROWN} where end_value is not null and observed_days > 0
    """,
    "streams_gained_by_song": f"""
        select subject as series__subject, gained from metrics.series_growth('{OPENED}', '{CLOSED}')
        where platform = 'spotify' and metric = 'streams' and gained is not null
    """,
    "listens_by_track": f"""
        select subject_id as series__subject, gained as listens from {GROWN}
        where platform = 'moovitamix' and metric = 'listens' and observed_days > 0
    """,
    "votes_by_film": f"""
        select 'film:' || movie_id as series__subject, max_by(vote_count, snapshot_date) as vote_count
        from films.fct_movies_daily where snapshot_date {DAYS} and vote_count is not null
            and series__subject in (select subject_id from metrics.dim_subjects) group by all  -- no adult film
    """,
    "leads_by_channel": f"""
        select 'channel:' || channel_id as series__subject, sum(received_count) as received_leads,
            sum(validated_count) as validated_leads
        from leads.fct_leads_daily where day_date {DAYS} group by all
    """,
    "cost_by_channel": f"""
        with leads as (
            select channel_id, sum(received_count) as received, sum(validated_count) as validated
            from leads.fct_leads_daily where day_date {DAYS} group by all
        )
        select 'channel:' || channel_id as series__subject, sum(spend) as media_spend,
            sum(spend) / any_value(received) as cost_per_lead,
            sum(spend) / any_value(validated) as cost_per_validated_lead
        from leads.fct_media_spend_daily inner join leads using (channel_id)
        where spend_date {DAYS} and currency = 'EUR' group by all
    """,
}


def agree(told, answered):
    """Whether two figures are one: a count exactly; a fraction as exactly as the running totals are rounded."""
    if told is None:  # the function says nothing of a stale value
        return True
    is_count = told % 1 == 0 and answered % 1 == 0
    return answered == pytest.approx(told, rel=1e-12 if is_count else 1e-6, abs=0)


@pytest.fixture(scope="module")
def answers(built, tmp_path_factory):
    """A folder with the answer of each saved query on the sample, and with the warehouse that was asked."""
    folder = tmp_path_factory.mktemp("semantic")
    for name in ("crescendo.duckdb", "crescendo.duckdb.maskkey"):
        shutil.copy(built / name, folder / name)
    shutil.copytree(built / "target", folder / "target", ignore=shutil.ignore_patterns("compiled", "run"))
    program = [sys.executable, str(Path(__file__).with_name("semantic_queries.py")), str(folder), FIRST, CLOSED]
    done = subprocess.run(program, cwd=folder, env=project_in(folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("name", EXPECTED)
def test_a_saved_query_gives_the_numbers_of_the_warehouse(answers, name):
    with duckdb.connect(str(answers / "crescendo.duckdb"), read_only=True) as connection:
        expected = connection.execute(EXPECTED[name])
        columns = [item[0] for item in expected.description]
        key = [column for column in columns if column.startswith("series")]
        rows = {tuple(map(str, row[: len(key)])): dict(zip(columns, row, strict=True)) for row in expected.fetchall()}
        kinds = ", ".join(f"'{column}': 'varchar'" for column in key)
        asked = connection.execute(f"from read_csv('{answers}/{name}.csv', types = {{{kinds}}})")
        names = [item[0] for item in asked.description]
        told = [dict(zip(names, row, strict=True)) for row in asked.fetchall()]
    answered = {tuple(row[column] for column in key): row for row in told}
    assert len(answered) == len(told)
    assert len(rows) >= 5
    assert set(rows) <= set(answered), f"{len(set(rows) - set(answered))} rows are missing"
    wrong = [
        (identity, column, row[column], answered[identity][column])
        for identity, row in rows.items()
        for column in columns
        if column not in key and not agree(row[column], answered[identity][column])
    ]  # fmt: skip
    assert not wrong, f"{len(wrong)} of {len(rows)}: {wrong[:5]}"


def test_every_saved_query_is_compared_and_metrics_are_few():
    declared = yaml.safe_load((ROOT / "models/semantic/saved_queries.yml").read_text())
    assert {query["name"] for query in declared["saved_queries"]} == set(EXPECTED)
    metrics = yaml.safe_load((ROOT / "models/semantic/metrics.yml").read_text())["metrics"]
    assert len(metrics) < 30
    asked = {name for query in declared["saved_queries"] for name in query["query_params"]["metrics"]}
    assert asked == {metric["name"] for metric in metrics}
