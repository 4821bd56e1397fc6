"""What the runs of dbt built, and what they left unbuilt.

dbt commits each model by itself, so a run that is killed leaves tables of two builds. The macros `begin_build` and
`end_build` (on-run-start, on-run-end) keep `load_audit.unbuilt_models`: what a run is about to build is entered, what
it built is taken out. Nobody reads while a run is at work, since DuckDB has one writer; so what a reader finds there
was killed, or it failed or was skipped and is marked so.

A run of some models leaves others as they were. `stale_models` are those whose rows may not be what a build would make
of them now: a table that reads, through whatever is between, a raw table that was written to since, or a model that was
built later; whatever is not built as its code says now, or is no longer there. A test that reads one of them says
nothing of our promises, whether it passes or fails: it is in `undecided_promises`. `stale` adds the tests that are to
be run, and is what `crescendo build` builds. A `dbt build` of everything leaves out what is `kept`: the rest.
docs/decisions/0022 says why.
"""

from dataclasses import dataclass

import duckdb

from crescendo.ask.texts import _
from crescendo.warehouse import one

KNOWN = "select 1 from duckdb_tables() where (schema_name, table_name) = ('load_audit', 'unbuilt_models')"
UNBUILT = """
    select count(*), bool_and(has_failed), min(string_split(unique_id, '.')[-1])
    from load_audit.unbuilt_models
"""
# loads that wrote to raw tables since anything was built
UNREAD = """
    select count(distinct _load_id) from load_audit.touched_tables
    where touch_id > (select max(touch_id) from load_audit.built_models)
"""
TABLES = {
    "unbuilt_models": """
        unique_id varchar not null, invocation_id varchar not null, began_at timestamp not null,
        has_failed boolean not null""",
    "built_models": """
        unique_id varchar primary key, checksum varchar not null, began_at timestamp not null,
        _load_id bigint not null, touch_id bigint""",
    "project_nodes": """
        unique_id varchar not null, name varchar not null, is_promise boolean not null, is_view boolean not null,
        checksum varchar not null, parents varchar[] not null, is_built boolean not null,
        stamp varchar""",
    "judged_series": """
        series_id bigint not null, observation_count bigint not null, fingerprint hugeint not null,
        rules_fingerprint ubigint not null, first_date date, last_date date""",
    "judged_codes": "code varchar not null",
    # what fct_observations held before, until when; see docs/decisions/0021
    "judgements": "judged_at timestamp not null, newest_load_id bigint not null",
    "replaced_observations": """
        series_id bigint not null, observed_date date not null, value double, linked_value double, change double,
        span_days integer, next_observed_date date, change_class varchar, is_outlier boolean, running_gain double,
        running_value_days double, running_observations bigint, running_breaks double, running_corrections integer,
        running_restatements integer, running_resets integer, running_relinks integer, known_from timestamp not null,
        known_until timestamp not null""",
    # what the long tables of leads are made from; see docs/decisions/0020
    "taken_lead_rows": """
        raw_fingerprint ubigint not null, place_fingerprint ubigint not null, row_kind varchar not null,
        lead_id varchar, call_id varchar, email_link ubigint, phone_link ubigint, _load_id bigint not null""",
    # how many answers of which loads and days the long tables of films are made from; null is a day that cannot be
    "taken_film_days": """
        answer_kind varchar not null, _load_id bigint not null, snapshot_date date, spoken_count bigint not null""",
    "taken_plans": """
        model_name varchar not null, plan_id varchar not null, code varchar not null,
        settings_fingerprint hugeint not null, held_count bigint not null, settled_date date""",
    "broken_promises": "promise varchar not null, row_count bigint not null, found_at timestamp not null",
}
VIEWS = {
    "made_from": """
        with recursive made_from as (
            select unique_id, unnest(parents) as ancestor from load_audit.project_nodes
            union
            select m.unique_id, unnest(n.parents)
            from made_from as m
            inner join load_audit.project_nodes as n on n.unique_id = m.ancestor
        )
        select * from made_from""",
    # what dbt makes: not what loads and our own estimates write, some of it under the names of models
    "held_relations": """
        with held as (
            select database_name, schema_name, table_name as name from duckdb_tables()
            union all
            select database_name, schema_name, view_name from duckdb_views()
            union all
            select database_name, schema_name, function_name from duckdb_functions()
        )
        select distinct name from held
        where database_name = current_database() and not starts_with(schema_name, 'raw_')
            and schema_name not in ('load_audit', 'estimates', 'recommendations')""",
    # a load of a version that did not note what it wrote to may have written to all
    "stale_nodes": """
        with touched as (
            select 'source.crescendo.' || schema_name || '.' || table_name as unique_id, max(touch_id) as touch_id
            from load_audit.touched_tables group by all
        ),
        unnoted as (
            select max(_load_id) as _load_id from load_audit.loads
            where _load_id not in (select _load_id from load_audit.touched_tables where _load_id is not null)
        )
        select n.unique_id, n.is_promise
        from load_audit.project_nodes as n
        left join load_audit.built_models as b on b.unique_id = n.unique_id
        left join load_audit.made_from as m on m.unique_id = n.unique_id and not n.is_view
        left join load_audit.built_models as a on a.unique_id = m.ancestor
        left join touched as t on t.unique_id = m.ancestor
        cross join unnoted as u
        group by n.unique_id, n.is_promise
        having bool_or(
            b.unique_id is null or b.checksum <> n.checksum or coalesce(a.began_at > b.began_at, false)
            or coalesce(t.touch_id > coalesce(b.touch_id, 0), false)
            or coalesce(m.ancestor like 'source.%' and b._load_id < u._load_id, false)
            or not (n.is_promise or n.name in (from load_audit.held_relations))
        )""",
    "stale_models": "select unique_id from load_audit.stale_nodes where not is_promise",
    "undecided_promises": """
        select distinct m.unique_id
        from load_audit.made_from as m
        inner join load_audit.stale_models as s on s.unique_id = m.ancestor""",
}
# what is stale, what was begun and not finished, all that is made from these, and promises that are not known to hold
TO_BUILD = """
    with roots as (
        select unique_id from load_audit.stale_nodes
        union
        select unique_id from load_audit.unbuilt_models
    ),
    reached as (
        select distinct m.unique_id from load_audit.made_from as m semi join roots as r on r.unique_id = m.ancestor
    )
    select n.unique_id, n.is_promise,
        n.unique_id in (from roots) or (not n.is_view and n.unique_id in (from reached))
        or (n.is_promise and n.name in (select promise from load_audit.broken_promises)) as is_stale
    from load_audit.project_nodes as n
"""

