"""What a file is and what it is about is found out however it is called, or asked for; never guessed, never lost."""

import io
import json
import shutil
import zipfile

import pytest
from conftest import ROOT
from reports import COLUMNS, csv_text, song

CASES = ROOT / "tests" / "python" / "cases"
ARTIST, SONG = "00000001-0000-4000-8000-000000000001", "00000002-0000-4000-8000-000000000001"
LIGHT = {"uuid": ARTIST, "slug": "mira-solberg", "name": "Mira Solberg", "imageUrl": ""}
LIGHT_SONG = {"uuid": SONG, "name": "Low Tide", "creditName": "Mira Solberg"}
PAGE = {"offset": 0, "next": None, "previous": None, "limit": 100, "total": 1}
DAY = "2026-03-01T00:00:00+00:00"


def page(items, related=None, **more):
    return ({"related": related} if related else {}) | {"items": items, "page": PAGE, "errors": []} | more


OF_ARTIST = {"artist": LIGHT, "platform": "spotify", "lastCrawlDate": DAY}
VALUE = page([{"date": DAY, "value": 41}], OF_ARTIST)
STREAMS = page([{"date": DAY, "plots": [{"identifier": "abc", "value": 1000}]}], LIGHT_SONG)
SCORE = page([{"date": DAY, "score": 3.5, "fanbaseScore": 2.5, "trendingScore": 1.5}], [LIGHT])
IDENTIFIER = {"platformName": "Spotify", "platformCode": "spotify", "identifier": "x", "url": "", "default": True}
LISTED = {"uuid": SONG, "name": "Low Tide", "creditName": "Mira Solberg", "releaseDate": DAY}
ALBUM = {"uuid": "b", "slug": "low", "name": "Low", "creditName": "", "releaseDate": DAY, "type": "Album"}
PLACE = {"date": DAY, "value": 3, "countryCode": "FR", "countryName": "France"}
PLACES = page([{"date": DAY, "value": 9, "countryPlots": [PLACE], "cityPlots": []}], OF_ARTIST)
TRACK = {"id": 1, "name": "a", "artist": "b", "songwriters": "c", "duration": "01:02", "genres": "d", "album": "e"}
TRACKS = {"items": [TRACK], "total": 1, "page": 1, "size": 50, "pages": 1}
DOCUMENTS = {  # what a body alone tells
    "artist-search": page([LIGHT]),
    "artist": {"type": "artist", "object": LIGHT | {"genres": [], "careerStage": ""}, "errors": []},
    "song": {"type": "song", "object": LIGHT_SONG | {"artists": [LIGHT], "duration": 100}, "errors": []},
    "artist-identifiers": page([IDENTIFIER], LIGHT),
    "song-identifiers": page([IDENTIFIER], LIGHT_SONG),
    "artist-albums": page([ALBUM], LIGHT),
    "song-albums": page([ALBUM], LIGHT_SONG),
    "artist-songs": page([LISTED], LIGHT),
    "album-tracks": page([{"discNumber": 1, "number": 1, "song": LIGHT_SONG}], ALBUM),
    "artist-playlists": page([{"playlist": {"uuid": "p", "name": "P"}, "position": 1, "song": LIGHT_SONG}], LIGHT),
    "artist-charts": page([{"chart": {"slug": "c", "name": "C"}, "position": 1, "song": LIGHT_SONG}], LIGHT),
    "artist-followers": page([{"date": DAY, "followerCount": 5}], OF_ARTIST),
    "artist-score": SCORE,
    "tracks": TRACKS,
}


def write(desk, name, body):
    return desk.write(name, body if isinstance(body, str) else json.dumps(body))


def outcome(desk, *words):
    """(exit code, document or reason) of the only file."""
    code, [file] = desk.load(options=words)
    return code, file["reason"] if file["status"] == "refused" else file["document"]


def asked(desk, table):
    return desk.ask(f"select asked_document, asked_uuid, asked_platform from raw_soundcharts.{table}")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_page_is_known_by_its_body_whatever_it_is_called(desk, document):
    write(desk, "answer 7.final.json", DOCUMENTS[document])
    assert outcome(desk) == (0, document)
    assert desk.balanced()


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if name != "tracks"])
def test_the_body_says_who_a_page_is_about(desk, document):
    write(desk, "x.json", DOCUMENTS[document])
    desk.load()
    [table] = [t for t in desk.digests() if t.startswith("raw_soundcharts.") and "__" not in t]
    expected = {"artist-search": None, "album-tracks": "b"}.get(document, SONG if document[:4] == "song" else ARTIST)
    assert desk.ask(f"select asked_uuid from {table}") == [(expected,)]


