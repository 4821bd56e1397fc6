"""The verb `app`: look instead of read, in a browser on this machine."""

import click

from crescendo.options import PORT


@click.command("app")
@click.option("--port", type=PORT, default=8501, show_default=True, help="Of this machine; nobody else can reach it.")
def app_command(port: int) -> None:
    """Serve the pages to look at: audience, films, leads, listening, the pipeline, and SQL ([the app](docs/app.md)).

    They read the warehouse, never write, and open it anew when a build has finished. Ctrl-C ends it.

    \b
    Example:
      crescendo app
      CRESCENDO_DB=other.duckdb crescendo app --port 8600
    """
    from crescendo.app.serve import serve
    from crescendo.ask.texts import _

    serve(port, lambda taken: click.echo(_("http://127.0.0.1:{port}  (Ctrl-C ends it)", port=taken)))
