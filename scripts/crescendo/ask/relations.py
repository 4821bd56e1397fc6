"""Which table function answers a question, and the condition on its rows: platform, metric, names, groups, places."""

from dataclasses import dataclass, field

import duckdb

from crescendo.ask import names
from crescendo.ask.question import Question
from crescendo.ask.reasons import PLACES, asks_places, column, exists, place_types, types_of, unknown
from crescendo.ask.texts import _
from crescendo.ask.windows import Window
from crescendo.errors import CrescendoError
from crescendo.warehouse import quoted


@dataclass
class Relation:
    """A table function that answers, a condition on its rows, and the values of the condition.

    `warnings` are sentences on names that are only near.
    """

    function: str
    condition: str
    values: list
    is_of_places: bool = False
    warnings: list[str] = field(default_factory=list)

    def over(self, window: Window) -> str:
        """SQL of its rows over a window, with `subject_id`."""
        return (
            "(select * rename (subject as subject_id)"
            f" from metrics.{quoted(self.function)}(date '{window.start}', date '{window.end}'))"
        )


def answering(connection: duckdb.DuckDBPyConnection, question: Question) -> Relation:
    """The function that answers: a domain may have a richer one of its own for a type, `metrics.<type>_growth`."""
    by, kind = question.by, question.kind
    if asks_places(connection, question):
        return Relation(f"place_{kind}", "subject_type = ?", [by], is_of_places=True)
    if exists(connection, f"{by}_{kind}"):
        return Relation(f"{by}_{kind}", "true", [])
    members = "select 1 from intermediate.int_series_grouped where subject_type = ? and member_type <> subject_type"
    is_group = kind == "averages" or bool(column(connection, f"{members} limit 1", [by]))
    return Relation(f"{'group' if is_group else 'series'}_{kind}", "subject_type = ?", [by])


def narrow(connection: duckdb.DuckDBPyConnection, question: Question, relation: Relation) -> None:
    """Add to the condition: platform, metric, names, and the groups that subjects must belong to."""
    for name, value in (("metric", question.metric), ("platform", question.platform)):
        if value and value != "all":
            relation.condition += f" and {name} = ?"
            relation.values.append(value)
    if question.ids:
        relation.condition += " and list_contains(?, subject_id)"
        relation.values.append(list(question.ids))
    if question.names:
        kind = "" if question.by == "series" else question.by
        kept: list[str] = []
        for text in question.names:
            if relation.is_of_places:
                kept += _places_named(connection, text, kind)
            else:
                kept += _named(connection, relation, text, kind)
        relation.condition += " and list_contains(?, subject_id)"
        relation.values.append(kept)
    for kind, text in question.within:
        _narrow_within(connection, question.by, relation, kind, text)


def _narrow_within(connection: duckdb.DuckDBPyConnection, by: str, relation: Relation, kind: str, text: str) -> None:
    """Add to the condition: members of a group, or of places the artist or the country."""
    places = place_types(connection)
    if kind in places and not relation.is_of_places and not _is_a_group(connection, kind, by):
        raise CrescendoError(_("--{kind} keeps places: ask --by {by}", kind=kind, by=" / ".join(places)))
    if kind == "country" and relation.is_of_places:
        relation.condition += " and list_contains(?, place_country)"
        relation.values.append(_countries_named(connection, text))
        return
    groups = _named(connection, relation, text, kind, is_group=True)
    member = "'artist:' || artist_id" if relation.is_of_places else "subject_id"
    relation.condition += (
        f" and (list_contains(?, {member}) or {member} in"
        " (select subject_id from intermediate.int_memberships_received where list_contains(?, group_id)))"
    )
    relation.values += [groups, groups]


def _is_a_group(connection: duckdb.DuckDBPyConnection, kind: str, by: str) -> bool:
    """Whether what is asked by belongs to groups of that type, as films belong to countries."""
    memberships = (
        "select 1 from intermediate.int_memberships_received inner join metrics.dim_subjects using (subject_id)"
        " where group_type = ? and ? in ('series', subject_type) limit 1"
    )
    return bool(column(connection, memberships, [kind, by]))


def _countries_named(connection: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """Codes of the countries that have this code or name."""
    said = " or ".join(f"{names.folded(one)} = {names.folded('?1')}" for one in ("place_country", "country_name"))
    joined = "left join audience.dim_place_countries on place_country = country_code"
    found = column(connection, f"select place_country from {PLACES} {joined} where {said}", [text])
    if not found:
        known = column(connection, "select country_name from audience.dim_place_countries order by 1")
        raise CrescendoError(unknown("country", text, known))
    return sorted(set(found))


def _places_named(connection: duckdb.DuckDBPyConnection, text: str, kind: str) -> list[str]:
    """Ids of places of a type whose name, or whose artist's, holds a text."""
    sql = f"""
        select place_id from {PLACES}
        where place_type = ?1 and contains({names.folded("name || ' ' || artist_credit")}, {names.folded("?2")})
    """
    found = column(connection, sql, [kind, text])
    if not found:
        known = column(connection, f"select distinct name from {PLACES} where place_type = ? order by 1", [kind])
        raise CrescendoError(unknown(kind, text, known))
    return found


def _named(
    connection: duckdb.DuckDBPyConnection, relation: Relation, text: str, kind: str, *, is_group: bool = False
) -> list[str]:
    """Ids of the subjects of a type that a text names; of groups, only those that have the name themselves."""
    types = types_of(connection)
    if kind and kind not in types:
        raise CrescendoError(unknown("group", kind, types))
    found = names.find(connection, text, kind)
    direct = [one for one in found if one.rank != names.GROUP] if is_group else found
    if not direct:
        raise names.unknown(connection, text, kind)
    if direct[0].rank == names.NEAR:
        said = ", ".join(dict.fromkeys(repr(one.name) for one in direct[:3]))
        relation.warnings.append(_("no name matches {text}; these are the closest: {near}", text=repr(text), near=said))
    return [one.subject_id for one in direct]
