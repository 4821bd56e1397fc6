"""What must hold of any landing, from the definitions (docs/method.md), whatever the models look like inside.

Each check takes what was built and yields faults. What it expects it reads from the landed files or works out from
the observations in plain Python; of the built tables it reads those that people read.
"""

import csv
import inspect
import itertools
import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
from conftest import ROOT
from drawn_builds import Built, Fault, build, fetch_faults, load, once, refuse_name, run, told, working_in
from drawn_steps import is_report, read_bytes, read_report, request_of
from plain_growth import PERCENT, Series, catalogue, complete_through
from reports import POPULARITY, STREAMS

METRICS = catalogue(ROOT / "seeds" / "metric_catalog.csv")
# counts have no fractions, so growth is exact; more series than this are too slow to recalculate
MOST_SERIES = 400


# --- what is asked -----------------------------------------------------------------------------------------------


def answers(built: Built) -> Iterator[Fault]:
    """Every question has an answer or a plain reason."""
    for words in (
        *[("growth", "--by", by, "--last", last) for by in ("song", "artist", "platform") for last in ("28d", "1w")],
        *[("growth", "--by", by, "--last", "7d") for by in ("series", "track", "genre", "service")],
        *[("averages", "--by", by, "--last", "28d") for by in ("song", "artist", "platform")],
        ("growth", "--by", "song", "--last", "28d", "--metric", "popularity", "--format", "csv"),
        ("growth", "--by", "platform", "--from", "2025-01-01", "--to", "2025-01-02", "--metric", "all"),
        ("growth", "--by", "artist", "--last", "28d", "--metric", "all", "--format", "json"),
        ("status",),
    ):
        what = " ".join(words[:3])
        done = run(what, *words)
        if isinstance(done, Fault):
            yield done
            continue
        code, out, err = done
        if code not in (0, 2) or (code and "error:" not in err):
            yield Fault(f"{what}: exit code {code} without a reason", err)
        if "json" in words and out:
            wrong = [row for row in json.loads(out) if _is_percent_wrong(row)]
            if wrong:
                yield Fault(f"{what}: percent and status differ", str(wrong[0]))


def _is_percent_wrong(row: dict) -> bool:
    """A percent without a status that has one, or none although all is well."""
    has_percent = row["growth_pct"] is not None
    return (has_percent and row["status"] not in PERCENT) or (row["status"] == "ok" and not has_percent)


def publishes(built: Built) -> Iterator[Fault]:
    """What was built can be handed on."""
    form = ("csv", "parquet")[len(built.ledger) % 2]
    done = run(f"publish {form}", "publish", form, built.folder / "out")
    if isinstance(done, Fault):
        yield done
    elif done[0]:
        yield Fault(f"publish {form}: {told(done[2])}", done[2])


# --- every raw value is observed ---------------------------------------------------------------------------------


def facts_of(path: Path, entry: dict) -> dict[str, str]:
    """What a page was asked for, from its request, else its name, else itself."""
    request = request_of(path)
    if request.is_file():
        return json.loads(request.read_text())
    document, *parts = path.name.split(".")[0].split("__")
    facts = {"document": entry["document"]}
    if document == entry["document"] and parts:
        named = [part for part in parts[1:] if not re.match(r"p\d|\d{4}-", part)]
        return facts | {"uuid": parts[0], "platform": named[0] if named else ""}
    related = json.loads(read_bytes(path)).get("related") or {}
    related = related[0] if isinstance(related, list) else related
    artist = related.get("artist") or related
    return facts | {"uuid": artist.get("uuid", ""), "platform": related.get("platform", "")}


def _metric_names() -> dict[tuple[str, str], dict[str, str]]:
    with (ROOT / "seeds" / "soundcharts_metrics.csv").open() as lines:
        return {(line["series"], line["platform"]): line for line in csv.DictReader(lines)}


NAMES = _metric_names()
COUNTS = {
    "followerCount": "followers",
    "likeCount": "likes",
    "followingCount": "following",
    "postCount": "posts",
    "viewCount": "channel_views",
    "score": "score",
    "fanbaseScore": "fanbase_score",
    "trendingScore": "trending_score",
}


