"""The rules of `crescendo watch`: `seeds/alert_rules.csv` of the project, or that table of the warehouse.

| method | alerts if | low, high are |
|---|---|---|
| `bound` | the value is below low or above high | values |
| `zero` | the value is 0, and hardly ever was | |
| `step` | the value left its level | multiples of the median of the last 7 values |
| `shift` | a share left its level, by more than it varies | distances from the median of the last 28 values |
| `change` | the value left the usual course of its weekday, by more than it varies | multiples of what is usual |
| `late` | nothing was observed for long | multiples of the usual gap: from low on, below high |
| `reset`, `restated` | the newest observation of the spine is one | |
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from crescendo.errors import CrescendoError
from crescendo.operations.alerts import SEVERITIES

METHODS = ("bound", "zero", "step", "shift", "change", "late", "reset", "restated")
NUMBERS = ("low", "high", "deviations", "least_history", "least_base")
OURS = "crescendo"


@dataclass(frozen=True)
class Rule:
    """A row of `seeds/alert_rules.csv`, whose YAML says what the fields mean. A number that is blank is None."""

    rule_name: str
    subject_type: str
    pattern: str
    platform: str
    metric: str
    method: str
    low: float | None
    high: float | None
    deviations: float | None
    least_history: float | None
    least_base: float | None
    severity: str
    hidden_by: str
    told_to: str
    sentence_en: str
    sentence_fr: str


NAMES = tuple(field.name for field in fields(Rule))


def read(file: Path) -> list[Rule]:
    """The rules of a CSV file. Raises CrescendoError with the line and the field that cannot be read."""
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.reader(opened))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CrescendoError(f"cannot read the rules in {file}: {error}") from None
    if not rows or tuple(rows[0]) != NAMES:
        raise CrescendoError(f"{file}, line 1: the columns are to be {','.join(NAMES)}")
    rules, seen = [], set()
    for line, row in enumerate(rows[1:], 2):
        where = f"{file}, line {line}"
        if len(row) != len(NAMES):
            raise CrescendoError(f"{where}: {len(row)} fields, there are to be {len(NAMES)}")
        rule = made(row, where)
        if rule.rule_name in seen:
            raise CrescendoError(f"{where}: rule_name {rule.rule_name} is there twice")
        seen.add(rule.rule_name)
        rules.append(rule)
    return rules


def made(row: Sequence[object], where: str) -> Rule:
    """A rule from its fields. Raises CrescendoError for one that no method understands."""
    said = dict(zip(NAMES, ("" if value is None else str(value) for value in row), strict=True))
    numbers = {name: _number(said.pop(name), f"{where}: {name}") for name in NUMBERS}
    rule = Rule(**said, **numbers)  # type: ignore[arg-type]
    for name, known in (("method", METHODS), ("severity", SEVERITIES)):
        if getattr(rule, name) not in known:
            raise CrescendoError(f"{where}: {name} {getattr(rule, name)!r} is none of {', '.join(known)}")
    if rule.method in ("bound", "step", "shift", "change", "late") and rule.low is None and rule.high is None:
        raise CrescendoError(f"{where}: method {rule.method} takes low, high or both")
    if rule.method == "late" and rule.low is None:
        raise CrescendoError(f"{where}: method late takes low")
    return rule


def _number(said: str, where: str) -> float | None:
    try:
        return float(said) if said else None
    except ValueError:
        raise CrescendoError(f"{where} is to be a number or blank, not {said!r}") from None
