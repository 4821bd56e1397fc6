"""Each figure of `insights` on a small world whose answer follows from docs/insights.md by hand."""

import math
import random
from datetime import timedelta

import numpy as np
import pytest
from crescendo.analysis.insights.estimate import _of_metric
from crescendo.analysis.insights.panels import panel
from crescendo.ask.windows import Window
from crescendo.report import weekly
from crescendo.report.insights import Finding
from crescendo.report.sentences import sentence
from insight_warehouse import asked, warehouse
from insight_worlds import FIRST, Course, Place, World, counter

WEEK = timedelta(7)


def day(number):
    return FIRST + timedelta(number)


def steady(subject, metric, gain, days=120, start=50_000):
    """A series that gains as much every day."""
    return counter(subject, metric, start, [gain] * days)


def turned(subject, metric="spotify:streams", *, factor, ago=0, gain=1_000, days=119, start=1_900_000):
    """A steady series whose value is so many times as large from some days before its last on, and goes on steadily.

    Of a leap or a fall that is less than ten days ago no later value says yet that it stays.
    """
    course = steady(subject, metric, gain, days, start)
    since = max(course.values) - timedelta(ago)
    jump = round((factor - 1) * course.values[since])
    course.values |= {one: value + jump for one, value in course.values.items() if one >= since}
    return course


def calm(count):
    """Songs that are a little faster or slower of late."""
    gains = [[1_000] * 91 + [1_000 + (-1) ** number * 10] * 28 for number in range(count)]
    return [counter(f"song:{number:02}", "spotify:streams", 50_000, steps) for number, steps in enumerate(gains)]


LEAP, FALL, SETTLED = 3, 0.3, 20  # how many times as large; days after which a leap is confirmed


def only(rows, **wanted):
    """The one row that has these values."""
    [row] = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


def test_a_milestone_is_crossed_once_by_growth_and_has_its_two_observations(nodes):
    days = [day(number) for number in range(60)]
    world = World(days[-1])
    film = Course("film:1", "tmdb:vote_count", {one: 90 + 2 * number for number, one in enumerate(days)})
    # up over 50,000, down, and up again
    gauge = Course("artist:up", "spotify:followers", dict.fromkeys(days, 49000.0))
    gauge.values |= {days[40]: 51_000.0, days[42]: 52_000.0, days[50]: 51_500.0}
    leap = Course("song:leap", "spotify:streams", {one: 15_000.0 + 10 * number for number, one in enumerate(days)})
    leap.values[days[45]] = 90_000.0  # an outlier crosses nothing
    switched = Course("song:new", "spotify:streams", {one: 15_000.0 + number for number, one in enumerate(days)})
    switched.values |= {one: value * 2 for one, value in switched.values.items() if one >= days[45]}
    switched.restated.add(days[45])
    linked = Course("song:linked", "spotify:streams", {one: 15_000.0 + number for number, one in enumerate(days)})
    linked.values |= {one: value + 9_000 for one, value in linked.values.items() if one >= days[45]}
    linked.linked = dict.fromkeys(days[45:], 9000.0)
    world.courses += [film, gauge, leap, switched, linked]
    found = asked(warehouse(world, nodes, ["milestones"]), "milestones", days[4], days[-1])
    row = only(found, subject="film:1", threshold=100.0)
    assert (row["crossed_date"], row["before_value"], row["after_value"]) == (days[5], 98, 100)
    assert (row["before_date"], row["after_date"], row["certainty"]) == (days[4], days[5], "high")
    assert only(found, subject="film:1", is_crossed=False)["threshold"] == 500
    assert only(found, subject="film:1", is_crossed=False)["daily_pace"] == pytest.approx(2)
    assert only(found, subject="artist:up", is_crossed=True)["crossed_date"] == days[40]
    assert [row["threshold"] for row in found if row["subject"] == "song:leap"] == [20_000]
    row = only(found, subject="song:new", threshold=20_000.0)
    assert (row["is_crossed"], row["crossed_date"], row["status"]) == (True, None, "restated_in_window")
    row = only(found, subject="song:linked", threshold=20_000.0)
    assert (row["is_crossed"], row["crossed_date"], row["status"]) == (True, None, "relinked_in_window")


@pytest.mark.parametrize("metric", ["spotify:streams", "spotify:followers"])
@pytest.mark.parametrize("step", [1, 7])
def test_a_window_that_opens_before_a_series_has_its_crossings(nodes, metric, step):
    """A crossing has two observations, wherever the window opens; the first observation crosses nothing."""
    course = counter("song:below", metric, 8_900, [100] * 60)
    above = counter("song:above", metric, 12_000, [100] * 60)
    for one in (course, above):
        one.values = {at + timedelta(20): value for at, value in list(one.values.items())[::step]}
    connection = warehouse(World(day(79), [course, above]), nodes, ["milestones"])
    [crossed] = [at for at, value in course.values.items() if 10_000 <= value < 10_000 + 100 * step]
    for opens in (day(5), day(19), day(20), crossed - timedelta(1)):
        found = asked(connection, "milestones", opens, day(79))
        row = only(found, subject="song:below", is_crossed=True)
        before = crossed - timedelta(step)
        assert (row["threshold"], row["crossed_date"], row["before_date"]) == (10_000, crossed, before)
        assert (row["before_value"], row["after_value"]) == (course.values[before], course.values[crossed])
        assert row["status"] == "ok"
        assert [row["is_crossed"] for row in found if row["subject"] == "song:above"] == [False]
    found = asked(connection, "milestones", crossed, day(79))
    assert [row["is_crossed"] for row in found if row["subject"] == "song:below"] == [False]


@pytest.mark.parametrize("metric", ["spotify:streams", "spotify:followers"])
def test_a_milestone_has_no_pace_of_two_scales(nodes, metric):
    world = World(day(118))
    world.courses = [rescaled("song:two", metric=metric, ago=15), rescaled("song:since", metric=metric, ago=40)]
    world.courses.append(steady("song:linked", metric, 1_000, 119))
    world.courses[-1].values |= {at: value + 9_000 for at, value in world.courses[-1].values.items() if at >= day(104)}
    world.courses[-1].linked = dict.fromkeys([day(number) for number in range(104, 119)], 9_000.0)
    world.courses.append(turned("song:reset", metric, factor=FALL, ago=15))
    found = asked(warehouse(world, nodes, ["milestones"]), "milestones", day(117), day(118))
    told = {row["subject"]: (row["daily_pace"], row["certainty"], row["status"]) for row in found}
    # what may fall is not reset by a fall: that is its growth
    fallen = (1_000 + round((FALL - 1) * 2_004_000) / 28, "high", "ok")
    assert told == {
        "song:two": (None, None, "restated_in_window"),
        "song:since": (pytest.approx(1_300), "high", "ok"),
        "song:linked": (None, None, "relinked_in_window"),
        "song:reset": (None, None, "reset_in_window") if metric == "spotify:streams" else fallen,
    }
    assert only(found, subject="song:two")["remaining"] == pytest.approx(500_000 - 1.3 * 169_000)