def shown_by_file(path: Path, entry: dict) -> Iterator[tuple[str, str, str, float]]:
    """Every value above zero that a file shows: subject, metric, day, value."""
    document = entry["document"]
    if document == "report":
        for record in read_report(path) if is_report(path) else ():
            for point in record["timeSeries"]:
                for key, metric in ((STREAMS, "spotify:streams"), (POPULARITY, "spotify:popularity")):
                    if point.get(key) is not None:
                        yield f"song:{record['song_id']}", metric, point["date"][:10], point[key]
        return
    if not re.match("artist-(followers|l|pop|ret|score)|song-(audience|pop)", document):
        return
    facts = facts_of(path, entry)
    platform = (facts.get("platform") or "").replace("twitter", "x")
    for item in json.loads(read_bytes(path))["items"]:
        for series, value in _counted(document, item):
            place = "soundcharts" if document == "artist-score" else platform
            name = NAMES.get((series, place), {}).get("metric", series)
            yield f"{document.split('-')[0]}:{facts['uuid']}", f"{place}:{name}", item["date"][:10], value


def _counted(document: str, item: dict) -> Iterator[tuple[str, float]]:
    usual = {"artist-local-followers": "followers", "artist-local-streaming": "listening"}
    series = usual.get(document, document.split("-", 1)[1])
    for key, name in COUNTS.items():
        if item.get(key):
            yield name, item[key]
    if item.get("value"):
        yield series, item["value"]
    for plot in item.get("plots") or ():
        if plot.get("value"):
            yield series, plot["value"]


def values_are_observed(built: Built) -> Iterator[Fault]:
    """Every value of every file has an observation on its day, and every observation is a value that a file shows."""
    shown, sure = defaultdict(lambda: defaultdict(set)), defaultdict(set)
    for path, entry in built.loaded():
        if built.is_sound(path) or built.landed.damaged[built.landed.name(path)] == "body only":
            for subject, metric, text, value in shown_by_file(path, entry):
                day = date.fromisoformat(text)
                shown[subject, metric][day].add(float(value))
                # of an answer by identifiers a day without the preferred one may be left out
                if entry["document"] == "report" or _rule(metric) != "default_else_max":
                    sure[subject, metric].add(day)
    observed = observations(built)
    charted = {entry["path"] for _, entry in built.loaded() if entry["source"] == "charts"}
    # a time later than the day after it was loaded is a finding, and no observation
    horizon = datetime.now().date() + timedelta(1)
    for key, days in sorted(sure.items()):
        lost = sorted(day for day in days if day not in observed.get(key, {}) and day <= horizon)
        if lost:
            yield Fault(f"a value is not observed: {_kind(key)}", f"{key}: {len(lost)} days, first {lost[0]}")
    if set(built.landed.damaged.values()) - {"body only"}:
        return
    for key, days in sorted(observed.items()):
        if key[0].startswith(("artist:", "song:")) and not _adds_up(key[1]):
            wrong = [
                (day, value) for day, value in days.items() if value and value not in shown.get(key, {}).get(day, ())
            ]
            # a song of the charts has no id in its file
            if wrong and (key in shown or key[0].startswith("artist:") or not charted):
                yield Fault(f"an observation is made up: {_kind(key)}", f"{key}: {wrong[:3]}")


def _kind(key: tuple[str, str]) -> str:
    metric = METRICS.get(key[1])
    return f"{key[0].split(':')[0]}, {metric.kind if metric else 'unknown metric'}"


def _rule(metric_id: str) -> str:
    platform, metric = metric_id.split(":")
    return next((n["identifier_rule"] for (_, p), n in NAMES.items() if (p, n["metric"]) == (platform, metric)), "")


def _adds_up(metric_id: str) -> bool:
    """Whether values of several identifiers, or places in lists, make an observation that no file shows."""
    return _rule(metric_id) == "sum" or "chart_" in metric_id


def observations(built: Built) -> dict[tuple[str, str], dict[date, float]]:
    """What growth is read from: (subject, metric) -> day -> value."""
    found: dict[tuple[str, str], dict[date, float]] = {}
    for row in built.rows("""
        select subject_id, metric_id, observed_date, value from metrics.fct_observations
        inner join metrics.dim_series using (series_id) order by all"""):
        found.setdefault((row["subject_id"], row["metric_id"]), {})[row["observed_date"]] = row["value"]
    return found


# --- growth by its definitions -----------------------------------------------------------------------------------


