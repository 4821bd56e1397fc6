"""Hold that two warehouses say the same: `python orchestration/compare.py A.duckdb B.duckdb`, exit code 1 if not.

Compared are all rows of all raw tables, marts and recommendations. Left out is what must differ between two runs: when
something was done, the numbers of loads and files, and what Crescendo measured of itself. Floating-point numbers are
compared to 9 digits: DuckDB adds them up in the order in which its threads come.
"""

import sys
from pathlib import Path

import duckdb

SCHEMAS = "^(raw_.*|audience|charts|films|leads|listening|metrics|quality|recommendations)$"
# of a run: its moments, and the numbers that it gave
OF_A_RUN = (
    "checked_at", "decided_at", "etl_updated_at", "expires_at", "known_from", "measured_at", "scored_at", "trained_at",
    "_file_id", "_load_id", "load_id", "_row_id", "_parent_row_id", "file_path",
)  # fmt: skip
# an average of few decimals may lie between two numbers of 9 digits, where its last bit decides
OFF_TIES = "1.00000000003::double"
# what Crescendo measures of itself
OWN_TYPES = ("run", "phase", "endpoint", "source", "table", "column", "model", "test", "finding", "warehouse")
OWN_PLATFORM = "crescendo"
OWN_SERIES = f"""
    select series_id from metrics.dim_series inner join metrics.dim_subjects using (subject_id)
    where subject_type in {OWN_TYPES}
"""
OWN_SUBJECTS = f"select subject_id from metrics.dim_subjects where subject_type in {OWN_TYPES}"
# a column that tells what is ours -> the condition of rows that are not
NOT_OWN = {
    "series_id": f"series_id not in ({OWN_SERIES})",
    "subject_id": f"subject_id not in ({OWN_SUBJECTS})",
    "subject_type": f"subject_type not in {OWN_TYPES}",
    "platform": f"platform is distinct from '{OWN_PLATFORM}'",
}
TABLES = f"""
    select t.schema_name, t.table_name, list((c.column_name, c.data_type) order by c.column_index)
    from duckdb_tables() as t
    inner join duckdb_columns() as c on c.schema_name = t.schema_name and c.table_name = t.table_name
    where regexp_matches(t.schema_name, '{SCHEMAS}') and not t.internal
    group by all order by 1, 2
"""


def digests(file: Path) -> dict[str, tuple[int, str]]:
    """Table -> its rows and a digest of them in any order."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(TABLES).fetchall()
        return {f"{schema}.{table}": _digest(connection, schema, table, columns) for schema, table, columns in found}


def _digest(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: list[tuple[str, str]]
) -> tuple[int, str]:
    said = ", ".join(
        f"printf('%.9g', {OFF_TIES} * \"{name}\")" if kind == "DOUBLE" else f'"{name}"'
        for name, kind in columns
        if name not in OF_A_RUN
    )
    names = [name for name, _ in columns]
    conditions = [rule for name, rule in NOT_OWN.items() if schema == "metrics" and name in names] or ["true"]
    # a sum, since two equal rows would cancel each other in an exclusive or
    query = f"""
        select count(*), coalesce(sum(hash({said})::hugeint), 0)::varchar
        from {schema}.{table} where {" and ".join(conditions)}"""
    return connection.execute(query).fetchone()


def differences(first: Path, second: Path) -> list[str]:
    """What differs between two warehouses, a sentence a table."""
    ours, theirs = digests(first), digests(second)
    return [
        f"{table}: {ours.get(table, ('no table',))[0]} and {theirs.get(table, ('no table',))[0]} rows differ"
        for table in sorted(ours | theirs)
        if ours.get(table) != theirs.get(table)
    ]


def main() -> int:
    """Print what differs; the exit code."""
    first, second = map(Path, sys.argv[1:3])
    found = differences(first, second)
    counts = [rows for rows, _ in digests(first).values()]
    sys.stdout.write(("\n".join(found) or f"equal: {len(counts)} tables, {sum(counts):,} rows") + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
