"""From files to answers in one go: a sample if there is nothing to load, load, dbt build, summary."""

import logging
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import duckdb

from crescendo import builds, dbt, outcome, swap, warehouse
from crescendo.cli.load import notes
from crescendo.errors import CrescendoError
from crescendo.ingest import ledger
from crescendo.ingest.forget import forget, loaded_files, within
from crescendo.ingest.load import LoadResult, load
from crescendo.ingest.status import found
from crescendo.logs import event, logged
from crescendo.operations import journal, measure, store
from crescendo.operations.journal import Run
from crescendo.outcome import Outcome
from crescendo.terminal import counted, printable

LANDING, SAMPLE = Path("landing"), Path("sample")
SERVED = "served"  # where `crescendo recommend serve` lands listens, in landing/
STEP = re.compile(
    r"  (\d+) of (\d+) (?:OK|PASS|WARN|FAIL|ERROR|SKIP) (?!hook)"
)  # as dbt tells that a step is done; hooks are few
MOST_KINDS = 5  # kinds of findings that the summary names


@click.command("build")
@click.option("--environment-seconds", type=float, default=0.0, hidden=True, help="What making the environment took.")
@click.option("--force", is_flag=True, help="Build and test everything, stale or not.")
@logged("build")
def build_command(environment_seconds: float, force: bool) -> int:
    """Make the warehouse: load landing/, or a sample if there are no files, dbt build, and what there is to ask.

    Only what the new files change is built and tested; everything the first time, and if the project has changed.

    \b
    Example:
      crescendo build
    """
    if not Path("dbt_project.yml").is_file():
        raise CrescendoError("there is no dbt_project.yml here: run this in the project's folder")
    seconds = {"environment": environment_seconds} if environment_seconds else {}
    with journal.run("build", warehouse.path()) as run:
        run.exit_code = _build(run, seconds, force)
    return run.exit_code


def _build(run: Run, seconds: dict[str, float], force: bool) -> int:
    # dbt is imported while the warehouse is copied and files are loaded
    with dbt.begun() as process, warehouse.renewed() as copy:
        with run.phase("load") as phase:
            loaded = _loaded(seconds)
            phase.rows, phase.bytes = measure.size_of(loaded)
        stamp = dbt.stamp()
        with warehouse.connect() as connection:
            stale = None if force else builds.stale(connection, stamp)
            is_idle = stale is not None and not stale.nodes
            if not is_idle:
                _measure(run, connection, loaded)
        if is_idle:
            _warn_of_files(loaded)
            click.echo("Nothing has changed: the files are loaded, the models are built, and nothing was touched.")
            _print_questions()
            return 0
        with _timed(seconds, "dbt build"), run.phase("transform"):
            built = _dbt_build(stamp, stale, process)
        for node in outcome.nodes(dbt.target()) if built else ():
            event(logging.ERROR if node["status"] in outcome.BROKEN else logging.DEBUG, "dbt node ended", **node)
        copy.keep = built is not None
        if built is not None:
            with warehouse.connect() as connection:  # opening and closing it costs as much as the measures do
                _measure(run, connection, None, is_whole=stale is None)
                if not built.broken:
                    _note_build(connection, stamp, sum(seconds.values()))
    # what is broken comes first, before all else that there is to say
    if built and built.broken:
        click.echo("\n".join(outcome.told(built.broken, dbt.target())), err=True)
    _warn_of_files(loaded)
    if built is None:
        return 1
    _print_summary(loaded, built, stale, seconds)
    _print_questions()
    return 1 if built.broken else 0


def _measure(
    run: Run, connection: duckdb.DuckDBPyConnection, loaded: LoadResult | None, *, is_whole: bool = False
) -> None:
    """Note what was loaded, or if that is None what dbt made of it, and enter it in the warehouse. Breaks no build."""
    with suppress(duckdb.Error, OSError, CrescendoError):
        if loaded:
            measure.loaded(run, connection, loaded)
            measure.disk(run, swap.working(warehouse.path()))
        else:
            connection.execute("set threads = 1")
            measure.built(run, connection, dbt.target(), is_whole=is_whole)
        store.fill(connection, warehouse.path())


