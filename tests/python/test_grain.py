"""The test `unique_grain` finds the same with a bit for each day as with a group for each row."""

import random
import re
from datetime import date, timedelta

import duckdb
from conftest import ROOT
from jinja2 import Environment

COLUMNS = ["name", "day", "number"]
# days on both sides of 1970 share the bit of another sixty days; the ends of the calendar
DAYS = [date(1970, 1, 1) + timedelta(days) for days in (-121, -120, -61, -60, -59, -1, 0, 1, 59, 60, 61, 119, 120)]
DAYS += [date(1, 1, 1), date(9999, 12, 31)]


def grain(**arguments):
    """The SQL of the test, as dbt writes it."""
    source = (ROOT / "tests" / "generic" / "unique_grain.sql").read_text()
    [body] = re.findall(r"{% test unique_grain.*?%}(.*){% endtest %}", source, re.DOTALL)
    return Environment(autoescape=False).from_string(body).render(model="held", columns=COLUMNS, **arguments)


def test_a_grain_with_days_is_broken_by_the_same_rows():
    broken, draw = 0, random.Random(7)
    with duckdb.connect() as connection:
        connection.execute("create table held (name varchar, number integer, day date)")
        for _ in range(400):
            rows = [
                (draw.choice([None, "a"]), draw.choice([None, 1, 2]), draw.choice([None, *DAYS]))
                for _ in range(draw.randint(1, 9))
            ]
            connection.execute("delete from held")
            connection.executemany("insert into held values (?, ?, ?)", rows)
            by_row, by_day = (connection.sql(grain(by_day=day)).fetchall() for day in (None, "day"))
            assert bool(by_row) == bool(by_day) == (len(set(rows)) < len(rows)), rows
            broken += bool(by_day)
    assert 50 < broken < 350
