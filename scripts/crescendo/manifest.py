"""What dbt knows of the models that people read: tables with their keys, views and functions, from its manifest.

A primary key is a constraint of the model or, for large facts, its `unique_grain` test; foreign keys are the
`relationships` tests; checks are `accepted_values`, `in_range` and constraints. Nothing is said twice, so nothing can
disagree.
"""

import re
from dataclasses import dataclass, field, replace

from crescendo import dbt
from crescendo.errors import CrescendoError

# folders of models/ that are published, and what their materialisations are
LAYERS = ("marts", "metrics")
KINDS = {"table": "table", "incremental": "table", "view": "view", "table_function": "function"}


@dataclass(frozen=True)
class Column:
    """A column as its model's YAML describes it; `type` is DuckDB's, in lower case."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class ForeignKey:
    """One column that refers to another relation's key."""

    column: str
    to: str
    to_column: str


@dataclass(frozen=True)
class Index:
    """Columns or expressions that are looked up, and why."""

    columns: tuple[str, ...]
    why: str
    unique: bool = False
    method: str = "btree"


@dataclass
class Relation:
    """A published table, view or function. `sql` is its compiled query, `parameters` a function's."""

    unique_id: str
    schema: str
    name: str
    kind: str
    description: str
    columns: dict[str, Column]
    sql: str
    depends_on: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    is_helper: bool = False  # there for a function or a view to read, not for people
    primary_key: tuple[str, ...] = ()
    grain: tuple[str, ...] = ()
    not_null: set[str] = field(default_factory=set)
    checks: list[str] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        """Schema and name, as people type it."""
        return f"{self.schema}.{self.name}"

    @property
    def is_fact(self) -> bool:
        """Whether its rows are events or days, of which there are many."""
        return self.name.startswith("fct_")

    @property
    def day(self) -> str | None:
        """The date column of its grain, by which a fact is stored and cut; None if there is none."""
        dates = [column.name for column in self.columns.values() if column.type == "date"]
        return next((name for name in dates if name in self.primary_key), None)


