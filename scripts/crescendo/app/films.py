"""The page of films: how many and how popular, by genre, continent and country; the top ones; who made them."""

import streamlit as st

from crescendo.app import blocks, draw, evidence, spans, state, subjects
from crescendo.app.blocks import Tile
from crescendo.app.evidence import Behind
from crescendo.app.pictures import short, unique
from crescendo.app.source import Opened, dicts
from crescendo.ask import texts
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
    where l.is_latest and {of_genre} order by {order} desc nulls last, l.title
"""
OF_GENRE = """(
        ? = '' or l.movie_id in (
            select b.movie_id from films.bridge_movies_x_genres as b
            inner join films.dim_film_genres as g on b.film_genre_id = g.film_genre_id where g.genre_name = ?
        )
    )"""
PLACES = {
    "continents": "select * from films.vw_continent_popularity order by weighted_vote_count desc, continent",
    "countries": "select * from films.vw_country_popularity order by weighted_vote_count desc, country_name",
}
# the rows behind the figures of each part of the page
LATEST_ROWS = """
    select title, vote_count, vote_average, popularity, snapshot_date, age_days, movie_id
    from films.vw_movie_latest where is_latest order by vote_count desc nulls last, title
"""
TOP_ROWS = f"""
    select l.title, d.snapshot_date, d.popularity, d.popularity_rank, d.vote_average, d.vote_count, d.movie_id
    from films.fct_movies_daily as d
    inner join films.vw_movie_latest as l on d.movie_id = l.movie_id and l.is_latest
    where {OF_GENRE}
    order by d.snapshot_date desc, d.popularity desc nulls last, l.title
"""
GENRE_ROWS = """
    select
        g.genre_name, l.title, l.vote_count, b.weight, b.weight * l.vote_count as weighted_vote_count, l.popularity,
        l.vote_average, l.snapshot_date, l.movie_id
    from films.bridge_movies_x_genres as b
    inner join films.dim_film_genres as g on b.film_genre_id = g.film_genre_id
    inner join films.vw_movie_latest as l on b.movie_id = l.movie_id and l.is_latest
    order by g.genre_name, weighted_vote_count desc nulls last, l.title
"""
PLACE_ROWS = """
    select
        c.continent, c.country_name, l.title, l.vote_count, b.weight, b.weight * l.vote_count as weighted_vote_count,
        l.popularity, l.vote_average, l.snapshot_date, l.movie_id
    from films.bridge_movies_x_countries as b
    inner join films.dim_countries as c on b.country_code = c.country_code
    inner join films.vw_movie_latest as l on b.movie_id = l.movie_id and l.is_latest
    order by c.continent, c.country_name, weighted_vote_count desc nulls last, l.title
"""
PERSON_ROWS = """
    select
        p.person_name, l.title, coalesce(b.job, b.credit_type) as credits, l.vote_count, l.snapshot_date, l.movie_id
    from films.bridge_movies_x_persons as b
    inner join films.dim_persons as p on b.person_id = p.person_id
    inner join films.vw_movie_latest as l on b.movie_id = l.movie_id and l.is_latest
    order by p.person_name, l.vote_count desc nulls last, l.title
"""
PERSONS = """
    select
        p.person_name, count(distinct b.movie_id) as movie_count, sum(l.vote_count) as vote_count,
        list(distinct coalesce(b.job, b.credit_type) order by coalesce(b.job, b.credit_type)) as credits
    from films.bridge_movies_x_persons as b
    inner join films.dim_persons as p on b.person_id = p.person_id
    inner join films.vw_movie_latest as l on b.movie_id = l.movie_id and l.is_latest
    group by p.person_id, p.person_name order by vote_count desc nulls last, p.person_name limit 200
