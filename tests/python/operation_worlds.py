"""Worlds to watch: a warehouse with weeks of what runs measured and of an audience, and the journals of today's runs.

A world is clean: a weekly season, growth, 5 % of noise. A fault is a change of today's journals (`Today`) or a
statement that changes the warehouse.
"""

import csv
import itertools
import json
import math
import random
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
from conftest import ROOT
from crescendo.operations import journal, rules, store
from crescendo.operations.watch import watch

RULES = rules.read(ROOT / "seeds" / "alert_rules.csv")
DAYS = 75  # of history before today
TODAY, CLOCK = date(2026, 3, 11), itertools.count()
SEASON = (1.1, 1.0, 0.95, 1.0, 1.2, 1.3, 0.7)
TABLES, COLUMN = ("raw_soundcharts.points", "raw_moovitamix.tracks"), "raw_moovitamix.tracks.duration"
SOURCES = {"soundcharts": "song-audience", "moovitamix": "tracks"}
SPINE = """
    create schema metrics;
    create table metrics.dim_platforms (platform varchar, platform_name varchar);
    create table metrics.dim_metrics (metric_id varchar, platform varchar, metric varchar, kind varchar);
    create table metrics.dim_subjects (subject_id varchar, subject_type varchar, name varchar, is_composed boolean,
        is_primary boolean);
    create table metrics.dim_series (series_id bigint, subject_id varchar, metric_id varchar, last_date date);
    create table metrics.fct_observations (series_id bigint, observed_date date, value double, change double,
        span_days integer, change_class varchar, is_outlier boolean);
    insert into metrics.dim_platforms values ('spotify', 'Spotify'), ('youtube', 'YouTube'), ('tiktok', 'TikTok');
    insert into metrics.dim_metrics values ('spotify:streams', 'spotify', 'streams', 'counter'),
        ('youtube:views', 'youtube', 'views', 'counter'), ('tiktok:followers', 'tiktok', 'followers', 'gauge'),
        ('leads:leads_received', 'leads', 'leads_received', 'flow')"""


def now():
    """A moment of today, later with each call."""
    return datetime.combine(TODAY, time(6)) + timedelta(seconds=next(CLOCK))


