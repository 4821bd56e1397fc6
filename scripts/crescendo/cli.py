"""The command line: one verb, one function, found by name so that a verb pays for its own imports only."""

import importlib
import sys

import click

from crescendo.errors import CrescendoError

# verb -> the click command that does it
VERBS = {
    "growth": "crescendo.questions:growth_command",
    "averages": "crescendo.questions:averages_command",
    "load": "crescendo.load:load_command",
    "status": "crescendo.status:status_command",
    "sample": "crescendo.sample.command:sample_command",
    "correlate": "crescendo.report.command:correlate_command",
    "publish": "crescendo.publish:publish_command",
    "docs": "crescendo.docs.command:docs_command",
    "build": "crescendo.build:build_command",
    "fetch": "crescendo.fetch.command:fetch_command",
    "simulate": "crescendo.simulate.command:simulate_command",
}

# DuckDB imports pandas (a second) the first time a value is bound, if it finds it; these verbs hand it none
WITHOUT_PANDAS = ("averages", "build", "growth", "load", "status")
# how DuckDB tells of Ctrl-C while a statement runs, as a RuntimeError
IN_A_STATEMENT = "Query interrupted"


class Verbs(click.Group):
    """A group that imports a verb's module when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, sorted."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a verb, or None where there is no such verb."""
        if name not in VERBS:
            return None
        module, function = VERBS[name].split(":")
        return getattr(importlib.import_module(module), function)


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crescendo")
def crescendo() -> None:
    """How fast is this audience growing?

    \b
    Example:
      crescendo load landing/
      crescendo status
    """


def main(argv: list[str] | None = None) -> int:
    """Run a verb and return its exit code: 0 done, 1 a check failed, 2 a mistake explained."""
    if argv is None and sys.argv[1:2] and sys.argv[1] in WITHOUT_PANDAS:
        sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
    try:
        result = crescendo.main(args=argv, prog_name="crescendo", standalone_mode=False)
    except CrescendoError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, RuntimeError) as error:  # click.Abort is one of the latter
        if not isinstance(error, click.Abort | KeyboardInterrupt) and str(error) != IN_A_STATEMENT:
            raise
        click.echo("interrupted: nothing was changed", err=True)
        return 130
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