def test_an_envelope_behind_a_long_list_is_found_too(desk):
    days = [{"date": f"2026-03-{n % 28 + 1:02}T00:00:00+00:00", "value": n} for n in range(3000)]
    write(desk, "x.json", {"items": days, "related": OF_ARTIST, "errors": []})
    assert outcome(desk, "--source", "soundcharts.artist-popularity") == (0, "artist-popularity")
    assert asked(desk, "artist_value_pages") == [("artist-popularity", ARTIST, "spotify")]


# --- request, name, body, option, in that order ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_said", "name", "body_says", "option", "platform"),
    [
        ({"platform": "deezer"}, "artist-popularity__{}__tidal", "spotify", "youtube", "deezer"),
        ({}, "artist-popularity__{}__tidal", "spotify", "youtube", "tidal"),
        ({}, "artist-popularity__{}__tidal__2026-01-01_2026-02-01__p0002 (1)", "spotify", "youtube", "tidal"),
        ({}, "artist-popularity__tidal", "spotify", "youtube", "tidal"),
        ({}, "artist-popularity__{}", "spotify", "youtube", "spotify"),
        ({"document": "artist-popularity"}, "my__answer", "spotify", "youtube", "spotify"),
        ({"document": "artist-popularity"}, "my__answer", None, "youtube", "youtube"),
        ({"document": "artist-popularity"}, "my__answer", "", "youtube", "youtube"),
    ],
)
def test_a_fact_comes_from_request_name_body_or_option(desk, request_said, name, body_says, option, platform):
    name = name.format(ARTIST)
    write(desk, f"{name}.json", page(VALUE["items"], OF_ARTIST | {"platform": body_says}))
    if request_said:
        write(desk, f"{name}.request.json", request_said)
    assert outcome(desk, "--platform", option) == (0, "artist-popularity")
    assert asked(desk, "artist_value_pages") == [("artist-popularity", ARTIST, platform)]


def test_a_page_that_lacks_a_fact_is_refused_with_what_to_say(desk):
    write(desk, "song_streams_90d.json", STREAMS)
    code, reason = outcome(desk, "--source", "soundcharts.song-audience")
    assert (code, desk.digests()) == (2, {})
    for said in ("platform", "--platform spotify", "song_streams_90d.request.json", "song-audience__<subject>__<platf"):
        assert said in reason
    assert outcome(desk, "--source", "soundcharts.song-audience", "--platform", "spotify") == (0, "song-audience")


def test_a_subject_can_be_said_too(desk):
    write(desk, "x.json", page(VALUE["items"], {"platform": "spotify", "lastCrawlDate": DAY}))
    words = ("--source", "soundcharts.artist-popularity")
    assert "--subject UUID" in outcome(desk, *words)[1]
    assert outcome(desk, *words, "--subject", ARTIST)[0] == 0
    assert asked(desk, "artist_value_pages") == [("artist-popularity", ARTIST, "spotify")]


def test_the_same_page_said_to_be_another_is_loaded_anew(desk):
    write(desk, "x.json", STREAMS)
    words = ["--source", "soundcharts.song-audience", "--platform"]
    for platform in ("spotify", "youtube", "youtube"):
        assert outcome(desk, *words, platform)[0] == 0
    assert asked(desk, "song_audience_pages") == [("song-audience", SONG, "youtube")]
    assert desk.ask("select count(*) from load_audit.loads") == [(2,)]
    outcome(desk, "--source", "soundcharts.song-popularity", "--platform", "youtube")
    assert asked(desk, "song_audience_pages") == [("song-popularity", SONG, "youtube")]


