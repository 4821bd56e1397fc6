"""The page of films: how many and how popular, by genre, continent and country; the top ones; who made them."""

import streamlit as st

from crescendo.app import blocks, draw, evidence, state, subjects
from crescendo.app.blocks import Tile
from crescendo.app.pictures import short, unique
from crescendo.app.source import Opened, dicts
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Question
from crescendo.ask.shown import readable
from crescendo.ask.texts import _

TOTALS = """
    select
        count(*) as movie_count, sum(vote_count) as vote_count, avg(popularity) as average_popularity,
        sum(vote_average * vote_count) / sum(vote_count) as vote_average, max(snapshot_date) as snapshot_date
    from films.vw_movie_latest where is_latest
"""
GENRES = "select * from films.vw_genre_popularity order by weighted_vote_count desc, genre_name"
TOP = """
    select
        l.title, l.release_date, l.popularity, l.popularity_rank, l.rank_change, l.vote_average, l.vote_count,
        l.snapshot_date, l.movie_id
    from films.vw_movie_latest as l
    where
        l.is_latest and (
            ? = '' or l.movie_id in (
                select b.movie_id from films.bridge_movies_x_genres as b
                inner join films.dim_film_genres as g on b.film_genre_id = g.film_genre_id where g.genre_name = ?
            )
        )
    order by {order} desc nulls last, l.title
"""
PLACES = {
    "continents": "select * from films.vw_continent_popularity order by weighted_vote_count desc, continent",
    "countries": "select * from films.vw_country_popularity order by weighted_vote_count desc, country_name",
}
PERSONS = """
    select
        p.person_name, count(distinct b.movie_id) as movie_count, sum(l.vote_count) as vote_count,
        string_agg(distinct coalesce(b.job, b.credit_type), ', ' order by coalesce(b.job, b.credit_type)) as credits
    from films.bridge_movies_x_persons as b
    inner join films.dim_persons as p on b.person_id = p.person_id
    inner join films.vw_movie_latest as l on b.movie_id = l.movie_id and l.is_latest
    group by p.person_id, p.person_name order by vote_count desc nulls last, p.person_name limit 200
"""
BARS = 12


def page(opened: Opened) -> None:
    """All films, or those of a genre."""
    [total] = opened.rows(TOTALS)
    if not total["movie_count"]:
        blocks.plainly(
            _("there are no films in this warehouse: `crescendo fetch tmdb`, then `crescendo build` (docs/films.md)")
        )
        return
    blocks.tiles(
        [
            Tile(_("films"), readable("", total["movie_count"])),
            Tile(_("votes"), readable("", total["vote_count"])),
            Tile(_("average vote"), readable("average_", total["vote_average"]), _("of 10")),
            Tile(_("average popularity"), readable("average_", total["average_popularity"]), _("points")),
            Tile(_("newest day"), str(total["snapshot_date"])),
        ]
    )
    genres = opened.table(GENRES)
    first, second = st.columns(2)
    with first:
        named = ["", *(row["genre_name"] for row in dicts(genres))]
        genre = state.choose("genre", _("Genre"), named, lambda one: one or _("all genres"))
    with second:
        order = state.choose("order", _("Ranked by"), ("popularity", "vote_count"), _order)
    _top(opened, genre, order)
    st.header(_("Genres"), anchor=False)
    _ranked(genres, "genre_name", "genres", _("genre"))
    _places(opened)
    _persons(opened)
    _votes(opened)


def _order(word: str) -> str:
    return _("popularity") if word == "popularity" else _("votes")


def _top(opened: Opened, genre: str, order: str) -> None:
    rows = opened.table(TOP.format(order=order), genre, genre)
    st.header(_("Top films"), anchor=False)
    shown = [row for row in dicts(rows)[:BARS] if row[order] is not None]
    names = unique([short(row["title"], 40) for row in shown])
    bars = [{"name": name, "value": row[order]} for name, row in zip(names, shown, strict=True)]
    first, second = st.columns([2, 3])
    unit = _order(order)
    with first:
        blocks.figure(draw.bars(bars, unit, _("The first {count} by {order}.", count=len(bars), order=unit)), "films")
    with second:
        listed = [("title", _("title")), ("release_date", _("release")), ("popularity", _("popularity (points)")),
                  ("rank_change", _("rank change")), ("vote_average", _("average vote (of 10)")),
                  ("vote_count", _("votes"))]  # fmt: skip
        blocks.listing(rows, listed, "films", _("Top films"), blocks.BESIDE)


def _ranked(rows: Rows, column: str, name: str, heading: str) -> None:
    bars = [{"name": row[column], "value": row["weighted_vote_count"]} for row in dicts(rows)[:BARS]]
    said = _("Votes; a film of several counts for each in equal parts.")
    first, second = st.columns([2, 3])
    with first:
        blocks.figure(draw.bars(bars, _("votes"), said), name)
    with second:
        listed = [(column, heading), ("movie_count", _("films")), ("average_popularity", _("popularity (points)")),
                  ("vote_average", _("average vote (of 10)")),
                  ("weighted_vote_count", _("votes in parts"))]  # fmt: skip
        blocks.listing(rows, listed, name, heading, blocks.BESIDE)


def _places(opened: Opened) -> None:
    st.header(_("Continents and countries"), anchor=False)
    _ranked(opened.table(PLACES["continents"]), "continent", "continents", _("continent"))
    _ranked(opened.table(PLACES["countries"]), "country_name", "countries", _("country"))


def _persons(opened: Opened) -> None:
    st.header(_("Persons"), anchor=False)
    rows = opened.table(PERSONS)
    if not rows.rows:
        blocks.note(_("No film names its persons yet."))
        return
    listed = [("person_name", _("name")), ("movie_count", _("films")), ("vote_count", _("votes")),
              ("credits", _("credits"))]  # fmt: skip
    blocks.listing(rows, listed, "persons", _("Persons"), blocks.BESIDE)


def _votes(opened: Opened) -> None:
    """The films that gained most votes, with the evidence of growth."""
    of = next((one for one in subjects.counted(opened) if one.word == "tmdb:vote_count"), None)
    if not of:
        return
    answer = opened.answer(Question("growth", by="film", metric=of.metric, platform=of.platform, last="7d", top=10))
    if not answer.rows:
        return
    st.header(_("Most new votes in 7 days"), anchor=False)
    at = answer.columns.index("status")
    said = [(*row[:at], answer.labels[row[at]], *row[at + 1 :]) for row in answer.rows]
    labelled = Rows(answer.columns, answer.types, said)
    listed = [("name", _("title")), ("growth", _("growth") + f" ({of.unit})"), ("growth_pct", _("growth %")),
              ("period_change_pct", _("gain vs before %")), ("status", _("status"))]  # fmt: skip
    blocks.listing(labelled, listed, "votes", _("votes"))
    evidence.panel(opened, [dict(zip(answer.columns, row, strict=True)) for row in answer.rows], answer, of)
