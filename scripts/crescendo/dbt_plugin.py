"""What dbt needs of us at every connection; dbt-duckdb finds it by its name in profiles.yml.

A `dbt build` of everything leaves out what it need not do, as `crescendo build` does: `builds.kept` says what. By then
dbt has queued its nodes, so each of these is run by a runner that does nothing, and dbt counts it as NO-OP.
"""

import os
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt.runners.no_op_runner import NoOpRunner
from dbt.task.build import BuildTask
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note
from dbt_common.exceptions import DbtRuntimeError

from crescendo import builds, privacy, swap, warehouse
from crescendo.analysis.insights import store as estimates
from crescendo.analysis.recommend import store
from crescendo.dbt import STAMP
from crescendo.dbt import stamp as stamp_of_project
from crescendo.errors import CrescendoError
from crescendo.ingest import run
from crescendo.operations import store as operations

IN_MEMORY = ":memory:"
UNIT_TESTS = "resource_type:unit_test"
# flags of dbt: what changes what a model is, and what says which of them to build
CHANGING = ("VARS", "TARGET", "PROFILE", "EMPTY", "SAMPLE", "EVENT_TIME_START", "EVENT_TIME_END", "DEFER")
FOLDERS = {"PROFILES_DIR", "PROJECT_DIR"}
NAMING = ("SELECT", "SELECTOR", "RESOURCE_TYPES", "EXCLUDE_RESOURCE_TYPES", "FULL_REFRESH")

_runner_type = BuildTask.get_runner_type
_kept: frozenset[str] = frozenset()


class KeptRunner(NoOpRunner):
    """Does nothing, and says nothing of each node: the plugin says how many they are."""

    def run_with_hooks(self, manifest: Any) -> Any:
        """A result at once: to open a connection and to tell each step would be most of a run with nothing new."""
        return self.on_skip() if self.skip else self.execute(self.node, manifest)


def _runner_unless_kept(task: BuildTask, node: Any) -> Any:
    return KeptRunner if node.unique_id in _kept else _runner_type(task, node)


BuildTask.get_runner_type = _runner_unless_kept  # type: ignore[method-assign,assignment]


def _is_as_the_project_says(given: dict[str, Any]) -> bool:
    """Whether these flags of dbt leave the project and its connection as they are in their files."""
    places = {Path(given[name]).resolve() for name in FOLDERS if given.get(name)}
    return len(places) == 1 and not any(given.get(name) for name in CHANGING)


def _may_leave_out(given: dict[str, Any]) -> bool:
    """Whether these are the flags of a `dbt build` that was told neither what to build nor to build all anew."""
    excluded = set(given.get("EXCLUDE") or ()) - {UNIT_TESTS}
    return given.get("WHICH") == "build" and not excluded and not any(given.get(name) for name in NAMING)


class Plugin(BasePlugin):
    """Raw tables that no load has made yet, and the key of the hashes as a variable, which is stored nowhere."""

    def initialize(self, plugin_config: dict) -> None:
        """Refuse what is not a warehouse, and read the key; what dbt creates from here on is its owner's alone."""
        os.umask(0o077)
        try:
            path = self.creds.path if self.creds else IN_MEMORY
            if path == IN_MEMORY:
                self.key = "of nothing that lasts"
            else:
                file = warehouse.checked(path)
                warehouse.check_file(file)
                self.key = privacy.mask_key(swap.original(file))
        except CrescendoError as error:
            raise DbtRuntimeError(str(error)) from None
        self.stamp: str | None = None

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Make the raw tables and the ledger where they are missing, so that models have something to read."""
        global _kept  # dbt makes its runners itself, and knows no plugin then
        try:
            run.prepare_warehouse(conn)
            with warehouse.transaction(conn):
                builds.prepare(conn)
                store.prepare(conn)
                estimates.prepare(conn)
                operations.prepare(conn)
            _kept = frozenset()
            given = vars(get_flags())
            is_ours = self.creds and self.creds.path != IN_MEMORY and STAMP not in os.environ
            if self.creds and is_ours and _is_as_the_project_says(given):
                self.stamp = stamp_of_project(Path(given["PROJECT_DIR"]), warehouse.checked(self.creds.path))
                if _may_leave_out(given):
                    _kept = builds.kept(conn, self.stamp)
        except CrescendoError as error:
            raise DbtRuntimeError(str(error)) from None
        if _kept:
            nodes = f"{len(_kept):,} models, seeds and tests are up to date and are left out (NO-OP)"
            fire_event(Note(msg=f"{nodes}; `dbt build --full-refresh` makes all anew"))

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Variables belong to one connection and are not inherited."""
        cursor.execute("set variable mask_key = ?", [self.key])
        # of what is built: what `crescendo build` says, else what holds if all is built (see `note_stamp`)
        cursor.execute("set variable project_stamp = ?", [os.environ.get(STAMP)])
        cursor.execute("set variable stamp_of_everything = ?", [self.stamp])
        cursor.execute("set variable kept_nodes = ?", [sorted(_kept)])
