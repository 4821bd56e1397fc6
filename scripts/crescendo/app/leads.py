"""The page of leads: the media mix, its weeks with their peaks, how many were reached, what they cost."""

from collections.abc import Hashable, Sequence

import streamlit as st

from crescendo.app import blocks, draw, evidence, state
from crescendo.app.blocks import Tile
from crescendo.app.draw import Row
from crescendo.app.evidence import Behind
from crescendo.app.source import Opened, dicts
from crescendo.ask import texts
from crescendo.ask.shown import readable
from crescendo.ask.texts import _

PERIODS = """
    select distinct period_type, period_name from leads.media_mix
    order by period_type = 'all' desc, period_type = 'year' desc, period_name desc
"""
MIX = "select * from leads.media_mix where period_type = ? and period_name = ? order by channel_rank, channel"
TOTALS = "select * from leads.leads_weekly_totals order by week_date"
WEEKS = """
    select w.*, c.channel, c.channel_group from leads.leads_weekly as w
    inner join leads.dim_channels as c on w.channel_id = c.channel_id order by w.week_date, c.display_order
"""
REACHED = """
    select
        week_date, week, sum(reached_count) as reached_count, sum(attempted_count) as attempted_count,
        sum(reached_count) / nullif(sum(attempted_count), 0) as reachability_ratio,
        sum(floor_ratio * attempted_count) / nullif(sum(attempted_count), 0) as floor_ratio,
        sum(ceiling_ratio * attempted_count) / nullif(sum(attempted_count), 0) as ceiling_ratio,
        sum(uncertain_count) as uncertain_count, bool_or(is_partial_week) as is_partial_week, max(note) as note
    from leads.reachability where ? = '' or channel_id = ? group by week_date, week order by week_date
"""
PAID = """
    select w.week, c.is_paid, sum(w.validated_count) as validated_count from leads.leads_weekly as w
    inner join leads.dim_channels as c on w.channel_id = c.channel_id group by w.week, c.is_paid order by w.week
"""
COSTS = """
    select k.*, c.channel from leads.channel_costs as k
    inner join leads.dim_channels as c on k.channel_id = c.channel_id order by k.week_date desc, c.display_order
"""
# the leads behind the figures, as far as the place in braces keeps them
LEADS = """
    select
        l.lead_id, l.created_at, c.channel, l.direction, l.lead_status, l.is_received, l.is_validated, l.is_won,
        l.attempt_count, l.reached_call_count, l.created_week_date
    from leads.fct_leads as l inner join leads.dim_channels as c on l.channel_id = c.channel_id
    where l.is_received and {which} order by l.created_at desc nulls last, l.lead_id
"""
OF_WEEK = "l.created_week_date = cast(? as date)"
OF_PERIOD = """(? = 'all' or strftime(l.created_date, '%Y') = ? or strftime(l.created_date, '%Y-%m') = ?)"""
OF_CHANNEL = "(? = '' or l.channel_id = ?)"
SPENT = """
    select s.spend_date, c.channel, s.ad_platform, s.campaign_name, s.spend, s.credit, s.currency, s.clicks
    from leads.fct_media_spend_daily as s left join leads.dim_channels as c on s.channel_id = c.channel_id
    order by s.spend_date desc, s.spend desc nulls last, s.campaign_name
"""
# channels of their own in the bars of weeks; the rest are one
MOST_CHANNELS = 6


def page(opened: Opened) -> None:
    """The leads of a period, and of each week."""
    periods = opened.rows(PERIODS)
    if not periods:
        blocks.plainly(
            _("there are no leads in this warehouse: land their files, then `crescendo build` (docs/leads.md)")
        )
        return
    totals = opened.rows(TOTALS)
    _tiles(opened, totals)
    words = [f"{one['period_type']}:{one['period_name']}" for one in periods]
    period = state.choose("period", _("Period"), words, _period)
    _mix(opened, *period.split(":", 1))
    _weeks(opened, totals)
    _reached(opened)
    _paid(opened)
    _costs(opened, totals)


def _period(word: str) -> str:
    return _("all weeks") if word.startswith("all:") else word.split(":", 1)[1]


