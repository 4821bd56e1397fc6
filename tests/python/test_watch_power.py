"""How often the rules are wrong on clean days, and how surely they find a fall.

The days have a weekly season, growth, noise of 5 %, holidays on which all goes as on a Sunday, days without an
observation and days without a run.
"""

import csv
import math
import random
import sys
from datetime import date, timedelta

import duckdb
import pytest
from conftest import ROOT
from crescendo.operations import engine
from crescendo.operations.watch import caused, rolled_up
from operation_worlds import AUDIENCE, RULES, SEASON, append, noisy, own_history

FIRST, SIMULATED, HISTORY = date(2026, 2, 15), 120, 90
MISSING, UNRUN = 0.03, 0.02
TRIALS = 400


def say(text):
    """Seen with pytest -s; docs/monitoring.md quotes it."""
    sys.stdout.write(f"{text}\n")


@pytest.fixture(scope="module")
def holidays():
    with (ROOT / "seeds" / "holidays.csv").open() as file:
        return {date.fromisoformat(row["holiday_date"]) for row in csv.DictReader(file)}


def season(day, holidays):
    return SEASON[6 if day in holidays else day.weekday()]


def a_course(random_, base, days, holidays, noise=0.05):
    """A series of flows: growth of a quarter of a percent a day."""
    for number, day in enumerate(days):
        yield day, noisy(random_, base * 1.0025**number * season(day, holidays), noise)


def entered(connection, series, days, until):
    """Give the engine series (id, subject id, type, name, parent, platform, metric) and days (id, day, value)."""
    engine.prepare(connection)
    append(connection, "series", [[*row, until] for row in series])
    append(connection, "days", [[number, day, value, "increase", value] for number, day, value in days])


def clean(seed, holidays):
    """120 days that are clean after 90 that are history: the series, and a value for each day that has one."""
    random_ = random.Random(seed)
    days = [FIRST + timedelta(number - HISTORY) for number in range(HISTORY + SIMULATED)]
    series, values = {}, []
    for day in days:
        if random_.random() < UNRUN:
            continue
        for kind, name, parent, metric, value in own_history(random_, day):
            key = (f"{kind}:{name}", kind, name, parent, "crescendo", metric)
            number = series.setdefault(key, len(series))
            flows = metric in ("new_rows", "requests", "records", "files")
            values.append([number, day, value * season(day, holidays) / SEASON[day.weekday()] if flows else value])
    for copy in range(3):
        for subject, kind, metric_id, base in AUDIENCE:
            platform, _, metric = metric_id.partition(":")
            key = (f"{subject}/{copy}", kind, subject, f"platform:{platform}", platform, metric)
            number = series.setdefault(key, len(series))
            course = a_course(random_, base, days, holidays)
            values += [[number, day, value] for day, value in course if random_.random() > MISSING]
    return [[number, *key] for key, number in series.items()], values


def opened(connection, rules, days):
    """The alerts that open on each of some days: seen that day, and not the day before."""
    before, found = set(), []
    for day in days:
        connection.execute(f"update series set until_date = date '{day}' where platform = 'crescendo'")
        connection.execute(f"""
            update series set until_date = newest from (
                select platform as p, max(observed_date) as newest from days inner join series using (series)
                where observed_date <= date '{day}' group by platform) where p = platform and p <> 'crescendo'""")
        seen = caused(rolled_up(connection, engine.judge(connection, rules).found))
        now = {(one.rule.rule_name, one.subject_id, one.metric): one for one in seen}
        found += [(day, *key, now[key].value, now[key].expected_low, now[key].expected_high)
                  for key in now.keys() - before]  # fmt: skip
        before = now.keys()
    return found


def test_120_clean_days_raise_at_most_one_false_alert_a_month(holidays):
    series, values = clean(1, holidays)
    with duckdb.connect() as connection:
        entered(connection, series, values, FIRST)
        append(connection, "holidays", [[day] for day in holidays])
        found = opened(connection, RULES, [FIRST + timedelta(number) for number in range(SIMULATED)])
    rate = len(found) / (SIMULATED / 30)
    say(f"{len(found)} false alerts in {SIMULATED} days over {len(series)} series: {rate:.2f} a month")
    assert rate <= 1, found


@pytest.mark.parametrize(("share", "least"), [(0.7, 0.95), (0.6, 0.99)])
def test_a_fall_is_found_on_its_day(holidays, share, least):
    random_ = random.Random(2)
    days = [FIRST + timedelta(number - HISTORY) for number in range(HISTORY + 1)]
    while days[-1] in holidays:
        days = [day + timedelta(1) for day in days]
    series, values = [], []
    for number in range(TRIALS):
        series.append([number, f"song:{number}", "song", str(number), "platform:spotify", f"p{number}", "streams"])
        course = list(a_course(random_, 5000, [day + timedelta(number % 7) for day in days], holidays))
        course[-1] = (course[-1][0], share * course[-1][1])
        values += [[number, day, value] for day, value in course if day == course[-1][0] or random_.random() > MISSING]
    with duckdb.connect() as connection:
        entered(connection, series, values, None)
        connection.execute(
            "update series set until_date = (select max(observed_date) from days as d where d.series = series.series)"
        )
        append(connection, "holidays", [[day] for day in holidays])
        found = {
            one.subject_id for one in engine.judge(connection, RULES).found if one.rule.rule_name == "audience_fell"
        }
    say(f"a fall to {share:.0%} with 5 % of noise: found on its day in {len(found) / TRIALS:.1%} of {TRIALS} trials")
    assert len(found) >= least * TRIALS


def test_what_is_usual_follows_its_definition():
    """Two weekdays at 1 and e times the level, no noise: the range is the level times that, by 4 deviations of 0."""
    days = [FIRST + timedelta(number) for number in range(85)]
    values = [[0, day, 100 * (math.e if day.weekday() == 2 else 1)] for day in days]
    values[-1][2] *= 0.5
    with duckdb.connect() as connection:
        entered(connection, [[0, "song:1", "song", "1", "platform:x", "x", "streams"]], values, days[-1])
        [one] = engine.judge(connection, RULES).found
    expected = 100 * (math.e if days[-1].weekday() == 2 else 1)
    assert one.rule.rule_name == "audience_fell"
    assert one.expected_low == pytest.approx(0.8 * expected)
    assert one.history_used == 56
