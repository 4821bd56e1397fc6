"""SQL of `--against`: the rows of one window beside those of another, with the change in percent.

A percent is of what both windows can compare, on one scale: of a group, of the members that have a figure in both.
"""

from collections.abc import Sequence

from crescendo.ask.relations import Relation
from crescendo.ask.windows import Window

# what tells two rows of one window apart
KEYS = ("subject_id", "series_id", "platform", "metric", "member_type")
QUOTED = "(select status from metrics.dim_growth_statuses where has_percent)"
HAVE_AVERAGES = "own.average_per_observed_day is not null and other.average_per_observed_day is not null"
SAME_SCALE = "whole.restatement_count + whole.reset_count + whole.relink_count = 0"
# of a member's rows `own` and `other`: by figure the function, which members are counted, which rows are compared
MEMBERS = {
    "growth": (
        "judged_series_growth",
        "counts and is_additive",
        "if(own.kind = 'flow', own.is_covered and other.is_covered,"
        f" own.status in {QUOTED} and other.status in {QUOTED})"
        " and least(own.anchored_days, other.anchored_days) > 0",
    ),
    "average_per_observed_day": ("series_averages", "counts", HAVE_AVERAGES),
}


def beside(
    asked: str, relation: Relation, spans: tuple[Window, Window, Window], figure: str, columns: Sequence[str]
) -> str:
    """SQL of the rows `asked`, beside those of the window that they are compared with.

    spans: the window asked for, the part of it that is compared, and the other window. figure: the column that is
    compared. columns: those of the relation.
    """
    _window, own, other = spans
    keys = [key for key in KEYS if key in columns]
    status = ["status"] if "status" in columns else []
    if relation.is_of_places:
        same, changed = keys, _of_places(relation, own, other, figure, keys)
    else:
        # a series has one row, and the row of a group is made of its members
        same = ["series_id"] if "series_id" in keys else keys
        changed = _of_members(own, other, figure, same)
    return (
        f"with asked as materialized (select * {asked}),"
        f" earlier as (select {', '.join([*keys, *status, f'{figure} as value'])} from {relation.over(other)}),"
        f" changed as ({changed})"
        f" select asked.*, date '{other.start}' as against_from_date, date '{other.end}' as against_to_date,"
        f" date '{own.end}' as compared_to_date, earlier.value as against_{figure},"
        f" {'earlier.status as against_status,' if status else ''}"
        " case when changed.before > 0 then 100 * (changed.here - changed.before) / changed.before end"
        " as against_change_pct, coalesce(changed.compared_count, 0) as compared_count"
        f" from asked left join earlier on {_are_same('asked', 'earlier', keys)}"
        f" left join changed on {_are_same('asked', 'changed', same)}"
    )


def _are_same(one: str, other: str, keys: Sequence[str]) -> str:
    return " and ".join(f"{one}.{key} is not distinct from {other}.{key}" for key in keys)


def _rows(function: str, window: Window) -> str:
    return f"metrics.{function}(date '{window.start}', date '{window.end}')"


def _of_members(own: Window, other: Window, figure: str, keys: Sequence[str]) -> str:
    """SQL of what the members of each row of `asked` have in either window, added up, each by its weight.

    As it is if the anchors of all lie equally far apart in both windows, else a day: in decimals, which add up to the
    same in any order.
    """
    function, counted, comparable = MEMBERS[figure]
    members = "(select series_id, 1e0 as weight from asked)"
    if "series_id" not in keys:
        members = "(select series_id, weight, subject as subject_id, member_type from intermediate.int_series_grouped"
        members += f" where {counted} and subject in (select subject_id from asked))"
    named = [f"own.{key}" if key in ("platform", "metric") else f"members.{key}" for key in keys]
    days = ("own.anchored_days", "other.anchored_days") if figure == "growth" else ("1", "1")
    lengths = f"({', '.join(days)})"
    here, before = (
        f"case when min(least{lengths}) = max(greatest{lengths})"
        f" then sum(members.weight * {side}.{figure} order by own.series_id)"
        f" else sum(cast(members.weight * {side}.{figure} / {length} as decimal(38, 16))) end"
        for side, length in zip(("own", "other"), days, strict=True)
    )
    return (
        f"select {', '.join(named)}, {here} as here, {before} as before, count(*) as compared_count"
        f" from {_rows(function, own)} as own"
        f" inner join {_rows(function, other)} as other on own.series_id = other.series_id"
        f" inner join {_rows('judged_series_growth', Window(other.start, own.end))} as whole"
        f" on own.series_id = whole.series_id"
        f" inner join {members} as members on own.series_id = members.series_id"
        f" where {SAME_SCALE} and {comparable} group by {', '.join(named)}"
    )


def _of_places(relation: Relation, own: Window, other: Window, figure: str, keys: Sequence[str]) -> str:
    """SQL of what each place has in either window: as it is, or a day; a flow that is listed seldom, a list."""
    here, before, comparable = f"own.{figure}", f"other.{figure}", HAVE_AVERAGES
    if figure == "growth":
        comparable = f"own.status in {QUOTED} and other.status in {QUOTED}"
        comparable += " and not (own.kind = 'flow' and 'low_coverage' in (own.status, other.status))"
        days, days_before = (
            f"if(own.kind <> 'flow', {side}.end_observed_date - {side}.start_observed_date,"
            f" if({side}.expected_days < {side}.to_date - {side}.from_date, {side}.observed_days, 1))"
            for side in ("own", "other")
        )
        here, before = f"{here} / nullif({days}, 0)", f"{before} / nullif({days_before}, 0)"
        here = f"if({days} = {days_before}, own.growth, {here})"
        before = f"if({days} = {days_before}, other.growth, {before})"
    on_whole = _are_same("own", "whole", keys).replace("whole.subject_id", "whole.subject")
    return (
        f"select {', '.join(f'own.{key}' for key in keys)}, {here} as here, {before} as before, 1 as compared_count"
        f" from {relation.over(own)} as own"
        f" inner join {relation.over(other)} as other on {_are_same('own', 'other', keys)}"
        f" inner join {_rows('place_growth', Window(other.start, own.end))} as whole on {on_whole}"
        f" where {SAME_SCALE} and {comparable}"
    )