def _warn_of_files(loaded: LoadResult) -> None:
    for said in notes(loaded):
        click.echo(f"warning: {printable(said)}", err=True)
    for file in loaded.refused:
        click.echo(f"warning: {printable(f'{file.path} {file.reason}')}", err=True)


def _loaded(seconds: dict[str, float]) -> LoadResult:
    """Load landing/, or a sample if the user has no files; the two are never in one warehouse."""
    own, moved = _own_files(), _moved_sample()
    if not (own or _holds_own(moved)):
        if is_made := not SAMPLE.is_dir():
            with _timed(seconds, "sample"):
                _sample()
        result = _load([SAMPLE, *([LANDING] if LANDING.is_dir() else [])], seconds)
        if not is_made and any(file.status == "loaded" for file in result.files):
            click.echo(f"{LANDING}/ has no files of your own: what is loaded is the made-up sample in {SAMPLE}/")
        if moved:
            forget([Path(path) for path in moved])  # their rows are those of the files here
        return result
    made_up = [SAMPLE, *(Path(path) for path in moved)]
    if swap.working(warehouse.path()).exists() and forget(made_up):
        click.echo(f"The made-up sample is removed from {warehouse.path()}: there are files of your own.")
    if not own:
        click.echo(f"{LANDING}/ is empty: {warehouse.path()} is built from what was loaded before, not from a sample")
        return LoadResult(None, [])
    return _load([LANDING], seconds)


def _load(folders: list[Path], seconds: dict[str, float]) -> LoadResult:
    with _timed(seconds, "load"):
        return load(folders, progress=sys.stderr.isatty())


def _own_files() -> bool:
    """Whether landing/ holds anything but what the server of recommendations noted."""
    return LANDING.is_dir() and any(path.name != SERVED for path in LANDING.iterdir())


def _holds_own(moved: set[str]) -> bool:
    """Whether anything was loaded from elsewhere than the sample's folder, wherever that was, and the server's."""
    if not swap.working(warehouse.path()).exists():
        return False
    with warehouse.connect(read_only=True) as connection:
        files = set(loaded_files(connection)) - moved
    return any(not (within(file, SAMPLE) or within(file, LANDING / SERVED)) for file in files)


def _moved_sample() -> set[str]:
    """The paths of the ledger that are of this sample when the project was in another folder: as named, as large."""
    if not (SAMPLE.is_dir() and swap.working(warehouse.path()).exists()):
        return set()
    with warehouse.connect(read_only=True) as connection:
        others = {path for path in loaded_files(connection) if not within(path, SAMPLE)}
        sizes = "select path, size_bytes from load_audit.files where is_current and path in (select unnest(?))"
        found = connection.execute(sizes, [sorted(others)]).fetchall() if others else []
    here = {path: SAMPLE / path.rpartition(f"/{SAMPLE}/")[2] for path, _size in found if f"/{SAMPLE}/" in path}
    return {path for path, size in found if path in here and here[path].is_file() and here[path].stat().st_size == size}


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started = time.monotonic()
    event(logging.DEBUG, "step began", step=name)
    yield
    seconds[name] = time.monotonic() - started
    event(logging.INFO, "step ended", step=name, seconds=round(seconds[name], 3))