# what the models of the spine read of the table that they end in; dbt's `ref` would be a circle
HELD = {
    "series_id": "bigint",
    "observed_date": "date",
    "value": "double",
    "linked_value": "double",
    "is_outlier": "boolean",
    "running_gain": "double",
    "running_value_days": "double",
    "running_breaks": "double",
    "running_observations": "bigint",
    "known_from": "timestamp",
}


@dataclass(frozen=True)
class Stale:
    """What a build has to do: the ids of dbt's models, seeds and tests; and how many models and tests it need not."""

    nodes: frozenset[str]
    fresh_models: int
    fresh_tests: int


def stale(connection: duckdb.DuckDBPyConnection, stamp: str) -> Stale | None:
    """What a build of the project with this stamp has to do; None if that is everything, or is not known."""
    known = """select 1 from duckdb_columns() where database_name = current_database()
        and (schema_name, table_name, column_name) = ('load_audit', 'project_nodes', 'stamp')"""
    if not connection.execute(known).fetchone():
        return None
    as_now = "select coalesce(bool_and(stamp is not distinct from ?), false) from load_audit.project_nodes"
    if not one(connection, as_now, [stamp])[0]:
        return None
    nodes, fresh = set(), {False: 0, True: 0}
    for unique_id, is_promise, is_stale in connection.execute(TO_BUILD).fetchall():
        if is_stale:
            nodes.add(unique_id)
        else:
            fresh[is_promise] += 1
    return Stale(frozenset(nodes), fresh[False], fresh[True])