def test_many_pages_in_a_file_each_say_what_they_are_about(desk):
    other = page(VALUE["items"], OF_ARTIST | {"platform": "tidal"})
    silent = page(VALUE["items"], {"artist": LIGHT, "lastCrawlDate": DAY})
    write(desk, "many.ndjson", "".join(json.dumps(one) + "\n" for one in (VALUE, other, silent)))
    words = ["--source", "soundcharts.artist-popularity"]
    _, [file] = desk.load(options=words)
    assert (file["counts"]["records_loaded"], file["counts"]["records_rejected"]) == (2, 1)
    assert desk.ask("select line, path, reason from load_audit.rejected_records") == [
        (3, "asked_platform", "is missing")
    ]
    assert sorted(asked(desk, "artist_value_pages")) == [
        ("artist-popularity", ARTIST, "spotify"),
        ("artist-popularity", ARTIST, "tidal"),
    ]
    _, [file] = desk.load(options=[*words, "--platform", "deezer"])
    assert file["counts"]["records_rejected"] == 0
    assert ("artist-popularity", ARTIST, "deezer") in asked(desk, "artist_value_pages")
    assert desk.balanced()


UNREAD = {
    "[1, 2]": "x.request.json is not a JSON object and was not read",
    '{"a": 1,': "x.request.json is not JSON and was not read (line 1: ",
    "\xff": "x.request.json is not JSON and was not read (line 1: ",
    '{"platform": {"a": 1}}': "x.request.json says a platform that is not text, which was not read",
    '{"platfrom": "tidal"}': "x.request.json has the unknown key 'platfrom', which was not read: did you mean plat",
    '{"plat": "a", "uid": "b"}': "unknown key 'plat', which was not read: did you mean platform? (and 1 more)",
    '{"uid": "b"}': "unknown key 'uid', which was not read: did you mean uuid?",
    '{"document": "artist-popularty"}': "its request says document 'artist-popularty', which is not known: ",
    f'{{"platform": "tidal", "uuid": "{ARTIST}"}}': "its request says platform 'tidal' and its body 'spotify'",
}


@pytest.mark.parametrize(("content", "said"), UNREAD.items())
def test_what_a_request_says_in_vain_is_told_of_the_page_that_is_loaded(desk, content, said):
    path = write(desk, "x.json", VALUE)
    write(desk, "x.request.json", content)
    code, _, err = desk.run("load", desk.folder, "--source", "soundcharts.artist-popularity")
    assert code == 0
    assert err.startswith(f"warning: {path} is loaded, but ")
    assert said in err
    platform = "tidal" if "tidal" in content and "platfrom" not in content else "spotify"
    assert asked(desk, "artist_value_pages") == [("artist-popularity", ARTIST, platform)]
    [[reason]] = desk.ask("select reason from load_audit.files")
    assert said in reason
    assert "Loaded, but look at these" in desk.run("status")[1]
    assert desk.balanced()


def test_a_plain_list_whose_request_says_rightly_what_it_is_is_loaded_without_a_word(desk):
    write(desk, "x.json", [{"iso_3166_1": "FR", "english_name": "France", "native_name": "France"}])
    write(desk, "x.request.json", {"document": "countries"})
    code, _, err = desk.run("load", desk.folder)
    assert (code, err) == (0, "")
    assert desk.ask("select reason from load_audit.files") == [(None,)]
    assert desk.ask("select english_name from raw_tmdb.countries") == [("France",)]


def test_a_page_is_refused_with_the_key_that_it_may_have_meant(desk):
    write(desk, "x.json", STREAMS)
    write(desk, "x.request.json", {"platfrom": "spotify"})
    code, reason = outcome(desk, "--source", "soundcharts.song-audience")
    assert (code, desk.digests()) == (2, {})
    assert "nothing says its platform" in reason
    assert "x.request.json has the unknown key 'platfrom', which was not read: did you mean platform?" in reason


OTHER = "00000000-0000-4000-8000-0000000000ff"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"artist-popularity__{OTHER}__spotify__p0001", f"its name says subject '{OTHER}' and its body '{ARTIST}'"),
        (f"artist-popularity__{ARTIST}__tidal__p0001", "its name says platform 'tidal' and its body 'spotify'"),
        (f"artist-popularity__{ARTIST.upper()}__Spotify__p0001", ""),
        (f"artist-popularity__{ARTIST}__spotify__p0001", ""),
    ],
)
def test_a_name_that_contradicts_its_body_counts_and_is_told(desk, name, said):
    write(desk, f"{name}.json", VALUE)
    code, _, err = desk.run("load", desk.folder)
    assert code == 0
    assert said in err
    assert bool(said) == bool(err)
    _, uuid, platform, _ = name.split("__")
    assert asked(desk, "artist_value_pages") == [("artist-popularity", uuid, platform)]
    assert desk.ask("select reason is not null from load_audit.files") == [(bool(said),)]


