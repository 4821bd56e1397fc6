"""A made-up music world with a known truth: any record on its own, from (seed, index), the same every time.

**The truth, per song** (constants below; `Record.plays` holds the true daily plays of a record):

- plays a day ~ Poisson(peak x decay(age) x WEEK[weekday] x playlist bumps x noise); log10 of the peak is
  normal around PEAK_LOG10, the artist's fame included; decay = floor * (1 + age in years)^-FADE
  + (1 - floor) * exp(-age / tau).
- `spotify-streams` is the running total of plays, shown from STREAMS_SHOWN_FROM on.
- `spotify-popularity` = POPULARITY_AT_10 + POPULARITY_SLOPE * (log10(mean plays of the last 28 days) - 1)
  + a constant of the song (sd POPULARITY_SD), rounded, renewed every POPULARITY_HOLD days; under 1 no key.
  `quiet` and `late` songs (3 %) have a constant 1 to 3 instead.

**What moves with popularity, then**: the plays of the last 28 days (Pearson on logs above 0.97) and of the last
7, over time with a delay of 0 to 6 days and never ahead; age (Spearman about -0.2) and playlist bumps only
*through* plays: given these, not at all. **What does not**: weekday, number of songs of an artist, words, credit
form. Songs of one artist share its fame (sd FAME_SD): a test that takes songs as independent finds traits of
artists too often.

**The dirt** is planted twice: at fixed low indices (PLANTED: one kind each, so that a small file has it all),
and at random with the shares of the real file (KIND_SHARES, FLAG_SHARES). `Record.kind`, `.source`, `.flags`
and `.dirt` (the days concerned) say what was done to a record. Days a record lacks (`missing`) and days read
too early (`flat`) occur in every song but the `quiet` ones. The last record is a `late` one, for the cut.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from crescendo.errors import CrescendoError
from crescendo.sources import words
from crescendo.sources.soundcharts import series
from crescendo.sources.soundcharts.series import (
    FAME_SD,
    POPULARITY_HOLD,
    POPULARITY_SD,
    POPULARITY_WINDOW,
    STREAMS_SHOWN_FROM,
)

END = np.datetime64("2025-05-26", "D")  # the last day any song is seen on
RIGHT_EDGE_DAYS = 15  # songs stop on their own day within these
MAX_DAYS = 3650


BLOCK = 1000  # records that draw on the same artists
BLOCK_ARTISTS = 230
ARTIST_SKEW = 2.4  # the first artist of a block has about a hundred songs in it

KIND_SHARES = {  # of all records; the rest are originals
    "empty": 0.232,
    "repeat": 15 / 12320,  # the same record once more
    "version": 14 / 12320,  # the same song id with an older extract: shorter, its last month restated
    "twin": 0.010,  # another song id, same recording, same series
    "near_twin": 0.007,  # another song id, same recording, read a day apart
    "alternate": 0.010,  # the title and artist of another, a version word, and a life of its own: no twin
}
DERIVED = ("repeat", "version", "twin", "near_twin", "alternate")
FLAG_SHARES = {  # of originals with a series
    "spikes": 0.25,  # for 1 to 3 days the counter is a sum over two platform ids
    "halved": 0.003,  # the counter is a sum over two ids up to a day, one of them from then on
    "drop": 0.006,  # 2 to 40 % of the total are taken away for good
    "correction": 0.006,  # 0.05 to 0.8 % are
    "gaps": 0.20,  # some days in a row are missing
    "late": 0.010,  # passes 1,001 plays in the last days, with a popularity long before
    "patchy": 0.08,  # popularity absent on 40 % of days
    "no_popularity": 0.03,
    "quiet": 0.020,  # under 1,001 plays for ever: a flat popularity and nothing else
    "reach_back": 0.004,  # tracked one to two and a half years before the others
}
BLANK_DATE_SHARE, ZERO_DATE_SHARE = 0.046, 0.001

# index -> kind or flag, and where derived the index it derives from
PLANTED = {
    0: ("hit", None),  # 2e9 plays, spikes beyond 3.5e9
    1: ("empty", None),
    2: ("blank_date", None),
    3: ("repeat", 0),
    4: ("zero_date", None),
    5: ("version", 2),
    6: ("twin", 2),
    7: ("near_twin", 4),
    8: ("halved", None),
    9: ("drop", None),
    10: ("correction", None),
    11: ("gaps", None),
    12: ("late", None),
    13: ("no_popularity", None),
    14: ("quiet", None),
    15: ("reach_back", None),
    16: ("spikes", None),
    17: ("quiet", None),  # the very series of 14, and no twin of it
    18: ("patchy", None),
    19: ("new_release", None),
    20: ("alternate", 4),
}
PLANTED_CREDITS = {2: "three", 8: "feat", 9: "and"}
PLANTED_TITLES = {8: "emoji", 9: "accent", 10: "version", 11: "quote"}


@dataclass(frozen=True)
class Artist:
    """An artist: `fame` is added to the log10 of the peak plays a day of each of its songs."""

    index: int
    artist_id: str
    name: str
    fame: float


@dataclass(frozen=True)
class Record:
    """One record of a report and what is true about it.

    `dates` (datetime64[D], ascending), `streams` and `popularity` (int64, ABSENT where the point has no key)
    are equally long. `plays` are the true plays of every day from `plays_from` on. `dirt` maps a kind to the
    days it concerns; `artists` are world indices, the main artist first; `released` is the true day.
    """

    index: int
    kind: str
    source: int
    song_id: str
    title: str
    artist: str
    release_date: str
    dates: np.ndarray
    streams: np.ndarray
    popularity: np.ndarray
    artists: tuple[int, ...]
    released: np.datetime64
    flags: frozenset[str] = frozenset()
    dirt: Mapping[str, np.ndarray] = field(default_factory=dict)
    plays_from: np.datetime64 = END
    plays: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def image_url(self) -> str:
        """The address of the cover: one to one with the song id."""
        head = "/".join(self.song_id[:3])
        return f"https://assets.soundworld.example/song/{head}/{self.song_id}.jpg"


@dataclass(frozen=True)
class World:
    """`songs` records over `days` days up to END. Raises CrescendoError if a number makes no world."""

    songs: int = 150
    days: int = 400
    seed: int = 7

    def __post_init__(self) -> None:
        if self.songs < 1:
            raise CrescendoError(f"--songs {self.songs}: a report has at least 1 song")
        if not 1 <= self.days <= MAX_DAYS:
            raise CrescendoError(f"--days {self.days}: choose 1 to {MAX_DAYS} days")
        if self.seed < 0:
            raise CrescendoError(f"--seed {self.seed}: a seed is 0 or more")

    def records(self) -> Iterator[Record]:
        """Every record in the order of the file, one at a time."""
        return map(self.record, range(self.songs))

    def record(self, index: int) -> Record:
        """The record at `index` (0-based): made alone, without the others."""
        kind, source = self._kind(index)
        parts = self._song(index if kind == "alternate" else source) | {
            "index": index,
            "kind": kind,
            "source": source,
        }
        if kind not in ("repeat", "version"):
            parts["song_id"] = self.song_id(index)
        if kind == "empty":
            parts |= dict.fromkeys(("streams", "popularity"), np.zeros(0, np.int64))
            parts |= {"dates": np.zeros(0, "datetime64[D]"), "flags": frozenset(), "dirt": {}}
        elif kind == "version":
            parts |= series.older_extract(parts)
        elif kind == "alternate":
            parts |= self._called_like(source)
        elif kind == "near_twin":
            parts |= series.read_a_day_apart(parts)
        return Record(**parts)

    def song_id(self, index: int) -> str:
        """The song id of the original at `index`."""
        return self._uuid("song", index)

    def artist(self, index: int) -> Artist:
        """The artist at `index`; names never repeat, the first one has a comma in its name."""
        fame = FAME_SD * self._rng("artist", index).standard_normal()
        return Artist(index, self._uuid("artist", index), self._name(index), float(fame))

    def _uuid(self, what: str, index: int) -> str:
        digest = hashlib.blake2b(f"{self.seed}:{what}:{index}".encode(), digest_size=16).digest()
        return str(uuid.UUID(bytes=digest, version=4))

    def _rng(self, what: str, index: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, index, *what.encode()])

    def _kind(self, index: int) -> tuple[str, int]:
        """The kind of a record and the index of the song it shows."""
        if index == self.songs - 1 and index:
            return "original", index  # the file is cut in this one's series, so it must have one
        if index in PLANTED:
            name, source = PLANTED[index]
            return (name if name in KIND_SHARES else "original"), (index if source is None else source)
        rng = self._rng("kind", index)
        draw = rng.random()
        for kind, share in KIND_SHARES.items():
            if draw < share:
                return (kind, self._original_before(index, rng)) if kind in DERIVED else (kind, index)
            draw -= share
        return "original", index

    def _original_before(self, index: int, rng: np.random.Generator) -> int:
        source = max(index - int(rng.integers(1, 40)), 0)
        while self._kind(source)[0] != "original":
            source -= 1  # ends at 0, which is an original
        return source

    def _song(self, index: int) -> dict:
        """Everything about the song at `index`, before it is repeated, doubled or emptied."""
        rng = self._rng("song", index)
        artists, credit = self._credit(index, rng)
        title = _title(PLANTED_TITLES.get(index), rng)
        planted, drawn = self._planted(index), rng.random(len(FLAG_SHARES))
        flags = planted or {flag for flag, u in zip(FLAG_SHARES, drawn, strict=True) if u < FLAG_SHARES[flag]}
        date_dirt = rng.random()
        series = self._series(index, flags, self.artist(artists[0]).fame, rng)
        sent = f"{series['released']}T00:00:00+00:00"
        if "blank_date" in flags or (not planted and date_dirt < BLANK_DATE_SHARE):
            sent = ""
        elif "zero_date" in flags or (not planted and date_dirt < BLANK_DATE_SHARE + ZERO_DATE_SHARE):
            sent = "0000-01-01T00:00:00+00:00"
        named = {"song_id": self.song_id(index), "title": title, "artist": credit, "artists": artists}
        return named | {"release_date": sent, "flags": frozenset(flags)} | series

    def _name(self, index: int) -> str:
        if index == 0:
            return "Léo, the Lamplighter"
        if index == 1:
            return "Brume & Fils"
        lasts = len(words.STEM) * len(words.ENDING)
        # steps of a prime walk through every (first, last) once before any comes again
        number = (index * 10007 + self.seed * 101) % (lasts * len(words.FIRST))
        first, last = words.FIRST[number % len(words.FIRST)], number // len(words.FIRST)
        surname = words.STEM[last % len(words.STEM)] + words.ENDING[last // len(words.STEM)]
        again = f" {index}" if index >= lasts * len(words.FIRST) else ""
        form = int(self._rng("name", index).integers(100))
        if form < 4:
            return f"{first} {surname}, the {words.ROLE[form * 2]}{again}"
        if form < 8:
            return f"{first} & {surname}{again}"
        if form < 28:
            return f"The {surname} {words.GROUP[number % len(words.FIRST)]}{again}"
        return f"{first} {surname}{again}"

    def _credit(self, index: int, rng: np.random.Generator) -> tuple[tuple[int, ...], str]:
        first = index // BLOCK * BLOCK_ARTISTS
        drawn = [first + int(BLOCK_ARTISTS * u**ARTIST_SKEW) for u in rng.random(3)]
        if index == 0 or index == 1:
            drawn[0] = index  # the names with a comma and an ampersand
        if index in PLANTED_CREDITS:
            drawn = [10, 20, 30]
        form = PLANTED_CREDITS.get(index) or _pick(rng.random(), {"three": 0.015, "and": 0.03, "feat": 0.03})
        if form is None or index < 2 or len(set(drawn)) < 3:
            return (drawn[0],), self._name(drawn[0])
        a, b, c = map(self._name, drawn)
        if form == "three":
            return tuple(drawn), f"{a}, {b} & {c}"
        return tuple(drawn[:2]), f"{a} & {b}" if form == "and" else f"{a} feat. {b}"

    def _planted(self, index: int) -> set[str]:
        if index == self.songs - 1 and index:
            return {"late"}  # sure to have both keys up to its end
        return {PLANTED[index][0]} if index in PLANTED else set()

    def _called_like(self, index: int) -> dict:
        named = self._song(index)
        return {key: named[key] for key in ("artist", "artists")} | {"title": f"{named['title']} - Live"}

    def _series(self, index: int, flags: set[str], fame: float, rng: np.random.Generator) -> dict:
        """The true plays of a song and what the report shows of them."""
        released, first, last = self._span(index, flags, rng)
        start = first - POPULARITY_WINDOW
        plays, before = series.plays(start, last, released, fame, "hit" in flags, rng)
        if "late" in flags:
            plays = rng.poisson(700 / len(plays), len(plays))
            before = STREAMS_SHOWN_FROM - plays[: -min(12, len(plays) - 1)].sum()  # 1,001 on the 13th last day
        if "quiet" in flags:
            plays, before = plays * 0, 0
        score = series.popularity(plays, int(rng.integers(POPULARITY_HOLD)), POPULARITY_SD * rng.standard_normal())
        if flags & {"quiet", "late"}:
            score[:] = 2 if index in PLANTED else 1 + index % 3
        truth = {"plays_from": start, "plays": plays, "released": released}
        return truth | series.observe(first, before + np.cumsum(plays), score, flags, rng)

    def _span(self, index: int, flags: set[str], rng: np.random.Generator) -> tuple[np.datetime64, ...]:
        """The day of release, the first and the last day a report shows."""
        first = opening = END - (self.days - 1)
        last = max(END - int(RIGHT_EDGE_DAYS * rng.random() ** 1.5), opening)
        released = opening - 30 - int(min(rng.exponential(1500), 6000))
        new, joins_late = rng.random(2) < (0.06, 0.02)
        if "hit" in flags:
            released = opening - 300
        elif "quiet" in flags:
            last = max(END - (5 if index in PLANTED else index % RIGHT_EDGE_DAYS), opening)
        elif "reach_back" in flags:
            first = opening - int(rng.integers(300, 900))
            released = min(released, first - 5)
        elif "new_release" in flags or (new and index not in PLANTED):
            released = opening + int(max(self.days - 40, 0) * rng.random())
            first = released + int(3 * rng.random())
        elif joins_late and index not in PLANTED:
            first = opening + int(0.8 * self.days * rng.random())
        return released, min(first, last), last


def _pick(draw: float, shares: Mapping[str, float]) -> str | None:
    for name, share in shares.items():
        if draw < share:
            return name
        draw -= share
    return None


def _title(planted: str | None, rng: np.random.Generator) -> str:
    form, *picks = (int(n) for n in rng.integers(1 << 30, size=6))
    adjective, noun, other, place, extra = (
        choices[pick % len(choices)]
        for choices, pick in zip(
            (words.ADJECTIVE, words.NOUN, words.NOUN, words.PLACE, words.VERSION), picks, strict=True
        )
    )
    base = (
        f"{adjective} {noun}",
        f"{noun} & {adjective} {other}",
        f"{adjective} {noun} of {place}",
        f"{adjective} {noun} in {place}",
        f"{adjective} {noun}, {adjective} {other}",
        f"{noun}, {other} ({place})",
        f"{other} for the {adjective} {noun}",
    )[form % 7]
    match planted or form // 7 % 100:
        case "accent":
            return f"Été à {place} (déjà vu)"
        case "quote":
            return f'The "{adjective}" {noun}'
        case "emoji" | 0 | 1:
            return f"{base} {words.EMOJI[form % len(words.EMOJI)]}"
        case "version":
            return base + extra
        case int(n) if n < 14:
            return base + extra
        case 14:
            return f"{base} (feat. {words.FIRST[form % len(words.FIRST)]})"
    return base
