"""`crescendo publish`: what a person types; the work is in `crescendo.publish`."""

import json
from pathlib import Path

import click

from crescendo import builds, warehouse
from crescendo.errors import CrescendoError
from crescendo.operations import journal
from crescendo.options import SECONDS, NamedPath, format_option
from crescendo.publish.contents import Published
from crescendo.publish.files import publish_files
from crescendo.publish.mysql import publish_mysql
from crescendo.publish.postgres import publish_postgres
from crescendo.terminal import counted


@click.group("publish")
def publish_command() -> None:
    """Hand the built tables on: to PostgreSQL, MySQL or MariaDB, as CSV or Parquet files, or as another warehouse.

    \b
    Example:
      crescendo publish postgres --dsn "host=localhost dbname=audience"
      crescendo publish csv exports/
    """


@publish_command.command("postgres")
@click.option("--dsn", default="", help="libpq's words or address; without it, the PG* variables. Never a password.")
@click.option(
    "--wait", type=SECONDS, default=60.0, show_default=True, help="Seconds to wait for readers to leave the old tables."
)
@format_option("table", "json")
@journal.measured("publish")
def postgres_command(dsn: str, wait: float, form: str) -> None:
    """Publish tables, keys, indexes, views and growth functions to a PostgreSQL database (15 or later).

    Built beside what is there, compared, and put in its place in one transaction. The password comes from PGPASSWORD,
    ~/.pgpass or a service file.

    \b
    Example:
      PGHOST=localhost PGDATABASE=audience crescendo publish postgres
    """
    _print(publish_postgres(dsn, wait=wait, file=warehouse.path()), form)


@publish_command.command("mysql")
@click.option("--dsn", default="", help="Words such as host=... user=...; without it, MYSQL_*. Never a password.")
@click.option(
    "--wait", type=SECONDS, default=60.0, show_default=True, help="Seconds to wait for readers to leave the old tables."
)
@format_option("table", "json")
@journal.measured("publish")
def mysql_command(dsn: str, wait: float, form: str) -> None:
    """Publish tables and views, as tables, with keys, checks and indexes to MySQL (8.0.17) or MariaDB (10.6).

    A database for each schema. Built beside what is there, compared, and put in its place by one statement. The
    password comes from MYSQL_PWD. Growth over any window is a function, which MySQL lacks: take PostgreSQL for it.

    \b
    Example:
      MYSQL_HOST=localhost MYSQL_USER=crescendo crescendo publish mysql
    """
    _print(publish_mysql(dsn, wait=wait, file=warehouse.path()), form)


@publish_command.command("csv")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("exports"), metavar="[DIR]")
@format_option("table", "json")
@journal.measured("publish")
def csv_command(folder: Path, form: str) -> None:
    """Write every table and view as a CSV file that a spreadsheet can open safely; to exports/ without DIR.

    \b
    Example:
      crescendo publish csv
      crescendo publish csv ~/handover
    """
    _print(publish_files(folder, "csv", warehouse.path()), form)


@publish_command.command("parquet")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("exports"), metavar="[DIR]")
@click.option("--raw", is_flag=True, help="The tables that models are built from, for another engine; mode 600.")
@format_option("table", "json")
@journal.measured("publish")
def parquet_command(folder: Path, raw: bool, form: str) -> None:
    """Write every table and view as Parquet, facts in a folder for each month; to exports/ without DIR.

    With --raw, write what they are built from instead, each load in a folder of its own, to DIR/raw/.

    \b
    Example:
      crescendo publish parquet
      crescendo publish parquet /data/audience
      crescendo publish parquet --raw
    """
    _print(publish_files(folder, "raw" if raw else "parquet", warehouse.path()), form)


@publish_command.command("duckdb")
@click.argument("file", type=NamedPath(path_type=Path))
@journal.measured("publish")
def duckdb_command(file: Path) -> None:
    """Put a copy of the warehouse in FILE's place, in one step: who reads FILE sees the old day or the new one.

    The copy holds all that the warehouse does, so it is for its owner alone, mode 600.

    \b
    Example:
      crescendo publish duckdb published/crescendo.duckdb
    """
    with warehouse.connect(read_only=True) as connection:
        if mixed := builds.unbuilt(connection):
            raise CrescendoError(f"nothing was published: {mixed}")
    warehouse.put(file)
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


def _print(published: list[Published], form: str) -> None:
    for table in published:
        if table.rows_without_nul:
            held = counted(table.rows_without_nul, "row holds", "rows hold")
            said = f"{table.table}: {held} a NUL character in a text, which was left out"
            click.echo(f"warning: {said}", err=True)
    if form == "json":
        click.echo(json.dumps([vars(table) for table in published]))
        return
    for table in published:
        click.echo(f"{table.rows:>12,}  {table.table}")