def kept(connection: duckdb.DuckDBPyConnection, stamp: str) -> frozenset[str]:
    """What a build of the project with this stamp need not do: the ids of models, seeds, tests and unit tests."""
    found = stale(connection, stamp)
    if found is None:
        return frozenset()
    fresh = """select unique_id from load_audit.project_nodes
        union all
        select unique_id from load_audit.built_models where starts_with(unique_id, 'unit_test.') and checksum = ?"""
    return frozenset(name for [name] in connection.execute(fresh, [stamp]).fetchall()) - found.nodes


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what the macros around a run of dbt write to; the ledger is there."""
    for name, columns in TABLES.items():
        connection.execute(f"create table if not exists load_audit.{name} ({columns})")
    # a warehouse from before these were noted: all is built
    connection.execute("alter table load_audit.built_models add column if not exists touch_id bigint")
    connection.execute("alter table load_audit.project_nodes add column if not exists stamp varchar")
    # of a version that did not note the loads of rows: all leads are made anew
    taken = connection.sql("from load_audit.taken_lead_rows limit 0").columns
    if "place_fingerprint" not in taken:
        connection.execute(f"create or replace table load_audit.taken_lead_rows ({TABLES['taken_lead_rows']})")
    # judged by older code, so all is judged anew
    for column in ("first_date", "last_date"):
        connection.execute(f"alter table load_audit.judged_series add column if not exists {column} date")
    for name, query in VIEWS.items():
        connection.execute(f"create or replace view load_audit.{name} as {query}")
    connection.execute(f"create or replace view load_audit.held_observations as {_held(connection)}")


def _held(connection: duckdb.DuckDBPyConnection) -> str:
    """The observations that were judged before; none if there is no such table, or not one that we can go on with."""
    found = connection.execute("""
        select column_name, lower(data_type) from duckdb_columns()
        where (schema_name, table_name) = ('metrics', 'fct_observations')
    """).fetchall()
    if dict(found).items() >= HELD.items():
        return f"select {', '.join(HELD)}, rowid as storage_place from metrics.fct_observations"
    columns = (f"cast(null as {kind}) as {name}" for name, kind in HELD.items())
    return f"select {', '.join(columns)}, cast(null as bigint) as storage_place where false"


def unbuilt(connection: duckdb.DuckDBPyConnection) -> str:
    """Why answers may mix tables of two builds, with the cure; empty where they cannot."""
    if not connection.execute(KNOWN).fetchone():
        return ""
    count, failed, first = one(connection, UNBUILT)
    if not count:
        return ""
    if failed:
        return _(
            "the last dbt build failed: {count} of its models are as they were before ({first}, ...), so answers may"
            " mix two builds; mend what it named and run `crescendo build`",
            count=count, first=first,
        )  # fmt: skip
    return _(
        "the last dbt build was killed before its end: {count} of its models are as they were before ({first}, ...), so"
        " answers may mix two builds; run `crescendo build`",
        count=count, first=first,
    )  # fmt: skip


def unread(connection: duckdb.DuckDBPyConnection) -> str:
    """That answers are older than the last load, with the cure; empty if they are not, or if nothing was built."""
    try:
        [count] = one(connection, UNREAD)
    except (duckdb.CatalogException, duckdb.BinderException):  # it was not noted, or not yet
        return ""
    if not count:
        return ""
    return _(
        "{count} {count:load|loads} came after the last build, and no answer includes {count:it|them}: run"
        " `crescendo build`",
        count=count,
    )
