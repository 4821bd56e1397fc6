import csv
import json
import re
import tracemalloc
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise, product

import numpy as np
import pytest
from click.testing import CliRunner
from crescendo.cli import crescendo, main
from crescendo.cli.build import SAMPLE
from crescendo.errors import CrescendoError
from crescendo.sources.soundcharts.report import report_lines, write_report
from crescendo.sources.soundcharts.series import ABSENT
from crescendo.sources.soundcharts.world import END, PLANTED, World

SMALL = World(songs=60, days=400)


def rows_of(world):
    """The records of the file but the cut one, read by a plain CSV reader, line numbers taken off."""
    lines = [re.sub(r"^\d+\t", "", line) for line in report_lines(world)]
    return list(csv.DictReader(lines if world.songs == 1 else lines[:-1]))


def series_of(row, metric):
    points = json.loads(row["timeSeries"])
    return {p["date"][:10]: p[f"spotify-{metric}"] for p in points if f"spotify-{metric}" in p}


@pytest.fixture(scope="module")
def rows():
    return rows_of(SMALL)


@pytest.fixture(scope="module")
def records():
    return list(SMALL.records())


def test_every_physical_line_starts_with_its_number_and_a_tab():
    lines = list(report_lines(SMALL))
    assert lines[0] == "1\tsong_id,title,artist,release_date,image_url,timeSeries,summaries\n"
    for number, line in enumerate(lines, start=1):
        assert line.startswith(f"{number}\t")
        assert line.count("\t") == 1
        assert line.count("\n") == (number <= 60)


def test_a_record_has_the_partners_shape(rows):
    assert len(rows) == 59
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", row["song_id"])
        head = "/".join(row["song_id"][:3])
        assert re.fullmatch(rf"https://[a-z.]+/song/{head}/{row['song_id']}\.jpg", row["image_url"])
        assert re.fullmatch(r"(\d{4}-\d\d-\d\dT00:00:00\+00:00)?", row["release_date"])
        for column in ("timeSeries", "summaries"):
            assert json.dumps(json.loads(row[column])) == row[column]  # ", " and ": " between the parts
        points = json.loads(row["timeSeries"])
        assert [p["date"] for p in points] == sorted({p["date"] for p in points})
        for point in points:
            assert list(point) == [k for k in ("date", "spotify-streams", "spotify-popularity") if k in point]
            assert len(point) > 1
            assert point.get("spotify-streams", 1001) >= 1001
            assert 1 <= point.get("spotify-popularity", 1) <= 98


class Report:
    """What a reader of the file sees, nothing of the truth behind it."""

    def __init__(self, world):
        self.opening, self.text, self.rows = (
            END - (world.days - 1),
            "".join(report_lines(world)),
            rows_of(world),
        )
        self.full = [r for r in self.rows if r["timeSeries"] != "[]"]
        self.spans = [[date.fromisoformat(p["date"][:10]) for p in json.loads(r["timeSeries"])] for r in self.full]
        self.both = [(series_of(r, "streams"), series_of(r, "popularity")) for r in self.full]
        streams = [list(map(date.fromisoformat, s)) for s, _ in self.both]
        self.gaps = {b - a for days in streams for a, b in pairwise(days)}
        self.starts, self.ends = Counter(s[0] for s in self.spans), {s[-1] for s in self.spans}
        self.titles, self.names = " ".join(r["title"] for r in self.rows), {r["artist"] for r in self.rows}
        metrics = [m for r in self.full for m in json.loads(r["summaries"]).values()]
        self.years = [m["periods"]["1y"] for m in metrics if "1y" in m["periods"]]

    def pairs(self):
        """(same series, ratio of last totals) of two ids of an artist, one title starting like the other."""
        for (a, (one, _)), (b, (other, _)) in product(zip(self.full, self.both, strict=True), repeat=2):
            alike = a["artist"] == b["artist"] and b["title"].startswith(a["title"])
            if a["song_id"] != b["song_id"] and alike and one and other:
                yield a["timeSeries"] == b["timeSeries"], other[max(other)] / one[max(one)]


