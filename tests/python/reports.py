"""What tests of loading share: reports written in every form, and a desk to load them from and look at the result."""

import contextlib
import csv
import io
import json
from pathlib import Path

import duckdb
from crescendo.cli import main
from crescendo.ingest.status import status

COLUMNS = ("song_id", "title", "artist", "release_date", "image_url", "timeSeries", "summaries")
STREAMS, POPULARITY = "spotify-streams", "spotify-popularity"
NESTED = ("timeSeries", "summaries")


def point(day=1, streams=1500, popularity=20, **more):
    return {"date": f"2024-05-{day:02}T00:00:00+00:00", STREAMS: streams, POPULARITY: popularity} | more


def summary(value=1500, **more):
    periods = {"1w": {"evolution": 7, "percentEvolution": 0.5}}
    days = {"firstDataPointDate": "2024-05-01T00:00:00+00:00", "lastDataPointDate": "2024-05-02T00:00:00+00:00"}
    return {"value": value, "metric": "streams", "periods": periods} | days | more


def song(number=1, **more):
    """A record; its lists and objects are Python values, or text where a test wants to break it."""
    record = {
        "song_id": f"00000000-0000-4000-8000-{number:012}",
        "title": f'Song {number:04}, "live"',
        "artist": "Léo & Ann",
        "release_date": "2024-01-01T00:00:00+00:00",
        "image_url": f"https://pictures.example/{number:04}.jpg",
        "timeSeries": [point(1, 1500 + number), point(2, 1600 + number)],
        "summaries": {STREAMS: summary(1600 + number)},
    }
    return record | more


def csv_text(records, columns=COLUMNS, *, numbered=True, end="\n", delimiter=","):
    """A report as the partner writes it: the line's number and a tab before each line."""
    rows = [columns, *([_cell(record.get(column, "")) for column in columns] for record in records)]
    out = io.StringIO()
    for number, row in enumerate(rows, start=1):
        out.write(f"{number}\t" if numbered else "")
        csv.writer(out, lineterminator=end, delimiter=delimiter).writerow(row)
    return out.getvalue()


def _cell(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def json_lines(records, **how):
    return "".join(json.dumps(record, ensure_ascii=False, **how) + "\n" for record in records)


class Desk:
    """A warehouse of its own, and the command line in front of it."""

    def __init__(self, folder: Path):
        self.folder, self.warehouse = folder / "landing", folder / "x.duckdb"
        self.folder.mkdir()

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, *words):
        """(exit code, stdout, stderr); a traceback would be a test's failure."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(word) for word in words])
        return code, out.getvalue(), err.getvalue()

    def load(self, *paths, options=()):
        """The exit code and the files' results."""
        code, out, _ = self.run("load", *(paths or [self.folder]), "--format", "json", *options)
        return code, json.loads(out)["files"]

    def ask(self, sql, *values):
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql, values or None).fetchall()

    def digests(self):
        """What the raw tables say, wherever it came from."""
        return {table["table"]: (table["rows"], table["digest"]) for table in status().tables if table["rows"]}

    def balanced(self):
        code, out, err = self.run("status")
        assert code == 0, f"{out[-2000:]}{err}"
        return True
