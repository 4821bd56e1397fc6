"""From files to answers in one go: sample where there is nothing to load, load, dbt build, summary."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from crescendo import builds, outcome, warehouse
from crescendo.errors import CrescendoError
from crescendo.ingest import ledger
from crescendo.ingest.load import LoadResult, load
from crescendo.ingest.status import found
from crescendo.outcome import Outcome

LANDING = Path("landing")
# what the built tables depend on, besides what was loaded
PROJECT = ("dbt_project.yml", "models", "seeds", "macros", "tests")
MOST_KINDS = 5  # kinds of findings that the summary names


@click.command("build")
@click.option("--environment-seconds", type=float, default=0.0, hidden=True, help="What making the environment took.")
@click.option("--force", is_flag=True, help="Run dbt even where nothing has changed.")
def build_command(environment_seconds: float, force: bool) -> int:
    """Make the warehouse: sample data where landing/ is empty, load, dbt build, and what there is to ask.

    \b
    Example:
      crescendo build
    """
    if not Path("dbt_project.yml").is_file():
        raise CrescendoError("there is no dbt_project.yml here: run this in the project's folder")
    seconds = {"environment": environment_seconds} if environment_seconds else {}
    loaded = _loaded(seconds)
    fingerprint = project_fingerprint()
    if loaded.load_id is None and not force and _built() == fingerprint:
        _warn_of_refused(loaded)
        click.echo("Nothing has changed: the files are loaded, the models are built, and nothing was touched.")
        _print_questions()
        return 0
    with _timed(seconds, "dbt build"):
        built = dbt_build()
    # what is broken comes first, before all else that there is to say
    if built and built.broken:
        click.echo("\n".join(outcome.told(built.broken, target())), err=True)
    _warn_of_refused(loaded)
    if built is None:
        return 1
    if not built.broken:
        _note_build(fingerprint)
    _print_summary(loaded, built, seconds)
    _print_questions()
    return 1 if built.broken else 0


def _warn_of_refused(loaded: LoadResult) -> None:
    for file in loaded.refused:
        click.echo(f"warning: {file.path} {file.reason}", err=True)


def _loaded(seconds: dict[str, float]) -> LoadResult:
    """Load landing/, with a sample where there is nothing at all; a sample never joins loads of somebody's own."""
    if not LANDING.is_dir() or not any(LANDING.iterdir()):
        if _holds_loads():
            click.echo(
                f"{LANDING}/ is empty: {warehouse.path()} is built from what was loaded before, not from a sample"
            )
            return LoadResult(None, [])
        with _timed(seconds, "sample"):
            _sample()
    with _timed(seconds, "load"):
        return load([LANDING], progress=sys.stderr.isatty())


def _holds_loads() -> bool:
    if not warehouse.path().exists():
        return False
    known = "select 1 from duckdb_tables() where (schema_name, table_name) = ('load_audit', 'files')"
    held = "select 1 from load_audit.files where is_current limit 1"
    with warehouse.connect(read_only=True) as connection:
        return bool(connection.execute(known).fetchone() and connection.execute(held).fetchone())


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    seconds[name] = time.monotonic() - started


def _sample() -> None:
    from crescendo.cli.sample import sample_command

    sample_command.main(args=["--to", str(LANDING)], standalone_mode=False)


def project_fingerprint(root: Path = Path()) -> str:
    """A sha256 over everything the models are made from, so that an unchanged project is not built again."""
    digest = hashlib.sha256()
    for name in PROJECT:
        paths = sorted((root / name).rglob("*")) if (root / name).is_dir() else [root / name]
        for path in paths:
            if path.suffix in (".sql", ".yml", ".csv", ".md"):
                digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def target() -> Path:
    """The folder to which dbt writes what it did."""
    return Path(os.environ.get("DBT_TARGET_PATH", "target"))


def dbt_build() -> Outcome | None:
    """Run `dbt build`; what became of it, or None where it did not come so far (its words are shown)."""
    results = target() / "run_results.json"
    results.unlink(missing_ok=True)
    environment = os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    done = subprocess.run(
        # unit tests try the models' logic on made-up rows: that is `make test`, not a check of what was loaded
        [sys.executable, "-m", "dbt.cli.main", "build", "--no-use-colors", "--exclude-resource-type", "unit_test"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    built = outcome.read(target()) if results.exists() else None
    if built is None or (done.returncode and not built.broken):
        click.echo(done.stdout, err=True)
        click.echo("error: dbt build failed: its output is above", err=True)
        return None
    return built


def _built() -> str | None:
    with warehouse.connect(read_only=True) as connection:
        known = connection.execute(
            "select 1 from information_schema.tables where table_schema = 'load_audit' and table_name = 'builds'"
        ).fetchone()
        if not known or builds.unbuilt(connection):
            return None
        # a load that was not followed by a build makes the build stale
        found = connection.execute("""
            select fingerprint from load_audit.builds
            where _load_id = (select max(_load_id) from load_audit.loads)
            order by finished_at desc limit 1
        """).fetchone()
        return found[0] if found else None


def _note_build(fingerprint: str) -> None:
    with warehouse.connect() as connection:
        connection.execute(
            "create table if not exists load_audit.builds"
            " (_load_id bigint not null, finished_at timestamp not null, fingerprint varchar not null)"
        )
        connection.execute(
            "insert into load_audit.builds select coalesce(max(_load_id), 0), ?, ? from load_audit.loads",
            [ledger.now(), fingerprint],
        )


def _print_summary(loaded: LoadResult, built: Outcome, seconds: dict[str, float]) -> None:
    files = sum(file.status == "loaded" for file in loaded.files)
    unchanged = sum(file.status == "unchanged" for file in loaded.files)
    rejected = loaded.total("records_rejected") + loaded.total("rows_rejected")
    click.echo(
        f"Loaded   {files} files ({unchanged} unchanged, {len(loaded.refused)} refused):"
        f" {loaded.total('records_loaded'):,} records, {loaded.total('rows_loaded'):,} rows, {rejected:,} rejected"
    )
    broken = f", {len(built.broken)} did not" if built.broken else ""
    done = built.done
    click.echo(f"Built    {done['model']} models and {done['seed']} seeds; {done['test']} tests passed{broken}")
    with warehouse.connect(read_only=True) as connection:
        kinds = [f"{row['finding_kind']} {row['finding_count']:,}" for row in found(connection)]
    if kinds:
        shown = ", ".join(kinds[:MOST_KINDS]) + (", ..." if len(kinds) > MOST_KINDS else "")
        click.echo(f"Found    {len(kinds)} kinds of things wrong in the data (crescendo status): {shown}")
    click.echo("Took     " + ", ".join(f"{name} {took:.1f} s" for name, took in seconds.items()))
    size = warehouse.path().stat().st_size / 1e6
    click.echo(f"Wrote    {warehouse.path()}, {size:.1f} MB")


def _print_questions() -> None:
    click.echo("""
Ask, for example:
  .venv/bin/crescendo growth --last 28d --by artist --top 10
  .venv/bin/crescendo averages --last 28d --by platform
  make shell                        then: from metrics.song_days limit 10;
                                          from metrics.trending limit 10;
  make docs                         lineage and definitions in the browser
  .venv/bin/crescendo status        what was loaded, rejected and unknown""")