def falls_for_good(report, low, high):
    """A total that was there for days, and from one point to the next is between `low` and `high` times itself."""
    return any(
        low < now / then < high and abs(then / before - 1) < 0.1 and max(later) < 1.2 * then
        for s, _ in report.both
        for before, _, _, _, then, now, *later in zip(*(list(s.values())[n:] for n in range(15)), strict=False)
    )


DIRT = {
    "empty series": lambda f: any(r["timeSeries"] == "[]" and r["summaries"] == "{}" for r in f.rows),
    "blank date": lambda f: any(r["release_date"] == "" for r in f.rows),
    "year zero": lambda f: any(r["release_date"] == "0000-01-01T00:00:00+00:00" for r in f.rows),
    "repeat": lambda f: max(Counter(tuple(r.values()) for r in f.full).values()) > 1,
    "version": lambda f: len({(r["song_id"], r["timeSeries"]) for r in f.rows}) > len({r["song_id"] for r in f.rows}),
    "twin": lambda f: any(same for same, _ in f.pairs()),
    "near twin": lambda f: any(not same and 0.99 < ratio < 1 for same, ratio in f.pairs()),
    "alternate": lambda f: any(not 0.9 < ratio < 1.1 for _, ratio in f.pairs()),
    "flat line of two songs": lambda f: (
        max(Counter(r["timeSeries"] for r, (s, _) in zip(f.full, f.both, strict=True) if not s).values()) > 1
    ),
    "spike": lambda f: any(max(s.values(), default=0) > 1.4 * s[max(s)] > 2e9 for s, _ in f.both if s),
    "halved": lambda f: falls_for_good(f, 0.499, 0.51),
    "correction": lambda f: falls_for_good(f, 0.99, 1),
    "drop": lambda f: falls_for_good(f, 0.55, 0.985),
    "missing day": lambda f: timedelta(2) in f.gaps,
    "gap": lambda f: max(f.gaps) > timedelta(2),
    "flat day": lambda f: any(a == b > 1e5 for s, _ in f.both for a, b in pairwise(s.values())),
    "never 1,001 plays": lambda f: any(p and not s for s, p in f.both),
    "1,001 plays reached late": lambda f: any(s and p and 0 < len(s) < len(p) / 5 for s, p in f.both),
    "no popularity": lambda f: any(s and not p for s, p in f.both),
    "patchy popularity": lambda f: any(p and 0.3 < len(p) / len(s) < 0.8 for s, p in f.both if s),
    "left edge": lambda f: f.starts.most_common(1)[0][0] == f.opening.item() and max(f.starts) > f.opening.item(),
    "reaching back": lambda f: min(f.starts) <= (f.opening - 300).item(),
    "right edge": lambda f: len(f.ends) > 5 and (END - 30).item() < min(f.ends) < max(f.ends) <= END.item(),
    "zero for no base": lambda f: '{"evolution": 0, "percentEvolution": 0}' in map(json.dumps, f.years),
    "name with a comma": lambda f: "Léo, the Lamplighter" in f.names,
    "A & B": lambda f: any(re.fullmatch(r"[^,&]+ & [^,&]+", name) for name in f.names),
    "A, B & C": lambda f: any(re.fullmatch(r"[^,&]+, [^,&]+ & [^,&]+", name) for name in f.names),
    "feat.": lambda f: any(" feat. " in name for name in f.names),
    "accent": lambda f: "déjà vu" in f.titles,
    "emoji": lambda f: re.search(r"[\U0001f300-\U0001faff]", f.titles),
    "quote": lambda f: '"' in f.titles,
    "version word": lambda f: re.search(r" - (Remix|Live|Acoustic|Remastered|Radio)", f.titles),
    "cut inside a date, quote open": lambda f: (
        re.search(r'\{""date"": ""\d{4}-\d$', f.text) and f.text.rpartition("\n")[2].count('"') % 2
    ),
}


