"""dbt's command line, for which another path of the warehouse is no reason to parse the whole project again.

dbt parses anew if anything of the connection has changed, since a model may read it. None of ours reads the path, and
the path is another one for a copy that is worked on. The name of the file still counts: relations begin with it.
"""

import gc

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.cli.main import cli

_connection_keys = DuckDBCredentials._connection_keys


def _keys_without_path(credentials: DuckDBCredentials) -> tuple[str, ...]:
    return tuple(key for key in _connection_keys(credentials) if key != "path")


if __name__ == "__main__":
    # dbt keeps a million objects: looking through them for cycles after every 700 new ones takes a tenth of a build
    gc.set_threshold(100_000, 20, 100)
    DuckDBCredentials._connection_keys = _keys_without_path  # type: ignore[method-assign]
    cli()
