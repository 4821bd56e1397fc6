"""The plays of a made-up song, the score that follows from them, and what a report shows of both; see `world.py`."""

import numpy as np

PEAK_LOG10, PEAK_SD, FAME_SD = 3.35, 1.0, 0.35
FADE = 0.7
PLAYS_MAX = 1.5e9  # of a song before it is tracked: peaks that would pass it are lowered
WEEK = np.array([0.95, 0.96, 0.97, 0.99, 1.08, 1.10, 0.95])  # Monday to Sunday, mean 1
SLOW_KERNEL = 0.04 * 0.97 ** np.arange(100)  # AR(1) noise on the log scale, cut where it has died away
FAST_KERNEL = 0.04 * 0.60 ** np.arange(10)
BUMPS_A_YEAR = 1.2
STREAMS_SHOWN_FROM = 1001
POPULARITY_AT_10 = 3.0
POPULARITY_SLOPE = 93 / (np.log10(5e6) - 1)  # (10 plays a day, 3) to (5 million, 96)
POPULARITY_SD = 2.0
POPULARITY_HOLD = 7
POPULARITY_WINDOW = 28
ABSENT = 0  # no key in the point: neither number is ever 0 in a file


def plays(
    start: np.datetime64,
    last: np.datetime64,
    released: np.datetime64,
    fame: float,
    hit: bool,
    rng: np.random.Generator,
) -> tuple[np.ndarray, int]:
    """True plays of each day from `start` to `last`, and the total before."""
    days = int((last - start).astype(int)) + 1
    age = np.arange(days) + int((start - released).astype(int))
    spread = np.sqrt(PEAK_SD**2 - FAME_SD**2)
    peak = 10 ** (PEAK_LOG10 + fame + spread * rng.standard_normal())
    floor, tau = 10 ** -rng.random(), 20 + 100 * rng.random()
    if hit:
        peak, floor, tau = 4.2e6, 0.9, 90.0
    until = max(int(age[0]), 0)
    # the total so far, in days of plays at the peak
    steady = 365 / (1 - FADE) * ((1 + until / 365) ** (1 - FADE) - 1)
    at_peak = floor * steady + (1 - floor) * tau * (1 - np.exp(-until / tau))
    peak = min(peak, PLAYS_MAX / max(at_peak, 365))
    lived = np.maximum(age, 0)
    rate = peak * (floor * (1 + lived / 365) ** -FADE + (1 - floor) * np.exp(-lived / tau)) * (age >= 0)
    weekday = (start.astype(int) + 3) % 7  # day 0 of the calendar was a Thursday
    rate *= WEEK[(np.arange(days) + weekday) % 7]
    bump = np.zeros(days)
    for _ in range(0 if hit else rng.poisson(BUMPS_A_YEAR * days / 365)):
        since = np.arange(days) - int(rng.integers(days))
        stays = int(rng.integers(14, 40))
        lift = np.log(1.3 + 2.7 * rng.random() ** 2)
        bump += lift * np.minimum(np.maximum(since + 1, 0) / 2, 1) * np.exp(-np.maximum(since - stays, 0) / 10)
    for kernel in (SLOW_KERNEL, FAST_KERNEL):
        bump += np.convolve(rng.standard_normal(days + len(kernel) - 1), kernel, "valid")
    return rng.poisson(rate * np.exp(bump)), int(peak * at_peak)


def popularity(plays: np.ndarray, phase: int, own: float) -> np.ndarray:
    """The score of every day from the 28 days up to it, for all days but the first 28 of `plays`."""
    total = np.concatenate(([0], np.cumsum(plays)))
    mean = (total[POPULARITY_WINDOW + 1 :] - total[1:-POPULARITY_WINDOW]) / POPULARITY_WINDOW
    day = np.arange(len(mean))
    mean = mean[np.maximum(day - (day + phase) % POPULARITY_HOLD, 0)]
    score = POPULARITY_AT_10 + own + POPULARITY_SLOPE * (np.log10(np.maximum(mean, 0.1)) - 1)
    return np.clip(np.rint(score), ABSENT, 98).astype(np.int64)


