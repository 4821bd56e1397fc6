"""Moments, periods and amounts: what people may write, what becomes of it, and what is said of the rest."""

import json
from decimal import Decimal

import pytest
from reports import csv_text, json_lines, song


def lead(number, **more):
    return {"lead_id": f"l{number}", "created_at": "2025-03-29", "status": "new"} | more


MOMENTS = (
    "2025-03-30",
    "2025-03-30 01:59:00",
    "2025-03-30T01:59:00+01:00",
    "2025-03-30T01:59:00.123456Z",
    None,
    "0001-01-01",
)
NO_MOMENTS = ("2025-02-30", "30/03/2025", "2025-03-30T25:00:00Z", "2025-03-30T01:59", "soon", "2025-03-30T01:59:00+1")


def test_a_moment_is_kept_as_it_was_written(desk):
    desk.write("l.jsonl", json_lines(lead(number, created_at=said) for number, said in enumerate(MOMENTS)))
    assert desk.load()[0] == 0
    kept = desk.ask("select created_at from raw_leads.leads order by lead_id")
    assert [said for (said,) in kept] == list(MOMENTS)


@pytest.mark.parametrize("said", NO_MOMENTS)
def test_what_is_no_moment_is_refused_alone_with_its_line(desk, said):
    desk.write("l.jsonl", json_lines([lead(1), lead(2, created_at=said)]))
    _, [file] = desk.load()
    [reject] = file["rejects"]
    assert (reject["level"], reject["line"], reject["path"]) == ("value", 2, "created_at")
    assert (
        reject["reason"]
        == "is not a moment: write 2025-01-31T14:05:00, with +01:00 after it if the time zone is known, or the day"
    )
    assert desk.ask("select count(*), count(created_at) from raw_leads.leads") == [(2, 1)]


AMOUNTS = {
    "1234.56": "1234.56",
    "1234,56": "1234.56",
    "1 234,5": "1234.5",
    "12 345 678,90": "12345678.9",
    "1\u202f234,56": "1234.56",
    "1\u00a0234": "1234",
    "-150,00": "-150",
    "0": "0",
    "0,125": "0.125",
    "1 234,567": "1234.567",
    "1234,567": "1234.567",
    "1,2340": "1.234",
}
PERIODS = ("2025-01-31", "2025-W05", "2025-01", "2020-W53")
NO_PERIODS = ("2025-13", "2025-W54", "January 2025", "2025-1", "31/01/2025")
NO_AMOUNTS = ("1.234,56", "12 34,00", "EUR 12", "1,2,3", "", "--1")


def lines(*rows):
    return "\n".join(["date;platform;campaign_id;spend", *rows]) + "\n"


@pytest.mark.parametrize(("said", "meant"), AMOUNTS.items())
def test_an_amount_has_a_point_or_a_comma(desk, said, meant):
    desk.write("s.csv", lines(f"2025-01-02;meta_ads;1;{said}"))
    assert desk.load()[0] == 0
    assert desk.ask("select spend from raw_leads.media_spend") == [(Decimal(meant),)]


@pytest.mark.parametrize("said", NO_AMOUNTS)
def test_what_is_no_amount_refuses_its_line_alone(desk, said):
    desk.write("s.csv", lines("2025-01-02;meta_ads;1;10", f"2025-01-03;meta_ads;1;{said}"))
    _, [file] = desk.load()
    [reject] = file["rejects"]
    assert (reject["level"], reject["line"], reject["path"]) == ("record", 3, "spend")
    assert reject["reason"] in ("is not an amount: write 1234.56 or 1234,56", "is missing")
    assert desk.ask("select date from raw_leads.media_spend") == [("2025-01-02",)]


@pytest.mark.parametrize("said", ["1,234", "-12,345", "999,000"])
def test_an_amount_that_countries_read_differently_is_refused(desk, said):
    desk.write("s.csv", lines("2025-01-02;meta_ads;1;10", f"2025-01-03;meta_ads;1;{said}"))
    _, [file] = desk.load()
    [reject] = file["rejects"]
    assert reject["reason"] == "is one amount in English and another in French: write 1234 or 1,2340"
    assert desk.ask("select date from raw_leads.media_spend") == [("2025-01-02",)]


@pytest.mark.parametrize("said", PERIODS)
def test_a_period_is_a_day_a_week_or_a_month(desk, said):
    desk.write("s.csv", lines(f"{said};meta_ads;1;10"))
    assert desk.load()[0] == 0
    assert desk.ask("select date from raw_leads.media_spend") == [(said,)]