def append(connection, table, rows):
    """Insert rows by a file: one by one takes a millisecond each."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        csv.writer(file).writerows(rows)
        file.flush()
        connection.execute(f"copy {table} from '{file.name}' (format csv, header false)")


def noisy(random_, value, noise=0.05):
    return value * math.exp(random_.gauss(0, noise))


def usual(random_, base, day, growth=0.002, noise=0.05):
    """A number of a day: the season of its weekday, growth, noise."""
    return noisy(random_, base * SEASON[day.weekday()] * (1 + growth) ** (day - TODAY).days, noise)


def own_history(random_, day):
    """What the runs of a clean day measured: subject type, name, parent, metric, value."""
    for source, document in SOURCES.items():
        endpoint, parent = f"{source}/{document}", f"source:{source}"
        yield "source", source, None, "files", round(usual(random_, 40, day))
        yield "endpoint", endpoint, parent, "requests", round(usual(random_, 40, day))
        for metric, value in (
            ("error_ratio", 0), ("retry_ratio", 0), ("latency_p95", noisy(random_, 120)), ("unknown_fields", 0),
            ("rejected_ratio", abs(random_.gauss(0, 0.001))), ("duplicate_ratio", noisy(random_, 0.02)),
        ):  # fmt: skip
            yield "endpoint", endpoint, parent, metric, value
        yield "endpoint", endpoint, parent, "records", round(usual(random_, 400, day))
    yield "source", "files", None, "refused_files", 0
    for number, table in enumerate(TABLES):
        parent = f"source:{table[4:].split('.')[0]}"
        yield "table", table, parent, "rows", 1_000_000 + 1000 * (day - TODAY).days + 7000 * number
        yield "table", table, parent, "new_rows", round(usual(random_, 1000, day))
        yield "table", table, parent, "age_days", random_.choice((1, 1, 2))
    yield "column", COLUMN, f"table:{TABLES[1]}", "null_ratio", noisy(random_, 0.05, 0.1)
    yield "column", COLUMN, f"table:{TABLES[1]}", "valid_ratio", 1 - noisy(random_, 0.01, 0.1)
    for metric, value in (("runs", 1), ("failed", 0), ("killed", 0), ("seconds", noisy(random_, 60))):
        yield "run", "build", None, metric, value
    for phase, seconds in (("load", 12), ("transform", 40)):
        for metric, value in (("seconds", seconds), ("cpu_seconds", 0.9 * seconds), ("peak_bytes", 4e8)):
            yield "phase", f"build.{phase}", "run:build", metric, noisy(random_, value)
    yield "model", "fct_songs", "run:build", "seconds", noisy(random_, 3)
    yield "model", "fct_songs", "run:build", "failed", 0
    yield "test", "songs_are_unique", "run:build", "failed", 0
    yield "test", "songs_are_unique", "run:build", "failures", 0
    yield "finding", "unknown_track", None, "findings", round(noisy(random_, 200, 0.02))
    yield "warehouse", "warehouse", None, "file_bytes", noisy(random_, 2e8, 0.01)
    yield "warehouse", "warehouse", None, "disk_free_ratio", 0.5
    yield "run", "retrain", None, "drifted", 0
    yield "run", "retrain", None, "promoted", 0


AUDIENCE = [
    *((f"song:{number}", "song", "spotify:streams", 4000 * number) for number in range(1, 9)),
    *((f"song:{number}", "song", "youtube:views", 900 * number) for number in range(1, 9)),
    *((f"artist:{number}", "artist", "tiktok:followers", 50_000 * number) for number in range(1, 4)),
    *((f"channel:{number}", "channel", "leads:leads_received", 200 * number) for number in range(1, 4)),
]


def audience_rows(random_, series_id, metric, base, days):
    """The observations of a series of the audience; the sums of a counter begin at a thousand days' gain."""
    total = before = 1000 * base
    for day in days:
        if metric == "tiktok:followers":
            value = base * 1.001 ** (day - days[0]).days * math.exp(random_.gauss(0, 0.002))
        elif metric == "leads:leads_received":
            value = round(usual(random_, base, day))
        else:
            total += round(usual(random_, base, day))
            value = total
        change = value - before
        kind = "increase" if change > 0 else "decrease" if change < 0 else "unchanged"
        yield [series_id, day, value, None if day == days[0] else change, 1, "first" if day == days[0] else kind, False]
        before = value


def template(file: Path, seed=7):
    """A warehouse with a clean history before today, and an audience up to today."""
    random_, today = random.Random(seed), TODAY
    days = [today - timedelta(back) for back in range(DAYS, -1, -1)]
    with duckdb.connect(str(file)) as connection:
        store.prepare(connection)
        own = [
            [f"{kind}:{name}", kind, name, parent, metric, day, value, "history"]
            for day in days[:-1]
            for kind, name, parent, metric, value in own_history(random_, day)
        ]
        append(connection, "operations.observations", own)
        connection.execute(SPINE)
        series = list(enumerate(AUDIENCE, 1))
        kinds = {subject: kind for subject, kind, *_ in AUDIENCE}
        subjects = [[subject, kind, f"The {subject}", False, True] for subject, kind in kinds.items()]
        append(connection, "metrics.dim_subjects", subjects)
        append(connection, "metrics.dim_series", [[number, row[0], row[2], today] for number, row in series])
        rows = [row for number, (_, _, metric, base) in series
                for row in audience_rows(random_, number, metric, base, days)]  # fmt: skip
        append(connection, "metrics.fct_observations", rows)


@dataclass
class Today:
    """What the runs of today write into their journals; a fault changes it. A clean one is like the days before."""

    lines: list[dict] = field(default_factory=list)
    requests: dict[str, list[dict]] = field(default_factory=dict)
    ends: bool = True
    outcome: str = "ok"
    verb: str = "build"

    def change(self, event, names, **values):
        """Change the fields of the lines that have these fields."""
        hit = [line for line in self.lines if line["event"] == event and names.items() <= line.items()]
        assert hit, (event, names)
        for line in hit:
            line.update(values)

    def drop(self, event, **names):
        self.lines = [line for line in self.lines if line["event"] != event or not names.items() <= line.items()]