def _sample() -> None:
    """Write the sample whole or not at all: what a killed build left of one is thrown away."""
    from crescendo.sources.sample import write_sample

    half = SAMPLE.with_name(f".{SAMPLE.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    for said in write_sample(half, progress=sys.stderr.isatty()):
        click.echo(said.replace(str(half), str(SAMPLE)))
    half.rename(SAMPLE)


def _dbt_build(stamp: str, stale: builds.Stale | None, process: dbt.Begun) -> Outcome | None:
    """Run `dbt build` of what is stale, or of everything.

    Returns what became of it, or None if it did not come so far (its words are shown).
    """
    results = dbt.target() / "run_results.json"
    results.unlink(missing_ok=True)
    # unit tests try the models' logic on made-up rows: that is `make test`, not a check of what was loaded
    words = ("build", "--exclude-resource-type", "unit_test")
    wanted = stale.nodes if stale else None
    done, said = dbt.run(*words, heard=_progress(), stamp=stamp, wanted=wanted, process=process)
    if stale is None:
        dbt.keep_manifest()
    built = outcome.read(dbt.target()) if results.exists() else None
    if built is None or not (done or built.broken):
        click.echo(said, err=True)
        click.echo("error: dbt build failed: its output is above", err=True)
        return None
    return built


def _progress() -> Callable[[str], None]:
    """Tell how far dbt is, as its lines come: on a terminal each step in one line, elsewhere each quarter."""
    is_screen, told = sys.stderr.isatty(), [0]

    def heard(line: str) -> None:
        step = STEP.search(line)
        if not step:
            return
        done, count = int(step[1]), int(step[2])
        if is_screen:
            ends = done == count
            click.echo(f"\r\033[K{'' if ends else f'dbt build: {done} of {count}'}", err=True, nl=False)
        elif 4 * done // count > told[0] // 25:
            told[0] = 25 * (4 * done // count)
            click.echo(f"dbt build: {told[0]} % of {count} models, seeds and tests")

    return heard


def _note_build(connection: duckdb.DuckDBPyConnection, stamp: str, seconds: float) -> None:
    connection.execute(
        "create table if not exists load_audit.builds"
        " (_load_id bigint not null, finished_at timestamp not null, fingerprint varchar not null)"
    )
    # a warehouse from before the time was noted
    connection.execute("alter table load_audit.builds add column if not exists seconds double")
    connection.execute(
        "insert into load_audit.builds by name select coalesce(max(_load_id), 0) as _load_id, ? as finished_at,"
        " ? as fingerprint, ? as seconds from load_audit.loads",
        [ledger.now(), stamp, seconds],
    )


def _print_summary(loaded: LoadResult, built: Outcome, stale: builds.Stale | None, seconds: dict[str, float]) -> None:
    files = sum(file.status == "loaded" for file in loaded.files)
    unchanged = sum(file.status == "unchanged" for file in loaded.files)
    rejected = sum(loaded.total(f"{what}_rejected") for what in ("records", "rows", "values"))
    click.echo(
        f"Loaded   {counted(files, 'file')} ({unchanged} unchanged, {len(loaded.refused)} refused):"
        f" {counted(loaded.total('records_loaded'), 'record')}, {counted(loaded.total('rows_loaded'), 'row')},"
        f" {rejected:,} rejected"
    )
    broken = f", {len(built.broken)} did not" if built.broken else ""
    done = built.done
    click.echo(
        f"Built    {counted(done['model'], 'model')} and {counted(done['seed'], 'seed')};"
        f" {counted(done['test'], 'test')} passed{broken}"
    )
    if stale:
        click.echo(f"Kept     {stale.fresh_models} models and seeds; they and {stale.fresh_tests} tests are up to date")
    with warehouse.connect(read_only=True) as connection:
        kinds = [f"{row['finding_kind']} {row['finding_count']:,}" for row in found(connection)]
    if kinds:
        shown = ", ".join(kinds[:MOST_KINDS]) + (", ..." if len(kinds) > MOST_KINDS else "")
        click.echo(f"Found    {counted(len(kinds), 'kind')} of things wrong in the data (crescendo status): {shown}")
    click.echo("Took     " + ", ".join(f"{name} {took:.1f} s" for name, took in seconds.items()))
    size = warehouse.path().stat().st_size / 1e6
    click.echo(f"Wrote    {warehouse.path()}, {size:.1f} MB")


def _print_questions() -> None:
    click.echo("""
Ask, for example:
  .venv/bin/crescendo growth --last 28d --by artist --top 10
  .venv/bin/crescendo averages --last 28d --by platform
  .venv/bin/crescendo find "a name"    who or what that is; a typo is forgiven
  .venv/bin/crescendo changes          what the last load brought
  .venv/bin/crescendo status           what was loaded, rejected and unknown
  make docs                            lineage and definitions in the browser
  make shell                           SQL, for example:
    select title, artist_credit, observed_date, streams from metrics.song_days
    where not is_outlier order by streams desc limit 10;""")
