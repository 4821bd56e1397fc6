"""What dbt needs of us at every connection; dbt-duckdb finds it by its name in profiles.yml."""

import os

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from crescendo import builds, privacy, swap, warehouse
from crescendo.analysis.insights import store as estimates
from crescendo.analysis.recommend import store
from crescendo.dbt import STAMP
from crescendo.errors import CrescendoError
from crescendo.ingest import run
from crescendo.operations import store as operations

IN_MEMORY = ":memory:"


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

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Make the raw tables and the ledger where they are missing, so that models have something to read."""
        try:
            run.prepare_warehouse(conn)
            with warehouse.transaction(conn):
                builds.prepare(conn)
                store.prepare(conn)
                estimates.prepare(conn)
                operations.prepare(conn)
        except CrescendoError as error:
            raise DbtRuntimeError(str(error)) from None

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Variables belong to one connection and are not inherited."""
        cursor.execute("set variable mask_key = ?", [self.key])
        # of what is built; not known if dbt was run by hand, perhaps with other variables
        cursor.execute("set variable project_stamp = ?", [os.environ.get(STAMP)])
