"""One engine for what we measure of ourselves and for the audience: series of days in, what the rules find out.

Everything is SQL over the last DAYS days, so that what it costs does not grow with the history. The tables it reads:

| table | one row per | columns |
|---|---|---|
| `series` | series | series, subject_id, subject_type, subject_name, parent_id, platform, metric, until_date |
| `days` | series and day | series, observed_date, value, change_class, raw_value |

`until_date` is the day that the series is to be judged on: today for our own, the newest day of the platform for the
audience. `value` is what is judged, for a counter the gain of the day, null if it is none; `raw_value` is what was
counted.

The usual course. The level of a day is the median of the 28 days before it, so that growth cancels. What is usual on a
weekday is the median of log(value / level) over the same weekdays of 8 weeks; how much it varies is the median absolute
deviation from that, over all weekdays, corrected for their number. On a holiday what is usual on any weekday is, give
or take 30 %; holidays are no history.
"""

from dataclasses import dataclass
from datetime import date

import duckdb

from crescendo.operations.rules import NUMBERS, OURS, Rule
from crescendo.warehouse import text

DAYS = 90
LEVEL_DAYS, COURSE_DAYS = 28, 56
LEAST_SAME = 4  # weekdays that the usual course of one is made from
HOLIDAY = 0.3
TABLES = """
    create or replace temp table series (series ubigint, subject_id varchar, subject_type varchar,
        subject_name varchar, parent_id varchar, platform varchar, metric varchar, until_date date);
    create or replace temp table days (series ubigint, observed_date date, value double, change_class varchar,
        raw_value double);
    create or replace temp table holidays (holiday_date date);"""
ENTERED = ("rule_name", "subject_type", "pattern", "platform", "metric", "method", *NUMBERS)
# the rule that judges a series: the first of its method that fits
FITTED = f"""
    create or replace temp table fitted as
    select r.*, s.series from rules as r inner join series as s
        on (r.metric = '' or r.metric = s.metric)
        and (r.subject_type = '' or r.subject_type = s.subject_type)
        and (r.subject_type <> '' or s.subject_type <> 'platform')
        and (case when r.platform = '' then s.platform <> '{OURS}' else regexp_full_match(s.platform, r.platform) end)
        and (r.pattern = '' or regexp_full_match(s.subject_name, r.pattern))
    where true
    qualify r.method = 'late' or rank() over (
        partition by s.series, r.method, r.high is null, r.low is null order by r.place) = 1"""
PAST = f"""
    create or replace temp table past as
    select d.*, count(*) over whole as observation_count,
        row_number() over (partition by d.series order by observed_date desc) as back
    from days as d inner join series as s using (series)
    where observed_date <= until_date and observed_date > until_date - {DAYS}
    window whole as (partition by d.series);
    create or replace temp table newest as select * from past where back = 1"""
# rule, series, value, low, high, history, day
BOUND = """
    select rule_name, series, value, low, high, 0, observed_date from fitted inner join newest using (series)
    where method = 'bound' and (value < low or value > high)"""
ZERO = """
    select rule_name, f.series, n.value, min(p.value) filter (where p.value > 0), max(p.value), count(*),
        n.observed_date
    from fitted as f inner join newest as n using (series)
    inner join past as p on p.series = f.series and p.back > 1
    inner join series as s on s.series = f.series
    where method = 'zero' and n.value = 0 and (n.observed_date = s.until_date or s.platform = 'crescendo')
    group by rule_name, f.series, n.value, n.observed_date, least_history, least_base
    having count(*) >= coalesce(least_history, 1) and count(*) filter (where p.value = 0) < 0.1 * count(*)
        and median(p.value) >= coalesce(least_base, 0)"""