@pytest.fixture(scope="module", params=[(7, 400), (0, 400), (12345678901234567890, 390), (3, 500)])
def report(request):
    seed, days = request.param
    return Report(World(songs=60, days=days, seed=seed))


@pytest.mark.parametrize("kind", DIRT)
def test_sixty_songs_hold_every_kind_of_dirt(report, kind):
    assert DIRT[kind](report)


def test_summaries_follow_from_the_series(rows):
    seen = Counter()
    for row in rows:
        summaries, points = json.loads(row["summaries"]), json.loads(row["timeSeries"])
        expected = {}
        for metric in ("streams", "popularity"):
            values = series_of(row, metric)
            if not values:
                continue
            last, periods = max(values), {}
            for period, days in (("1w", 7), ("28d", 28), ("1y", 365)):
                base_day = str(date.fromisoformat(last) - timedelta(days))
                if base_day >= points[0]["date"][:10]:
                    evolution = values[last] - values.get(base_day, values[last])
                    percent = 100 * evolution / (values[last] - evolution)
                    periods[period] = {
                        "evolution": evolution,
                        "percentEvolution": pytest.approx(percent, abs=1e-6),
                    }
                    seen[period] += evolution != 0
            expected[f"spotify-{metric}"] = {
                "value": values[last],
                "metric": metric.capitalize(),
                "periods": periods,
                "firstDataPointDate": f"{min(values)}T00:00:00+00:00",
                "lastDataPointDate": f"{last}T00:00:00+00:00",
            }
        assert summaries == expected
    assert min(seen["1w"], seen["28d"], seen["1y"]) > 20


def test_a_record_is_made_alone_and_the_same_every_time(records):
    again = World(songs=60, days=400)
    for index in (41, 5, 0, 19):
        one, other = again.record(index), records[index]
        assert (one.song_id, one.title, one.artist) == (other.song_id, other.title, other.artist)
        assert np.array_equal(one.streams, other.streams)
    assert list(report_lines(World(songs=30))) == list(report_lines(World(songs=30)))
    assert list(report_lines(World(songs=30))) != list(report_lines(World(songs=30, seed=8)))


def test_another_number_of_songs_keeps_the_songs():
    assert list(report_lines(World(songs=50)))[:50] == list(report_lines(World(songs=90)))[:50]


def test_the_file_shows_what_the_records_say(rows, records):
    for row, record in zip(rows, records, strict=False):
        for metric in ("streams", "popularity"):
            values = getattr(record, metric)
            there = values != ABSENT
            days = np.datetime_as_string(record.dates[there]).tolist()
            assert series_of(row, metric) == dict(zip(days, values[there].tolist(), strict=True))


def test_planted_records_are_what_their_index_says(records):
    for index, (name, source) in PLANTED.items():
        assert name in {records[index].kind, *records[index].flags}
        assert records[index].source == (index if source is None else source)
    assert records[-1].flags == {"late"}
    assert not records[13].popularity.any()
    assert records[9].artist == " & ".join(SMALL.artist(i).name for i in records[9].artists)
    assert len(records[9].artists) == 2
    assert records[6].song_id != records[2].song_id
    assert records[3].song_id == records[0].song_id
    assert np.array_equal(records[14].popularity, records[17].popularity), "alike and no twins"
    assert records[14].title != records[17].title
    assert records[20].title.startswith(records[4].title)
    assert records[20].streams[-1] != records[4].streams[-1]


