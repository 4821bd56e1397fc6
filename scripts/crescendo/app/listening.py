"""The page of listening: tracks, genres, listeners, and what is recommended to them and why."""

from collections.abc import Hashable, Sequence

import streamlit as st

from crescendo.app import blocks, draw, evidence, spans, state, subjects
from crescendo.app.blocks import Tile
from crescendo.app.evidence import Behind
from crescendo.app.pictures import short, unique
from crescendo.app.source import Opened, dicts
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Question
from crescendo.ask.shown import readable
from crescendo.ask.texts import _

TOTALS = """
    select
        count(*) as listen_count, count(distinct track_key) as track_count, count(distinct user_key) as user_count,
        min(cast(listened_at as date)) as first_date, max(cast(listened_at as date)) as last_date
    from listening.fct_listens
"""
DAYS = """
    select observed_date, sum(listen_count) as listen_count from listening.fct_track_listens_daily
    group by observed_date order by observed_date
"""
TRACKS = """
    select t.track_name, t.artist, f.listen_count, f.user_count, f.fan_ratio, f.recency_days, f.track_key
    from listening.track_features as f inner join listening.dim_tracks_current as t on f.track_key = t.track_key
    order by f.listen_count desc, t.track_name
"""
USERS = """
    select
        u.user_key, u.listen_count, u.heard_track_count, u.recency_days, g.genre_name as top_genre, u.top_genre_ratio,
        u.declared_listen_ratio
    from listening.user_features as u left join listening.dim_listening_genres as g on u.top_genre_id = g.genre_id
    order by u.listen_count desc, u.user_key
"""
# the listens behind the figures, in the order of the place in braces
LISTENS = """
    select l.listened_at, t.track_name, t.artist, l.user_key, l.track_key, l.first_load_date
    from listening.fct_listens as l
    inner join listening.dim_tracks_current as t on l.track_key = t.track_key
    where {which} order by {order}, l.user_key, l.position
"""
EACH_TRACK = "count(*) over (partition by l.track_key) desc, t.track_name, l.listened_at desc"
EACH_USER = "count(*) over (partition by l.user_key) desc, l.user_key, l.listened_at desc"
USERS_SERVED = "select distinct user_key from recommendations.top_n order by try_cast(user_key as bigint), user_key"
# the tracks behind a recommendation, the weightiest first
SERVED = """
    with reasons as (
        select n.rank, r.place, r.why
        from recommendations.top_n as n,
            unnest(n.why) with ordinality as r (why, place)
        where n.user_key = ?
    ),
    named as (
        select
            r.rank,
            string_agg(
                t.track_name || ' (' || cast(round(100 * r.why.score_ratio) as integer) || ' %)', ', ' order by r.place
            ) as why
        from reasons as r inner join listening.dim_tracks_current as t on r.why.track_key = t.track_key group by r.rank
    )
    select n.rank, t.track_name, t.artist, n.recommended_score, n.reason, named.why, n.model_version, n.scored_at
    from recommendations.top_n as n
    left join listening.dim_tracks_current as t on n.track_key = t.track_key
    left join named on n.rank = named.rank
    where n.user_key = ? order by n.rank
"""


def page(opened: Opened) -> None:
    """All that was listened to."""
    [total] = opened.rows(TOTALS)
    if not total["listen_count"]:
        blocks.plainly(_("nothing was listened to yet: `crescendo fetch moovitamix`, then `crescendo build`"))
        return
    blocks.tiles(
        [
            Tile(_("listens"), readable("", total["listen_count"])),
            Tile(_("tracks"), readable("", total["track_count"])),
            Tile(_("listeners"), readable("", total["user_count"])),
            Tile(
                _("last day"), spans.day(total["last_date"]), "", _("since {day}", day=spans.day(total["first_date"]))
            ),
        ]
    )
    _days(opened)
    _tracks(opened)
    _genres(opened)
    _users(opened)
    _served(opened)


def _behind(
    opened: Opened, name: str, title: str, table: str, figures: Sequence[tuple[str, str]],
    order: str = "l.listened_at desc", which: str = "true", *values: Hashable,
) -> None:  # fmt: skip
    """The listens behind figures."""
    shown = [("listened_at", _("listened at (UTC)")), ("user_key", _("listener")), ("track_name", _("track")),
             ("artist", _("artist")), ("first_load_date", _("known since"))]  # fmt: skip
    rows = LISTENS.format(which=which, order=order)
    evidence.panel(opened, Behind(name, title, table, figures, rows, shown, values, "moovitamix", "listened_at"))


