"""Find subjects by what people type: a name without accents or case, an identifier, a group, or a name with a typo."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from crescendo import warehouse
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError
from crescendo.warehouse import quoted

# how far a word may be from the one that was typed: one letter wrong from four letters on, two from eight on
ONE_TYPO, TWO_TYPOS = 4, 8
# punctuation next to a word is not part of it: "Léo, the Lamplighter" has the word leo
MARKS = """,.;:!?"'()[]{}"""
# ranks of what was found, the best first
EXACT, BEGINS, HOLDS, GROUP, NEAR = 1, 2, 3, 4, 5
# columns that hold what a platform or a registry calls a subject
IDENTIFIERS = ("isrc", "upc", "identifier")


@dataclass(frozen=True)
class Found:
    """A subject that was found, and how well: the least rank first.

    `identifier` is what a platform or registry calls it, such as spotify:3c07 or isrc:FRX, if it was found by that.
    """

    subject_id: str
    subject_type: str
    name: str
    rank: int
    identifier: str


def plain(expression: str) -> str:
    """SQL of a text without accents and case."""
    return f"lower(strip_accents(nfc_normalize(cast({expression} as varchar))))"


def folded(expression: str) -> str:
    """SQL of a text without accents, case and doubled spaces."""
    said = plain(expression)
    # few names need it, and it would take most of the time of `find`
    spaced = f"regexp_replace({said}, '\\s+', ' ', 'g')"
    return f"trim(if(regexp_matches({said}, '\\s\\s|[^\\S ]'), {spaced}, {said}))"


SUBJECTS = f"""
subjects as (
    select subject_id, subject_type, name, {plain("name")} as plain_name from metrics.dim_subjects
    union all
    select 'platform:' || platform, 'platform', platform_name, {plain("platform_name")} from metrics.dim_platforms
),
asked as (select {folded("typed")} as text, typed from (select cast(? as varchar) as typed))
"""


def find(connection: duckdb.DuckDBPyConnection, text: str, kind: str = "", limit: int = 0) -> list[Found]:
    """Subjects that a text names, the best first: an id, an identifier, a name, a group's name; else near names.

    A subject of the given `kind` only, if one is given.
    """
    [(words,)] = connection.execute(f"select string_split({folded('?1')}, ' ')", [text]).fetchall()
    if words == [""]:
        return []
    found = _rows(connection, text, kind, limit, (_exact(connection, len(words)), words))
    return found or _rows(connection, text, kind, limit, (_near(), [words]))


def nearest(connection: duckdb.DuckDBPyConnection, text: str, kind: str = "") -> list[str]:
    """The three names that are most like a text."""
    sql = f"""
        with {SUBJECTS}
        select s.name from subjects as s cross join asked where ? in ('', s.subject_type)
        group by s.name order by max(jaro_winkler_similarity({folded("s.name")}, asked.text)) desc, s.name limit 3
    """
    return [row[0] for row in connection.execute(sql, [text, kind]).fetchall()]


def groups(connection: duckdb.DuckDBPyConnection, subject_ids: Sequence[str]) -> dict[str, str]:
    """The names of the groups that subjects belong to, by subject."""
    sql = """
        select m.subject_id, string_agg(distinct s.name, ', ' order by s.name)
        from intermediate.int_memberships_received as m
        inner join metrics.dim_subjects as s on m.group_id = s.subject_id
        where list_contains(?, m.subject_id) group by m.subject_id
    """
    return dict(connection.execute(sql, [list(subject_ids)]).fetchall())


def unknown(connection: duckdb.DuckDBPyConnection, text: str, kind: str = "") -> CrescendoError:
    """The error for a name that nothing is like."""
    others = find(connection, text, limit=1) if kind else []
    if others:
        return CrescendoError(
            _(
                "no {by} is called {text}; {name} is one of --by {other}: ask --by {other} --name {text}",
                by=_(kind), text=repr(text), name=repr(others[0].name), other=others[0].subject_type,
            )
        )  # fmt: skip
    near = ", ".join(repr(name) for name in nearest(connection, text, kind))
    return CrescendoError(_("no name matches {text}; closest: {near}", text=repr(text), near=near or _("none")))


