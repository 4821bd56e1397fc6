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
# ranks of what was found, the best first
EXACT, BEGINS, HOLDS, GROUP, NEAR = 1, 2, 3, 4, 5
# columns that hold what a platform or a registry calls a subject
IDENTIFIERS = ("isrc", "upc", "identifier")


@dataclass(frozen=True)
class Found:
    """A subject that was found: how well (the least first), and the groups that it belongs to, by name.

    `identifier` is what a platform or registry calls it, such as spotify:3c07 or isrc:FRX, if it was found by that.
    """

    subject_id: str
    subject_type: str
    name: str
    groups: str
    rank: int
    identifier: str


def folded(expression: str) -> str:
    """SQL of a text without accents, case and doubled spaces."""
    plain = f"lower(strip_accents(nfc_normalize(cast({expression} as varchar))))"
    # few names need it, and it would take most of the time of `find`
    spaced = f"regexp_replace({plain}, '\\s+', ' ', 'g')"
    return f"trim(if(regexp_matches({plain}, '\\s\\s|[^\\S ]'), {spaced}, {plain}))"


SUBJECTS = f"""
subjects as (
    select subject_id, subject_type, name, {folded("name")} as folded_name from metrics.dim_subjects
    union all
    select 'platform:' || platform, 'platform', platform_name, {folded("platform_name")} from metrics.dim_platforms
),
memberships as (
    select m.subject_id, s.name as group_name, s.folded_name
    from intermediate.int_memberships_received as m inner join subjects as s on m.group_id = s.subject_id
),
asked as (select {folded("typed")} as text, typed from (select cast(? as varchar) as typed))
"""


def find(connection: duckdb.DuckDBPyConnection, text: str, kind: str = "", limit: int = 0) -> list[Found]:
    """Subjects that a text names, the best first: an id, an identifier, a name, a group's name; else near names.

    A subject of the given `kind` only, if one is given.
    """
    found = _rows(connection, text, kind, limit, _exact(connection))
    return found or _rows(connection, text, kind, limit, _near())


def nearest(connection: duckdb.DuckDBPyConnection, text: str, kind: str = "") -> list[str]:
    """The three names that are most like a text."""
    sql = f"""
        with {SUBJECTS}
        select s.name from subjects as s cross join asked where ? in ('', s.subject_type)
        group by s.name order by max(jaro_winkler_similarity(s.folded_name, asked.text)) desc, s.name limit 3
    """
    return [row[0] for row in connection.execute(sql, [text, kind]).fetchall()]


def unknown(connection: duckdb.DuckDBPyConnection, text: str, kind: str = "") -> CrescendoError:
    """The error for a name that nothing is like."""
    near = ", ".join(repr(name) for name in nearest(connection, text, kind))
    return CrescendoError(_("no name matches {text}; closest: {near}", text=repr(text), near=near or _("none")))


def _rows(
    connection: duckdb.DuckDBPyConnection, text: str, kind: str, limit: int, ranked: tuple[str, Sequence[str]]
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
        ), grouped as (
            select m.subject_id, string_agg(distinct m.group_name, ', ' order by m.group_name) as groups
            from memberships as m semi join named on m.subject_id = named.subject_id group by m.subject_id
        )
        select
            named.subject_id, named.subject_type, named.name, coalesce(grouped.groups, ''), named.rank,
            coalesce(named.identifier, '')
        from named left join grouped on named.subject_id = grouped.subject_id
        order by named.rank, named.distance, length(named.name), named.name, named.subject_id
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


def _exact(connection: duckdb.DuckDBPyConnection) -> tuple[str, Sequence[str]]:
    return (
        f"""
        select
            s.subject_id,
            case
                when s.folded_name = asked.text then {EXACT}
                when lower(asked.typed) in (lower(s.subject_id), lower(split_part(s.subject_id, ':', 2))) then {EXACT}
                when starts_with(s.folded_name, asked.text) then {BEGINS}
                else {HOLDS}
            end as rank,
            0 as distance,
            cast(null as varchar) as identifier
        from subjects as s cross join asked
        where
            asked.text <> ''
            and (
                list_bool_and(list_transform(string_split(asked.text, ' '), word -> contains(s.folded_name, word)))
                or lower(asked.typed) in (lower(s.subject_id), lower(split_part(s.subject_id, ':', 2)))
            )
        union all
        select m.subject_id, {GROUP}, 0, null from memberships as m cross join asked
        where asked.text <> '' and contains(m.folded_name, asked.text)
        {_by_identifier(connection)}
        """,
        [],
    )


def _near() -> tuple[str, Sequence[str]]:
    """Every word of the text is a word of the name, or is one or two letters from one."""
    return (
        f"""
        select s.subject_id, {NEAR} as rank, list_sum(distances) as distance, cast(null as varchar) as identifier
        from (
            select
                s.subject_id,
                list_transform(
                    string_split(asked.text, ' '),
                    word -> list_min(list_transform(
                        string_split(s.folded_name, ' '),
                        own -> damerau_levenshtein(word, own)
                            + case
                                when damerau_levenshtein(word, own) > case
                                    when length(word) >= {TWO_TYPOS} then 2
                                    when length(word) >= {ONE_TYPO} then 1
                                    else 0
                                end
                                    then 1000
                                else 0
                            end
                    ))
                ) as distances
            from subjects as s cross join asked
            where asked.text <> ''
        ) as s
        where list_max(distances) < 1000
        """,
        [],
    )


def _identifier_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, bool]]:
    """Tables of the marts that say how others call a subject, and whether a row names its platform."""
    # one look into duckdb_columns(), which lists every column there is
    sql = """
        select
            schema_name, table_name,
            unnest(list_sort(list(column_name) filter (column_name not in ('subject_id', 'platform')))),
            bool_or(column_name = 'platform')
        from duckdb_columns()
        where
            (column_name in ('subject_id', 'platform') or list_contains(?, column_name))
            and not starts_with(schema_name, 'raw_')
            and schema_name not in ('staging', 'intermediate')
        group by schema_name, table_name
        having bool_or(column_name = 'subject_id')
        order by all
    """
    return connection.execute(sql, [list(IDENTIFIERS)]).fetchall()