def test_a_quiet_series_and_one_with_a_short_history_have_a_reason_and_no_surprise(nodes):
    world = World(day(119))
    world.courses += [steady("song:old", "spotify:streams", 100), steady("song:young", "spotify:streams", 100, 30)]
    world.courses[1].values = {one + timedelta(90): value for one, value in world.courses[1].values.items()}
    found = asked(warehouse(world, nodes, ["movers"]), "movers", day(112), day(119))
    old, young = only(found, subject="song:old"), only(found, subject="song:young")
    assert (old["move"], old["usual_move"], old["surprise"], old["status"]) == (700, 700, 0, "ok")
    # 5 % of 700, and more than its root
    assert (old["usual_spread"], old["window_count"], old["certainty"]) == (35, 12, "high")
    assert (young["move"], young["surprise"], young["status"]) == (700, None, "short_history")


def test_windows_before_a_restatement_are_on_another_scale_and_say_nothing_of_what_is_usual(nodes):
    world = World(day(119))
    course = steady("song:a", "spotify:streams", 100)
    # all of it twice as large, so that each day gains 200
    course.values |= {one: 2 * value for one, value in course.values.items() if one >= day(85)}
    course.restated.add(day(85))
    world.courses.append(course)
    row = only(asked(warehouse(world, nodes, ["movers"]), "movers", day(112), day(119)), subject="song:a")
    assert (row["move"], row["window_count"], row["status"]) == (1_400, 3, "short_history")


@pytest.mark.parametrize("fault", ["restated", "unconfirmed"])
def test_what_is_usual_for_a_group_is_of_the_members_that_its_move_is_of(nodes, fault):
    """Two go on as ever, and so does the group, whatever is not known of the third."""
    world = World(day(119), groups={"artist:a": ["song:1", "song:2", "song:3"]})
    world.courses += [steady(f"song:{number}", "spotify:streams", 100) for number in (1, 2, 3)]
    third = world.courses[-1]
    if fault == "restated":  # on another scale for three weeks: the move is of three, and earlier ones are of two
        third.values |= {one: 2 * value for one, value in third.values.items() if one >= day(98)}
        third.restated.add(day(98))
    else:  # the move is of two, and earlier ones were of three
        third.values[day(119)] *= 5
    row = only(
        asked(warehouse(world, nodes, ["movers"]), "movers", day(112), day(119)),
        subject="artist:a",
        platform="spotify",
    )
    assert not row["is_surprising"]
    if fault == "restated":
        assert (row["move"], row["window_count"], row["status"]) == (2_800, 2, "short_history")
    else:
        assert (row["move"], row["usual_move"], row["surprise"]) == (1_400, 1_400, 0)
        assert (row["member_count"], row["left_out_count"]) == (2, 1)


def test_a_place_that_made_the_move_is_named_and_the_rest_is_a_row(nodes):
    world = World(day(119))
    days = [day(number) for number in range(120)]
    own = {one: 90_000.0 + 10 * number + (9_000 if number > 115 else 0) for number, one in enumerate(days)}
    france = {one: 20_000.0 + number + (8_000 if number > 115 else 0) for number, one in enumerate(days)}
    world.courses.append(Course("artist:a", "deezer:followers", own))
    world.places += [
        Place("a", "deezer:followers", "FR", france),
        Place("a", "deezer:followers", "DE", {one: 10_000.0 + 2 * number for number, one in enumerate(days)}),
    ]
    connection = warehouse(world, nodes, ["movers", "mover_drivers"])
    found = asked(connection, "mover_drivers", day(112), day(119))
    shares = {row["driver"]: row["contribution"] for row in found if row["driver_type"] == "country"}
    assert shares == {"a/FR": 8_007, "a/DE": 14, None: 9_070 - 8_007 - 14}
    assert only(found, driver="a/FR")["driver_rank"] == 1


def test_a_place_that_was_restated_or_vanished_is_no_driver_and_has_no_share(nodes):
    world = World(day(119))
    days = [day(number) for number in range(120)]
    world.courses.append(Course("artist:a", "deezer:followers", {one: 90_000.0 + one.toordinal() for one in days}))
    calm, twice = dict.fromkeys(days, 20_000.0), {one: 10_000.0 * (1 + (one >= day(115))) for one in days}
    gone = {one: 30_000.0 if one < day(118) else 0.0 for one in days}
    world.places += [
        Place("a", "deezer:followers", "FR", calm),
        Place("a", "deezer:followers", "DE", twice, frozenset({day(115)})),
        Place("a", "deezer:followers", "IT", gone),
    ]
    connection = warehouse(world, nodes, ["movers", "mover_drivers", "concentration"])
    found = asked(connection, "mover_drivers", day(112), day(119))
    assert {row["driver"] for row in found if row["driver_type"] == "country"} == {"a/FR", None}
    row = only(asked(connection, "concentration", day(119)), subject="artist:a", dimension="country")
    assert (row["total"], row["top_part"], row["part_count"]) == (40_000, "a/FR", 2)