@pytest.mark.parametrize("kind", ["spikes", "halved", "drop", "correction", "flat", "missing"])
def test_the_days_of_dirt_are_where_the_truth_says(kind):
    seen = 0
    for record in World(songs=400).records():
        if record.kind != "original" or kind not in record.dirt:
            continue
        days, streams = record.dates.tolist(), record.streams
        for day in record.dirt[kind].tolist():
            if kind == "missing":
                assert day not in days
                seen += 1
                continue
            at = days.index(day)
            before, value, after = (int(streams[min(max(at + by, 0), len(days) - 1)]) for by in (-1, 0, 1))
            if ABSENT in (before, value, after):
                continue
            seen += 1
            if kind == "spikes":
                spikes = set(record.dirt[kind].tolist())
                nearest = next(v for d, v in zip(days[at:], streams[at:].tolist(), strict=True) if d not in spikes)
                assert value > 1.25 * nearest
            elif kind == "halved":
                assert 0.499 < value / before < 0.52
            elif kind == "drop":
                assert 0.55 < value / before < 0.99
            elif kind == "correction":
                assert 0.99 < value / before < 1
            elif kind == "flat" and days[at - 1] == day - timedelta(1) and not record.flags & {"spikes", "hit"}:
                assert value <= before
    assert seen


def test_popularity_follows_the_plays_of_28_days():
    recent, score, changes = [], [], []
    for record in World(songs=300).records():
        if record.kind != "original" or record.flags & {"quiet", "late"} or not record.popularity[-1:].any():
            continue
        recent.append(record.plays[-28:].mean())
        score.append(record.popularity[-1])
        one_day = np.diff(record.dates).astype(int) == 1
        both = np.minimum(record.popularity[1:], record.popularity[:-1]) != ABSENT
        changed = record.dates[1:][one_day & both & (np.diff(record.popularity) != 0)].astype(int)
        assert len(set(changed % 7)) < 2, "renewed once a week"
        changes.append(len(changed))
    slope, at_zero = np.polyfit(np.log10(recent), score, 1)
    assert np.corrcoef(np.log10(recent), score)[0, 1] > 0.95
    assert slope == pytest.approx(93 / np.log10(5e5), rel=0.05)
    assert at_zero + slope == pytest.approx(3, abs=2)
    assert 5 < np.mean(changes) < 40


def test_plays_have_a_weekly_season_and_fade():
    record = World().record(19)
    week = record.plays_from.astype(int) + np.arange(len(record.plays)) + 3
    later = week > week[-1] - 84
    friday_saturday = np.isin(week % 7, (4, 5))
    assert record.plays[later & friday_saturday].mean() > 1.04 * record.plays[later & ~friday_saturday].mean()
    songs = [r for r in World(songs=500, days=60).records() if r.kind == "original" and r.plays[-7:].all()]
    age = [np.log10((r.dates[-1] - r.released).astype(int)) for r in songs]
    assert np.corrcoef(age, [np.log10(r.plays[-28:].mean()) for r in songs])[0, 1] < -0.1


def test_shares_are_those_of_the_real_file():
    records = list(World(songs=4000, days=20).records())
    kinds = Counter(r.kind for r in records)
    assert 0.21 < np.mean([not len(r.dates) for r in records]) < 0.26
    assert 0.035 < np.mean([r.release_date == "" for r in records]) < 0.06
    assert 0.004 < kinds["twin"] / 4000 < 0.02
    assert 0.0003 < kinds["repeat"] / 4000 < 0.004
    assert 0.24 < len({r.artist for r in records}) / 4000 < 0.34
    assert 60 < Counter(r.artist for r in records).most_common(1)[0][1] < 140


def test_names_are_unique_per_artist():
    world = World()
    indices = [*range(4000), *range(40_320, 44_320)]  # all pairs of names are used up at 40,320
    names = {world.artist(i).name for i in indices}
    assert len(names) == len(indices)
    assert 0.02 < sum(", the " in name for name in names) / len(names) < 0.06