STEP = """
    select rule_name, f.series, n.value, low * median(p.value), high * median(p.value), n.observation_count - 1,
        n.observed_date
    from fitted as f inner join newest as n using (series)
    inner join past as p on p.series = f.series and p.back between 2 and 8
    where method = 'step' and n.value <> 0
    group by rule_name, f.series, n.value, n.observed_date, n.observation_count, low, high, least_history, least_base
    having count(*) >= coalesce(least_history, 1)
        and median(p.value) > 0
        and greatest(median(p.value), case when high is null then 0 else n.value / high end) >= coalesce(least_base, 0)
        and (n.value < low * median(p.value) or n.value > high * median(p.value))"""
SHIFT = """
    select rule_name, f.series, n.value, median(p.value) - greatest(low, 1.4826 * deviations * mad(p.value)),
        median(p.value) + greatest(high, 1.4826 * deviations * mad(p.value)), count(*), n.observed_date
    from fitted as f inner join newest as n using (series)
    inner join past as p on p.series = f.series and p.back between 2 and 29
    where method = 'shift'
    group by rule_name, f.series, n.value, n.observed_date, low, high, deviations, least_history
    having count(*) >= coalesce(least_history, 1)
        and (n.value > median(p.value) + greatest(high, 1.4826 * deviations * mad(p.value)) and high is not null
            or n.value < median(p.value) - greatest(low, 1.4826 * deviations * mad(p.value)) and low is not null)"""
LATE = """
    with gaps as (
        select series, back, date_diff('day', lag(observed_date) over (partition by series order by observed_date),
            observed_date) as gap
        from past
    ),
    usual as (
        select series, median(gap) as usual_gap, max(gap) as longest_gap, count(gap) as gap_count
        from gaps group by series
    )
    select rule_name, f.series, date_diff('day', observed_date, until_date), null, ceil(low * usual_gap) - 1, gap_count,
        observed_date
    from fitted as f inner join newest as n using (series) inner join usual using (series)
    inner join series using (series)
    where method = 'late' and gap_count >= coalesce(least_history, 1)
        and date_diff('day', observed_date, until_date) > longest_gap
        and date_diff('day', observed_date, until_date) >= low * usual_gap
        and (high is null or date_diff('day', observed_date, until_date) < high * usual_gap)"""
MARKED = """
    select rule_name, series, raw_value, null, null, observation_count - 1, observed_date
    from fitted inner join newest using (series) inner join series as s using (series)
    where change_class = case method when 'reset' then 'reset' when 'restated' then 'restatement' end
        and observed_date = until_date"""
COURSE = f"""
    create or replace temp table course as
    with judged as (select distinct series from fitted where method = 'change'),
    levels as (
        select series, observed_date, value, back, dayofweek(observed_date) as weekday,
            observed_date in (from holidays) as is_holiday,
            median(value) over before as level, count(*) over before as level_count
        from past semi join judged using (series)
        where value > 0
        window before as (partition by series order by observed_date
            range between interval {LEVEL_DAYS} day preceding and interval 1 day preceding)
    ),
    newest_level as (select * from levels where back = 1),
    ratios as (
        select l.series, l.weekday, ln(l.value / l.level) as ratio
        from levels as l inner join newest_level as n using (series)
        where l.back > 1 and not l.is_holiday and l.level_count >= 7
            and l.observed_date >= n.observed_date - {COURSE_DAYS}
    ),
    weekdays as (
        select series, weekday, median(ratio) as usual, count(*) as same_count from ratios group by series, weekday
    ),
    spread as (
        select series, 1.4826 * median(abs(ratio - usual) * same_count / (same_count - 0.8)) as deviation,
            count(*) as ratio_count
        from ratios inner join weekdays using (series, weekday) where same_count > 1 group by series
    ),
    widest as (select series, min(usual) as lowest, max(usual) as highest from weekdays group by series)
    select n.series, n.observed_date, n.value, n.level, s.ratio_count,
        coalesce(w.same_count, 0) as same_count, n.is_holiday,
        s.deviation * sqrt(1 + 1.57 / w.same_count) as deviation,
        n.level * exp(case when n.is_holiday then d.lowest + ln(1 - {HOLIDAY}) else w.usual end) as usual_low,
        n.level * exp(case when n.is_holiday then d.highest + ln(1 + {HOLIDAY}) else w.usual end) as usual_high
    from newest_level as n
    inner join spread as s using (series) inner join widest as d using (series)
    left join weekdays as w on w.series = n.series and w.weekday = n.weekday"""
