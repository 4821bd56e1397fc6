"""Whatever lies in the landing folder has a declared outcome: loaded, rejected with its place and reason, or refused.

Most files hold three songs, of which the second is broken; the first and the third are loaded all the same.
"""

import gzip
import json
import os
import socket
from pathlib import Path
from typing import NamedTuple

import pytest
from reports import COLUMNS, STREAMS, Desk, csv_text, json_lines, point, song

DEEP = 200_000
NEAR = '{"date": "2024-05-09", "spotify-streams": 5}'  # the point beside the broken one


class Loaded(NamedTuple):
    """Which of the songs are there, the streams of the second, and what the ledger says of the rest."""

    songs: str = "1 2 3"
    streams: tuple = (1601, 1602)
    rejects: tuple = ()  # (level, line, path, reason)
    unknown: tuple = ()  # paths


class Refused(NamedTuple):
    """Why a file was not read."""

    reason: str


def three(n, **second):
    """The songs n, n + 1 and n + 2, the second as it should not be."""
    return [song(n), song(n + 1, timeSeries=[point(1, 1601), point(2, 1602)]) | second, song(n + 2)]


def report(columns=COLUMNS, end="\n", **second):
    return lambda n: csv_text(three(n, **second), columns, end=end)


def lines(second=None, **how):
    """Three lines of JSON, the second perhaps replaced."""

    def build(n):
        first, middle, last = json_lines(three(n), **how).splitlines(keepends=True)
        return first + (middle if second is None else second(middle)) + last

    return build


def edited(edit, build=None):
    build = build or report()
    return lambda n: edit(build(n) if isinstance(build(n), bytes) else build(n).encode())


def line(number, edit):
    """A report with one of its lines edited (1 is the header)."""

    def build(n):
        every = report()(n).splitlines(keepends=True)
        every[number - 1] = edit(every[number - 1])
        return "".join(every)

    return build


def plain_lines(n, *rows):
    """A report without numbers; {0} stands for the next song's id."""
    shown = [row.format(song(n + place)["song_id"]) for place, row in enumerate(rows)]
    return "\n".join([",".join(COLUMNS), *shown, ""])


def row(path, reason):
    return Loaded(streams=(5,), rejects=(("row", 3, path, reason),))


def value(path, reason, streams=(None, 5), line=3):
    return Loaded(streams=streams, rejects=(("value", line, path, reason),))


def rejected(path, reason, line=3):
    return Loaded("1 3", (), (("record", line, path, reason),))