def test_concentration_is_the_share_of_the_top_and_the_sum_of_squared_shares(nodes):
    world = World(day(119), groups={"artist:a": ["song:1", "song:2", "song:3"]})
    world.courses += [
        steady("song:1", "spotify:streams", 600),
        steady("song:2", "spotify:streams", 300),
        steady("song:3", "spotify:streams", 60),
        steady("song:3", "awa:streams", 40),
    ]
    world.playlists += [
        ("top", "song:1", 3_000, day(3), None),
        ("top", "song:2", 3_000, day(3), None),
        ("mood", "song:1", 1_000, day(3), None),
        ("gone", "song:1", 9_000, day(3), day(100)),
    ]
    found = asked(warehouse(world, nodes, ["concentration"]), "concentration", day(119))
    row = only(found, subject="artist:a", platform="all", dimension="member")
    assert (row["top_part"], row["top_share_ratio"], row["part_count"]) == ("song:1", pytest.approx(0.6), 3)
    assert row["herfindahl_ratio"] == pytest.approx(0.36 + 0.09 + 0.01)
    assert row["effective_count"] == pytest.approx(1 / 0.46)
    row = only(found, subject="artist:a", platform="all", dimension="platform")
    assert (row["top_part"], row["top_share_ratio"]) == ("spotify", pytest.approx(0.96))
    row = only(found, subject="artist:a", dimension="playlist")
    assert (row["total"], row["top_part"], row["top_share_ratio"]) == (4_000, "top", 0.75)


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_of_two_equal_parts_the_last_by_its_key_is_the_top(nodes, names):
    """Whatever order they are read in, and on whatever engine."""
    world = World(day(119), groups={"artist:a": ["song:a", "song:b"]})
    world.courses += [steady(f"song:{name}", "spotify:streams", 100) for name in names]
    found = asked(warehouse(world, nodes, ["concentration"]), "concentration", day(119))
    row = only(found, subject="artist:a", platform="spotify", dimension="member")
    assert (row["top_part"], row["top_share_ratio"]) == ("song:b", 0.5)


def test_a_momentum_is_measured_in_the_spread_of_those_of_like_size(nodes):
    draw = random.Random(3)
    world = World(day(119))
    momenta = {}
    for number in range(40):
        change = math.exp(draw.gauss(0, 0.1)) if number else 2.0
        gains = [1_000] * 91 + [round(1_000 * change)] * 29
        momenta[f"song:{number:02}"] = math.log((gains[-1] + 1) / (1_000 + 1))
        world.courses.append(counter(f"song:{number:02}", "spotify:streams", 50_000, gains))
    world.courses.append(steady("song:tiny", "spotify:streams", 1))
    # the day after the 91st is the first of the 28 to the last
    found = asked(warehouse(world, nodes, ["peers"]), "peers", day(118))
    row = only(found, subject="song:00")
    others = [momenta[name] for name in momenta if name != "song:00"]
    mean = sum(others) / 39
    spread = math.sqrt(sum((one - mean) ** 2 for one in others) / 38)
    assert (row["peer_scope"], row["peer_count"], row["size_class"]) == ("size", 39, 5)
    assert row["momentum"] == pytest.approx(math.log(2001 / 1001))
    assert row["peer_score"] == pytest.approx((math.log(2001 / 1001) - mean) / spread)
    assert only(found, subject="song:tiny")["peer_scope"] == "type"


def test_a_pace_of_nothing_has_no_momentum_if_the_catalogue_has_no_least_base(nodes):
    """A logarithm of zero is no number, and nothing was restated."""
    world = World(day(118))
    world.courses = [steady(f"song:{number:02}", "spotify:streams", 1_000 + number, 119) for number in range(30)]
    world.courses[0] = counter("song:00", "spotify:streams", 50_000, [0] * 91 + [2_000] * 28)
    world.courses[1] = counter("song:01", "spotify:streams", 50_000, [2_000] * 91 + [0] * 28)
    connection = warehouse(world, nodes, ["peers"])
    connection.execute("update metrics.dim_metrics set min_base = 0")
    found = asked(connection, "peers", day(118))
    begun, ended = only(found, subject="song:00"), only(found, subject="song:01")
    assert (begun["momentum"], begun["status"]) == (None, "zero_base")
    assert (ended["momentum"], ended["status"]) == (None, "zero_base")
    assert only(found, subject="song:02")["momentum"] is not None


def test_a_peer_is_of_the_genre_if_there_are_enough_of_it(nodes):
    world = World(day(118))
    songs = [f"song:{number:02}" for number in range(30)]
    world.groups = {"genre:pop": songs[:15], "genre:folk": songs[15:18]}
    world.courses += [steady(song, "spotify:streams", 1_000 + number, 119) for number, song in enumerate(songs)]
    # one is twice as fast of late; it is no peer of its own
    world.courses[0] = counter("song:00", "spotify:streams", 50_000, [1_000] * 91 + [2_000] * 28)
    found = asked(warehouse(world, nodes, ["peers"]), "peers", day(118))
    pop, folk = only(found, subject="song:00"), only(found, subject="song:16")
    assert (pop["genre"], pop["peer_scope"], pop["peer_count"]) == ("genre:pop", "genre and size", 14)
    assert pop["peer_mean"] == pytest.approx(0)
    assert (folk["genre"], folk["peer_scope"], folk["peer_count"]) == ("genre:folk", "size", 29)


def test_stages_are_by_rank_among_all_of_the_type(nodes):
    world = World(day(39))
    world.courses += [steady(f"song:{number:04}", "spotify:streams", 5_000 - number, 40) for number in range(1000)]
    found = asked(warehouse(world, nodes, ["career_stages"]), "career_stages", day(39))
    songs = sorted((row for row in found if row["subject_type"] == "song"), key=lambda row: row["size_rank"])
    assert [row["subject"] for row in songs[:2]] == ["song:0000", "song:0001"]
    # 0.03 % of a thousand is none, 0.23 % two, 1.23 % twelve
    assert [row["stage"] for row in songs] == ["mainstream"] * 2 + ["mid-level"] * 10 + ["developing"] * 988
    assert songs[0]["size"] == pytest.approx(28 * 5_000)


def test_a_release_is_compared_on_its_day_with_the_artists_earlier_ones_and_its_decay_is_halved(nodes):
    world = World(day(139), groups={"artist:a": ["song:one", "song:two", "song:new"]})
    weeks = [700, 1400, 1260, 980, 840, 700, 560, 420, 350, 280]
    for place, (song, factor) in enumerate({"song:one": 1, "song:two": 3, "song:new": 4}.items()):
        gains = [factor * gain / 7 for gain in weeks for _ in range(7)]
        world.began[song] = day(10 * place - 1)
        world.courses.append(Course(song, "spotify:streams", {}))
        total = 0
        for number, gain in enumerate(gains):
            total += gain
            world.courses[-1].values[day(10 * place + number)] = total
    for number in range(12):
        world.began[f"song:other-{number}"] = day(-1)
        world.courses.append(counter(f"song:other-{number}", "spotify:streams", 0, [100 * (number + 1)] * 90))
    found = asked(warehouse(world, nodes, ["release_curves"]), "release_curves", day(139))
    row = only(found, subject="song:new", day_number=14)
    assert (row["value"], row["earlier_count"], row["earlier_median"]) == (
        pytest.approx(8_400),
        2,
        pytest.approx(4_200),
    )
    # below 8,400 on day 14: the two earlier ones, and others of less than 600 a day
    assert (row["catalogue_count"], row["catalogue_pct"]) == (14, pytest.approx(100 * 7 / 14))
    # the second week is the largest; the sixth is the first with half of it
    assert (row["peak_week"], row["half_life_days"], row["half_life_status"]) == (2, 28, "ok")
    assert only(found, subject="song:other-0", day_number=14)["half_life_status"] == "too_early"
    assert only(found, subject="song:one", day_number=14)["earlier_count"] == 0