def models(manifest: dict) -> dict[str, dict]:
    """The enabled SQL models, by unique id."""
    return {uid: node for uid, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def published(manifest: dict) -> list[Relation]:
    """The relations that people read, each after those that it depends on; then by schema and name.

    A folder whose meta in dbt_project.yml says `is_published: false` stays in the warehouse.

    Raises CrescendoError if a table has no declared columns.
    """
    known = models(manifest)
    found = {
        uid: _relation(uid, node)
        for uid, node in known.items()
        if node["fqn"][1] in LAYERS
        and not node["name"].startswith("int_")
        and node["config"]["materialized"] in KINDS
        and node["config"].get("meta", {}).get("is_published", True)
    }
    # what a function or a view reads must be there, so rows of its helpers are published too
    asked = [uid for relation in found.values() if relation.kind != "table" for uid in relation.depends_on]
    for uid in asked:
        if uid not in found and uid in known and known[uid]["config"]["materialized"] in KINDS:
            found[uid] = replace(_relation(uid, known[uid]), kind="table", is_helper=True)
    for relation in found.values():
        if not relation.columns:
            raise CrescendoError(f"{relation.full_name} describes no columns: add them to {relation.name}.yml")
    tests = [node for node in manifest["nodes"].values() if node.get("attached_node") in found]
    # keys before what refers to them
    for node in sorted(tests, key=lambda node: (node["name"].startswith("relationships"), node["unique_id"])):
        _apply_test(node, found[node["attached_node"]], found)
    for relation in found.values():
        _settle_keys(relation, found)
    ordered: dict[str, Relation] = {}

    def place(uid: str) -> None:
        if uid not in ordered:
            for above in sorted(found.keys() & set(found[uid].depends_on)):
                place(above)
            ordered[uid] = found[uid]

    for uid in sorted(found, key=lambda uid: found[uid].full_name):
        place(uid)
    return list(ordered.values())


def _type(said: str) -> str:
    """DuckDB's own name of a type: models say `string`, which Spark knows too."""
    kind = said.lower()
    return "varchar" if kind == "string" else kind


def _relation(uid: str, node: dict) -> Relation:
    columns = {
        name: Column(name, _type(column["data_type"] or ""), " ".join(column["description"].split()))
        for name, column in node["columns"].items()
    }
    relation = Relation(
        unique_id=uid,
        schema=node["schema"],
        name=node["name"],
        kind=KINDS[node["config"]["materialized"]],
        description=" ".join(node["description"].split()),
        columns=columns,
        sql=node["compiled_code"],
        depends_on=tuple(node["depends_on"]["nodes"]),
        parameters=_parameters(node["config"].get("parameters")),
    )
    own = [(constraint, constraint.get("columns") or []) for constraint in node["constraints"]]
    own += [(item, [name]) for name, column in node["columns"].items() for item in column["constraints"]]
    for constraint, names in own:
        match constraint["type"]:
            case "primary_key":
                relation.primary_key = tuple(names)
            case "not_null":
                relation.not_null.update(names)
            case "check":
                relation.checks.append(constraint["expression"])
    declared = node["config"].get("meta", {}).get("indexes", [])
    relation.indexes += [Index(tuple(index["columns"]), index["why"]) for index in declared]
    return relation


def _parameters(declared: str | list[str] | None) -> tuple[str, ...]:
    found = declared.split(",") if isinstance(declared, str) else declared or []
    return tuple(name.strip() for name in found)


def _apply_test(node: dict, relation: Relation, found: dict[str, Relation]) -> None:
    """A data test that a database can hold becomes a constraint; one with a condition cannot."""
    test = node.get("test_metadata")
    if not test or node["config"].get("where"):
        return
    arguments = test["kwargs"]
    column = arguments.get("column_name")
    match test["name"]:
        case "not_null" if column in relation.columns:
            relation.not_null.add(column)
        case "unique" if column in relation.columns:
            relation.indexes.append(Index((column,), "held unique by a data test", unique=True))
        case "unique":
            relation.indexes.append(Index((f"({column})",), node["name"].replace("_", " "), unique=True))
        case "unique_grain":
            relation.grain = tuple(arguments["columns"])
        case "accepted_values":
            values = ", ".join("'" + str(value).replace("'", "''") + "'" for value in arguments["values"])
            relation.checks.append(f"{column} in ({values})")
        case "in_range":
            bounds = (("minimum", ">="), ("maximum", "<="))
            relation.checks += [f"{column} {sign} {arguments[name]}" for name, sign in bounds if name in arguments]
        case "relationships":
            [name] = re.findall(r"ref\(['\"](\w+)['\"]\)", arguments["to"]) or [""]
            target = next((other for other in found.values() if other.name == name and other.kind == "table"), None)
            if target and (target.primary_key or target.grain) == (arguments["field"],):
                relation.foreign_keys.append(ForeignKey(column, target.unique_id, arguments["field"]))


def _settle_keys(relation: Relation, found: dict[str, Relation]) -> None:
    """The key and the indexes that follow from the grain, from foreign keys, and from the days of a fact."""
    if relation.kind != "table":
        return
    relation.primary_key = relation.primary_key or relation.grain
    relation.foreign_keys.sort(key=lambda key: key.column)
    served = {relation.primary_key[:1], *(index.columns[:1] for index in relation.indexes)}
    for key in relation.foreign_keys:
        if (key.column,) not in served:
            why = f"joins from {found[key.to].full_name}, and the check that none is orphaned when one of its rows goes"
            relation.indexes.append(Index((key.column,), why))
            served.add((key.column,))
    date = relation.day
    if relation.is_fact and date and (date,) not in served:
        why = "a window reads the days it opens and closes with; rows lie by day, so a few pages of index do"
        relation.indexes.append(Index((date,), why, method="brin"))


def current() -> list[Relation]:
    """What the project in the working folder publishes."""
    return published(dbt.manifest())


def sources(manifest: dict) -> list[tuple[str, str]]:
    """The tables that the models read and none of them makes, as (schema, name), sorted."""
    return sorted((node["schema"], node["identifier"]) for node in manifest["sources"].values())