WHOLE, ZERO, WIDE = "is not a whole number", "is a count below zero", "does not fit in 64 bits"
COUNTS = {  # what a count is sent as -> what is loaded, or why it is not
    "1.9": WHOLE,
    "true": WHOLE,
    "NaN": WHOLE,
    "Infinity": WHOLE,
    "1e999": WHOLE,
    "[]": WHOLE,
    "{}": WHOLE,
    '"abc"': WHOLE,
    '"1e9"': WHOLE,
    '"\uff11\uff12"': WHOLE,
    '""': WHOLE,
    "-5": ZERO,
    "9223372036854775808": WIDE,
    "1" * 40: WIDE,
    "9223372036854775807": 2**63 - 1,
    '"12"': 12,
    "1e3": 1000,
    "7.0": 7,
    "-0": 0,
    "null": None,
}
FORM, CALENDAR = "is not a date that begins with YYYY-MM-DD", "is not a day of the calendar"
REWRITTEN = "is a date as spreadsheets rewrite them: export it anew as YYYY-MM-DD"
CUT = ": it is cut off: fetch or export it again"
CELL = "is cut off at 32,767 characters, as by a spreadsheet: export it anew"
DAYS = {
    '"yesterday"': FORM,
    '"2024/05/03"': FORM,
    '"2024-5-3T00:00:00+00:00"': FORM,
    '"\uff12\uff10\uff12\uff14-05-03"': FORM,
    "20240503": FORM,
    '"2024-02-30"': CALENDAR,
    '"1900-02-29"': CALENDAR,
    '"0000-01-01T00:00:00+00:00"': CALENDAR,
    "null": "is missing",
    '"2024-05-03"': "2024-05-03",
    '"2000-02-29"': "2000-02-29",
    '"2024-05-03T23:59:59-11:00"': "2024-05-03",
}
TEXTS = {  # the list of points as sent, NEAR the good one -> the outcome
    "[null, NEAR]": row("timeSeries[1]", "should be an object, is null"),
    "[7, NEAR]": row("timeSeries[1]", "should be an object, is a number"),
    "[[], NEAR]": row("timeSeries[1]", "should be an object, is a list"),
    "[{}, NEAR]": row("timeSeries[1].date", "is missing"),
    '[{"date": "2024-05-01", "date": "2024-05-02"}, NEAR]': row("timeSeries[1].date", "the key is there twice"),
    '[{"date": "2024-05-01", "tiktok": {"a": 1}}, NEAR]': Loaded(streams=(None, 5), unknown=("timeSeries[*].tiktok",)),
    '[{"spotify-streams": 5, "date": "2024-05-01"}]': Loaded(streams=(5,)),
    '[{"date": "2024-05-01T00:00:00+00:00","spotify-streams":1.9}]': value(  # as long as it would be with 2
        f"timeSeries[1].{STREAMS}", WHOLE, (None,)
    ),
    '[{"spotify-streams": 1.9}, NEAR]': row("timeSeries[1].date", "is missing"),  # a fault in a faulty point
    '[{"spotify-streams": 1.9, "date": 7}, NEAR]': row("timeSeries[1].date", FORM),
    '[{"date": "2024-05-01", "spotify-streams": 1.9, "spotify-popularity": []}, NEAR]': Loaded(
        streams=(None, 5),
        rejects=tuple(("value", 3, f"timeSeries[1].{key}", WHOLE) for key in ("spotify-popularity", STREAMS)),
    ),
    '[{"date": "01/05/2024"}, NEAR]': row("timeSeries[1].date", REWRITTEN),
    " [ NEAR ]\t": Loaded(streams=(5,)),
    "[]": Loaded(streams=()),
    "": Loaded(streams=()),
    "null": Loaded(streams=()),
    "{}": Loaded(streams=()),  # so some write an empty list
    '""': Loaded(streams=()),
    '{"a": 1}': value("timeSeries", "should be a list, is an object", ()),
    '"text"': value("timeSeries", "should be a list, is text", ()),
    "7": value("timeSeries", "should be a list, is a number", ()),
    "<html>": rejected("timeSeries", "broken JSON: Expecting value at character 1 of 6"),
    "[NEAR": rejected("timeSeries", f"broken JSON: Expecting ',' delimiter at character 46 of 45{CUT}"),
    "[NEAR,]": rejected("timeSeries", "broken JSON: a comma before the bracket at character 47 of 47"),
    "[NEAR] // x": rejected("timeSeries", "broken JSON: Extra data at character 48 of 51"),
    '[{"date": "2024-05-01\t"}]': rejected(
        "timeSeries", "broken JSON: Invalid control character at character 22 of 25"
    ),
    '[{"date": "2024-05-01", "x": "\\ud800"}]': Loaded(streams=(None,), unknown=("timeSeries[*].x",)),
    '[{"date": "2024-05-01", "x": ' + "9" * 5000 + "}]": Loaded(streams=(None,), unknown=("timeSeries[*].x",)),
    '[{"date": "2024-05-01", "spotify-streams": ' + "9" * 5000 + "}, NEAR]": value(f"timeSeries[1].{STREAMS}", WIDE),
    "[" + NEAR + " " * (32_767 - len(NEAR) - 1): rejected("timeSeries", CELL),
    "[" * DEEP + "]" * DEEP: rejected("timeSeries", "JSON is nested too deep to read"),
    "[" * DEEP: rejected("timeSeries", "JSON is nested too deep to read"),
    '[{"date": "2024-05-01", "x": ' + "[" * DEEP + "]" * DEEP + "}]": Loaded(
        streams=(None,), unknown=("timeSeries[*].x",)
    ),
}
NO_NAME = "Expecting property name enclosed in double quotes"
BY_MAPPING = "write NAME.mapping.toml beside it, which says what its columns are (docs/runbook.md), or move it away"
LINK_TO_NOTHING = "is a link to nothing: put its target back, or remove the link"
SUMMARIES = {
    "[]": None,  # so PHP writes an empty object
    '""': None,
    '{"a": []}': None,
    '{"a": {"periods": [], "value": 1}}': None,
    "7": ("value", 3, "summaries", "should be an object, is a number"),
    '[{"value": 1}]': ("value", 3, "summaries", "should be an object, is a list"),
    '{"a": {"periods": 7}}': ("value", 3, "summaries.a.periods", "should be an object, is a number"),
    '{"a": {"value": "x"}}': ("value", 3, "summaries.a.value", "is not a number"),
    '{"a": {"value": 1e999}}': ("value", 3, "summaries.a.value", "is not a finite number"),
    '{"a": null}': ("row", 3, "summaries.a", "should be an object, is null"),
    '{"a": {"periods": {"1w": 7}}}': ("value", 3, "summaries.a.periods.1w", "should be an object, is a number"),
    '{"a": {"firstDataPointDate": "soon"}}': ("value", 3, "summaries.a.firstDataPointDate", FORM),
    '{"a": {}, "a": {}}': ("value", 3, "summaries.a", "the key is there twice"),
    '{"a": {"periods": {"1w": {}, "1w": {}}}}': ("value", 3, "summaries.a.periods.1w", "the key is there twice"),
    '{"\\ud800": {}, "a": {}}': ("row", 3, "summaries.?", "holds half a surrogate pair"),
    '{"a": {"metric": "\\udc00", "value": 1}}': ("value", 3, "summaries.a.metric", "holds half a surrogate pair"),
    '{"a": {"metric": NaN}}': ("value", 3, "summaries.a.metric", "should be a text, is a number"),
    "{1": ("record", 3, "summaries", f"broken JSON: {NO_NAME} at character 2 of 2"),
}
AS_LINES = ": export it again, or as JSON lines, one record a line"
OPEN = "has a quote that is not closed, or text around one"
FEW, RETURN = "has too few columns", "has a carriage return outside quotes: save it with LF or CRLF"
TOO_LONG = "is longer than 2 MiB"
NO_UTF8 = "is not UTF-8: save the file as UTF-8, as by iconv -f windows-1252 -t utf-8 OLD > NEW"
NO_UTF16 = "is UTF-16: save the file as UTF-8, as by iconv -f utf-16 -t utf-8 OLD > NEW"
LONG_NAME = "m" * 10_000
FILES = {  # name -> (content by the number of its first song, outcome)
    "empty.csv": (lambda n: b"", Refused("is empty")),
    "blank.csv": (lambda n: b"\xef\xbb\xbf\r\n \n", Refused("is empty")),
    "header_only.csv": (lambda n: csv_text([]), Loaded("", ())),
    "no_title.csv": (
        report(("song_id", *COLUMNS[2:])),
        Refused(
            "looks like soundcharts.report, but has no column title (expected song_id, title, artist, timeSeries; "
            "found song_id, artist, release_date, image_url, timeSeries, summaries)"
        ),
    ),
    "other.csv": (
        lambda n: "a,b\n1,2\n",
        Refused(f"is not a known document: its first line begins 'a,b': {BY_MAPPING}"),
    ),
    "twice.csv": (report((*COLUMNS, "title")), Refused("names a column twice: title")),
    "order.csv": (report((COLUMNS[0], *COLUMNS[:0:-1])), Loaded()),
    "more.csv": (report((*COLUMNS, "mood"), mood="calm"), Loaded(unknown=("mood",))),
    "long_name.csv": (report((*COLUMNS, LONG_NAME)), Loaded(unknown=(LONG_NAME[:200],))),
    "fewer_columns.csv": (line(3, lambda _: "3\tx,y,z\n"), rejected("release_date", "has too few columns")),
    "more_columns.csv": (line(3, lambda text: text.rstrip() + ",more\n"), rejected(None, "has too many columns")),
    "cut.csv": (edited(lambda text: text[:-60]), Loaded("1 2", rejects=(("record", 4, "summaries", OPEN),))),
    "open_quote.csv": (line(3, lambda _: '3\tx,"never closed,a,2024,c,[],{}\n'), rejected("title", OPEN)),
    "open_quote_closed.csv": (  # by the next line, as if it were a part of the title
        edited(lambda text: text.replace(b'"Song', b'"So"ng', 2).replace(b'"So"ng', b'"Song', 1)),
        rejected("title", OPEN),
    ),
    "open_quote_plain.csv": (  # closed two lines on: a whole record, if lines were not records themselves
        lambda n: plain_lines(
            n, '{0},"open,a,2024,c,[],{{}}', "{0},never,a,2024,c,[],{{}}", '{0},"closed",a,2024,c,[],{{}}'
        ),
        Loaded("2 3", (), (("record", 2, "title", OPEN),)),
    ),
    "open_quote_fits.csv": (  # seven columns together, seven in the second line alone
        lambda n: plain_lines(n, '{0},"open', '{0},x",a,2024,c,[],{{}}'),
        Loaded("2", (), (("record", 2, "title", OPEN),)),
    ),
    "open_quote_at_the_end.csv": (
        lambda n: plain_lines(n, "{0},t,a,2024,c,[],{{}}", '{0},t,a,2024,c,[],"{{', '""x"": 1'),
        Loaded("1", (), (("record", 3, "summaries", OPEN), ("record", 4, "song_id", OPEN))),
    ),
    "two_lines_closed.csv": (
        lambda n: plain_lines(n, '{0},"two', 'lines",a,2024,c,[],{{}}', "{0},t,a,2024,c,[],{{}}"),
        Loaded("1 3", ()),
    ),
    "json_of_lines.csv": (  # of no line of which is a record by itself, however many commas it has
        lambda n: csv_text(three(n, timeSeries=json.dumps([point(1, 1601), point(2, 1602)], indent=1)), numbered=False),
        Loaded(),
    ),
    "cr_in_a_field.csv": (
        edited(lambda text: text.replace(b"XX", b"a\rb"), report(artist="XX")),
        rejected(None, RETURN),
    ),
    "cr_in_quotes.csv": (edited(lambda text: text.replace(b"XX", b"a\rb"), report(title="XX,")), Loaded()),
    "cr_at_the_end.csv": (edited(lambda text: text[:-1] + b"\r"), Loaded()),
    "crlf_after_lf.csv": (edited(lambda text: text[:-1] + b"\r\n"), Loaded()),
    "crlf_in_the_middle.csv": (line(3, lambda text: text[:-1] + "\r\n"), Loaded()),
    "lf_in_the_middle.csv.gz": (
        lambda n: gzip.compress(report(end="\r\n")(n).replace("\r\n", "\n", 3).replace("\n", "\r\n", 2).encode()),
        Loaded(),
    ),
    "lines_mixed.ndjson": (lines(lambda text: text[:-1] + "\r\n"), Loaded()),
    "lines_cr.ndjson": (lines(lambda text: text.replace('", "', '",\r"')), Loaded()),
    "lines_cr_first.ndjson": (
        edited(lambda text: text.replace(b'{"song_id"', b'{"a":\r{"song_id": 1}, "song_id"', 1), lines()),
        Loaded(unknown=("a",)),
    ),
    "lines_cr_in_text.ndjson": (
        lines(lambda text: text.replace("Léo", "L\ro")),
        rejected("", "broken JSON: Invalid control character at character 97 of 632", 2),
    ),
    "huge_line.csv": (report(title="x" * 20_000_000), rejected(None, TOO_LONG)),
    "huge_quoted_line.csv": (report(title='x"' * 10_000_000), rejected(None, TOO_LONG)),
    "huge_open_quote.csv": (line(3, lambda text: f'3\tx,"{"x" * 20_000_000}\n'), rejected(None, TOO_LONG)),
    "huge_line.ndjson": (lines(lambda text: text.replace("Léo", "x" * 20_000_000)), rejected(None, TOO_LONG, 2)),
    "after_quote.csv": (line(3, lambda _: '3\tx,"t"oo,a,2024,c,[],{}\n'), rejected("title", OPEN)),
    "no_id.csv": (report(song_id=""), rejected("song_id", "is missing")),
    "long_line.csv": (report(title="x" * (3 << 20)), rejected(None, "is longer than 2 MiB")),
    "latin1.csv": (
        edited(lambda text: text.replace(b"XX", b"\xe9"), report(title="XX")),
        rejected("title", NO_UTF8),
    ),
    "utf16.csv": (edited(lambda text: text.decode().encode("utf-16")), Refused(NO_UTF16)),
    "bom.csv": (edited(lambda text: b"\xef\xbb\xbf" + text), Loaded()),
    "crlf.csv": (report(end="\r\n"), Loaded()),
    "mixed_ends.csv": (edited(lambda text: text.replace(b"\n", b"\r\n", 2)), Loaded()),
    "cr.csv": (report(end="\r"), Refused("ends its lines with CR alone: save it with LF or CRLF")),
    "no_last_end.csv": (edited(lambda text: text[:-1]), Loaded()),
    "blank_lines.csv": (edited(lambda text: text.replace(b"\n", b"\n\n")), Loaded()),
    "unnumbered.csv": (lambda n: csv_text(three(n), numbered=False), Loaded()),
    "newline.csv": (
        report(title="two\nlines", summaries="7"),
        value("summaries", "should be an object, is a number", (1601, 1602)),
    ),
    "nul.csv": (report(title="a\0b"), Loaded()),
    "nul_header.csv": (edited(lambda text: text.replace(b"title", b"ti\0tle")), Refused("is not text")),
    "emoji.csv": (report(title="🎵\u202e", artist="'; drop table x; --"), Loaded()),
    "web_page.csv": (
        lambda n: "<!DOCTYPE html>",
        Refused("is a web page or XML, perhaps an error page: fetch it again"),
    ),
    "error.json": (
        lambda n: '{"errors": []}',
        Refused(f"is JSON of no known document: its first keys are errors: {BY_MAPPING}"),
    ),
    "archive.csv": (lambda n: b"PK\x03\x04\x00\x00", Refused("is a zip archive: unpack it and load the files in it")),
    "cut.csv.gz": (
        edited(lambda text: gzip.compress(text + os.urandom(90_000))[:-9_000]),
        Refused("cannot be read to its end: Compressed file ended before the end-of-stream marker was reached"),
    ),
    "no.csv.gz": (
        lambda n: b"\x1f\x8bno gzip",
        Refused("cannot be read: Compressed file ended before the end-of-stream marker was reached"),
    ),
    "junk_behind.csv.gz": (
        edited(lambda text: gzip.compress(text) + b"junk"),
        Refused("cannot be read: Not a gzipped file (b'ju')"),
    ),
    "two_members.csv.gz": (edited(lambda text: gzip.compress(text[:999]) + gzip.compress(text[999:])), Loaded()),
    "bomb.csv.gz": (
        edited(lambda text: gzip.compress(text + bytes(90 << 20))),
        Refused("unpacks to more than 300 times its size"),
    ),
    "lines.ndjson": (lines(), Loaded()),
    "lines_crlf.ndjson": (edited(lambda text: text.replace(b"\n", b"\r\n"), lines()), Loaded()),
    "lines_bom.ndjson": (edited(lambda text: b"\xef\xbb\xbf" + text, lines()), Loaded()),
    "lines_blank.ndjson": (edited(lambda text: text.replace(b"\n", b"\n \n\n"), lines()), Loaded()),
    "lines_cut.ndjson": (
        lines(lambda text: text[:9] + "\n"),
        rejected("", f"broken JSON: Unterminated string starting at character 2 of 9{CUT}", 2),
    ),
    "lines_two.ndjson": (lines(lambda text: "{} {}\n"), rejected("", "broken JSON: Extra data at character 4 of 5", 2)),
    "lines_list.ndjson": (lines(lambda _: "[1]\n"), rejected("", "should be an object, is a list", 2)),
    "lines_null.ndjson": (lines(lambda _: "null\n"), rejected("", "is missing", 2)),
    "lines_twice.ndjson": (
        lines(lambda text: '{"song_id": "x", ' + text[1:]),
        rejected("song_id", "the key is there twice", 2),
    ),
    "lines_object.ndjson": (
        lines(lambda text: text.replace('"Léo & Ann"', '{"name": "Léo"}')),
        value("artist", "should be a text, is an object", (1601, 1602), 2),
    ),
    "lines_deep.ndjson": (
        lines(lambda _: '{"title": ' + "[" * DEEP + "]" * DEEP + "}\n"),
        rejected("", "JSON is nested too deep to read", 2),
    ),
    "lines_control.ndjson": (
        lines(lambda text: text.replace("&", "\x01")),
        rejected(None, "broken JSON: Invalid control character", 2),
    ),
    "lines_latin1.ndjson": (
        edited(
            lambda text: text.replace("Léo".encode(), "Léo".encode("latin-1"), 2).replace(b"L\xe9", "Lé".encode(), 1),
            lines(),
        ),
        rejected(None, NO_UTF8, 2),
    ),
    "lines_more.ndjson": (lines(lambda text: '{"mood": 1, ' + text[1:]), Loaded(unknown=("mood",))),
    "lines_text.ndjson": (
        lambda n: json_lines(three(n, timeSeries=f"[{NEAR}]")),
        Loaded(streams=(5,)),
    ),
    "array.json": (lambda n: json.dumps(three(n)), Loaded()),
    "array_mixed.json": (
        lambda n: json.dumps([7, *three(n), None]),
        Loaded(rejects=(("record", None, "", "is missing"), ("record", None, "", "should be an object, is a number"))),
    ),
    "array_cut.json": (
        lambda n: json.dumps(three(n))[:-9],
        Refused(f"is not a whole JSON array: unexpected end of data, after record 2{AS_LINES}"),
    ),
    "array_latin1.json": (
        lambda n: json.dumps(three(n), ensure_ascii=False).encode("latin-1"),
        Refused(f"is not loaded: none of its 3 records can be: record 1: {NO_UTF8}"),
    ),
    "array_empty.json": (
        lambda n: "[]",
        Refused(f"is JSON of no known document: its first keys are none: {BY_MAPPING}"),
    ),
    "single.json": (lambda n: json.dumps(three(n)[1], indent=2), Loaded("2")),
    "single_bom.json": (lambda n: "\ufeff" + json.dumps(three(n)[1], indent=2), Loaded("2")),
    "single.json.gz": (lambda n: gzip.compress(json.dumps(three(n)[1], indent=2).encode()), Loaded("2")),
    "single_latin1.json": (
        lambda n: json.dumps(three(n)[1], indent=2, ensure_ascii=False).encode("latin-1"),
        Refused(NO_UTF8),
    ),
    "concatenated.json": (
        lambda n: "\n".join(json.dumps(each, indent=2) for each in three(n)),
        Refused("is not loaded: its record cannot be: broken JSON: Extra data at character 805 of 2411"),
    ),
    "?*[a-z]{1,2}.csv": (report(), Loaded()),
    "with 'quotes\"; drop table x; --.csv": (report(), Loaded()),
    "two\nlines.csv": (report(), Loaded()),
    "-option.csv": (report(), Loaded()),
    "%s $HOME ~ \\ 🎵.csv": (report(), Loaded()),
    "inside/folder.csv/report.csv": (report(), Loaded()),
    "fifo.csv": (None, Refused("is not a regular file")),
    "socket.csv": (None, Refused("is not a regular file")),
    "link_outside.csv": (None, Refused("is a link to a place outside the folder: copy the file, or name its target")),
    "link_to_folder": (None, Refused("is not a regular file")),
    "link_to_nothing.csv": (None, Refused(LINK_TO_NOTHING)),
    "link_to_nothing_outside.csv": (None, Refused(LINK_TO_NOTHING)),
}