@pytest.mark.parametrize("said", NO_PERIODS)
def test_what_is_no_period_refuses_its_line_alone(desk, said):
    desk.write("s.csv", lines("2025-01-02;meta_ads;1;10", f"{said};meta_ads;1;10"))
    _, [file] = desk.load()
    [reject] = file["rejects"]
    assert (reject["line"], reject["path"]) == (3, "date")
    assert reject["reason"] == "is not a day, week or month: write 2025-01-31, 2025-W05 or 2025-01"


RELEASES = ("2024-01-31", "2024-01-31T00:00:00+00:00", "2024-01", "2024", "2024-00-00", "0000-01-01", "-0001-11-30", "")
NO_RELEASES = {
    "01/02/2024": "is a date as spreadsheets rewrite them: export it anew as YYYY-MM-DD",
    "2024-02-30": "is not a day, month or year: write 2025-01-31, 2025-01 or 2025",
    "soon": "is not a day, month or year: write 2025-01-31, 2025-01 or 2025",
}


def test_a_release_is_a_day_a_month_a_year_or_unknown(desk):
    desk.write("r.csv", csv_text([song(number, release_date=said) for number, said in enumerate(RELEASES)]))
    code, [file] = desk.load()
    assert (code, file["rejects"]) == (0, [])
    kept = desk.ask("select coalesce(release_date, '') from raw_soundcharts.report_songs order by song_id")
    assert [said for (said,) in kept] == list(RELEASES)


@pytest.mark.parametrize(("said", "reason"), NO_RELEASES.items())
def test_a_release_that_is_none_is_rejected_with_its_line_and_the_song_stays(desk, said, reason):
    desk.write("r.csv", csv_text([song(1), song(2, release_date=said)]))
    _, [file] = desk.load()
    [reject] = file["rejects"]
    assert (reject["level"], reject["line"], reject["path"]) == ("value", 3, "release_date")
    assert (reject["reason"], reject["sample"]) == (reason, said)
    assert desk.ask("select count(*), count(release_date) from raw_soundcharts.report_songs") == [(2, 1)]
    assert file["counts"]["values_rejected"] == 1


def test_a_release_within_a_page_is_rejected_alike(desk):
    albums = [{"slug": "a", "name": "A", "releaseDate": said, "uuid": said} for said in ("2024", "", "soon", None)]
    page = {"related": {"artist": {"uuid": "x"}}, "items": albums}
    desk.write("artist-albums__x.json", json.dumps(page))
    found = [(file["document"], r["path"], r["sample"]) for file in desk.load()[1] for r in file["rejects"]]
    assert found == [("artist-albums", "$.items[3].releaseDate", "soon")]


LISTENED = {"0001-01-01T00:00:00": 1, "2026-05-01T08:00:00": 1, "2026-05-01 08:00:00.123456": 1, "": 0, "soon": 0}


@pytest.mark.parametrize(("said", "kept"), LISTENED.items())
def test_a_moment_within_a_page_is_kept_or_rejected_with_its_place(desk, said, kept):
    history = {"user_id": 1, "items": [1], "created_at": said, "updated_at": "2026-05-01T08:00:00"}
    page = {"items": [history], "total": 1, "page": 1, "size": 100, "pages": 1}
    desk.write("listen_history__p0001.json", json.dumps(page))
    _, [file] = desk.load()
    assert [r["path"] for r in file["rejects"]] == (["$.items[1].created_at"] if said == "soon" else [])
    assert desk.ask("select count(created_at) from raw_moovitamix.history_pages__items") == [(kept,)]


GROUPED = "is not a whole number: write 1234567, without marks between the thousands"
NO_COUNTS = {
    "1.003.010,0": GROUPED, "1.003.010": GROUPED, "1,003,010": GROUPED, "1 003": GROUPED, "1\u202f003": GROUPED,
    "1.003,0": GROUPED, "1.003": "is not a whole number", "1.9": "is not a whole number",
}  # fmt: skip


@pytest.mark.parametrize(("said", "reason"), NO_COUNTS.items())
def test_a_count_with_marks_between_the_thousands_is_told_how_it_is_written(desk, said, reason):
    desk.write("r.csv", csv_text([song(1, timeSeries=[{"date": "2025-03-01", "spotify-streams": said}])]))
    _, [file] = desk.load()
    assert [reject["reason"] for reject in file["rejects"]] == [reason]