def plain_series(built: Built) -> dict[tuple[str, str], Series]:
    """The oracle's series of what growth is read from; with `plain_completeness` all that knows how it is called."""
    known = [row["column_name"] for row in built.rows("describe intermediate.int_observations_unioned")]
    # what an observation says of itself, besides its value
    more = [column for column in ("linked_value", "is_restated") if column in known]
    rows = built.rows(f"""
        select {", ".join(["subject_id", "metric_id", "observed_date", "value", "began_on", *more])}
        from intermediate.int_observations_unioned inner join metrics.dim_subjects using (subject_id)
        where subject_id not like 'recording:%' order by all""")
    found: dict[tuple[str, str], list[tuple]] = defaultdict(list)
    for row in rows:
        found[row["subject_id"], row["metric_id"]].append(tuple(row[c] for c in ("observed_date", "value", *more)))
    released = {row["subject_id"]: row["began_on"] for row in rows}
    return {key: Series(METRICS[key[1]], _whole(points), released[key[0]]) for key, points in found.items()}


def _whole(points: list[tuple]) -> list[tuple]:
    """Whole numbers as such: then the oracle is exact."""
    return [tuple(int(part) if isinstance(part, float) and part.is_integer() else part for part in p) for p in points]


def plain_completeness(series: dict[tuple[str, str], Series]) -> dict[str, date]:
    """Through which day each platform is complete, by the oracle."""
    found: dict[str, list[Series]] = defaultdict(list)
    for one in series.values():
        found[one.metric.platform].append(one)
    if "series" in inspect.signature(complete_through).parameters:
        return {platform: complete_through(every) for platform, every in found.items()}
    spans = {platform: [(one.points[0][0], one.points[-1][0]) for one in every] for platform, every in found.items()}
    return {platform: complete_through(every) for platform, every in spans.items()}