def observe(
    first: np.datetime64, total: np.ndarray, score: np.ndarray, flags: set[str], rng: np.random.Generator
) -> dict:
    """What a report shows: the true totals (28 days longer than the score) with the dirt of `flags`."""
    counter, days = total[POPULARITY_WINDOW:].copy(), len(score)
    other = total[POPULARITY_WINDOW - 2 : -2]  # the counter as another platform id shows it, two days old
    true = counter.copy()
    touched: dict[str, np.ndarray] = {}
    middle = int(rng.integers(days // 4, days - days // 4)) if days >= 4 else 0
    if "quiet" not in flags:
        flat = np.flatnonzero(rng.random(days - 1) < 0.005) + 1
        flat = flat[np.diff(flat, prepend=-1) > 1]  # the day before is a true one
        counter[flat] = true[flat - 1]
        touched["flat"] = flat
    lost = {"drop": 0.02 + 0.38 * rng.random(), "correction": 0.0005 + 0.0075 * rng.random()}
    for flag in ("halved", "drop", "correction"):
        if flag in flags and true[max(middle - 1, 0)] > 2 * STREAMS_SHOWN_FROM:
            touched[flag] = np.array([middle])
            if flag == "halved":
                counter[:middle] += other[:middle]
            else:  # what the day before showed is the base, so that the fall is seen
                counter[middle:] -= counter[middle] - counter[middle - 1] + int(true[middle] * lost[flag])
            break
    if flags & {"spikes", "hit"} and days >= 4:
        spiked = _spike_days(days, "hit" in flags, rng)
        spiked = spiked[true[spiked] >= STREAMS_SHOWN_FROM]
        share = 0.86 if "hit" in flags else (1.0 if rng.random() < 0.7 else 0.5 + 0.4 * rng.random())
        counter[spiked] += (share * other[spiked]).astype(np.int64)
        touched["spikes"] = spiked
    streams = np.where(counter >= STREAMS_SHOWN_FROM, counter, ABSENT)
    popularity = np.zeros_like(score) if "no_popularity" in flags else score
    if "quiet" not in flags:
        popularity = np.where(rng.random(days) < (0.4 if "patchy" in flags else 0.015), ABSENT, popularity)
    keep = _kept(days, flags, rng)
    keep[[max(middle - 1, 0), middle]] = True
    touched["missing"] = np.flatnonzero(~keep)
    return _points(first, streams, popularity, keep, touched)


def _points(
    first: np.datetime64,
    streams: np.ndarray,
    popularity: np.ndarray,
    keep: np.ndarray,
    touched: dict[str, np.ndarray],
) -> dict:
    """The points that are kept and have a number, and the days that each kind of dirt touched."""
    days = len(keep)
    keep = keep & ((streams != ABSENT) | (popularity != ABSENT))
    seen = {
        "dates": (first + np.arange(days))[keep],
        "streams": streams[keep],
        "popularity": popularity[keep],
    }
    dirt = {kind: at if kind == "missing" else at[keep[at]] for kind, at in touched.items()}
    return seen | {"dirt": {kind: first + at for kind, at in dirt.items() if len(at)}}


def _spike_days(days: int, hit: bool, rng: np.random.Generator) -> np.ndarray:
    """Days of spikes, three in four of them in the last quarter; never the first or the last two days."""
    spiked = set()
    for _ in range(3 if hit else 1 + rng.poisson(0.6)):
        length = 1 + int(2.9 * rng.random() ** 2)
        earliest = 1 if rng.random() < 0.3 else max(days * 3 // 4, 1)
        start = earliest + int((days - 2 - earliest) * rng.random())
        spiked |= set(range(start, min(start + length, days - 2)))
    return np.array(sorted(spiked), dtype=int)


def _kept(days: int, flags: set[str], rng: np.random.Generator) -> np.ndarray:
    """Which days the report holds: always the first and the last."""
    keep = np.ones(days, bool)
    if "quiet" not in flags:
        keep = rng.random(days) >= 0.008
    if "gaps" in flags and days > 12:
        for _ in range(int(rng.integers(1, 4))):
            start = int(rng.integers(1, days - 10))
            keep[start : start + int(rng.integers(2, 10))] = False
    keep[[0, -1]] = True
    return keep


def older_extract(song: dict) -> dict:
    """The same song as an older extract had it: some days shorter, its last points a little lower."""
    end = max(len(song["dates"]) - 11, 1)
    streams = song["streams"][:end].copy()
    tail = streams[-20:]
    tail[:] = np.where(tail > 1100, tail - tail // 500 - 1, tail)
    dirt = song["dirt"] | {"restated": song["dates"][:end][-20:]}
    return {
        "dates": song["dates"][:end],
        "streams": streams,
        "popularity": song["popularity"][:end],
        "dirt": dirt,
    }


def read_a_day_apart(song: dict) -> dict:
    """Nearly the same counts, under a song id of its own with a popularity of its own."""
    streams = np.concatenate((song["streams"][:1], song["streams"][:-1]))
    popularity = np.where(song["popularity"] > 3, song["popularity"] - 2, song["popularity"])
    title = song["title"] + (" - Single Version" if len(streams) % 2 else "")
    return {"title": title, "streams": streams, "popularity": popularity}