def cases():
    """Every file of the folder: name -> (content by the number of its first song, outcome)."""
    found = dict(FILES)
    for number, (sent, meant) in enumerate(COUNTS.items()):
        text = f'[{{"date": "2024-05-01T00:00:00+00:00", "spotify-streams": {sent}}}, {NEAR}]'
        outcome = value(f"timeSeries[1].{STREAMS}", meant) if isinstance(meant, str) else Loaded(streams=(meant, 5))
        found[f"count_{number}.csv"] = (report(timeSeries=text), outcome)
    for number, (sent, meant) in enumerate(DAYS.items()):
        text = f'[{{"date": {sent}, "spotify-streams": 4}}, {NEAR}]'
        outcome = Loaded(streams=(4, 5)) if meant[0] == "2" else row("timeSeries[1].date", meant)
        found[f"day_{number}.csv"] = (report(timeSeries=text), outcome)
    for number, (sent, outcome) in enumerate(TEXTS.items()):
        found[f"points_{number}.csv"] = (report(timeSeries=sent.replace("NEAR", NEAR)), outcome)
    for number, (sent, reject) in enumerate(SUMMARIES.items()):
        rejects = (reject,) if reject else ()
        whole = bool(reject) and reject[0] == "record"
        found[f"summaries_{number}.csv"] = (
            report(summaries=sent),
            Loaded("1 3" if whole else "1 2 3", () if whole else (1601, 1602), rejects),
        )
    return found


