"""`crescendo retrain`: what a person or a scheduler types; the work is in analysis/recommend/retrain.py."""

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from crescendo.cli.recommend import DAY, say
from crescendo.errors import CrescendoError
from crescendo.operations import journal
from crescendo.options import SEED, format_option
from crescendo.terminal import counted

if TYPE_CHECKING:
    from crescendo.analysis.recommend.retrain import Outcome


class Days(click.ParamType):
    """A number of days: 90d, or 90."""

    name = "days"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Raises click.BadParameter."""
        text = str(value).removesuffix("d")
        if not text.isdecimal() or not 0 < int(text) < 10_000:
            self.fail(f"{value!r} is not a number of days: write 90d", param, ctx)
        return int(text)


@click.command("retrain")
@click.option(
    "--every",
    type=click.Choice(["drift", "daily", "weekly"]),
    default="drift",
    show_default=True,
    help="When a model is trained: after a drift, or by the calendar. Drift is looked for each time.",
)
@click.option("--force", is_flag=True, help="Train and compare, whatever the check says.")
@click.option("--window", type=Days(), default="90d", show_default=True, help="How many days to learn from.")
@click.option("--seed", type=SEED, default=7, show_default=True, help="The same data and seed give the same bytes.")
@click.option("--as-of", type=DAY, help="Take this day for the last one, instead of that of the last listen.")
@click.option("--rollback", is_flag=True, help="Train nothing: the version before serves again.")
@click.option("--to", "version", metavar="VERSION", help="With --rollback: this version serves.")
@format_option("table", "json")
@journal.measured("transform")
def retrain_command(
    every: str,
    force: bool,
    window: int,
    seed: int,
    as_of: datetime | None,
    rollback: bool,
    version: str | None,
    form: str,
) -> None:
    """Look for drift, train a challenger if it is due, and let it serve only if it is better.

    Made for a scheduler, after each load and build. Every decision is a row of recommendations.model_promotions.

    \b
    Example:
      crescendo retrain
      crescendo retrain --every weekly --window 90d
      crescendo retrain --rollback
    """
    from crescendo.analysis.recommend import retrain

    if version and not rollback:
        raise CrescendoError("--to goes with --rollback")
    if rollback:
        served = retrain.rollback(version, say)
        say("")
        click.echo(
            json.dumps({"decision": "rollback", "served": served}) if form == "json" else f"{served} serves again"
        )
        return
    done = retrain.retrain(every, force, window, seed, as_of and as_of.date(), say)  # type: ignore[arg-type]
    say("")
    drifted = sum(one.status == "drift" for one in done.check.measured)
    journal.current().measure("run", "retrain", "crescendo", "drifted", drifted)
    journal.current().measure("run", "retrain", "crescendo", "promoted", int(done.decision == "promote"))
    click.echo(_as_json(done) if form == "json" else _as_table(done))


def _as_json(done: "Outcome") -> str:
    told: dict[str, object] = {
        "decision": done.decision,
        "reason": done.reason,
        "served": done.served,
        "challenger": done.challenger,
    }
    measures = [
        {"measure": one.measure, "value": one.value, "highest": one.highest, "status": one.status}
        for one in done.check.measured
    ]
    if done.compared:
        told["compared"] = {
            "champion": done.compared.champion.summary() | {"rmse": done.compared.champion_rmse},
            "challenger": done.compared.challenger.summary() | {"rmse": done.compared.challenger_rmse},
            "ndcg_difference": [done.compared.lowest, done.compared.difference, done.compared.highest],
        }
    return json.dumps(told | {"drift": measures}, indent=2)


def _as_table(done: "Outcome") -> str:
    lines = [f"{done.check.first} to {done.check.last}: {counted(done.check.listens, 'listen')}"]
    for one in done.check.measured:
        figures = "" if one.value is None else f"{one.value:8.4f}  usual {one.expected:.4f}, up to {one.highest:.4f}"
        lines.append(f"  {one.measure:<16}{one.status:<9}{figures}")
    if done.compared:
        of = {"champion": done.compared.champion.summary(), "challenger": done.compared.challenger.summary()}
        for name, error in (("champion", done.compared.champion_rmse), ("challenger", done.compared.challenger_rmse)):
            lines.append(
                f"  {name:<12}NDCG@10 {of[name]['ndcg_at_10']:.4f}  MAP@10 {of[name]['map_at_10']:.4f}"
                f"  coverage {of[name]['coverage_at_10']:.4f}  RMSE {error:.4f}"
            )
    return "\n".join([*lines, f"{done.decision}: {done.reason}", f"{done.served} serves"])