def clean_today(seed=8) -> Today:
    random_, day = random.Random(seed), TODAY
    today = Today()
    events = {"table": {}, "column": {}, "phase": {}}
    for kind, name, _, metric, value in own_history(random_, day):
        if kind in events:
            events[kind].setdefault(name, {})[metric] = value
        elif kind == "endpoint" and metric in ("requests", "latency_p95"):
            today.requests.setdefault(name, [])
            today.requests[name] += [] if metric == "latency_p95" else [
                {"seconds": noisy(random_, 0.08), "status": "200", "retries": 0} for _ in range(value)]  # fmt: skip
        elif (kind in ("source", "endpoint", "finding", "warehouse") or name == "retrain") and metric not in (
            "error_ratio",
            "retry_ratio",
        ):
            today.lines.append(_line("measure", subject_type=kind, subject=name, metric=metric, value=value))
    for name, told in events["table"].items():
        newest = day - timedelta(told["age_days"])
        today.lines.append(_line("table", source=name[4:].split(".")[0], table=name, rows=told["rows"],
                                 new_rows=told["new_rows"], newest_date=str(newest)))  # fmt: skip
    for name, told in events["column"].items():
        nulls = round(10_000 * told["null_ratio"])
        table, _, column = name.rpartition(".")
        today.lines.append(_line("column", source="moovitamix", table=table, column=column, rows=10_000, nulls=nulls,
                                 valid=round((10_000 - nulls) * told["valid_ratio"])))  # fmt: skip
    for name, told in events["phase"].items():
        today.lines.append(_line("phase_start", phase=name.split(".")[1]))
        today.lines.append(_line("phase", phase=name.split(".")[1], outcome="ok", seconds=told["seconds"],
                                 cpu_seconds=told["cpu_seconds"], peak_bytes=round(told["peak_bytes"])))  # fmt: skip
    today.lines.append(_line("dbt_node", node="fct_songs", resource_type="model", status="ok", seconds=3))
    today.lines.append(
        _line("dbt_node", node="songs_are_unique", resource_type="test", status="ok", seconds=0.1, failures=0)
    )
    today.lines.append(_line("end", outcome="ok", seconds=60))
    return today


def _line(event, **fields):
    return {"event": event, **fields}


def write(file: Path, today: Today):
    """Write today's journals: a build, and a fetch of each source before it."""
    at, folder = now().replace(tzinfo=UTC), journal.folder(file)
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.jsonl"):
        old.unlink()
    asked = [
        _line("request", source=name.split("/")[0], endpoint=name.split("/")[1], **one)
        for name, many in today.requests.items()
        for one in many
    ]
    fetches = [("fetch", [*asked, _line("end", outcome="ok")])]
    build = [line if line["event"] != "end" else line | {"outcome": today.outcome} for line in today.lines]
    build = build if today.ends else [line for line in build if line["event"] != "end"]
    for number, (verb, lines) in enumerate([*fetches, (today.verb, build)]):
        rows = [_line("run", verb=verb, pid=1, version="1"), *lines]
        text = "".join(json.dumps({**row, "at": at.isoformat()}) + "\n" for row in rows)
        (folder / f"{at:%Y%m%dT%H%M%S.%fZ}-{number}.jsonl").write_text(text)


def watched(file: Path, applied=None):
    """The alerts that are not resolved: (rule, subject) -> alert."""
    found = watch(file, now=now(), applied=RULES if applied is None else applied).alerts
    return {(one.rule_name, f"{one.subject_type}:{one.subject_name}"): one for one in found if one.state != "resolved"}


def fresh(template_file: Path, folder: Path) -> Path:
    """A copy of a template to break."""
    shutil.copy(template_file, folder / "x.duckdb")
    return folder / "x.duckdb"