def _days(opened: Opened) -> None:
    st.header(_("Listens a day"), anchor=False)
    rows = [
        {"name": _("listens"), "date": row["observed_date"], "value": row["listen_count"], "whole": True}
        for row in opened.rows(DAYS)
    ]
    blocks.figure(draw.steps(rows, _("listens"), _("Listens of each day, all tracks.")), "days")
    figures = [("listen_count", _("listens")), ("track_key", _("tracks")), ("user_key", _("listeners"))]
    _behind(opened, "days", _("Listens a day"), "listening.fct_track_listens_daily", figures)


def _tracks(opened: Opened) -> None:
    st.header(_("Tracks"), anchor=False)
    rows = opened.table(TRACKS)
    first, second = st.columns([2, 3])
    shown = dicts(rows)[: blocks.BESIDE]
    names = unique([short(row["track_name"] or "-", 40) for row in shown])
    bars = [{"name": name, "value": row["listen_count"]} for name, row in zip(names, shown, strict=True)]
    with first:
        blocks.figure(
            draw.bars(bars, _("listens"), _("The {count} {count:track|tracks} heard most.", count=len(bars))), "tracks"
        )
    with second:
        listed = [("track_name", _("track")), ("artist", _("artist")), ("listen_count", _("listens")),
                  ("user_count", _("listeners")), ("fan_ratio", _("of them declare its genre")),
                  ("recency_days", _("days since"))]  # fmt: skip
        blocks.listing(rows, listed, "tracks", _("Tracks"), blocks.BESIDE)
    _behind(opened, "tracks", _("Tracks"), "listening.track_features", listed[2:], EACH_TRACK)


def _genres(opened: Opened) -> None:
    """What the genres gained in the newest week, by the table functions, with the evidence."""
    of = next((one for one in subjects.counted(opened) if one.metric == "listens"), None)
    if not of:
        return
    answer = opened.answer(Question("growth", by="genre", metric=of.metric, platform=of.platform, last="7d", top=40))
    found = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    # what a service counts of a genre comes again by its tracks
    rows = [row for row in found if row["growth"] and row["member_type"] == "track"][: blocks.BESIDE]
    if not rows:
        return
    st.header(_("Genres, last 7 complete days"), anchor=False)
    first, second = st.columns([2, 3])
    bars = [
        {"name": name, "value": row["growth"]}
        for name, row in zip(unique([r["name"] for r in rows]), rows, strict=True)
    ]
    with first:
        said = _("Listens; a track of several genres counts for each.")
        blocks.figure(draw.bars(bars, _("listens"), said), "genres")
    with second:
        kept = [tuple(row.values()) for row in rows]
        listed = [("name", _("genre")), ("growth", _("listens")), ("period_change_pct", _("gain vs before %")),
                  ("coverage_ratio", _("observed"))]  # fmt: skip
        blocks.listing(Rows(answer.columns, answer.types, kept), listed, "genres", _("genre"))
    evidence.growth(opened, rows, answer, of)


def _users(opened: Opened) -> None:
    st.header(_("Listeners"), anchor=False)
    listed = [("user_key", _("listener")), ("listen_count", _("listens")), ("heard_track_count", _("tracks")),
              ("top_genre", _("genre heard most")), ("top_genre_ratio", _("its share")),
              ("recency_days", _("days since"))]  # fmt: skip
    blocks.listing(opened.table(USERS), listed, "listeners", _("Listeners"), blocks.BESIDE)
    figures = [("top_genre_id" if column == "top_genre" else column, said) for column, said in listed[1:]]
    _behind(opened, "listeners", _("Listeners"), "listening.user_features", figures, EACH_USER)


def _served(opened: Opened) -> None:
    st.header(_("Recommendations"), anchor=False)
    users = [row["user_key"] for row in opened.rows(USERS_SERVED)]
    if not users:
        blocks.plainly(_("nothing is recommended yet: `crescendo recommend train`, then `crescendo recommend score`"))
        return
    user = state.choose("listener", _("Listener"), users, str)
    rows = opened.table(SERVED, user, user)
    listed = [("rank", _("rank")), ("track_name", _("track")), ("artist", _("artist")),
              ("recommended_score", _("score")), ("reason", _("reason")), ("why", _("because of"))]  # fmt: skip
    blocks.listing(rows, listed, "recommendations", _("Recommendations"))
    _behind(opened, "recommendations", _("Recommendations"), "recommendations.top_n",
            [*((column, said) for column, said in listed if column in ("rank", "recommended_score", "reason", "why"))],
            "l.listened_at desc", "l.user_key = ?", user)  # fmt: skip
    first = dicts(rows)[0]
    blocks.note(
        _(
            "Model {model}, scored at {moment} UTC.",
            model=first["model_version"],
            moment=f"{first['scored_at']:%Y-%m-%d %H:%M}",
        )
    )