def windows_of(observed: dict[tuple[str, str], dict[date, float]]) -> list[tuple[date, date]]:
    """Three windows: the last four weeks, a week before them, and the two that meet it."""
    days = sorted({day for found in observed.values() for day in found})
    if not days:
        return []
    last, middle = days[-1], days[len(days) // 2]
    week, month = timedelta(7), timedelta(28)
    return [(last - month, last), (middle - week, middle), (middle, middle + week), (middle - week, middle + week)]


def _differs(found: object, expected: object) -> bool:
    if isinstance(found, float) and isinstance(expected, int | float):
        return not math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    return found != expected


def growth_is_the_plain_one(built: Built) -> Iterator[Fault]:
    """Growth of every series over a window is that of the plain calculation; numbers are numbers; windows add up."""
    observed, series = observations(built), plain_series(built)
    complete = plain_completeness(series)
    told_through = {row["platform"]: row["complete_through_date"] for row in built.rows(
        "select platform, complete_through_date from metrics.platform_completeness")}  # fmt: skip
    for platform, day in complete.items():
        if told_through.get(platform) != day:
            yield Fault(
                "growth: complete-through is another day", f"{platform}: {told_through.get(platform)}, not {day}"
            )
    asked = []
    for since, until in windows_of(observed):
        sql = f"from metrics.series_growth('{since}', '{until}')"
        rows = {(row["subject"], f"{row['platform']}:{row['metric']}"): row for row in built.rows(sql)}
        asked.append(rows)
        yield from _nonsense(rows)
        # fractions do not add up to the last digit
        exact = sorted(key for key, one in series.items() if not any(isinstance(p[1], float) for p in one.points))
        for key in exact[:: len(exact) // MOST_SERIES + 1]:
            expected = series[key].growth(since, until, complete[key[1].split(":")[0]])
            wrong = {c: (rows[key][c], value) for c, value in expected.items() if _differs(rows[key].get(c), value)}
            if wrong:
                yield Fault(f"growth: {min(wrong)} of a {METRICS[key[1]].kind} is not the plain one", f"{key} {wrong}")
    if asked:
        yield from _adding(*asked[1:])


def _nonsense(rows: dict) -> Iterator[Fault]:
    for key, row in rows.items():
        if _is_percent_wrong(row):
            yield Fault("growth: percent and status differ", f"{key}: {row['status']} {row['growth_pct']}")
        if not all(math.isfinite(value) for value in row.values() if isinstance(value, float)):
            yield Fault("growth: a number is none", f"{key}: {row}")


def _adding(first: dict, second: dict, both: dict) -> Iterator[Fault]:
    """Of windows that meet, growth and gains add up."""
    for key, row in both.items():
        for column in ("growth", "gained", "observed_days"):
            parts = first[key][column], second[key][column]
            if None not in parts and row[column] is not None and _differs(float(sum(parts)), row[column]):
                yield Fault(f"growth: {column} of windows that meet does not add up", f"{key}: {parts} {row[column]}")


def windows_are_fair(built: Built) -> Iterator[Fault]:
    """A usual window is compared with windows of as many days, and says what the same days say when asked."""
    rows = built.rows("from metrics.growth_windows")
    asked: dict[tuple[date, date], dict] = {}
    for row in rows:
        days = row["to_date"] - row["from_date"]
        before = row["year_before_to_date"] - row["year_before_from_date"]
        if row["year_change_pct"] is not None and before != days:
            yield Fault("windows: a year before of another length", f"{row['window_name']}: {days.days}, {before.days}")
        window = row["from_date"], row["to_date"]
        if window not in asked:
            found = built.rows(f"from metrics.series_growth('{window[0]}', '{window[1]}')")
            asked[window] = {(one["subject"], one["platform"], one["metric"]): one for one in found}
        one = asked[window][row["subject"], row["platform"], row["metric"]]
        wrong = [c for c in ("growth", "growth_pct", "gained", "status") if _differs(row[c], one[c])]
        if wrong:
            yield Fault(f"windows: {wrong[0]} differs from that of the same days", f"{row}")


# --- groups ------------------------------------------------------------------------------------------------------


def groups_add_up(built: Built) -> Iterator[Fault]:
    """An artist's and a platform's change is that of its recordings, each once, whichever of its ids stands for it."""
    recording = {r["subject_id"]: r["recording_id"] for r in built.rows("select * from audience.dim_songs")}
    # a group has every recording of which it has a song
    owners: dict[str, set[str]] = defaultdict(set)
    for row in built.rows("""
        select songs.subject_id as song, artists.subject_id as artist
        from audience.bridge_songs_x_artists as bridge
        inner join audience.dim_songs as songs on bridge.song_id = songs.song_id
        inner join audience.dim_artists as artists on bridge.artist_id = artists.artist_id
        """):
        owners[recording[row["song"]]].add(row["artist"])
    for since, until in windows_of(observations(built))[:2]:
        window = f"('{since}', '{until}')"
        members: dict = defaultdict(lambda: defaultdict(list))
        for row in built.rows(f"from metrics.series_growth{window}"):
            metric = f"{row['platform']}:{row['metric']}"
            if row["subject"] in recording and METRICS[metric].additive:
                for group in (*owners[recording[row["subject"]]], f"platform:{row['platform']}"):
                    members[group, metric][recording[row["subject"]]].append((row["start_value"], row["end_value"]))
        found = {
            (row["subject"], f"{row['platform']}:{row['metric']}"): row
            for function in ("artist_growth", "platform_growth")
            for row in built.rows(f"from metrics.{function}{window} where member_type = 'song'")
        }
        for key, recordings in members.items():
            yield from _group_faults(key, found.get(key), recordings)


def _group_faults(key: tuple[str, str], row: dict | None, recordings: dict) -> Iterator[Fault]:
    kind = key[0].split(":")[0]
    if row is None:
        yield Fault(f"groups: {kind} with songs has no row", f"{key}")
        return
    parts = (row["growth"] or 0) + row["restated_change"] + row["new_value"] - row["lost_value"]
    if _differs(float(row["total_change"]), float(parts)):
        yield Fault(f"groups: the parts of {kind} are not its total change", f"{key}: {row['total_change']}, {parts}")
    least = largest = 0.0
    for songs in recordings.values():
        starts, ends = ([value for value in side if value is not None] or [0] for side in zip(*songs, strict=True))
        least, largest = least + min(ends) - max(starts), largest + max(ends) - min(starts)
    slack = 1e-9 * max(abs(least), abs(largest), 1)
    if not least - slack <= row["total_change"] <= largest + slack:
        yield Fault(
            f"groups: {kind} is not the sum of its recordings",
            f"{key}: total {row['total_change']}, its recordings change by {least} to {largest}",
        )


def recordings_have_one_course(built: Built) -> Iterator[Fault]:
    """Ids of one recording count alike on the days that they share: a code alone makes nothing one."""
    observed = observations(built)
    songs: dict[str, list[dict[date, float]]] = defaultdict(list)
    for row in built.rows("select recording_id, subject_id from audience.dim_songs order by all"):
        songs[row["recording_id"]].append(observed.get((row["subject_id"], "spotify:streams"), {}))
    for recording, courses in songs.items():
        for one, other in itertools.combinations(courses, 2):
            shared = one.keys() & other.keys()
            # twins are read a day apart, and spikes befall one alone
            apart = [day for day in shared if abs(one[day] - other[day]) > 0.5 * max(one[day], other[day])]
            if len(shared) > 3 and len(apart) > len(shared) / 2:
                days = f"{len(apart)} of {len(shared)} days"
                yield Fault("groups: ids of one recording have different counts", f"{recording}: {days}")


def a_name_is_one_artist(built: Built) -> Iterator[Fault]:
    """Credits that differ in how they are written alone are one artist; ids of the API tell namesakes apart."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in built.rows("select artist_id, artist_name from audience.dim_artists where artist_id not like '%-%-%'"):
        folded = " ".join(unicodedata.normalize("NFC", row["artist_name"] or row["artist_id"]).split()).casefold()
        names[folded].append(row["artist_id"])
    for name, ids in names.items():
        if len(ids) > 1:
            yield Fault("groups: one name is several artists", f"{name}: {ids}")


def identifiers_that_come_are_no_growth(built: Built) -> Iterator[Fault]:
    """A percent that may be believed is of the identifiers that were known at both ends of the window."""
    plots: dict[tuple[str, str], dict[str, dict[date, float]]] = defaultdict(lambda: defaultdict(dict))
    for path, entry in built.loaded():
        if (
            entry["document"] != "song-audience"
            or not built.is_sound(path)
            or not facts_of(path, entry).get("platform")
        ):
            continue
        facts = facts_of(path, entry)
        place = facts["platform"].replace("twitter", "x")
        metric = f"{place}:{NAMES.get(('audience', place), {}).get('metric', 'audience')}"
        for item in json.loads(read_bytes(path))["items"]:
            for plot in item.get("plots") or ():
                days = plots[f"song:{facts['uuid']}", metric][plot["identifier"]]
                days[date.fromisoformat(item["date"][:10])] = plot["value"] or 0
    for since, until in windows_of(observations(built))[:2]:
        for row in built.rows(f"from metrics.series_growth('{since}', '{until}') where growth_pct is not null"):
            known = plots.get((row["subject"], f"{row['platform']}:{row['metric']}"), {})
            begun = {name: min(days) for name, days in known.items()}
            late = sorted(name for name, day in begun.items() if since < day <= until)
            if late and min(begun.values()) <= since and row["growth"] > _gained_by(known, late, since, until):
                yield Fault("growth: an identifier that comes is growth", f"{row['subject']} {row['metric']}: {late}")


def _gained_by(known: dict, late: list[str], since: date, until: date) -> float:
    """What all identifiers that were known from the start gained, and half of what the late ones brought."""
    gained = 0.0
    for name, days in known.items():
        ends = [value for day, value in sorted(days.items()) if day <= until]
        starts = [value for day, value in sorted(days.items()) if day <= since]
        gained += (ends[-1] / 2 if name in late else ends[-1] - starts[-1]) if ends else 0
    return gained


# --- listening ---------------------------------------------------------------------------------------------------


def listens_are_those_of_the_pages(built: Built) -> Iterator[Fault]:
    """The service's listens are those of its tracks, and those that the pages show, each once, on the day heard."""
    observed = observations(built)
    service = observed.get(("service:moovitamix", "moovitamix:listens"), {})
    users = observed.get(("service:moovitamix", "moovitamix:active_users"), {})
    tracks: dict[date, float] = defaultdict(float)
    for (subject, _), days in observed.items():
        if subject.startswith("track:"):
            for day, value in days.items():
                tracks[day] += value
    for day in sorted({*service, *users, *tracks}):
        if service.get(day, 0) != tracks.get(day, 0):
            yield Fault(
                "listening: the service is not the sum of its tracks", f"{day}: {service.get(day)} {tracks[day]}"
            )
        if bool(users.get(day, 0)) != bool(service.get(day, 0)):
            yield Fault("listening: listens without listeners", f"{day}: {service.get(day)} by {users.get(day)}")
    paths = [path for path, entry in built.loaded() if entry["source"] == "moovitamix"]
    if all(built.is_sound(path) for path in paths):
        expected, heard_by = _heard(built, paths)
        for day in sorted(expected):
            if (service.get(day, 0), users.get(day, 0)) != (expected[day], heard_by[day]):
                found = f"{service.get(day)} by {users.get(day)}, not {expected[day]} by {heard_by[day]}"
                yield Fault("listening: a day's listens are not those of the pages", f"{day}: {found}")


def _heard(built: Built, paths: list[Path]) -> tuple[dict[date, int], dict[date, int]]:
    """Listens and listeners by day, from the first to the last extraction, of known users and tracks."""
    extractions: dict[str, dict[str, dict]] = defaultdict(lambda: {"tracks": {}, "users": {}, "listen_history": {}})
    for path in paths:
        request = request_of(path)
        facts = json.loads(request.read_text()) if request.is_file() else {}
        extraction = facts.get("load_date", path.parent.name)
        route = path.name.split(".")[0].split("__")[0] if not facts else facts["document"]
        for line in read_bytes(path).decode().splitlines():
            for item in json.loads(line)["items"]:
                key = item["user_id"] if route == "listen_history" else item["id"]
                extractions[extraction][route][key] = item
    days = sorted(_day_of(extraction) for extraction in extractions)
    listens = set()
    for rows in extractions.values():
        for user, session in rows["listen_history"].items():
            moment = session["created_at"]
            for place, track in enumerate(session["items"] or ()):
                if user in rows["users"] and track in rows["tracks"] and moment:
                    listener = user, rows["users"][user]["created_at"]
                    song = track, *(_plain(rows["tracks"][track][name]) for name in ("name", "artist"))
                    listens.add((date.fromisoformat(moment[:10]), listener, song, place, moment))
    counted, heard_by = defaultdict(int), defaultdict(set)
    for day, listener, *_ in listens:
        if days[0] <= day <= days[-1]:
            counted[day] += 1
            heard_by[day].add(listener)
    return counted, {day: len(found) for day, found in heard_by.items()}


def _day_of(extraction: str) -> date:
    try:
        return date.fromisoformat(extraction)
    except ValueError:
        return datetime.now().date()  # of a capture in another folder: the day it was loaded


def _plain(text: str | None) -> str:
    return re.sub(" +", " ", (text or "").replace("\u2019", "'")).strip().lower()


# --- all of it ---------------------------------------------------------------------------------------------------

SPINE = ("fct_observations", "dim_series", "dim_subjects", "series_growth", "platform_completeness")
SONGS = ("dim_songs", "dim_artists", "bridge_songs_x_artists", "artist_growth", "platform_growth")
# each check and the models that it reads; none named: all of them
CHECKS: dict[Callable[[Built], Iterator[Fault]], tuple[str, ...]] = {
    answers: (),
    publishes: (),
    values_are_observed: SPINE[:2],
    growth_is_the_plain_one: (*SPINE, "int_observations_unioned"),
    windows_are_fair: (*SPINE, "growth_windows"),
    groups_add_up: (*SPINE, *SONGS),
    recordings_have_one_course: (*SPINE[:2], "dim_songs"),
    a_name_is_one_artist: ("dim_artists",),
    identifiers_that_come_are_no_growth: SPINE,
    listens_are_those_of_the_pages: SPINE[:2],
}


def checked(built: Built, check: Callable[[Built], Iterator[Fault]]) -> list[Fault]:
    """The faults of a check, one of each kind."""
    try:
        faults = list(check(built))
    except duckdb.CatalogException as error:
        faults = [Fault(f"{check.__name__}: a table is missing: {told(str(error).splitlines()[0])}", str(error))]
    return once(faults, check.__name__)


def faults_of(built: Built) -> list[Fault]:
    """Load, build, check: all that is wrong with a world, each kind once."""
    found = once(fetch_faults(built), "fetch") + once(refuse_name(built), "load")
    with working_in(built) as environment:
        load(built)
        found += once(built.told, "load")
        if not built.warehouse.exists():
            return found
        failed = once(build(built, environment), "build")
        # without tables there is nothing to ask
        checks = [] if any("did not run" in fault.what for fault in failed) else CHECKS
        found += failed
        for check in checks:
            faults = checked(built, check)
            found += [fault for fault in faults if not (failed and "a table is missing" in fault.what)]
    return found
