"""The command line: one verb, one function, found by name so that a verb pays for its own imports only."""

import importlib
import os
import signal
import sys
from pathlib import Path

import click
from click.utils import make_default_short_help

from crescendo.ask import texts
from crescendo.errors import CrescendoError
from crescendo.files import ELSEWHERE

# verb -> the click command that does it
VERBS = {
    "growth": "crescendo.cli.ask:growth_command",
    "averages": "crescendo.cli.ask:averages_command",
    "find": "crescendo.cli.find:find_command",
    "metrics": "crescendo.cli.metrics:metrics_command",
    "changes": "crescendo.cli.changes:changes_command",
    "load": "crescendo.cli.load:load_command",
    "forget": "crescendo.cli.forget:forget_command",
    "report": "crescendo.cli.report:report_command",
    "status": "crescendo.cli.status:status_command",
    "sample": "crescendo.cli.sample:sample_command",
    "correlate": "crescendo.cli.correlate:correlate_command",
    "publish": "crescendo.cli.publish:publish_command",
    "docs": "crescendo.cli.docs:docs_command",
    "build": "crescendo.cli.build:build_command",
    "check": "crescendo.cli.check:check_command",
    "daily": "crescendo.cli.daily:daily_command",
    "fetch": "crescendo.cli.fetch:fetch_command",
    "simulate": "crescendo.cli.simulate:simulate_command",
    "recommend": "crescendo.cli.recommend:recommend_command",
    "retrain": "crescendo.cli.retrain:retrain_command",
    "estimate": "crescendo.cli.estimate:estimate_command",
    "insights": "crescendo.cli.insights:insights_command",
    "watch": "crescendo.cli.watch:watch_command",
    "app": "crescendo.cli.app:app_command",
    "show": "crescendo.cli.show:show_command",
}

# DuckDB imports pandas (a second) the first time a value is bound, if it finds it; these verbs hand it none
WITHOUT_PANDAS = (
    "averages", "build", "changes", "check", "find", "forget", "growth", "insights", "load", "metrics", "report",
    "show", "status", "watch",
)  # fmt: skip
# what else DuckDB imports then
BY_DUCKDB = ("datetime", "decimal", "uuid")
# how DuckDB tells of Ctrl-C while a statement runs, as a RuntimeError
IN_A_STATEMENT = "Query interrupted"


class Verbs(click.Group):
    """A group that imports a verb's module when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, sorted."""
        return sorted(VERBS)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words, none of them blank: an unset variable of a shell would ask another question than the one meant."""
        if not all(word.removeprefix(word.partition("=")[0] + "=").strip() for word in args):
            from crescendo.cli.mistakes import refuse_blank

            refuse_blank(self, args)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb and its words; `crescendo help growth` is `crescendo growth --help`."""
        if args[0] == "help":
            args = [*args[1:2], "--help"]
            if len(args) == 1:
                click.echo(ctx.get_help())
                ctx.exit()
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a verb, or None if there is no such verb."""
        if name not in VERBS:
            return None
        module, function = VERBS[name].split(":")
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:  # Ctrl-C waits: in the midst of an import it is an error of the module, or a crash
            for needed in (module, *BY_DUCKDB):
                importlib.import_module(needed)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return getattr(sys.modules[module], function)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with the first sentence of each, read from its text: to import all of them takes a second."""
        limit = formatter.width - 6 - max(map(len, VERBS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(name, limit)) for name in self.list_commands(ctx)])


def summary(name: str, limit: int) -> str:
    """The first sentence of a verb's docstring, cut to so many characters."""
    import ast  # only the help reads texts

    module, function = VERBS[name].split(":")
    text = Path(__file__).parents[1].joinpath(*module.split(".")[1:]).with_suffix(".py").read_text("utf-8")
    [found] = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == function]
    return make_default_short_help(ast.get_docstring(found) or "", limit)


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crescendo")
def crescendo() -> None:
    """How fast is this audience growing?

    \b
    Example:
      crescendo growth --last 28d --by artist --top 10
      crescendo find "a name"
      crescendo metrics
    """


# what holds after Ctrl-C, by verb; a load that was undone says so itself
INTERRUPTED = {
    "build": "a build is done as a whole or not at all: `crescendo status` shows which",
    "daily": "the steps that were done stay done, and the same command goes on",
    "fetch": "what was landed stays, and the same command goes on",
    "load": "a load is done as a whole or not at all: `crescendo status` shows which",
    "publish": "what is published is whole, the old state or the new one: publish again",
}


def main(argv: list[str] | None = None) -> int:
    """Run a verb and return its exit code: 0 done, 1 a check failed, 2 a mistake explained."""
    words = sys.argv[1:] if argv is None else argv
    if argv is None:
        if words[:1] and words[0] in WITHOUT_PANDAS:
            sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
        _prepare_streams()
    texts.choose_said(words)
    try:
        # to type the name alone is to ask what there is
        result = crescendo.main(args=words or ["--help"], prog_name="crescendo", standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()
    except click.ClickException as error:
        from crescendo.cli import mistakes  # who makes none need not wait for it

        return _fail(mistakes.explained(error, crescendo, words), error.exit_code)
    except (CrescendoError, OSError) as error:
        return _fail(*_explained(error))
    except (KeyboardInterrupt, RuntimeError) as error:  # click.Abort is one of the latter
        if not isinstance(error, click.Abort | KeyboardInterrupt) and str(error) != IN_A_STATEMENT:
            raise
        notes = getattr(error, "__notes__", None) or getattr(error.__cause__, "__notes__", None)
        holds = notes[0] if notes else INTERRUPTED.get(words[0] if words else "", "run it again")
        click.echo(f"interrupted: {holds}", err=True)
        return 130
    except Exception as error:
        # a view or function that lacks a column
        if type(error).__module__ != "_duckdb" or type(error).__name__ not in ("BinderException", "CatalogException"):
            raise
        return _fail("the warehouse was built by another version of the models: run `crescendo build --force`", 2)
    return result if isinstance(result, int) else 0


def _prepare_streams() -> None:
    """No letter that a terminal's encoding lacks, and no closed stream, is met with a traceback."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 for as long as we live
        else:
            stream.reconfigure(errors="backslashreplace")


def _explained(error: CrescendoError | OSError) -> tuple[str, int]:
    if isinstance(error, CrescendoError):
        return str(error), error.exit_code
    if isinstance(error, BrokenPipeError) or error.filename is None:
        # what is still buffered would fail again when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return f"the output was not written to its end: {error.strerror}", 2
    return f"{error.filename}: {error.strerror}: {ELSEWHERE}", 2


def _fail(said: str, code: int) -> int:
    from crescendo.terminal import printable

    click.echo(texts._("error: {reason}", reason=printable(said, lines=True)), err=True)
    return code
