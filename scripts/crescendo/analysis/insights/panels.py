"""The weeks of all series of a metric, side by side: what forecasts and playlist effects are made of.

A week ends on the weekday of the platform's complete-through date, so that the newest week is whole; of a platform
whose series come and go, as in charts, on that of its last day. Of a counter it has the gain, of a flow the sum, of
anything else the value as the week ended. Newest values that no later one confirms are in no week, nor what came before
a restatement, a reset or other identifiers: it is on another scale.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

MOST_WEEKS = 112  # two years, and what a forecast looks back
ADDED = ("counter", "flow")  # kinds whose weeks add up

BREAK = 131_072  # of running_breaks, from which on they are more than corrections
STALE_DAYS = 28  # a complete-through date that is older says nothing of today
LAST_DAY = """
    select m.kind, m.min_base, m.unit,
        if(c.complete_through_date >= c.last_date - $stale::integer, c.complete_through_date, c.last_date) as last_day
    from metrics.dim_metrics as m inner join metrics.platform_completeness as c on m.platform = c.platform
    where m.metric_id = $metric
"""
# A counter's close may be some days old, or the one before: its gain is brought to seven days. A flow needs four days.
WEEKS = """
    with series as (
        select s.series_id, m.kind, m.max_age_days, $last_day::date as last_day
        from metrics.dim_series as s
        inner join metrics.dim_metrics as m on s.metric_id = m.metric_id
        where m.metric_id = $metric
    ),
    dated as (
        select o.series_id, s.kind, s.max_age_days, o.observed_date, o.value, o.running_gain,
            (s.last_day - o.observed_date) // 7 as ago,
            s.last_day - 7 * ((s.last_day - o.observed_date) // 7)::integer as ends_on
        from metrics.fct_observations as o
        inner join series as s on o.series_id = s.series_id
        left join intermediate.int_ends_unconfirmed as e on o.series_id = e.series_id
        where not o.is_outlier and coalesce(o.observed_date < e.unconfirmed_from_date, true)
            and o.observed_date between s.last_day - 7 * $weeks::integer + 1 and s.last_day
        qualify o.running_breaks // $break = max(o.running_breaks // $break) over (partition by o.series_id)
    ),
    closed as (
        select series_id, any_value(kind) as kind, ago, count(*) as days, avg(value) as mean,
            max(observed_date) as closed_on, max_by(value, observed_date) as close,
            max_by(running_gain, observed_date) as gained_so_far,
            max(observed_date) >= any_value(ends_on) - any_value(max_age_days) as is_fresh
        from dated group by series_id, ago
    ),
    gained as (
        select *,
            7 * (gained_so_far - lag(gained_so_far) over course) / (closed_on - lag(closed_on) over course) as gain,
            lag(ago) over course = ago + 1 as is_next
        from closed where is_fresh or kind = 'flow'
        window course as (partition by series_id order by ago desc)
    )
    select series_id, ago,
        case kind when 'counter' then if(is_next, gain, null) when 'flow' then if(days >= 4, 7 * mean, null)
            else close end as week_value,
        close, closed_on
    from gained
"""
SERIES = """
    select s.series_id, s.subject_id, b.began_on, b.name, b.subject_type,
        coalesce(e.unconfirmed_from_date <= $last_day::date and s.last_date > $last_day::date - 7, false)
            as is_unconfirmed
    from metrics.dim_series as s inner join metrics.dim_subjects as b on s.subject_id = b.subject_id
    left join intermediate.int_ends_unconfirmed as e on s.series_id = e.series_id
    where s.metric_id = $metric and b.is_primary order by s.series_id
"""


@dataclass(frozen=True)
class Panel:
    """The weeks of the series of one metric.

    values: [series, weeks], the newest last; nan if a week is not known. ends: the day on which the newest week ends.
    last: the newest value of each series, of a counter its total, nan if it is not of the newest week; closed: its day.
    ages: weeks from the subject's beginning to the newest week, nan if unknown. unconfirmed: whether values of the
    newest week fell or leapt, and no later one confirms them.
    """

    metric_id: str
    kind: str
    unit: str
    min_base: float
    ends: date
    values: np.ndarray
    last: np.ndarray
    closed: np.ndarray
    ages: np.ndarray
    series: np.ndarray
    subjects: np.ndarray
    names: np.ndarray
    types: np.ndarray
    unconfirmed: np.ndarray

    @property
    def adds(self) -> bool:
        """Whether the weeks add up to what is counted."""
        return self.kind in ADDED

    def week_of(self, day: date) -> int:
        """The place of the week that holds a day; it may be outside of the panel."""
        return self.values.shape[1] - 1 - (self.ends - day).days // 7


def panel(connection: duckdb.DuckDBPyConnection, metric_id: str, weeks: int = MOST_WEEKS) -> Panel | None:
    """The panel of a metric; None if it has no series that was observed of late."""
    found = connection.execute(LAST_DAY, {"metric": metric_id, "stale": STALE_DAYS}).fetchone()
    if not found or found[3] is None:
        return None
    kind, base, unit, ends = found
    about = connection.execute(SERIES, {"metric": metric_id, "last_day": ends}).fetchnumpy()
    rows = connection.execute(
        WEEKS, {"metric": metric_id, "weeks": weeks, "last_day": ends, "break": BREAK}
    ).fetchnumpy()
    if not (len(about["series_id"]) and len(rows["ago"])):
        return None
    values, last, closed = _laid_out(about["series_id"], rows)
    texts = (np.ma.filled(about[name], "") for name in ("series_id", "subject_id", "name", "subject_type"))
    ages = _ages(about["began_on"], ends)
    told = [*texts, np.ma.filled(about["is_unconfirmed"], fill_value=False)]
    return Panel(metric_id, kind, unit, float(base or 0), ends, values, last, closed, ages, *told)


def _laid_out(series: np.ndarray, rows: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The values as [series, weeks], and the newest value of each series with its day."""
    at = np.minimum(np.searchsorted(series, rows["series_id"]), len(series) - 1)
    here = series[at] == rows["series_id"]  # of twins, only one has a row
    ago, length = rows["ago"].astype(int), int(rows["ago"].max()) + 1
    values, last = np.full((len(series), length), np.nan), np.full(len(series), np.nan)
    closed = np.full(len(series), np.datetime64("NaT"), "datetime64[D]")
    values[at[here], length - 1 - ago[here]] = np.ma.filled(rows["week_value"].astype(float), np.nan)[here]
    newest = here & (ago == 0)
    last[at[newest]] = np.ma.filled(rows["close"].astype(float), np.nan)[newest]
    closed[at[newest]] = rows["closed_on"].astype("datetime64[D]")[newest]
    return values, last, closed


def _ages(began: np.ndarray, ends: date) -> np.ndarray:
    """Weeks from these days to the last one, nan if unknown."""
    days = np.datetime64(ends, "D") - np.ma.filled(began.astype("datetime64[D]"), np.datetime64("NaT"))
    return np.where(np.isnat(days), np.nan, days.astype(float) / 7)