def _behind(opened: Opened, name: str, title: str, table: str, listed: Sequence[tuple[str, str]], which: str,
            *values: Hashable) -> None:  # fmt: skip
    """The leads behind figures."""
    shown = [("lead_id", _("lead")), ("created_at", _("created at (UTC)")), ("channel", _("channel")),
             ("lead_status", _("status")), ("is_validated", _("validated")), ("is_won", _("won")),
             ("attempt_count", _("calls")), ("reached_call_count", _("of them reached"))]  # fmt: skip
    evidence.panel(opened, Behind(name, title, f"leads.{table}", listed, LEADS.format(which=which), shown, values,
                                  "leads", "created_at"))  # fmt: skip


def _tiles(opened: Opened, totals: list[Row]) -> None:
    whole = [week for week in totals if not week["is_partial_week"]]
    if not whole:
        return
    last = whole[-1]
    blocks.tiles(
        [
            Tile(_("validated leads"), readable("", last["validated_count"]), _("leads"),
                 _("week {week}", week=last["week"])),
            Tile(_("against the week before"), readable("_pct", last["week_on_week_pct"]), "%"),
            Tile(_("validated of received"), readable("_ratio", last["validation_ratio"]), "",
                 "" if last["is_mature_week"] else _("not all are decided yet")),
            Tile(_("paid"), readable("_ratio", last["paid_ratio"]), _("of validated leads")),
            Tile(_("reached"), readable("_ratio", last["reachability_ratio"]), _("of called leads")),
            Tile(_("cost per validated lead"), readable("average_", last["cost_per_validated_lead"]), "EUR"),
        ]
    )  # fmt: skip
    figures = [("validated_count", _("validated leads")), ("week_on_week_pct", _("against the week before")),
               ("validation_ratio", _("validated of received")), ("paid_ratio", _("paid")),
               ("reachability_ratio", _("reached")),
               ("cost_per_validated_lead", _("cost per validated lead"))]  # fmt: skip
    _behind(opened, "last-week", _("week {week}", week=last["week"]), "leads_weekly_totals", figures, OF_WEEK,
            str(last["week_date"]))  # fmt: skip


def _mix(opened: Opened, kind: str, name: str) -> None:
    rows = opened.table(MIX, kind, name)
    mix = dicts(rows)
    st.header(_("Media mix"), anchor=False)
    boxes = [
        {"name": texts.of_data("channel", row["channel"]), "value": row["share_ratio"] or 0,
         "group": texts.of_data("channel_group", row["channel_group"]), "count": row["validated_count"]}
        for row in mix
    ]  # fmt: skip
    whole = sum(row["value"] for row in boxes)
    said = _(
        "Shares of {count} validated leads; they sum to {whole} %.",
        count=readable("", sum(row["count"] for row in boxes)), whole=readable("", round(100 * whole, 6)),
    )  # fmt: skip
    first, second = st.columns([3, 2])
    with first:
        blocks.figure(draw.treemap(boxes, said), "mix")
    with second:
        listed = [("channel", _("channel")), ("validated_count", _("validated leads")), ("share_ratio", _("share")),
                  ("received_count", _("received leads")), ("won_count", _("won"))]  # fmt: skip
        blocks.listing(rows, listed, "mix", _("Media mix"))
    _behind(opened, "mix", _("Media mix"), "media_mix", listed[1:], OF_PERIOD, *([name if kind != "all" else kind] * 3))


def _weeks(opened: Opened, totals: list[Row]) -> None:
    weeks = [row | {"channel": texts.of_data("channel", row["channel"])} for row in opened.rows(WEEKS)]
    sums: dict[str, int] = {}
    for row in weeks:
        sums[row["channel"]] = sums.get(row["channel"], 0) + (row["validated_count"] or 0)
    first = sorted(sums, key=lambda channel: -sums[channel])[:MOST_CHANNELS]
    peaks = {row["week"] for row in totals if row["is_peak"]}
    rest = _("other channels")
    made: dict[tuple[str, str], Row] = {}
    for row in weeks:
        name = row["channel"] if row["channel"] in first else rest
        kept = made.setdefault(
            (row["week"], name),
            {"step": row["week"], "name": name, "value": 0, "peak": row["week"] in peaks,
             "rank": first.index(name) if name in first else len(first)},
        )  # fmt: skip
        kept["value"] += row["validated_count"] or 0
    st.header(_("Weeks"), anchor=False)
    partial = [row["week"] for row in totals if row["is_partial_week"]]
    said = _("Validated leads by the week they were created in.")
    said += " " + _("Peaks: {weeks}.", weeks=", ".join(sorted(peaks))) if peaks else ""
    said += " " + _("Not whole: {weeks}.", weeks=", ".join(partial)) if partial else ""
    names = [*first, rest] if len(sums) > len(first) else first
    blocks.figure(draw.stacked(list(made.values()), _("validated leads"), said, order=names), "weeks")
    figures = [("validated_count", _("validated leads")), ("is_peak", _("peak"))]
    _behind(opened, "weeks", _("Weeks"), "leads_weekly", figures, "l.is_validated")


