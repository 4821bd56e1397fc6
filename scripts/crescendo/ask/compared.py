"""SQL of `--against`: the rows of one window beside those of another, with the change in percent."""

from collections.abc import Sequence

from crescendo.ask.relations import Relation
from crescendo.ask.windows import Window

# what tells two rows of one window apart
KEYS = ("subject_id", "series_id", "platform", "metric", "member_type")


def beside(
    asked: str,
    relation: Relation,
    spans: tuple[Window, Window, Window],
    figure: str,
    columns: Sequence[str],
    joined: str,
) -> str:
    """SQL of the rows `asked`, beside those of the window that they are compared with.

    spans: the window asked for, the part of it that is compared, and the other window. figure: the column that is
    compared. columns: those of the relation. joined: joins to a row, as `r`, whether it changed its scale; or nothing.
    """
    window, own, other = spans
    keys = " and ".join(f"a.{key} is not distinct from b.{key}" for key in KEYS if key in columns)
    comparable = _comparable(columns) + (" and r.platform is null" if joined else "")  # a percent is of one scale
    days, pace = _paced(figure, columns)
    paced = f"{days} as paced_days, {pace} as paced_value"
    kept = [f"{figure} as value", paced, *(key for key in (*KEYS, "status", "same_count") if key in columns)]
    before = f"select {', '.join(kept)} from {relation.over(other)}"
    mine, table = f"a.{figure}", "a"
    if own != window:  # it is longer than the other, and only so many of its days are compared
        mine, table = "c.value", "c"
        joined += f" left join (select {', '.join(kept)} from {relation.over(own)}) as c on {keys.replace('b.', 'c.')}"
        comparable = comparable.replace("a.s", "c.s")
    status = "b.status as against_status," if "status" in columns else ""
    return (
        f"select a.* exclude (paced_days, paced_value), date '{other.start}' as against_from_date,"
        f" date '{other.end}' as against_to_date, date '{own.end}' as compared_to_date,"
        f" b.value as against_{figure}, {status}"
        f" case when {comparable} then case when {table}.paced_days = b.paced_days"
        f" then 100 * ({mine} - b.value) / b.value"
        f" else 100 * ({table}.paced_value - b.paced_value) / b.paced_value end end as against_change_pct"
        f" from (select *, {paced} {asked}) as a left join ({before}) as b on {keys}{joined}"
    )


def _comparable(columns: Sequence[str]) -> str:
    """SQL of whether the rows `a` and `b` of two windows may be compared."""
    conditions = ["b.value > 0"]
    if "status" in columns:
        known = "(select status from metrics.dim_growth_statuses where has_percent)"
        conditions += [f"a.status in {known}", f"b.status in {known}"]
    if {"status", "start_value"} <= {*columns}:  # a flow, which has none, is summed over the days that were seen
        conditions.append("not (a.start_value is null and 'low_coverage' in (a.status, b.status))")
    if "same_count" in columns:  # a percent is of one set of members
        conditions.append("a.same_count = b.same_count")
    return " and ".join(conditions)


def _paced(figure: str, columns: Sequence[str]) -> tuple[str, str]:
    """SQL of the days between a row's anchors, and of its figure a day.

    Two figures of which these days differ are compared a day; an average is one, and the sum of a flow has none.
    But windows of as many days may have four weekly lists of a flow or five: these are compared list by list.
    """
    if figure == "growth" and "anchored_days" in columns:
        return "anchored_days", "growth_per_day"
    if figure == "growth" and {"kind", "start_observed_date", "end_observed_date"} <= {*columns}:
        lists = "if(expected_days < to_date - from_date, observed_days, 1)" if "expected_days" in columns else "1"
        days = f"if(kind = 'flow', {lists}, end_observed_date - start_observed_date)"
        return days, f"growth / nullif({days}, 0)"
    return "1", "null"