def test_a_request_that_contradicts_a_name_counts_and_is_told(desk):
    name = f"artist-popularity__{ARTIST}__spotify__p0001"
    write(desk, f"{name}.json", VALUE)
    write(desk, f"{name}.request.json", {"platform": "tidal"})
    _, _, err = desk.run("load", desk.folder)
    assert "its request says platform 'tidal' and its name 'spotify': the request counts; if that is wrong, mend" in err


# --- a folder of everything, and what is foreign -----------------------------------------------------------------

FOREIGN = {
    "spotify_tracks.json": {
        "items": [{"track": {"id": "1", "album": {}}, "added_at": "x", "position": 1}],
        "href": "u",
    },
    "spotify_artist.json": {"followers": {"total": 1}, "genres": ["pop"], "id": "1", "name": "A", "popularity": 3},
    "tracks.json": {"tracks": [{"id": "1", "duration_ms": 5}], "total": 1, "page": 1, "pages": 1},
    "song.json": {"response": {"song": {"title": "a"}}, "meta": {"status": 200}},
    "lastfm.json": {"object": {"streamable": 1, "mbid": "u", "stats": 1, "bio": "b", "similar": 2}},
    "search.json": {"items": [{"slug": "a", "imageUrl": "b", "votes": 1, "owner": 2, "href": 3}], "kind": 1, "etag": 2},
    "empty.json": {},
    "list.json": [1, 2, 3],
}


def test_a_folder_of_everything_is_one_command(desk):
    for document, body in DOCUMENTS.items():
        write(desk, f"about {document}.json", body)
    for name, body in FOREIGN.items():
        write(desk, name, body)
    write(desk, f"artist-listening__{ARTIST}__spotify__p0001.json", VALUE)
    write(desk, "report.csv", csv_text([song(1)]))
    write(desk, "chart.csv", "date,position,song,artist,popularity\n2024-05-01,1,a,b,50\n")
    code, files = desk.load()
    assert code == 2
    loaded = sorted(file["document"] for file in files if file["status"] == "loaded")
    assert loaded == sorted([*DOCUMENTS, "artist-listening", "report", "chart"])
    assert {file["path"].split("/")[-1] for file in files if file["status"] == "refused"} == set(FOREIGN)
    assert desk.balanced()


def test_what_nobody_recognises_is_told_what_is_nearest(desk):
    write(desk, "x.json", page([{"slug": "a", "picture": "b"}]))
    _, reason = outcome(desk)
    assert "nearest is soundcharts.artist-search, which has items[].imageUrl too" in reason


def test_what_may_be_several_names_them(desk):
    write(desk, "x.json", PLACES)
    _, reason = outcome(desk)
    assert "may be soundcharts.artist-local-followers or soundcharts.artist-local-streaming: say which" in reason


@pytest.mark.parametrize(
    ("name", "body", "source"),
    [
        ("x.json", VALUE, "soundcharts.artist-songs"),
        ("x.json", STREAMS, "moovitamix"),
        ("x.json", TRACKS, "soundcharts"),
        ("x.json", {"a": 1}, "soundcharts.song-audience"),
        (f"artist-popularity__{ARTIST}__spotify__p0001.json", VALUE, "soundcharts.artist-listening"),
        ("x.csv", csv_text([song(1)]), "charts"),
        ("x.csv", csv_text([song(1)]), "soundcharts.song-audience"),
        ("x.csv", "date,position,song,artist,popularity\n2024-05-01,1,a,b,50\n", "soundcharts.report"),
    ],
)
def test_a_source_that_the_content_contradicts_is_refused(desk, name, body, source):
    write(desk, name, body)
    assert outcome(desk, "--source", source)[0] == 2
    assert desk.digests() == {}


@pytest.mark.parametrize(
    ("name", "body", "document"),
    [
        (f"artist-popularity__{ARTIST}__spotify__p0001.json", STREAMS, None),
        (f"song__{SONG}.json", DOCUMENTS["artist"], None),
        ("song.json", DOCUMENTS["artist"], "artist"),
        # older paths of followers answered with plain values
        (f"artist-followers__{ARTIST}__spotify__p0001.json", VALUE, "artist-followers"),
        (f"artist-retention__{ARTIST}__spotify__p0001.json", page([], OF_ARTIST), "artist-retention"),
    ],
)
def test_a_name_that_the_content_contradicts_is_not_believed(desk, name, body, document):
    write(desk, name, body)
    code, found = outcome(desk)
    assert (code, found) == (0, document) if document else (2, found)
    assert document or "is called soundcharts." in found