"""
# part of the page -> its model
VIEWS = {
    "genres": "films.vw_genre_popularity",
    "continents": "films.vw_continent_popularity",
    "countries": "films.vw_country_popularity",
}
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
            Tile(_("newest day"), spans.day(total["snapshot_date"])),
        ]
    )
    figures = [("movie_count", _("films")), ("vote_count", _("votes")), ("vote_average", _("average vote (of 10)")),
               ("average_popularity", _("average popularity")), ("snapshot_date", _("newest day"))]  # fmt: skip
    shown = [("title", _("title")), *_of_film(), ("snapshot_date", _("day")), ("age_days", _("age (days)"))]
    evidence.panel(opened, Behind("films-all", _("Films"), "films.vw_movie_latest", figures, LATEST_ROWS, shown,
                                  source="tmdb", dated="snapshot_date"))  # fmt: skip
    genres = opened.table(GENRES)
    first, second = st.columns(2)
    with first:
        named = ["", *(row["genre_name"] for row in dicts(genres))]
        genre = state.choose(
            "genre", _("Genre"), named, lambda one: texts.of_data("genre_name", one) or _("all genres")
        )
    with second:
        order = state.choose("order", _("Ranked by"), ("popularity", "vote_count"), _order)
    _top(opened, genre, order)
    st.header(_("Genres"), anchor=False)
    _ranked(opened, genres, "genre_name", "genres", _("genre"), GENRE_ROWS)
    _places(opened)
    _persons(opened)
    _votes(opened)


def _of_film() -> list[tuple[str, str]]:
    return [("vote_count", _("votes")), ("vote_average", _("average vote (of 10)")),
            ("popularity", _("popularity (points)"))]  # fmt: skip


def _order(word: str) -> str:
    return _("popularity") if word == "popularity" else _("votes")


def _top(opened: Opened, genre: str, order: str) -> None:
    rows = opened.table(TOP.format(order=order, of_genre=OF_GENRE), genre, genre)
    st.header(_("Top films"), anchor=False)
    drawn = [row for row in dicts(rows)[:BARS] if row[order] is not None]
    names = unique([short(row["title"], 40) for row in drawn])
    bars = [{"name": name, "value": row[order]} for name, row in zip(names, drawn, strict=True)]
    first, second = st.columns([2, 3])
    unit = _order(order)
    with first:
        blocks.figure(draw.bars(bars, unit, _("The first {count} by {order}.", count=len(bars), order=unit)), "films")
    with second:
        listed = [("title", _("title")), ("release_date", _("release")), ("popularity", _("popularity (points)")),
                  ("rank_change", _("rank change")), ("vote_average", _("average vote (of 10)")),
                  ("vote_count", _("votes"))]  # fmt: skip
        blocks.listing(rows, listed, "films", _("Top films"), blocks.BESIDE)
    shown = [("title", _("title")), ("snapshot_date", _("day")), *_of_film(), ("popularity_rank", _("rank"))]
    evidence.panel(opened, Behind("films", _("Top films"), "films.vw_movie_latest", listed[1:], TOP_ROWS, shown,
                                  (genre, genre), "tmdb", dated="snapshot_date"))  # fmt: skip


def _ranked(opened: Opened, rows: Rows, column: str, name: str, heading: str, behind: str) -> None:
    bars = [
        {"name": texts.of_data(column, row[column]), "value": row["weighted_vote_count"]} for row in dicts(rows)[:BARS]
    ]
    said = _("Votes; a film of several counts for each in equal parts.")
    first, second = st.columns([2, 3])
    with first:
        blocks.figure(draw.bars(bars, _("votes"), said), name)
    with second:
        listed = [(column, heading), ("movie_count", _("films")), ("average_popularity", _("popularity (points)")),
                  ("vote_average", _("average vote (of 10)")),
                  ("weighted_vote_count", _("votes in parts"))]  # fmt: skip
        blocks.listing(rows, listed, name, heading, blocks.BESIDE)
    shown = [(column, heading), ("title", _("title")), *_of_film(), ("weight", _("part of the film")),
             ("weighted_vote_count", _("votes in parts")), ("snapshot_date", _("day"))]  # fmt: skip
    title = heading.capitalize()
    evidence.panel(opened, Behind(name, title, VIEWS[name], listed[1:], behind, shown, (), "tmdb", "snapshot_date"))


def _places(opened: Opened) -> None:
    st.header(_("Continents and countries"), anchor=False)
    _ranked(opened, opened.table(PLACES["continents"]), "continent", "continents", _("continent"), PLACE_ROWS)
    _ranked(opened, opened.table(PLACES["countries"]), "country_name", "countries", _("country"), PLACE_ROWS)


def _persons(opened: Opened) -> None:
    st.header(_("Persons"), anchor=False)
    rows = opened.table(PERSONS)
    if not rows.rows:
        blocks.note(_("No film names its persons yet."))
        return
    listed = [("person_name", _("name")), ("movie_count", _("films")), ("vote_count", _("votes")),
              ("credits", _("credits"))]  # fmt: skip
    at = rows.columns.index("credits")
    said = [
        (*row[:at], ", ".join(texts.of_data("credits", one) for one in row[at]), *row[at + 1 :]) for row in rows.rows
    ]
    named = Rows(rows.columns, [*rows.types[:at], "VARCHAR", *rows.types[at + 1 :]], said)
    blocks.listing(named, listed, "persons", _("Persons"), blocks.BESIDE)
    shown = [("person_name", _("name")), ("title", _("title")), ("credits", _("credits")), ("vote_count", _("votes")),
             ("snapshot_date", _("day"))]  # fmt: skip
    figures = [*listed[1:3], ("job", _("credits"))]
    evidence.panel(opened, Behind("persons", _("Persons"), "films.bridge_movies_x_persons", figures, PERSON_ROWS, shown,
                                  source="tmdb", dated="snapshot_date"))  # fmt: skip


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
    evidence.growth(opened, [dict(zip(answer.columns, row, strict=True)) for row in answer.rows], answer, of)