def test_memory_does_not_grow_with_the_file():
    world = World(songs=250, days=400)
    list(report_lines(World(songs=2)))  # what is loaded once
    tracemalloc.start()
    size = sum(map(len, report_lines(world)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 6e6
    assert peak < 1.5e6


@pytest.mark.parametrize("songs", [1, 2, 3, 5, 10, 21, 60])
@pytest.mark.parametrize("days", [1, 2, 3, 5, 13, 30])
def test_small_worlds_fit(songs, days):
    lines = list(report_lines(World(songs=songs, days=days)))
    assert len(lines) == songs + 1
    assert lines[-1].endswith("\n") == (songs == 1)
    assert songs == 1 or re.search(r'"\[\{.*""date"": ""\d{4}-\d$|"\[\{""date"": ""\d{4}-\d$', lines[-1])
    assert all(len(r.dates) <= days or "reach_back" in r.flags for r in World(songs, days).records())


NONE = [word for what in ("artists", "listening-days", "lead-days", "film-days") for word in (f"--{what}", "0")]
FEW = ["sample", "--songs", "2", "--days", "10", *NONE]


def test_the_command_writes_one_file_and_says_so(tmp_path):
    words = ["sample", "--songs", "3", "--days", "40", *NONE]
    result = CliRunner().invoke(crescendo, [*words, "--to", str(tmp_path / "in")])
    assert result.exit_code == 0
    assert "3 songs" in result.output
    [path] = (tmp_path / "in").iterdir()
    assert path.name == "3-songs-audience-report.csv"
    assert path.read_bytes().decode() == "".join(report_lines(World(songs=3, days=40)))


@pytest.mark.parametrize(
    "wrong", [["--songs", "0"], ["--songs", "-3"], ["--days", "0"], ["--days", "99999"], ["--seed", "-1"]]
)
def test_an_impossible_number_is_explained(wrong, tmp_path, capsys):
    assert main(["sample", "--to", str(tmp_path / "in"), *wrong]) == 2
    assert wrong[0] in capsys.readouterr().err
    assert not (tmp_path / "in").exists()


def test_a_folder_that_cannot_be_is_explained(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["sample", "--songs", "2", "--to", str(tmp_path / "file")]) == 2
    assert "--to" in capsys.readouterr().err


def test_without_a_folder_it_is_written_where_builds_look_for_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "mine.csv").write_text("mine")
    assert main(FEW) == 0
    assert [path.name for path in (tmp_path / "landing").iterdir()] == ["mine.csv"]
    assert [path.name for path in SAMPLE.iterdir()] == ["2-songs-audience-report.csv"]


@pytest.mark.parametrize("to", ["landing", "landing/", "./landing/made", "link", "{tmp}/landing"])
def test_what_is_made_up_never_joins_what_is_real(tmp_path, monkeypatch, capsys, to):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "landing").mkdir()
    (tmp_path / "link").symlink_to("landing")
    words = [*FEW, "--to", to.format(tmp=tmp_path)]
    (tmp_path / "landing" / "mine.csv").write_text("mine")
    assert main(words) == 2
    assert capsys.readouterr().err == (
        "error: landing/ holds files of your own, such as mine.csv, and the sample is made up: the next build would"
        " take both; choose another folder, such as --to sample\n"
    )
    assert [path.name for path in (tmp_path / "landing").iterdir()] == ["mine.csv"]
    (tmp_path / "landing" / "mine.csv").unlink()
    assert main(words) == 0, "of none there is nothing to join"


def test_the_same_content_is_written_again_and_other_content_kept(tmp_path):
    world = World(songs=2, days=10)
    path = write_report(world, tmp_path)
    content = path.read_bytes()
    assert write_report(world, tmp_path).read_bytes() == content
    with pytest.raises(CrescendoError, match="other content"):
        write_report(World(songs=2, days=10, seed=8), tmp_path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_file_leaves_nothing(tmp_path):
    def lines():
        yield "1\tsong_id\n"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_report(World(songs=2), tmp_path, lines())
    assert list(tmp_path.iterdir()) == []