def test_an_older_form_is_loaded_as_what_it_is_said_to_be(desk):
    write(desk, "x.json", PLACES)
    assert outcome(desk, "--source", "soundcharts.artist-followers") == (0, "artist-followers")


# --- headers as people save them ---------------------------------------------------------------------------------

REPORT = csv_text([song(1), song(2)], numbered=False)
HEADER, ROWS = REPORT.split("\n", 1)
TURNED = tuple(reversed(COLUMNS))


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER.upper()}\n{ROWS}",
        f"{HEADER.replace(',', ' , ')}\n{ROWS}",
        '"' + HEADER.replace(",", '", "') + f'"\n{ROWS}',
        f"\ufeff{REPORT}",
        csv_text([song(1), song(2)], TURNED, numbered=False),
        csv_text([song(1), song(2)], numbered=False, delimiter=";"),
        csv_text([song(1), song(2)], TURNED, numbered=False, delimiter="\t", end="\r\n"),
        "\ufeff" + csv_text([song(1), song(2)], numbered=False, delimiter=";").replace("song_id", " Song_ID ", 1),
    ],
    ids=["case", "spaces", "quoted", "bom", "order", "semicolon", "tab", "all at once"],
)
def test_a_header_is_recognised_however_it_is_written(desk, content):
    desk.load(write(desk, "plain.csv", REPORT))
    plain = desk.digests()
    desk.warehouse.unlink()
    code, [file] = desk.load(write(desk, "other.csv", content))
    assert (code, file["document"], file["counts"]["records_loaded"]) == (0, "report", 2)
    assert desk.digests() == plain
    assert desk.ask("from load_audit.unknown_fields") == []


def test_a_header_that_is_not_recognised_says_what_is_expected_found_and_missing(desk):
    write(desk, "x.csv", "Song_ID;Title;Singer\n1;2;3\n")
    assert outcome(desk) == (
        2,
        "looks like soundcharts.report, but has no column artist, timeSeries "
        "(expected song_id, title, artist, timeSeries; found song_id, title, Singer)",
    )


def test_the_pages_of_the_case_are_told_apart(desk):
    shutil.copytree(CASES / "pages_by_body_only" / "in", desk.folder, dirs_exist_ok=True)
    _, files = desk.load()
    assert [file["status"] for file in files] == ["refused", "loaded", "refused"]
    _, [file] = desk.load(desk.folder / "popularity.json", options=["--source", "soundcharts.artist-popularity"])
    assert file["counts"]["rows_loaded"] == 5


# --- records, one a line, of which some are broken ---------------------------------------------------------------

FILM = '{"adult":false,"id":3924,"original_title":"Blondie","popularity":2.4,"video":false}'
OTHER_FILM = FILM.replace("3924", "8773")
BROKEN = [
    "nonsense",
    "",
    "[1, 2]",
    "null",
    "12",
    FILM[:30],
    FILM[:-1],
    FILM + "}",
    "<html>",
    '{"id":"x"}',
    "{}",
    '"text"',
    FILM.replace("Blondie", "\udce9"),
]


def test_of_three_lines_the_broken_one_alone_is_rejected_wherever_it_is(desk):
    expected = {}
    for number, broken in enumerate(BROKEN):
        for place in range(3):
            lines = [FILM, OTHER_FILM]
            lines.insert(place, broken)
            path = desk.folder / f"{number}_{place}" / "movie_ids_05_15_2024.json"
            path.parent.mkdir(parents=True)
            path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
            expected[str(path)] = ("movie-ids", 2, [place + 1] if broken else [])
    code, files = desk.load()
    found = {
        file["path"]: (
            file["document"],
            file["counts"]["records_loaded"] + file["counts"]["records_duplicate"],
            [reject["line"] for reject in file["rejects"]],
        )
        for file in files
    }
    assert (code, found) == (0, expected)


def test_a_page_that_is_laid_out_in_lines_is_no_list_of_records(desk):
    items = ",\n".join(json.dumps({"date": DAY, "value": n}) for n in range(3000))
    write(desk, "x.json", f'{{"related": {json.dumps(OF_ARTIST)}, "errors": [],\n"items": [\n{items}\n]}}')
    assert outcome(desk, "--source", "soundcharts.artist-popularity") == (0, "artist-popularity")


