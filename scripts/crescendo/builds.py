"""What the last runs of dbt left unbuilt.

dbt commits each model by itself, so a run that is killed leaves tables of two builds. The macros `begin_build` and
`end_build` (on-run-start, on-run-end) keep `load_audit.unbuilt_models`: what a run is about to build is entered, what
it built is taken out. Nobody reads while a run is at work, since DuckDB has one writer; so what a reader finds there
was killed, or it failed or was skipped and is marked so.
"""

import duckdb

from crescendo.warehouse import one

KNOWN = "select 1 from duckdb_tables() where (schema_name, table_name) = ('load_audit', 'unbuilt_models')"
UNBUILT = """
    select count(*), bool_and(has_failed), min(string_split(unique_id, '.')[-1])
    from load_audit.unbuilt_models
"""


def unbuilt(connection: duckdb.DuckDBPyConnection) -> str:
    """Why answers may mix tables of two builds, with the cure; empty where they cannot."""
    if not connection.execute(KNOWN).fetchone():
        return ""
    count, failed, first = one(connection, UNBUILT)
    if not count:
        return ""
    what = "failed" if failed else "was killed before its end"
    first_do = "mend what it named and " if failed else ""
    return (
        f"the last dbt build {what}: {count} of its models are as they were before ({first}, ...), so answers may mix"
        f" two builds; {first_do}run `crescendo build`"
    )