def _rows(
    connection: duckdb.DuckDBPyConnection, text: str, kind: str, limit: int, ranked: tuple[str, Sequence[object]]
) -> list[Found]:
    sql, values = ranked
    statement = f"""
        with {SUBJECTS}, ranked as ({sql}), best as (
            select
                subject_id, min(rank) as rank, min(distance) as distance,
                string_agg(distinct identifier, ', ' order by identifier) as identifier
            from ranked group by subject_id
        ), named as (
            select s.subject_id, s.subject_type, s.name, best.rank, best.distance, best.identifier
            from best inner join subjects as s on best.subject_id = s.subject_id
            where ? in ('', s.subject_type)
        ), watched as (
            select
                g.subject as subject_id,
                count(*) as series_count,
                count(*) filter (ends_with(s.metric_id, ':streams')) as stream_count
            from intermediate.int_series_grouped as g
            semi join named on g.subject = named.subject_id
            inner join metrics.dim_series as s on g.series_id = s.series_id
            group by g.subject
        )
        -- of names that fit alike, what has streams is meant, else what is observed most
        select n.subject_id, n.subject_type, n.name, n.rank, coalesce(n.identifier, '')
        from named as n left join watched as w on n.subject_id = w.subject_id
        order by
            n.rank, n.distance, w.stream_count desc nulls last, w.series_count desc nulls last, length(n.name), n.name,
            n.subject_id
        {f"limit {int(limit)}" if limit else ""}
    """
    return [Found(*row) for row in connection.execute(statement, [text, *values, kind]).fetchall()]


def _by_identifier(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL, to be added to another selection, of the subjects that have the text as an identifier."""
    known = " union all ".join(
        f"select subject_id, {'platform' if has_platform else warehouse.text(column)} as whose,"
        f" cast({quoted(column)} as varchar) as identifier from {quoted(schema)}.{quoted(table)}"
        for schema, table, column, has_platform in _identifier_columns(connection)
    )
    if not known:
        return ""
    return f"""
        union all
        select known.subject_id, {EXACT}, 0, known.whose || ':' || known.identifier
        from ({known}) as known cross join asked
        where lower(asked.typed) in (lower(known.identifier), lower(known.whose || ':' || known.identifier))
    """


def _exact(connection: duckdb.DuckDBPyConnection, words: int) -> str:
    """Names that hold every word that was typed, ids and identifiers that are the text, and members of such groups."""
    held = " and ".join(["contains(plain_name, ?)"] * words)
    return f"""
        with held as materialized (
            select subject_id, {folded("name")} as folded_name from subjects where {held}
        )
        select
            held.subject_id,
            case
                when held.folded_name = asked.text then {EXACT}
                when starts_with(held.folded_name, asked.text) then {BEGINS}
                else {HOLDS}
            end as rank,
            0 as distance,
            cast(null as varchar) as identifier
        from held cross join asked
        union all
        select s.subject_id, {EXACT}, 0, null from subjects as s cross join asked
        where lower(asked.typed) in (lower(s.subject_id), lower(split_part(s.subject_id, ':', 2)))
        union all
        select m.subject_id, {GROUP}, 0, null
        from intermediate.int_memberships_received as m inner join held on m.group_id = held.subject_id cross join asked
        where contains(held.folded_name, asked.text)
        {_by_identifier(connection)}
    """


def _near() -> str:
    """Every word that was typed is a word of the name, or is one or two letters from one.

    Each different word of all names is compared once.
    """
    allowed = f"case when length(word) >= {TWO_TYPOS} then 2 when length(word) >= {ONE_TYPO} then 1 else 0 end"
    marks = warehouse.text(MARKS)
    return f"""
        with typed as (select distinct trim(unnest(cast(? as varchar[])), {marks}) as word),
        named as (select subject_id, trim(unnest(string_split({folded("name")}, ' ')), {marks}) as own from subjects),
        near as (
            select typed.word, known.own, damerau_levenshtein(typed.word, known.own) as distance
            from (select distinct own from named) as known cross join typed
            where
                abs(length(known.own) - length(typed.word)) <= {allowed}
                and damerau_levenshtein(typed.word, known.own) <= {allowed}
        ),
        met as (
            select named.subject_id, near.word, min(near.distance) as distance
            from named inner join near on named.own = near.own group by named.subject_id, near.word
        )
        select subject_id, {NEAR} as rank, sum(distance) as distance, cast(null as varchar) as identifier
        from met group by subject_id having count(*) = (select count(*) from typed)
    """


def _identifier_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, bool]]:
    """Tables of the marts that say how others call a subject, and whether a row names its platform."""
    # the statements that made the tables: to list the columns of all tables and views takes four times as long
    sql = f"""
        select
            schema_name, table_name,
            unnest(list_filter(?, one -> {_has_column("one")})),
            {_has_column("'platform'")}
        from duckdb_tables()
        where
            {_has_column("'subject_id'")}
            and not starts_with(schema_name, 'raw_')
            and schema_name not in ('staging', 'intermediate')
        order by all
    """
    return connection.execute(sql, [sorted(IDENTIFIERS)]).fetchall()


def _has_column(name: str) -> str:
    """SQL: whether a table has a column, by the statement that DuckDB writes for it."""
    return f"(contains(sql, '(' || {name} || ' ') or contains(sql, ', ' || {name} || ' '))"