@pytest.mark.parametrize("requested", ["artist-popularity", "song-audience", "users", "movie-list"])
def test_a_page_that_is_not_what_its_request_asked_for_is_refused_and_the_others_are_loaded(desk, requested):
    request = {"document": requested, "uuid": ARTIST, "platform": "spotify"}
    write(desk, "wrong.json", TRACKS)
    write(desk, "wrong.request.json", request)
    write(desk, "right.json", VALUE)
    write(desk, "right.request.json", request | {"document": "artist-popularity"})
    code, files = desk.load()
    statuses = {file["path"].rpartition("/")[2]: file for file in files}
    assert (code, statuses["right.json"]["document"]) == (2, "artist-popularity")
    assert statuses["wrong.json"]["reason"] == (
        f"is moovitamix.tracks by its keys, but wrong.request.json says document '{requested}':"
        ' write {"document": "tracks"} there, or put the page that it asked for beside it'
    )


# --- what people take for a table or a page ----------------------------------------------------------------------


def zipped(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "lead_id,created_at,status\n")
    return packed.getvalue()


def test_a_file_that_is_no_text_says_what_it_is_and_what_to_do(desk):
    said = {
        "a.xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "is a workbook: save its sheet as CSV UTF-8"),
        "a.csv": (zipped("[Content_Types].xml", "xl/workbook.xml"), "is a workbook: save its sheet as CSV UTF-8"),
        "a.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "is a workbook: save its sheet as CSV UTF-8"),
        "a.zip": (zipped("leads.csv"), "is a zip archive: unpack it and load the files in it"),
        "a.pdf": (b"%PDF-1.7\n%\xe2\xe3", "is a PDF: export a CSV or JSON file"),
        "a.parquet": (b"PAR1\x15\x04\x00", "is a Parquet file: write it as CSV"),
        "a.json": (json.dumps(VALUE)[:200].encode(), "It is cut off: fetch or export it again"),
        f"artist-popularity__{ARTIST}__spotify.json": (
            json.dumps(VALUE)[:-20].encode(),
            "it is cut off: fetch or export it again",
        ),
    }
    for name, (content, _) in said.items():
        (desk.folder / name).write_bytes(content)
    code, files = desk.load()
    assert code == 2
    reasons = {file["path"].rpartition("/")[2]: file["reason"] for file in files}
    assert {name: said[name][1] in reason for name, reason in reasons.items()} == dict.fromkeys(said, True), reasons


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_yes_is_one_in_english_and_french_whatever_parts_the_columns(desk, delimiter):
    said = {"oui": True, "Non": False, "YES": True, "no": False, "vrai": True, "FAUX": False, "1": True, "0": False}
    said |= {"true": True, "false": False, "": None, "peut-être": None, "o": None, "2": None}
    rows = [["lead_id", "created_at", "status", "consent"]]
    rows += [[f"l{number:02}", "2026-02-01", "new", word] for number, word in enumerate(said)]
    desk.write("leads.csv", "".join(f"{delimiter.join(row)}\n" for row in rows))
    code, [file] = desk.load()
    consents = desk.ask("select consent from raw_leads.leads order by lead_id")
    assert (code, [consent for (consent,) in consents]) == (0, list(said.values()))
    assert [(reject["line"], reject["path"], reject["reason"], reject["sample"]) for reject in file["rejects"]] == [
        (2 + list(said).index(word), "consent", "is neither yes nor no: write true or false", word)
        for word in ("peut-être", "o", "2")
    ]


@pytest.mark.parametrize("folder", ["2042-01-01", "0001-01-01", "1999-12-31"])
def test_a_page_of_a_day_of_asking_that_cannot_be_does_not_outrank_the_others(desk, folder):
    for day in (folder, "2026-03-02"):
        (desk.folder / day).mkdir()
        write(desk, f"{day}/artist-popularity__{ARTIST}__spotify__p0001.json", VALUE)
    code, _, err = desk.run("load", desk.folder)
    assert (code, f"its folder {folder} is no day on which it was asked for" in err) == (0, True)
    assert err.count("its folder") == 1
    asked_on = "select asked_folder from raw_soundcharts.artist_value_pages order by 1"
    assert desk.ask(asked_on) == [("2026-03-02",), (None,)]
