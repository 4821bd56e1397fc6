"""`crescendo watch`: what a person types and sees; the work is in `crescendo.operations.watch`."""

import json
import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click

from crescendo import warehouse
from crescendo.ask import texts
from crescendo.ask.tables import grouped
from crescendo.cli.output import LANG
from crescendo.files import write_atomically
from crescendo.logs import event, logged
from crescendo.operations import journal
from crescendo.operations.alerts import SEVERITIES, Alert
from crescendo.operations.watch import Watched, watch
from crescendo.options import NamedPath, Number, format_option
from crescendo.tell.addresses import FILE_VARIABLE, VARIABLE, Receiver, receivers
from crescendo.terminal import printable

WORDS = {
    "en": {
        "none": "Nothing is wrong: {series} series {series:was|were} judged.",
        "some": "{count} {count:alert|alerts}: {parts}",
        "since": "since {opened:%F %R} UTC, seen {times} {times:time|times}",
        "resolved": "resolved:",
        "few": "{count} {count:judgement waits|judgements wait} for more history (too_few), most of them: {rules}",
        "rows": "; rows: ",
        "part": "{count} {severity}",
    },
    "fr": {
        "none": "Rien à signaler : {series} {series:série jugée|séries jugées}.",
        "some": "{count} {count:alerte|alertes} : {parts}",
        "since": "depuis le {opened:%F %R} UTC, vue {times} fois",
        "resolved": "résolue :",
        "few": "{count} {count:jugement attend|jugements attendent} plus d'historique (too_few), surtout : {rules}",
        "rows": " ; lignes : ",
        "part": "{severity} {count}",
    },
}


@click.command("watch")
@click.option("--notify", "tells", is_flag=True, help="Tell of alerts by mail, Slack, Teams and the like.")
@click.option(
    "--addresses",
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar=FILE_VARIABLE,
    help=f"Who is told: lines NAME=ADDRESS, mode 600; also {FILE_VARIABLE}, or the lines themselves in {VARIABLE}.",
)
@click.option(
    "--again-after",
    type=Number(min=1, max=24 * 365),
    default=24.0,
    show_default=True,
    help="Hours until an alert that stays open is told again.",
)
@format_option("table", "json", "prometheus")
@click.option("--to", "path", type=NamedPath(path_type=Path), metavar="FILE", help="The file to write.")
@LANG
@logged("watch")
def watch_command(
    tells: bool, addresses: Path | None, again_after: float, form: str, path: Path | None, lang: str | None
) -> int:
    """Judge the last runs and the newest days, and say what is wrong; exit code 1 while a critical alert is open.

    It looks at the warehouse and at the runs that are not in it yet. The rules are those of seeds/alert_rules.csv. An
    alert is open when it is seen first, repeated when it is seen again, resolved when it is seen no more.

    Of a warehouse that is not there it tells only what its runs say is wrong.

    With --notify an alert is told when it opens, again while it stays open, and when it is resolved. What a receiver
    did not take is kept and tried again the next time; exit code 1 then too.

    \b
    Example:
      crescendo watch
      crescendo watch --format json
      crescendo watch --notify --lang fr
      crescendo watch --format prometheus --to /var/lib/node_exporter/crescendo.prom
    """
    texts.choose(lang or "")
    file = warehouse.path()
    known = receivers(addresses) if tells else []  # a mistake in them is said before all else
    if not journal.folder(file).exists():
        warehouse.require(file)
    watched = watch(file)
    going = [one for one in watched.alerts if one.state != "resolved"]
    if not going:
        warehouse.require(file)  # of none, its runs may tell what is wrong, but not that nothing is
    _log(watched)
    _put(_text(watched, form, file), path)
    problems = _tell(file, known, again_after) if tells else []
    if problems or any(one.severity == "critical" for one in going):
        return 1
    warehouse.require(file)
    return 0


def _text(watched: Watched, form: str, file: Path) -> str:
    if form == "prometheus":
        from crescendo.report.prometheus import exposition

        return exposition(file, watched.alerts)
    return _json(watched) + "\n" if form == "json" else "\n".join(_lines(watched, texts.language())) + "\n"


def _put(text: str, path: Path | None) -> None:
    if path:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
    else:
        click.echo(text, nl=False)


def _tell(file: Path, known: list[Receiver], hours: float) -> list[str]:
    """Tell the receivers what is new; what did not come through is said on stderr."""
    from crescendo.tell.notify import notify

    told = notify(file, known, window=timedelta(hours=hours))
    event(logging.INFO, "told", receivers=[f"{label}: {count}" for label, count in told.taken.items()])
    for said in told.problems:
        event(logging.WARNING, "not told", why=said)
        click.echo(f"warning: {said}", err=True)
    return told.problems


def _log(watched: Watched) -> None:
    levels = {"critical": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}
    for one in watched.alerts:
        level = logging.INFO if one.state == "resolved" else levels[one.severity]
        event(
            level, f"alert {one.state}", rule=one.rule_name, severity=one.severity, alert_id=one.alert_id,
            subject_type=one.subject_type, subject=one.subject_name, platform=one.platform, metric=one.metric,
            value=one.value, low=one.expected_low, high=one.expected_high, opened_at=one.opened_at,
        )  # fmt: skip
    event(logging.INFO, "watch ended", series=watched.series_count, too_few=sum(watched.too_few.values()))


def _json(watched: Watched) -> str:
    parts = {
        "alerts": [asdict(one) for one in watched.alerts],
        "too_few": watched.too_few,
        "series_count": watched.series_count,
    }
    return json.dumps(parts, ensure_ascii=False, indent=1, default=datetime.isoformat)


def _lines(watched: Watched, lang: str) -> list[str]:
    """What is wrong, the worst first; then what was resolved, and what cannot be judged yet."""
    words = WORDS[lang]
    going = [one for one in watched.alerts if one.state != "resolved"]
    resolved = [one for one in watched.alerts if one.state == "resolved"]
    counts = {severity: sum(one.severity == severity for one in going) for severity in SEVERITIES}
    parts = ", ".join(
        words["part"].format(count=count, severity=texts._(severity)) for severity, count in counts.items() if count
    )
    lines = [
        texts.filled(words["some"], {"count": len(going), "parts": parts}, lang)
        if going
        else texts.filled(words["none"], {"series": grouped(watched.series_count)}, lang)
    ]
    for one in going:
        lines += _shown(one, words, lang)
    lines += [f"{words['resolved']} {printable(_sentence(one, lang))} [{one.rule_name}]" for one in resolved]
    if watched.too_few:
        most = sorted(watched.too_few, key=lambda name: (-watched.too_few[name], name))[:3]
        lines.append(
            texts.filled(
                words["few"], {"count": grouped(sum(watched.too_few.values())), "rules": ", ".join(most)}, lang
            )
        )
    return lines


def _shown(one: Alert, words: dict[str, str], lang: str) -> list[str]:
    since = texts.filled(words["since"], {"opened": one.opened_at, "times": one.occurrences}, lang)
    return [
        f"{texts._(one.severity):<8} {printable(_sentence(one, lang))} [{one.rule_name}]",
        f"         {since}{words['rows']}{printable(one.evidence)}",
    ]


def _sentence(one: Alert, lang: str) -> str:
    return one.sentence_fr if lang == "fr" else one.sentence_en