def test_a_ratio_is_of_28_days_and_what_moves_first_is_found_by_its_lead(nodes):
    draw = random.Random(5)
    shocks = [math.exp(draw.gauss(0, 0.5)) for _ in range(60)]
    shazams = [round(100 * shocks[number // 7 + 2]) for number in range(7 * 40)]
    streams = [round(20_000 * shocks[number // 7]) for number in range(7 * 40)]
    noise = [round(20_000 * math.exp(draw.gauss(0, 0.5))) for _ in range(40) for _ in range(7)]
    world = World(day(7 * 40 - 1))
    world.courses += [
        counter("song:led", "shazam:shazams", 10_000, shazams),
        counter("song:led", "spotify:streams", 9_000_000, streams),
        counter("song:loose", "shazam:shazams", 10_000, shazams),
        counter("song:loose", "spotify:streams", 9_000_000, noise),
    ]
    found = asked(warehouse(world, nodes, ["ratios"]), "ratios", world.end)
    row = only(found, subject="song:led", ratio_name="shazams_per_thousand_streams")
    assert row["ratio"] == pytest.approx(1000 * sum(shazams[-28:]) / sum(streams[-28:]))
    assert (row["lead_weeks"], row["lead_status"]) == (2, "ok")
    row = only(found, subject="song:loose", ratio_name="shazams_per_thousand_streams")
    assert (row["lead_weeks"], row["lead_status"]) == (None, "too_weak")


@pytest.mark.parametrize("factor", [LEAP, FALL])
def test_an_end_that_nothing_confirms_has_no_momentum_and_is_nobodys_peer(nodes, factor):
    world = World(day(118), courses=[*calm(28), turned("song:turned", factor=factor)])
    found = asked(warehouse(world, nodes, ["peers"]), "peers", day(118))
    row, other = only(found, subject="song:turned"), only(found, subject="song:00")
    assert (row["momentum"], row["peer_score"], row["certainty"]) == (None, None, None)
    assert row["status"] == "unconfirmed_end"
    # of the days before
    assert (row["recent_pace"], row["earlier_pace"], row["size"]) == (1_000, 1_000, 28_000)
    assert (other["peer_count"], other["peer_mean"], other["status"]) == (27, pytest.approx(0, abs=0.01), "ok")


def test_a_leap_that_later_days_confirm_is_a_pace(nodes):
    world = World(day(118), courses=[*calm(28), turned("song:turned", factor=LEAP, ago=SETTLED)])
    connection = warehouse(world, nodes, ["peers", "career_stages"])
    leap = 2 * (1_900_000 + 1_000 * (119 - SETTLED))
    row = only(asked(connection, "peers", day(118)), subject="song:turned")
    assert (row["recent_pace"], row["status"]) == (pytest.approx((28_000 + leap) / 28), "ok")
    row = only(asked(connection, "career_stages", day(118)), subject="song:turned")
    assert (row["size"], row["size_rank"], row["status"]) == (pytest.approx(28_000 + leap), 1, "ok")


def test_a_group_counts_a_member_up_to_its_last_confirmed_value(nodes):
    world = World(day(118), groups={"artist:a": ["song:calm", "song:turned"], "artist:b": ["song:alone"]})
    world.courses = [steady("song:calm", "spotify:streams", 500, 119), turned("song:turned", factor=LEAP)]
    world.courses.append(turned("song:alone", factor=LEAP))
    found = asked(warehouse(world, nodes, ["peers"]), "peers", day(118))
    row = only(found, subject="artist:a")
    assert (row["recent_pace"], row["earlier_pace"], row["momentum"]) == (1_500, 1_500, 0)
    # of its only member nothing is confirmed
    row = only(found, subject="artist:b")
    assert (row["recent_pace"], row["momentum"], row["status"]) == (1_000, None, "unconfirmed_end")


def rescaled(subject, *, metric="spotify:streams", gain=1_000, ago=40, factor=1.3, days=119):
    """A series that a newer version counts otherwise from some day on: all of it is larger."""
    course = steady(subject, metric, gain, days)
    first = day(days - ago)
    course.values = {at: value * (factor if at >= first else 1) for at, value in course.values.items()}
    course.restated.add(first)
    return course


@pytest.mark.parametrize("ago", [10, 40])
def test_a_pace_on_two_scales_has_no_momentum_and_is_nobodys_peer(nodes, ago):
    world = World(day(118), groups={"artist:a": ["song:00", "song:two"], "artist:b": ["song:01", "song:small"]})
    world.courses = [*calm(28), rescaled("song:two", ago=ago), rescaled("song:small", gain=8, ago=ago)]
    found = asked(warehouse(world, nodes, ["peers"]), "peers", day(118))
    for subject in ("song:two", "song:small", "artist:a"):
        row = only(found, subject=subject)
        assert (row["momentum"], row["peer_score"], row["status"]) == (None, None, "restated_in_window")
    assert only(found, subject="song:02")["peer_count"] == 27
    # less than one per cent of what it is made of
    assert only(found, subject="artist:b")["momentum"] == pytest.approx(0, abs=0.01)


def test_a_scale_that_changed_before_both_paces_is_one_scale(nodes):
    world = World(day(118), courses=[*calm(28), rescaled("song:two", ago=100)])
    row = only(asked(warehouse(world, nodes, ["peers"]), "peers", day(118)), subject="song:two")
    assert (row["momentum"], row["status"]) == (pytest.approx(0), "ok")


@pytest.mark.parametrize("factor", [LEAP, FALL])
def test_an_end_that_nothing_confirms_has_no_stage_and_no_rank(nodes, factor):
    world = World(day(118))
    world.courses = [steady(f"song:{number:02}", "spotify:streams", 1_000 + number, 119) for number in range(28)]
    world.courses.append(turned("song:turned", factor=factor, gain=900))
    found = asked(warehouse(world, nodes, ["career_stages"]), "career_stages", day(118))
    row, largest = only(found, subject="song:turned"), only(found, subject="song:27")
    assert (row["size"], row["size_rank"], row["rank_pct"], row["stage"]) == (28 * 900, None, None, None)
    assert (row["certainty"], row["status"]) == (None, "unconfirmed_end")
    assert (largest["size_rank"], largest["subject_count"]) == (1, 28)


@pytest.mark.parametrize("factor", [LEAP, FALL])
def test_an_end_that_nothing_confirms_crosses_no_milestone_and_ends_no_pace(nodes, factor):
    world = World(day(118))
    world.courses = [turned("song:turned", factor=factor, start=1_800_000)]
    connection = warehouse(world, nodes, ["milestones"])
    for since in (day(90), day(117)):
        [row] = asked(connection, "milestones", since, day(118))
        assert (row["threshold"], row["is_crossed"], row["status"]) == (2_000_000, False, "unconfirmed_end")
        assert (row["after_date"], row["after_value"], row["certainty"]) == (day(117), 1_918_000, None)
        assert (row["remaining"], row["daily_pace"]) == (82_000, 1_000)
    [row] = asked(connection, "milestones", day(90), day(117))
    assert (row["threshold"], row["is_crossed"], row["status"]) == (2_000_000, False, "ok")


def test_a_leap_that_later_days_confirm_crosses_its_milestones(nodes):
    world = World(day(118))
    world.courses = [turned("song:turned", factor=LEAP, ago=SETTLED, start=1_800_000)]
    connection = warehouse(world, nodes, ["milestones"])
    found = asked(connection, "milestones", day(90), day(118))
    crossed = {row["threshold"]: (row["crossed_date"], row["certainty"], row["status"]) for row in found[:2]}
    assert crossed == dict.fromkeys((2_000_000, 5_000_000), (day(118 - SETTLED), "high", "ok"))
    assert only(found, is_crossed=False)["status"] == "ok"
    # it is dated by the leap, not by what confirmed it
    found = asked(connection, "milestones", day(118 - SETTLED), day(118))
    assert [row["threshold"] for row in found if row["is_crossed"]] == []


def test_a_leap_that_nothing_confirms_is_no_spike_and_keeps_nothing_of_one(nodes):
    """The world ends on a Sunday, so its last two weeks are known but for what leapt."""
    world = World(day(139))
    world.courses = [
        turned("song:leapt", factor=LEAP, ago=9, days=140),
        turned("song:settled", factor=LEAP, ago=23, days=140),
    ]
    # a week of 8,000 a day instead of 1,000, four weeks before the last
    gains = [8_000 if 105 <= number < 112 else 1_000 for number in range(140)]
    world.courses += [counter(f"song:{name}", "spotify:streams", 1_900_000, gains) for name in ("spiked", "fell")]
    world.courses[-1].values[day(139)] *= FALL
    found = asked(warehouse(world, nodes, ["spikes"]), "spikes", day(90), day(139))
    assert {row["subject"] for row in found} == {"song:settled", "song:spiked", "song:fell"}
    row = only(found, subject="song:settled")
    assert (row["week_date"], row["first_seen_date"], row["status"]) == (day(112), day(116), "ok")
    for name, kept in {"spiked": (0, "ok"), "fell": (None, "unconfirmed_end")}.items():
        row = only(found, subject=f"song:{name}")
        assert (row["kept_7d_ratio"], row["status_7d"]) == (0, "ok")
        assert (row["kept_28d_ratio"], row["status_28d"]) == kept


@pytest.mark.parametrize("factor", [LEAP, FALL])
def test_a_share_is_of_what_is_confirmed(nodes, factor):
    world = World(day(118), groups={"artist:a": ["song:top", "song:turned"], "artist:b": ["song:settled", "song:top"]})
    world.courses = [steady("song:top", "spotify:streams", 600, 119), turned("song:turned", factor=factor, gain=300)]
    world.courses.append(turned("song:settled", factor=LEAP, ago=SETTLED))
    found = asked(warehouse(world, nodes, ["concentration"]), "concentration", day(118))
    row = only(found, subject="artist:a", platform="spotify", dimension="member")
    assert (row["total"], row["part_count"], row["top_part"]) == (28 * 600 + 27 * 300, 2, "song:top")
    assert (row["certainty"], row["status"]) == ("medium", "low_coverage")
    row = only(found, subject="artist:b", platform="spotify", dimension="member")
    leap = 2 * (1_900_000 + 1_000 * (119 - SETTLED))
    assert (row["total"], row["top_part"], row["status"]) == (28 * 600 + 28_000 + leap, "song:settled", "ok")


def test_a_share_of_a_member_that_began_and_leapt_in_the_window_is_not_known(nodes):
    world = World(day(118), groups={"artist:a": ["song:young"]})
    world.courses = [turned("song:young", factor=LEAP), steady("song:old", "spotify:streams", 100, 119)]
    world.courses[0].values = {one: value for one, value in world.courses[0].values.items() if one > day(110)}
    found = asked(warehouse(world, nodes, ["concentration"]), "concentration", day(118))
    row = only(found, subject="artist:a", platform="spotify", dimension="member")
    assert (row["total"], row["certainty"], row["status"]) == (None, None, "unconfirmed_end")


@pytest.mark.parametrize("factor", [LEAP, FALL])
def test_a_ratio_needs_both_ends_confirmed(nodes, factor):
    world = World(day(118))
    for number in range(12):
        world.courses.append(steady(f"song:{number:02}", "shazam:shazams", 10, 119))
        world.courses.append(steady(f"song:{number:02}", "spotify:streams", 1_000, 119))
    world.courses[1] = turned("song:00", factor=factor)
    world.courses[3] = turned("song:01", factor=LEAP, ago=SETTLED)
    found = asked(warehouse(world, nodes, ["ratios"]), "ratios", day(118))
    named = {"ratio_name": "shazams_per_thousand_streams"}
    row, settled = only(found, subject="song:00", **named), only(found, subject="song:01", **named)
    assert (row["ratio"], row["certainty"], row["peer_pct"]) == (None, None, None)
    assert row["status"] == "unconfirmed_end"
    assert (settled["peer_count"], settled["status"]) == (11, "ok")
    assert settled["ratio"] == pytest.approx(280_000 / (28_000 + 2 * (1_900_000 + 1_000 * (119 - SETTLED))))


@pytest.mark.parametrize("factor", [LEAP, 0.5])  # to less than the first days, and all between were an excursion
def test_a_value_that_nothing_confirms_is_on_no_curve(nodes, factor):
    world = World(day(21), groups={"artist:a": [f"song:{number:02}" for number in range(12)]})
    for number in range(12):
        world.began[f"song:{number:02}"] = day(-1)
        # the first week is the largest, the second a little smaller
        world.courses.append(counter(f"song:{number:02}", "spotify:streams", 0, [9_000] * 7 + [8_000] * 7))
    world.began["song:11"] = day(-1)
    world.courses[11].values[day(13)] = round(world.courses[11].values[day(13)] * factor)
    found = asked(warehouse(world, nodes, ["release_curves"]), "release_curves", day(13))
    row, before = only(found, subject="song:11", day_number=14), only(found, subject="song:11", day_number=13)
    assert row["value"] == round(119_000 * factor)  # as it was observed
    assert (row["catalogue_pct"], row["earlier_ratio"], row["certainty"]) == (None, None, None)
    assert row["status"] == "unconfirmed_end"
    assert (row["peak_week"], row["half_life_days"], row["half_life_status"]) == (1, None, "too_early")
    assert (before["catalogue_count"], before["status"]) == (11, "ok")
    other = only(found, subject="song:00", day_number=14)
    assert (other["catalogue_count"], other["catalogue_pct"], other["status"]) == (10, 0, "ok")


def test_a_curve_that_leapt_and_stayed_is_compared(nodes):
    world = World(day(41))
    for number in range(12):
        world.began[f"song:{number:02}"] = day(-1)
        world.courses.append(counter(f"song:{number:02}", "spotify:streams", 0, [9_000] * 42))
    brought = 2 * world.courses[11].values[day(13)]
    world.courses[11].values |= {
        one: value + brought for one, value in world.courses[11].values.items() if one >= day(13)
    }
    row = only(
        asked(warehouse(world, nodes, ["release_curves"]), "release_curves", day(41)), subject="song:11", day_number=14
    )
    assert (row["value"], row["catalogue_pct"], row["status"]) == (3 * 14 * 9_000, 100, "ok")


def test_a_leap_that_nothing_confirms_is_not_the_first_day_of_anothers_rise(nodes):
    world = World(day(119), groups={"artist:a": ["song:rose", "song:turned"]})
    gains = [9_000 if number > 117 else 1_000 for number in range(120)]
    world.courses = [counter("song:rose", "spotify:streams", 1_900_000, gains)]
    world.courses.append(turned("song:turned", factor=LEAP, ago=4, days=120))
    connection = warehouse(world, nodes, ["movers", "mover_drivers"])
    row = only(asked(connection, "movers", day(112), day(119)), subject="artist:a")
    assert (row["move"], row["left_out_count"], row["first_seen_date"]) == (5_000 + 18_000, 1, day(118))
    drivers = asked(connection, "mover_drivers", day(112), day(119))
    assert {row["driver"] for row in drivers if row["subject"] == "artist:a"} == {"song:rose"}


@pytest.mark.parametrize("metric", ["spotify:streams", "spotify:followers"])
def test_weeks_of_a_forecast_are_on_the_scale_of_the_newest(nodes, metric):
    world = World(day(279))
    world.courses = [rescaled(f"song:{number:02}", metric=metric, ago=75, days=280) for number in range(2)]
    world.courses += [steady(f"song:{number:02}", metric, 1_000, 280) for number in range(2, 12)]
    given = panel(warehouse(world, nodes, ["movers"]), metric)
    place = {subject: number for number, subject in enumerate(given.subjects)}
    two, one = given.values[place["song:00"]], given.values[place["song:02"]]
    # ten whole weeks; of a counter one is needed before the first gain
    whole = 9 if given.adds else 10
    assert np.isfinite(two[-whole:]).all() and np.isnan(two[:-11]).all()
    assert np.isfinite(one).sum() >= 38
    steps = two[-whole:] if given.adds else np.diff(two[-whole:])
    assert steps == pytest.approx(1.3 * 7_000)


def test_weeks_of_a_forecast_end_with_the_last_confirmed_value(nodes):
    world = World(day(279))
    for number in range(12):
        gains = [1_000 + 10 * number + (day_of % 7) for day_of in range(280)]
        world.courses.append(counter(f"song:{number:02}", "spotify:streams", 1_900_000, gains))
    world.courses[1] = turned("song:01", factor=LEAP, days=280)
    world.courses[2] = turned("song:02", factor=FALL, days=280)
    world.courses[3] = turned("song:03", factor=LEAP, ago=SETTLED, days=280)
    given = panel(warehouse(world, nodes, ["movers"]), "spotify:streams")
    place = {subject: number for number, subject in enumerate(given.subjects)}
    turned_places = [place["song:01"], place["song:02"]]
    assert given.values[turned_places, -1].tolist() == [7_000, 7_000]
    assert given.values[place["song:03"], -3] > 1_000_000
    assert np.flatnonzero(given.unconfirmed).tolist() == sorted(turned_places)
    frames = _of_metric(given)
    for table in ("forecasts", "milestones_expected"):
        rows = frames[table].set_index("subject_id")
        assert rows.loc[["song:01", "song:02"], "status"].tolist() == ["unconfirmed_end"] * 2
        assert rows.loc[["song:01", "song:02"], "certainty"].isna().all()
        assert "unconfirmed_end" not in rows.loc[["song:00", "song:03"], "status"].to_numpy()


@pytest.mark.parametrize("metric", ["instagram:followers", "tiktok:likes"])
def test_what_is_read_every_second_day_and_gains_as_much_every_day_is_no_news(nodes, metric):
    """Its weeks have six or eight days between their ends; a group of two that are read in turn has both."""
    world = World(day(119), groups={"genre:pop": ["artist:0", "artist:1"]})
    world.courses = [steady(f"artist:{first}", metric, 100) for first in (0, 1)]
    for first, course in enumerate(world.courses):
        course.values = {one: value for one, value in course.values.items() if (one - FIRST).days % 2 == first}
    connection = warehouse(world, nodes, ["movers", "mover_drivers"])
    for closes in (118, 119):
        found = asked(connection, "movers", day(closes - 7), day(closes))
        rows = [row for row in found if row["subject"].startswith("artist:")]
        assert {(row["move"], row["usual_move"], row["surprise"]) for row in rows} == {(600, 600, 0), (800, 800, 0)}
        assert all((row["surprise"], row["is_surprising"]) == (0, False) for row in found)
        for row in asked(connection, "mover_drivers", day(closes - 7), day(closes)):
            assert row["excess"] == 0, row


def test_a_move_between_ends_that_are_eight_days_apart_is_dated(nodes):
    """131 a day after 100: the pace half way is that of eight days, 115.5, not that of the seven of the window."""
    world = World(day(120))
    course = steady("artist:a", "instagram:followers", 100, 121)
    course.values |= {one: value + 31 * max((one - FIRST).days - 112, 0) for one, value in course.values.items()}
    course.values = {one: value for one, value in course.values.items() if (one - FIRST).days % 2 == 0}
    world.courses.append(course)
    found = asked(warehouse(world, nodes, ["movers"]), "movers", day(113), day(120))
    row = only(found, subject="artist:a")
    assert (row["move"], row["usual_move"], row["is_surprising"]) == (1_048, 800, True)
    assert row["first_seen_date"] == day(114)


def test_the_only_one_of_its_type_has_no_peers_and_no_mean(nodes):
    """Whether it has a momentum or not: who has none is not taken off those who have one."""
    world = World(day(118), courses=[steady("song:a", "spotify:streams", 1_000, 119)])
    world.courses += [rescaled("artist:a", ago=10, metric="youtube:views"), rescaled("song:b", ago=10)]
    found = asked(warehouse(world, nodes, ["peers"]), "peers", day(118))
    told = {row["subject"]: (row["peer_count"], row["peer_mean"], row["peer_spread"], row["status"]) for row in found}
    assert told == {
        "song:a": (0, None, None, "few_peers"),
        "artist:a": (0, None, None, "restated_in_window"),
        "song:b": (1, None, None, "restated_in_window"),
    }


def test_what_is_left_of_a_spike_is_not_measured_on_another_scale(nodes):
    """A spike in the week of day 105; its first week after begins with day 112, the fourth with day 133."""
    world = World(day(139))
    gains = [8_000 if 105 <= number < 112 else 1_000 for number in range(140)]
    for name, first in {"first": 114, "third": 128, "later": 140}.items():
        course = counter(f"song:{name}", "spotify:streams", 1_900_000, gains)
        course.values |= {at: 1.3 * value for at, value in course.values.items() if at >= day(first)}
        course.restated.add(day(first))
        world.courses.append(course)
    found = asked(warehouse(world, nodes, ["spikes"]), "spikes", day(90), day(139))
    names = ("kept_7d_ratio", "status_7d", "gained_28d", "kept_28d_ratio", "status_28d")
    broken = (None, None, "restated_in_window")
    assert {row["subject"]: tuple(row[name] for name in names) for row in found} == {
        "song:first": (None, "restated_in_window", *broken),
        "song:third": (0, "ok", *broken),
        "song:later": (0, "ok", 7_000, 0, "ok"),
    }


@pytest.mark.parametrize("factor", [0.45, 3])
def test_a_half_life_is_of_one_scale(nodes, factor):
    """Half of what was gained on one scale says nothing on another, nor is a week the largest by a larger scale."""
    world = World(day(69), began={"song:two": day(-1)})
    gains = [9_000] * 7 + [8_000] * 7 + [7_500] * 56
    world.courses = [counter("song:two", "spotify:streams", 0, gains)]
    course = world.courses[0]
    course.values |= {at: factor * value for at, value in course.values.items() if at >= day(24)}
    course.restated.add(day(24))
    found = asked(warehouse(world, nodes, ["release_curves"]), "release_curves", day(69))
    row = only(found, subject="song:two", day_number=14)
    assert (row["peak_week"], row["half_life_days"], row["half_life_status"]) == (1, None, "restated_in_window")


@pytest.mark.parametrize("seen", [1, 2])
def test_the_weeks_of_a_half_life_are_of_seven_days(nodes, seen):
    """The day of release is in none, and what is read every second day has weeks of six and of eight days."""
    world = World(day(69), began={"song:two": day(0)})
    course = counter("song:two", "spotify:streams", 0, [9_000] * 7 * seen + [4_600] * 63)
    course.values = {at: value for at, value in course.values.items() if (at - day(0)).days % seen == 0}
    world.courses = [course]
    found = asked(warehouse(world, nodes, ["release_curves"]), "release_curves", day(69))
    row = only(found, subject="song:two", day_number=14)
    assert (row["peak_week"], row["half_life_days"], row["half_life_status"]) == (1, None, "too_early")


def test_a_ratio_and_its_lead_are_not_of_two_scales(nodes):
    """Both songs are the same but for the scale of one from day 265 on, that of an artist from day 150 on."""
    draw = random.Random(5)
    shocks = [math.exp(draw.gauss(0, 0.5)) for _ in range(60)]
    first, second = ([round(20_000 * shocks[number // 7 + ahead]) for number in range(280)] for ahead in (2, 0))
    world = World(day(279))
    for name, since in {"calm": None, "two": 150, "late": 265}.items():
        for subject, led, leading in (
            ("song", "spotify:streams", "shazam:shazams"),
            ("artist", "instagram:followers", "spotify:followers"),
        ):
            world.courses.append(counter(f"{subject}:{name}", led, 9_000_000, second))
            course = counter(f"{subject}:{name}", leading, 9_000_000, first)
            if since:
                course.values |= {at: 1.3 * value for at, value in course.values.items() if at >= day(since)}
                course.restated.add(day(since))
            world.courses.append(course)
    found = asked(warehouse(world, nodes, ["ratios"]), "ratios", day(279))
    told = {row["subject"]: row for row in found}
    for subject in ("song", "artist"):
        calm, two, late = (told[f"{subject}:{name}"] for name in ("calm", "two", "late"))
        assert (calm["lead_weeks"], calm["lead_status"]) == (2, "ok")
        assert (two["lead_weeks"], two["lead_status"], two["status"]) == (2, "ok", "ok")
        assert two["lead_correlation"] == pytest.approx(calm["lead_correlation"], abs=0.02)
        # the changes of the week of the restatement and of the one after it
        assert two["week_count"] == calm["week_count"] - 2
        assert late["lead_correlation"] == pytest.approx(calm["lead_correlation"], abs=0.02)
    row = told["song:late"]
    assert (row["ratio"], row["numerator"], row["certainty"], row["status"]) == (None, None, None, "restated_in_window")
    # a level is of one day
    assert (told["artist:late"]["status"], told["artist:late"]["certainty"]) == ("ok", "high")


def test_a_restated_member_is_not_the_first_day_of_anothers_rise(nodes):
    world = World(day(119), groups={"artist:a": ["song:rose", "song:two"]})
    gains = [9_000 if number > 117 else 1_000 for number in range(120)]
    world.courses = [counter("song:rose", "spotify:followers", 1_900_000, gains)]
    world.courses.append(rescaled("song:two", metric="spotify:followers", ago=5, days=120))
    found = asked(warehouse(world, nodes, ["movers"]), "movers", day(112), day(119))
    row = only(found, subject="artist:a")
    assert (row["move"], row["left_out_count"], row["first_seen_date"]) == (5_000 + 18_000, 1, day(118))


def test_a_week_that_was_closed_late_is_no_spike(nodes):
    """100 a day, read on Mondays, and once on a Sunday: 13 days bring 1,300."""
    world = World(day(139))
    course = steady("artist:a", "tiktok:likes", 100, 140)
    course.values = {at: course.values[at] for at in (day(number) for number in range(0, 133, 7)) if at != day(119)}
    course.values[day(125)] = 50_000 + 126 * 100
    world.courses = [course, steady("artist:b", "tiktok:likes", 100, 140)]
    assert asked(warehouse(world, nodes, ["spikes"]), "spikes", day(90), day(139)) == []


def weeks_told(connection, subject, last):
    """What the page of a subject says of its weeks, by name: value, usual range, verdict, and how many weeks."""
    about = weekly.Asked(connection, Window(last - WEEK, last), subject, subject, [subject])
    section = weekly._weeks(about)
    return {one.name: (one.value, one.low, one.high, one.judgement, len(one.history)) for one in section.figures}


def test_weeks_of_as_much_a_day_are_usual_however_they_are_read(nodes):
    """The last week is that of the days 175 to 181; a week before the first reading has no gain."""
    world = World(day(181))
    readings = {
        "artist:second": range(0, 182, 2),
        "artist:odd": range(1, 182, 2),
        "artist:weekly": range(0, 182, 7),
        "artist:late": [*range(0, 168, 7), 174, 175],
        "artist:gap": [number for number in range(182) if not 167 <= number <= 177],
    }
    for subject, days in readings.items():
        world.courses.append(steady(subject, "tiktok:likes", 100, 182))
        world.courses[-1].values = {day(number): world.courses[-1].values[day(number)] for number in days}
    spins = {day(number): 1_000.0 for number in range(182) if number not in (100, 176, 177)}
    world.courses.append(Course("artist:spun", "airplay:spins", spins))
    songs = {"song:short": range(172, 177), "song:long": range(169, 179)}
    for song, missing in songs.items():
        world.courses.append(steady(song, "spotify:streams", 100, 182))
        for number in missing:
            del world.courses[-1].values[day(number)]
    connection = warehouse(world, nodes, ["movers"])
    for subject in readings:
        [(*told, _)] = weeks_told(connection, subject, day(181)).values()
        # of a gap of two weeks it is not known which of them had how much
        expected = [None, 700, 700, "missing"] if subject == "artist:gap" else [700, 700, 700, "usual"]
        assert told == pytest.approx(expected) if told[0] else told == expected, subject
    [told] = weeks_told(connection, "artist:spun", day(181)).values()
    assert told == (7_000, 7_000, 7_000, "usual", 26)
    # three days before its close is soon enough for what is read daily, six are not
    assert list(weeks_told(connection, "song:short", day(181)).values()) == [(700, 700, 700, "usual", 25)]
    assert list(weeks_told(connection, "song:long", day(181)).values()) == [(None, 700, 700, "missing", 23)]


def test_weeks_are_compared_on_one_scale_and_of_the_same_members(nodes):
    groups = {
        "artist:split": ["song:calm", "song:two"],
        "artist:slight": ["song:calm", "song:small"],
        "artist:silent": ["song:calm", "song:gone"],
        "artist:new": ["song:calm", "song:fresh"],
    }
    world = World(day(181), groups=groups, began={"song:fresh": day(160)})
    world.courses = [steady("song:calm", "spotify:streams", 1_000, 182)]
    world.courses.append(rescaled("song:two", ago=20, days=182))
    world.courses.append(rescaled("song:small", gain=30, ago=20, days=182))
    for song, days in {"song:gone": range(170), "song:fresh": range(160, 182)}.items():
        world.courses.append(steady(song, "spotify:streams", 1_000, 182))
        world.courses[-1].values = {day(number): world.courses[-1].values[day(number)] for number in days}
    world.courses.append(rescaled("artist:gauge", metric="instagram:followers", ago=20, days=182))
    connection = warehouse(world, nodes, ["movers"])
    one = "Spotify: streams, all members"
    told = {subject: weeks_told(connection, subject, day(181)) for subject in (*groups, "song:two", "artist:gauge")}
    # twenty days have two weeks with a day before them
    assert told["song:two"]["Spotify: streams"] == (pytest.approx(9_100), None, None, "too_few", 2)
    assert told["artist:split"][one] == (pytest.approx(16_100), None, None, "too_few", 2)
    [gauge] = told["artist:gauge"].values()
    assert (*gauge[1:4], gauge[4]) == (None, None, "too_few", 3)
    # below 5 % of the week
    assert told["artist:slight"][one][0] == pytest.approx(7_273)
    assert told["artist:slight"][one][4] == 25
    assert told["artist:silent"][one] == (7_000, 7_000, 7_000, "usual", 25)
    # before it began it gained nothing; in the week of its first reading it is not known what it gained
    assert told["artist:new"][one] == (14_000, 7_000, 7_000, "above", 24)


@pytest.mark.parametrize(("metric", "word"), [("spotify:streams", "gain"), ("instagram:followers", "mean level")])
def test_the_sentence_of_peers_says_what_is_compared(nodes, metric, word):
    """One rose at once, six weeks ago; in the last four weeks it gained what the others gained."""
    world = World(day(118))
    for number in range(14):
        world.courses.append(counter(f"artist:{number:02}", metric, 50_000, [1_000] * 91 + [1_000 + number] * 28))
    rose = world.courses[0]
    # of a counter that is a gain of the weeks before, so that the four are slower
    rose.values |= {at: value + 50_000 for at, value in rose.values.items() if at >= day(76)}
    row = only(asked(warehouse(world, nodes, ["peers"]), "peers", day(118)), subject="artist:00")
    side = "below" if word == "gain" else "above"
    assert (row["peer_score"] > 3) == (side == "above")
    said = sentence(Finding("peers", row, 1.0, ""))
    assert said.startswith(f"artist:00: the {word} of {metric.split(':')[1]} on ")
    assert f"compared with the nine weeks before, is {abs(row['peer_score']):,.1f} deviations {side}" in said