CASES = cases()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All of the files, loaded at once: the desk, and what the load said."""
    tmp_path = tmp_path_factory.mktemp("broken")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
        desk = Desk(tmp_path)
        for number, (name, (build, _)) in enumerate(CASES.items()):
            if build:
                (desk.folder / name).parent.mkdir(parents=True, exist_ok=True)
                desk.write(name, build(10 * number + 1))
        (tmp_path / "outside.csv").write_text(csv_text([song(1)]))
        os.mkfifo(desk.folder / "fifo.csv")
        with socket.socket(socket.AF_UNIX) as server:
            patch.chdir(desk.folder)  # the path of a socket is short
            server.bind("socket.csv")
            (desk.folder / "link_outside.csv").symlink_to(tmp_path / "outside.csv")
            (desk.folder / "link_to_folder").symlink_to(desk.folder / "inside")
            (desk.folder / "link_to_nothing.csv").symlink_to(desk.folder / "gone.csv")
            (desk.folder / "link_to_nothing_outside.csv").symlink_to(tmp_path / "gone.csv")
            (desk.folder / ".hidden.csv").write_text("not looked at")
            (desk.folder / "half.csv.tmp").write_text("not looked at")
            said = desk.run("load", desk.folder, "--format", "json")
        yield desk, said


def test_the_load_says_which_files_it_refused(folder):
    _, (code, out, err) = folder
    refused = [name for name, (_, outcome) in CASES.items() if isinstance(outcome, Refused)]
    assert code == 2
    assert len(json.loads(out)["files"]) == len(CASES)
    assert err.count("error: ") == len(refused)
    assert all(f"{name} {CASES[name][1].reason}" in err for name in refused)
    assert len(CASES) > 120


@pytest.fixture(scope="module")
def outcomes(folder):
    """What became of each file, in the words of the cases: (its outcome, the first of its songs)."""
    desk, _ = folder
    found = {}
    songs = desk.ask("select _file_id, song_id[-4:]::integer from raw_soundcharts.report_songs order by all")
    points = desk.ask("""
        select s._file_id, s.song_id[-4:]::integer, t.spotify_streams
        from raw_soundcharts.report_songs__time_series as t
        inner join raw_soundcharts.report_songs as s on s._row_id = t._parent_row_id order by 1, 2, t._index
    """)
    rejects = desk.ask("select _file_id, level, line, path, reason from load_audit.rejected_records order by all")
    unknown = desk.ask("select _file_id, path from load_audit.unknown_fields order by all")
    for file_id, path, status, reason in desk.ask("select _file_id, path, status, reason from load_audit.files"):
        name = str(Path(path).relative_to(desk.folder))
        first = 10 * list(CASES).index(name) + 1
        found[name] = Loaded(
            " ".join(str(song - first + 1) for file, song in songs if file == file_id),
            tuple(streams for file, song, streams in points if (file, song) == (file_id, first + 1)),
            tuple(tuple(reject) for file, *reject in rejects if file == file_id),
            tuple(path for file, path in unknown if file == file_id),
        ) if status == "loaded" else Refused(reason)  # fmt: skip
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_has_its_declared_outcome(outcomes, name):
    assert outcomes[name] == CASES[name][1]


def test_every_record_and_row_is_accounted_for(folder):
    desk, _ = folder
    assert desk.run("status")[0] == 0
    for level in ("records", "rows"):
        counts = f"{level}_in, {level}_loaded, {level}_duplicate, {level}_rejected"
        for found, loaded, duplicate, rejected in desk.ask(f"select {counts} from load_audit.files"):
            assert found == loaded + duplicate + rejected
            assert min(found, loaded, duplicate, rejected) >= 0
    [(songs, points)] = desk.ask("select sum(records_loaded), sum(rows_loaded) from load_audit.files")
    assert desk.ask("select count(*) from raw_soundcharts.report_songs") == [(songs,)]
    children = "from raw_soundcharts.report_songs__"
    assert desk.ask(f"select (select count(*) {children}time_series) + (select count(*) {children}summaries)") == [
        (points,)
    ]


def test_days_are_those_that_were_written(folder):
    desk, _ = folder
    for number, (sent, meant) in enumerate(DAYS.items()):
        if meant[0] == "2":
            path = str(desk.folder / f"day_{number}.csv")
            days = desk.ask(
                """select t.date::varchar from raw_soundcharts.report_songs__time_series as t
                inner join raw_soundcharts.report_songs as s on s._row_id = t._parent_row_id
                inner join load_audit.files as f on f._file_id = s._file_id and f.path = ?
                where t.spotify_streams = 4""",
                path,
            )
            assert days == [(meant,)], sent


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    desk = Desk(tmp_path)
    Path(desk.write("secret.csv", csv_text([song(1)]))).chmod(0)
    code, [file] = desk.load()
    assert (code, file["reason"]) == (2, "cannot be read: Permission denied")