def _reached(opened: Opened) -> None:
    st.header(_("Reachability"), anchor=False)
    channels = {
        row["channel_id"]: texts.of_data("channel", row["channel"])
        for row in opened.rows("from leads.dim_channels order by display_order")
    }
    channel = state.choose("channel", _("Channel"), ["", *channels], lambda one: channels.get(one) or _("all channels"))
    rows = opened.table(REACHED, channel, channel)
    weeks = [row for row in dicts(rows) if not row["is_partial_week"]]
    shown = [
        {
            "step": row["week"],
            "value": row["reachability_ratio"],
            "low": row["floor_ratio"],
            "high": row["ceiling_ratio"],
        }
        for row in weeks
    ]
    notes = " ".join(dict.fromkeys(texts.of_data("note", row["note"]) for row in weeks if row["note"]))
    said = _("Reached of called leads by week, between the floor and the ceiling that uncertain calls allow.")
    blocks.figure(draw.banded(shown, _("reached"), f"{said} {notes}".strip()), "reachability")
    figures = [("reachability_ratio", _("reached")), ("floor_ratio", _("floor")), ("ceiling_ratio", _("ceiling"))]
    _behind(opened, "reachability", _("Reachability"), "reachability", figures, OF_CHANNEL, channel, channel)


def _paid(opened: Opened) -> None:
    st.header(_("Paid against organic"), anchor=False)
    names = {True: _("paid"), False: _("organic"), None: _("unassigned")}
    made = [
        {"step": row["week"], "name": names[row["is_paid"]], "value": row["validated_count"] or 0,
         "rank": list(names).index(row["is_paid"])}
        for row in opened.rows(PAID)
    ]  # fmt: skip
    there = [name for name in names.values() if any(row["name"] == name for row in made)]
    said = _("Shares of the validated leads of each week.")
    blocks.figure(draw.stacked(made, _("share"), said, order=there, of_all=True), "paid")
    figures = [("is_paid", _("paid")), ("validated_count", _("validated leads"))]
    _behind(opened, "paid", _("Paid against organic"), "media_mix", figures, "l.is_validated")


def _costs(opened: Opened, totals: list[Row]) -> None:
    st.header(_("Cost per validated lead"), anchor=False)
    rows = opened.table(COSTS)
    known = dicts(rows)
    if not known:
        blocks.note(_("No spend is known."))
        return
    currencies = " / ".join(dict.fromkeys(row["currency"] for row in known))
    all_channels = _("all channels")
    weeks = [row for row in totals if row["is_mature_week"] and row["cost_per_validated_lead"] is not None]
    made = [{"step": row["week"], "name": all_channels, "value": row["cost_per_validated_lead"]} for row in weeks]
    sums: dict[str, float] = {}
    for row in known:
        sums[row["channel"]] = sums.get(row["channel"], 0.0) + (row["spend"] or 0.0)
    for channel in sorted(sums, key=lambda one: -sums[one])[:3]:
        made += [
            {"step": row["week"], "name": channel, "value": row["cost_per_validated_lead"]}
            for row in known
            if row["channel"] == channel and row["is_mature_week"]
        ][::-1]
    said = _(
        "Spend divided by validated leads, of weeks whose leads are decided; all, and the channels that cost most."
    )
    blocks.figure(draw.line(made, currencies, said), "costs")
    listed = [("week", _("week")), ("channel", _("channel")), ("spend", _("spend") + f" ({currencies})"),
              ("validated_count", _("validated leads")),
              ("cost_per_validated_lead", _("cost per validated lead") + f" ({currencies})")]  # fmt: skip
    blocks.listing(rows, listed, "costs", _("Cost per validated lead"), blocks.BESIDE)
    shown = [("spend_date", _("day")), ("channel", _("channel")), ("campaign_name", _("campaign")),
             ("spend", _("spend")), ("credit", _("credit")), ("currency", _("currency"))]  # fmt: skip
    evidence.panel(opened, Behind("costs", _("Cost per validated lead"), "leads.channel_costs", listed[2:], SPENT,
                                  shown, (), "leads", "spend_date"))  # fmt: skip
