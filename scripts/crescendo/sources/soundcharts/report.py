"""The report file in the partner's true shape, dirt included; see `world.py` for what is true behind it."""

import filecmp
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from crescendo.errors import CrescendoError
from crescendo.sources.soundcharts.series import ABSENT
from crescendo.sources.soundcharts.world import Record, World

HEADER = "song_id,title,artist,release_date,image_url,timeSeries,summaries"
PERIODS = {"1w": 7, "28d": 28, "1y": 365}


def report_name(world: World) -> str:
    """The name of a world's file."""
    return f"{world.songs}-songs-audience-report.csv"


def report_lines(world: World) -> Iterator[str]:
    """The physical lines, each after its number and a tab; the last record is cut inside its series."""
    yield f"1\t{HEADER}\n"
    for number, record in enumerate(world.records(), start=2):
        points = _quoted(time_series_json(record))
        head = (record.song_id, record.title, record.artist, record.release_date, record.image_url)
        start = f"{number}\t{','.join(map(_quoted, head))},"
        if number == world.songs + 1 and world.songs > 1:
            # inside a date, so that the quote stays open
            yield start + points[: points.rfind('{""date"": ""', 0, len(points) * 3 // 5 + 20) + 19]
        else:
            yield f"{start}{points},{_quoted(summaries_json(record))}\n"


def write_report(world: World, folder: Path, lines: Iterator[str] | None = None) -> Path:
    """Write a world's report into `folder` and return its path.

    The file appears whole or not at all. Written again it is the same; a file of that name with other content
    is left alone: CrescendoError, as where the folder cannot be written.
    """
    path = folder / report_name(world)
    partial = folder / f".{path.name}.{os.getpid()}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("w", encoding="utf-8", newline="", buffering=1 << 20) as file:
                file.writelines(report_lines(world) if lines is None else lines)
            if path.exists() and not filecmp.cmp(path, partial, shallow=False):
                raise CrescendoError(f"{path} has other content: remove it or choose another folder with --to")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        why = f"cannot write {path}: {error.strerror}"
        raise CrescendoError(f"{why}; choose another folder with --to") from error
    return path


def time_series_json(record: Record) -> str:
    """The `timeSeries` column: one object a day, a key only where there is a number."""
    if not len(record.dates):
        return "[]"
    days = map(_date_json, record.dates.astype(int).tolist())
    points = [
        f'{{"date": {day}, "spotify-streams": {streams}, "spotify-popularity": {popularity}}}'
        if streams and popularity
        else f'{{"date": {day}, "spotify-streams": {streams}}}'
        if streams
        else f'{{"date": {day}, "spotify-popularity": {popularity}}}'
        for day, streams, popularity in zip(days, record.streams.tolist(), record.popularity.tolist(), strict=True)
    ]
    return f"[{', '.join(points)}]"


def summaries_json(record: Record) -> str:
    """The `summaries` column, from the series as the record shows it.

    evolution = last value - value on the very day one period before; 0 if the metric has no value on that
    day; no period where the series began later. percentEvolution = 100 * evolution / (value - evolution).
    """
    parts = []
    for metric, label in (("streams", "Streams"), ("popularity", "Popularity")):
        values = getattr(record, metric)
        days = record.dates[values != ABSENT].astype(int)
        if len(days):
            text = _summary_json(days, values[values != ABSENT], record.dates[0].astype(int), label)
            parts.append(f'"spotify-{metric}": {text}')
    return f"{{{', '.join(parts)}}}"


def _summary_json(days: np.ndarray, values: np.ndarray, began: int, label: str) -> str:
    value, last, periods = int(values[-1]), int(days[-1]), []
    for period, length in PERIODS.items():
        if last - length >= began:
            at = int(np.searchsorted(days, last - length))
            base = int(values[at]) if days[at] == last - length else value
            percent = round(100 * (value - base) / base, 6) if value != base else 0
            periods.append(f'"{period}": {{"evolution": {value - base}, "percentEvolution": {percent}}}')
    return (
        f'{{"value": {value}, "metric": "{label}", "periods": {{{", ".join(periods)}}}, '
        f'"firstDataPointDate": {_date_json(int(days[0]))}, "lastDataPointDate": {_date_json(last)}}}'
    )


@cache
def _date_json(day: int) -> str:
    return f'"{np.datetime64(day, "D")}T00:00:00+00:00"'


def _quoted(text: str) -> str:
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text
