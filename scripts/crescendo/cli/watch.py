"""`crescendo watch`: what a person types and sees; the work is in `crescendo.operations.watch`."""

import json
from dataclasses import asdict
from datetime import datetime

import click

from crescendo import warehouse
from crescendo.ask import texts
from crescendo.cli.output import LANG
from crescendo.operations.alerts import SEVERITIES, Alert
from crescendo.operations.watch import Watched, watch
from crescendo.options import format_option
from crescendo.terminal import printable

WORDS = {
    "en": {
        "none": "Nothing is wrong: {series:,} series were judged.",
        "some": "{count} alerts: {parts}",
        "since": "since {opened:%F %R} UTC, seen {times} times",
        "resolved": "resolved",
        "few": "{count:,} judgements wait for more history (too_few), most of them: {rules}",
        "evidence": "rows",
    },
    "fr": {
        "none": "Rien à signaler : {series:,} séries jugées.",
        "some": "{count} alertes : {parts}",
        "since": "depuis le {opened:%F %R} UTC, vue {times} fois",
        "resolved": "résolue",
        "few": "{count:,} jugements attendent plus d'historique (too_few), surtout : {rules}",
        "evidence": "lignes",
    },
}


@click.command("watch")
@format_option("table", "json")
@LANG
def watch_command(form: str, lang: str | None) -> int:
    """Judge the last runs and the newest days, and say what is wrong; exit code 1 while a critical alert is open.

    It looks at the warehouse and at the runs that are not in it yet. The rules are those of seeds/alert_rules.csv. An
    alert is open when it is seen first, repeated when it is seen again, resolved when it is seen no more.

    \b
    Example:
      crescendo watch
      crescendo watch --format json
    """
    texts.choose(lang or "")
    watched = watch(warehouse.path())
    if form == "json":
        click.echo(_json(watched))
    else:
        click.echo("\n".join(_lines(watched, texts.language())))
    is_critical = any(one.severity == "critical" and one.state != "resolved" for one in watched.alerts)
    return 1 if is_critical else 0


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
    parts = ", ".join(f"{count} {severity}" for severity, count in counts.items() if count)
    lines = [
        words["some"].format(count=len(going), parts=parts)
        if going
        else words["none"].format(series=watched.series_count)
    ]
    for one in going:
        lines += _shown(one, words, lang)
    lines += [f"{words['resolved']}: {printable(_sentence(one, lang))} [{one.rule_name}]" for one in resolved]
    if watched.too_few:
        most = sorted(watched.too_few, key=lambda name: (-watched.too_few[name], name))[:3]
        lines.append(words["few"].format(count=sum(watched.too_few.values()), rules=", ".join(most)))
    return lines


def _shown(one: Alert, words: dict[str, str], lang: str) -> list[str]:
    since = words["since"].format(opened=one.opened_at, times=one.occurrences)
    return [
        f"{one.severity:<8} {printable(_sentence(one, lang))} [{one.rule_name}]",
        f"         {since}; {words['evidence']}: {printable(one.evidence)}",
    ]


def _sentence(one: Alert, lang: str) -> str:
    return one.sentence_fr if lang == "fr" else one.sentence_en
