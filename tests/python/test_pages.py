"""Pages of the Soundcharts API as they are loaded: no day moves, and old and new shapes both come in whole."""

import json
import os
import subprocess
import sys

import duckdb
import pytest

SONG = "bbbb2222-0000-4000-8000-000000000002"
STAMPS = [
    "2019-03-29T00:00:00+01:00",
    "2019-04-01T00:00:00+02:00",
    "2019-10-27T01:00:00+00:00",
    "2025-05-19T00:00:00+00:00",
]
NEW = {
    "isrc": {"value": "FRXXX2400001", "countryCode": "FR", "countryName": "France"},
    "labels": [{"name": "Petit Label", "type": "Indie"}],
    "genres": [{"root": "pop", "sub": ["french pop"]}],
}
OLD = {"isrc": "FRXXX2400001", "label": "Petit Label", "genres": ["pop"]}


def load(folder, pages, zone="UTC"):
    """Load pages by name in a process of its own, in a time zone; returns a connection to what came of them."""
    landed = folder / "2025-06-01"
    landed.mkdir(parents=True)
    for name, page in pages.items():
        (landed / f"{name}.json").write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    environment = os.environ | {"TZ": zone, "CRESCENDO_DB": str(folder / "x.duckdb")}
    command = [sys.executable, "-c", "from crescendo.cli import main; raise SystemExit(main())", "load", str(landed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return duckdb.connect(str(folder / "x.duckdb"), read_only=True)


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_no_value_moves_to_another_day_whatever_the_zone(tmp_path, zone):
    related = {"artist": {"uuid": "a", "name": "Léa Marlot"}, "platform": "spotify"}
    listening = {"related": related, "items": [{"date": stamp, "value": 5} for stamp in STAMPS], "errors": []}
    plots = [{"date": stamp, "plots": [{"identifier": "1", "value": 7}]} for stamp in STAMPS]
    audience = {"related": {"uuid": SONG}, "items": plots, "errors": []}
    pages = {"artist-popularity__a__spotify__p0001": listening, f"song-audience__{SONG}__spotify__p0001": audience}
    with load(tmp_path, pages, zone) as connection:
        for table in ("artist_value_pages__items", "song_audience_pages__items"):
            days = connection.execute(f"select date::varchar from raw_soundcharts.{table} order by _index").fetchall()
            assert [day for (day,) in days] == [stamp[:10] for stamp in STAMPS]


@pytest.mark.parametrize(
    ("shape", "isrc", "label", "labels", "genre"),
    [
        (
            NEW,
            json.dumps(NEW["isrc"], separators=(",", ":")),
            None,
            1,
            json.dumps(NEW["genres"][0], separators=(",", ":")),
        ),
        (OLD, "FRXXX2400001", "Petit Label", 0, "pop"),
    ],
)
def test_a_song_comes_in_whole_in_its_old_and_its_new_shape(tmp_path, shape, isrc, label, labels, genre):
    body = {"uuid": SONG, "name": "Nuit Douce", "creditName": "", "artists": [{"uuid": "a", "name": "Léa"}], **shape}
    with load(tmp_path, {f"song__{SONG}": {"type": "song", "object": body, "errors": []}}) as connection:
        found = connection.execute("select object_isrc, object_label from raw_soundcharts.songs").fetchall()
        assert found == [(isrc, label)]
        count = connection.execute("select count(*) from raw_soundcharts.songs__labels").fetchone()
        assert count == (labels,)
        assert connection.execute("select genre from raw_soundcharts.songs__genres").fetchall() == [(genre,)]
        unknown = connection.execute("select path from load_audit.unknown_fields").fetchall()
        assert unknown == []


def test_personal_data_is_left_out(tmp_path):
    body = {
        "uuid": "a",
        "slug": "lea",
        "name": "Léa",
        "genres": [],
        "careerStage": "",
        "birthDate": "1990-01-02",
        "gender": "female",
        "biography": "born in a small town",
    }
    with load(tmp_path, {"artist__a": {"type": "artist", "object": body, "errors": []}}) as connection:
        [row] = connection.execute("select * from raw_soundcharts.artists").fetchall()
        assert not {"1990-01-02", "female", "born in a small town"} & {str(value) for value in row}


ARTIST, OTHER_SONG = "aaaa1111-0000-4000-8000-000000000001", "bbbb2222-0000-4000-8000-000000000003"
IDENTIFIER = {"platformName": "Spotify", "platformCode": "spotify", "identifier": "1", "url": "u", "default": True}


def identifiers(song, *items):
    related = {"uuid": song, "slug": "s", "name": "Nuit Douce", "creditName": "Léa Marlot"}
    return {"related": related, "items": [IDENTIFIER | item for item in items], "errors": []}


def test_rows_of_a_list_say_what_their_page_was_asked_for(tmp_path):
    songs = [{"uuid": SONG, "name": "Nuit Douce", "creditName": "Léa Marlot", "releaseDate": None}]
    pages = {
        f"song-identifiers__{SONG}": identifiers(SONG, {}, {"identifier": "2"}),
        # read by the slow path, which rejects one row
        f"song-identifiers__{OTHER_SONG}": identifiers(OTHER_SONG, {"identifier": "3"}, {"identifier": None}),
        f"artist-songs__{ARTIST}": {"related": {"uuid": ARTIST, "name": "Léa Marlot"}, "items": songs, "errors": []},
    }
    with load(tmp_path, pages) as connection:
        carried = "asked_document, asked_uuid, asked_platform, asked_folder, related_name, _load_id"
        rows = connection.execute(f"""
            select identifier, {carried} from raw_soundcharts.identifier_pages__items order by 1
        """).fetchall()
        of_songs = [("1", SONG), ("2", SONG), ("3", OTHER_SONG)]
        assert rows == [(i, "song-identifiers", song, None, "2025-06-01", "Nuit Douce", 1) for i, song in of_songs]
        rows = connection.execute(f"select uuid, {carried} from raw_soundcharts.artist_song_pages__items").fetchall()
        assert rows == [(SONG, "artist-songs", ARTIST, None, "2025-06-01", "Léa Marlot", 1)]


def test_rows_of_a_list_say_what_their_page_says_if_many_pages_are_one_file(tmp_path):
    landed = tmp_path / "2025-06-02"
    landed.mkdir()
    lines = [json.dumps(identifiers(song, {}), ensure_ascii=False) for song in (SONG, OTHER_SONG)]
    (landed / "song-identifiers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    environment = os.environ | {"CRESCENDO_DB": str(tmp_path / "x.duckdb")}
    command = [sys.executable, "-c", "from crescendo.cli import main; raise SystemExit(main())", "load", str(landed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
        rows = connection.execute("""
            select asked_uuid, asked_folder, _load_id from raw_soundcharts.identifier_pages__items order by 1
        """).fetchall()
    assert rows == [(SONG, "2025-06-02", 1), (OTHER_SONG, "2025-06-02", 1)]


def test_rows_of_a_long_series_and_of_a_list_in_a_list_say_their_load_only(tmp_path):
    days = [{"date": "2025-05-19", "plots": [{"identifier": "1", "value": 7}, {"identifier": "2", "value": 8}]}]
    pages = {f"song-audience__{SONG}__spotify": {"related": {"uuid": SONG}, "items": days, "errors": []}}
    with load(tmp_path, pages) as connection:
        for table, rows in (("items", 1), ("items__plots", 2)):
            found = connection.execute(f"from raw_soundcharts.song_audience_pages__{table}")
            place = [column[0] for column in found.description].index("_load_id")
            assert [row[place] for row in found.fetchall()] == [1] * rows
            assert not [column[0] for column in found.description if column[0].startswith("asked_")]