CHANGE = f"""
    with ranged as (
        select rule_name, c.*, low, high, f.deviations,
            usual_low * least(low, exp(-f.deviations * deviation)) as lowest,
            usual_high * greatest(high, exp(f.deviations * deviation)) as highest,
            usual_low * exp(-f.deviations * deviation) as course_low,
            usual_high * exp(f.deviations * deviation) as course_high
        from fitted as f inner join course as c using (series) inner join series as s using (series)
        where method = 'change' and ratio_count >= coalesce(least_history, 1) and same_count >= {LEAST_SAME}
            and usual_high >= coalesce(least_base, 0)
            and (c.observed_date = s.until_date or s.platform = '{OURS}')
    )
    select rule_name, series, value, coalesce(lowest, course_low), coalesce(highest, course_high), ratio_count,
        observed_date
    from ranged where (low is not null and value < lowest) or (high is not null and value > highest)"""
TOO_FEW = f"""
    select f.rule_name, count(*) from fitted as f left join newest as n using (series)
    left join course as c using (series)
    where case when method = 'change' then coalesce(c.ratio_count, 0) < least_history
            or coalesce(c.same_count, 0) < {LEAST_SAME}
        else coalesce(n.observation_count - 1, 0) < least_history end
    group by f.rule_name order by f.rule_name"""


@dataclass(frozen=True)
class Found:
    """What a rule finds: the subject, its value, the range that was to be expected, and the day."""

    rule: Rule
    subject_id: str
    subject_type: str
    subject_name: str
    parent_id: str
    platform: str
    metric: str
    value: float
    expected_low: float | None
    expected_high: float | None
    history_used: int
    on_date: date
    same: "tuple[Found, ...]" = ()  # of a platform, what the rule found alike on many of its series


@dataclass(frozen=True)
class Judgement:
    """What the rules found, and of each rule how many series have too few observations to be judged by it."""

    found: list[Found]
    too_few: dict[str, int]
    series_count: int


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are read, empty."""
    connection.execute(TABLES)


def judge(connection: duckdb.DuckDBPyConnection, rules: list[Rule]) -> Judgement:
    """Apply rules to the series and days of a connection."""
    _enter(connection, rules)
    for statement in (FITTED, PAST, COURSE):
        connection.execute(statement)
    parts = " union all ".join(f"({part})" for part in (BOUND, ZERO, STEP, SHIFT, LATE, MARKED, CHANGE))
    rows = connection.execute(f"""
        with told (rule_name, series, value, low, high, history, on_date) as ({parts})
        select rule_name, subject_id, subject_type, subject_name, coalesce(parent_id, ''), platform, metric, value, low,
            high, history, on_date
        from told inner join series using (series) order by all""").fetchall()
    named = {rule.rule_name: rule for rule in rules}
    found = [Found(named[name], *row) for name, *row in rows]
    few = dict(connection.execute(TOO_FEW).fetchall())
    [(count,)] = connection.execute("select count(*) from series").fetchall()
    return Judgement(found, few, count)


def _enter(connection: duckdb.DuckDBPyConnection, rules: list[Rule]) -> None:
    """The rules as a table, in one statement: dozens of them would take longer than the judgement."""
    kinds = {name: "double" if name in NUMBERS else "varchar" for name in ENTERED}
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    connection.execute(f"create or replace temp table rules (place integer, {columns})")
    rows = [
        f"({place}, {', '.join(_literal(getattr(rule, name)) for name in ENTERED)})" for place, rule in enumerate(rules)
    ]
    if rows:
        connection.execute(f"insert into rules values {', '.join(rows)}")


def _literal(value: object) -> str:
    return "null" if value is None else text(value) if isinstance(value, str) else repr(value)
