"""The world of the report files as a partner's API would see it: the same songs, on more platforms.

Songs, credits and Spotify counts are those of `world.py`, so API and report meet in every song uuid:
the identifiers of a song add up to the count that the report shows, and the largest of them is the true one.

Quirks are planted on the artist with the most songs (`Catalogue.star`), and by chance (QUIRK_SHARE) elsewhere:

| where | quirk |
|---|---|
| soundcloud followers | 14 zeros before the first real value |
| spotify artist popularity | 7 zeros before the first real value; a value on 51 days of 90 |
| instagram followers | 1 on a single day; every second day |
| facebook followers | 1.6 % lost in one day and never regained |
| spotify listeners | places on Mondays only, countries as the sum of their listed cities |
| spotify song streams | two identifiers on one count (spikes, halving: as the record's dirt says); newest first |
| tiktok song videos | three identifiers that add up |
| first song of each catalogue | no ISRC, no credit, no release date |
| twins of the report | a song uuid each, one ISRC |
"""

import hashlib
from collections import defaultdict
from collections.abc import Container
from datetime import date
from functools import cache, cached_property

import numpy as np

from crescendo.http.server import chance
from crescendo.sources import words
from crescendo.sources.soundcharts.series import ABSENT
from crescendo.sources.soundcharts.world import END, Artist, Record, World

QUIRK_SHARE = 0.1
LISTENERS_A_PLAY = 0.3  # different people among 28 days of plays
# fans per monthly listener, and the counts beside them
FOLLOWED = {
    "spotify": (0.8, ()),
    "youtube": (0.5, ("postCount", "viewCount")),
    "instagram": (0.9, ("followingCount", "postCount")),
    "tiktok": (0.7, ("followingCount", "likeCount", "postCount")),
    "deezer": (0.2, ()),
    "soundcloud": (0.05, ("followingCount", "postCount")),
    "x": (0.15, ("followingCount", "postCount", "likeCount")),
    "facebook": (0.4, ()),
    "amazon": (0.06, ()),
    "genius": (0.004, ()),
    "bandsintown": (0.05, ()),
    "songkick": (0.02, ()),
    "anghami": (0.03, ()),
    "audiomack": (0.02, ()),
    "jiosaavn": (0.01, ()),
    "twitch": (0.01, ()),
}
# what `listening` counts: people over 28 days, plays of the day, or plays and people so far
LISTENED = {
    "spotify": ("rolling", 1.0),
    "jiosaavn": ("rolling", 0.05),
    "pandora": ("rolling", 0.1),
    "youtube": ("flow", 0.7),
    "airplay": ("flow", 0.00002),
    "anghami": ("counter", 0.02),
    "audiomack": ("counter", 0.03),
    "lastfm": ("counter", 0.04),
}
POPULAR = {"spotify": 100, "tidal": 100, "deezer": 1_000_000}
IDENTIFIED_ONLY = ("apple-music", "shazam", "wikipedia", "youtube-artist", "tidal", "pandora", "lastfm")
# per play on Spotify, and on how many identifiers that add up
COUNTED = {
    "youtube": (0.7, 1),
    "soundcloud": (0.05, 1),
    "shazam": (0.004, 1),
    "tiktok": (0.0008, 3),
    "instagram": (0.0003, 1),
    "genius": (0.01, 1),
    "lastfm": (0.03, 1),
    "audiomack": (0.02, 1),
    "anghami": (0.015, 1),
}
LOCAL = {"spotify": "monday", "youtube": "month", "instagram": "month", "tiktok": "month", "airplay": "monday"}
COUNTRIES = {
    "FR": ("France", "Paris/Île-de-France Lyon/ Marseille/ Lille/ Toulouse/ Bordeaux/"),
    "GB": ("United Kingdom", "London/England Manchester/England Glasgow/Scotland Leeds/England"),
    "US": ("United States", "Chicago/Illinois Houston/Texas Seattle/Washington Denver/Colorado Boston/"),
    "DE": ("Germany", "Berlin/Berlin Hamburg/Hamburg Cologne/ Munich/Bavaria"),
    "BR": ("Brazil", "Recife/Pernambuco Salvador/Bahia Curitiba/Paraná"),
    "MX": ("Mexico", "Puebla/Puebla Mérida/Yucatán Tijuana/"),
    "ES": ("Spain", "Madrid/ Valencia/ Bilbao/"),
    "IT": ("Italy", "Rome/Lazio Milan/Lombardy Naples/"),
    "CA": ("Canada", "Toronto/Ontario Montreal/Quebec"),
    "NL": ("Netherlands", "Amsterdam/ Rotterdam/"),
    "PL": ("Poland", "Warsaw/ Gdańsk/"),
    "AU": ("Australia", "Sydney/ Perth/"),
    "TR": ("Turkey", "Ankara/ Izmir/"),
    "ID": ("Indonesia", "Jakarta/ Bandung/"),
    "BE": ("Belgium", "Brussels/ Ghent/"),
    "PT": ("Portugal", "Lisbon/ Porto/"),
}
GENRES = {"pop": "french pop,indie pop", "rock": "garage,post-rock", "electronic": "ambient,house", "folk": ""}

Series = tuple[np.ndarray, np.ndarray]


class Catalogue:
    """Artists, songs and albums of a world, and every series of theirs.

    A series is (days as datetime64[D] ascending, values as int64); None if there is no account.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.start = END - (world.days - 1)
        self.days = self.start + np.arange(world.days)
        self.songs: dict[str, Record] = {}
        self.artists: dict[str, Artist] = {}
        self.songs_of: dict[str, list[str]] = defaultdict(list)
        for record in world.records():
            if record.kind in ("repeat", "version"):
                continue
            self.songs[record.song_id] = record
            for index in record.artists:
                artist = world.artist(index)
                self.artists[artist.artist_id] = artist
                self.songs_of[artist.artist_id].append(record.song_id)
        self.series = cache(self._series)

    @cached_property
    def star(self) -> str:
        """The artist with the most songs: the one with every quirk."""
        return max(sorted(self.songs_of), key=lambda artist: len(self.songs_of[artist]))

    @cached_property
    def albums(self) -> dict[str, tuple[str, str, str, list[str]]]:
        """uuid -> (artist uuid, title, type, songs): nine songs an album, every fifth in two editions."""
        found = {}
        for artist, songs in self.songs_of.items():
            for number, begin in enumerate(range(0, len(songs), 9)):
                title = f"{self._word(words.ADJECTIVE, artist, number)} {self._word(words.NOUN, artist, number)}"
                kind = "Album" if len(songs[begin : begin + 9]) > 2 else "Single"
                editions = (title, f"{title} (Deluxe)") if number % 5 == 0 else (title,)
                for edition in editions:
                    uuid = self.uuid("album", artist, edition, number)
                    found[uuid] = (artist, edition, kind, songs[begin : begin + 9])
        return found

    def uuid(self, *parts: object) -> str:
        """A uuid that depends on the seed and the parts."""
        digits = self.digest(*parts)[:32]
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))

    def digest(self, *parts: object) -> str:
        """64 hexadecimal digits that depend on the seed and the parts."""
        return hashlib.sha256(":".join(map(str, (self.world.seed, *parts))).encode()).hexdigest()

    def has_account(self, entity: str, platform: str) -> bool:
        """Whether an artist or song is known on a platform; the star and everyone's Spotify always are."""
        if platform == "spotify" or entity == self.star:
            return True
        return chance(self.world.seed, entity, platform) < (0.75 if entity in self.artists else 0.55)

    def quirky(self, artist: str, quirk: str) -> bool:
        """Whether a quirk is planted on an artist."""
        return artist == self.star or chance(self.world.seed, quirk, artist) < QUIRK_SHARE

    def identifiers(self, entity: str, platform: str) -> list[str]:
        """What an artist or song is called on a platform, the preferred name first."""
        count = 1
        if entity in self.songs:
            doubled = {"spikes", "halved", "hit"} & self.songs[entity].flags
            count = 2 if platform == "spotify" and doubled else COUNTED.get(platform, (0, 1))[1]
        return [self.digest("id", entity, platform, number)[:22] for number in range(count)]

    def isrc(self, song: str) -> str | None:
        """The recording's code: that of the original for its twins, None for the first of a catalogue."""
        record = self.songs[song]
        if song == self.songs_of[self._main(record)][0]:
            return None
        return f"FRCRS{record.source // 100000 % 100:02d}{record.source % 100000:05d}"

    def _main(self, record: Record) -> str:
        return self.world.artist(record.artists[0]).artist_id

    def _word(self, choices: tuple[str, ...], *parts: object) -> str:
        return choices[int(self.digest(*parts)[:8], 16) % len(choices)]

    def _rng(self, *parts: object) -> np.random.Generator:
        return np.random.default_rng(int(self.digest(*parts)[:16], 16))

    # series of songs

    @cache  # noqa: B019 a catalogue lives as long as its server
    def plots(self, song: str, platform: str) -> list[tuple[str, Series]] | None:
        """Lifetime counts of a song by identifier: those of one day need not all be there."""
        if not self.has_account(song, platform) or (platform != "spotify" and platform not in COUNTED):
            return None
        names = self.identifiers(song, platform)
        record = self.songs[song]
        if platform == "spotify":
            return list(zip(names, self._spotify_plots(record), strict=False))
        if not len(record.plays):
            return []
        factor, count = COUNTED[platform]
        rng = self._rng("plots", song, platform)
        days = record.plays_from + np.arange(len(record.plays))
        total = (np.cumsum(record.plays) + 300 * record.plays.mean()) * factor * 10 ** (rng.random() - 0.5)
        share = rng.dirichlet(np.full(count, 3.0))
        kept = (days >= min(self.start, days[-1])) & (rng.random(len(days)) > 0.02)
        return [
            (name, (days[kept], (total * part).astype(np.int64)[kept])) for name, part in zip(names, share, strict=True)
        ]

    def _spotify_plots(self, record: Record) -> list[Series]:
        """One count, or two that add up to the report's count if that is a sum."""
        shown = record.streams != ABSENT
        days, total = record.dates[shown], record.streams[shown]
        second = np.zeros_like(total)
        halved = record.dirt.get("halved", np.array([], "datetime64[D]"))
        if len(halved):
            second = np.where(days < halved[0], total // 2, 0)
        spiked = np.isin(days, record.dirt.get("spikes", np.array([], "datetime64[D]")))
        if spiked.any() and not spiked.all():
            clean = np.interp(days.astype(int), days[~spiked].astype(int), total[~spiked]).astype(np.int64)
            second = np.where(spiked, np.maximum(total - clean, 0), second)
        first = (days, total - second)
        return [first, (days[second > 0], second[second > 0])] if (second > 0).any() else [first]

    def song_popularity(self, song: str, platform: str) -> list[tuple[str, Series]] | None:
        """The platform's index by identifier; a second identifier is rated far lower."""
        if platform not in POPULAR or not self.has_account(song, platform):
            return None
        record = self.songs[song]
        shown = record.popularity != ABSENT
        days, score = record.dates[shown], record.popularity[shown] * (POPULAR[platform] // 100)
        names = self.identifiers(song, platform)
        return [(name, (days, np.maximum(score // 4**at, 1))) for at, name in enumerate(names)]

    # series of artists

    def plays(self, artist: str) -> np.ndarray:
        """Plays of an artist's own songs on each of `days`."""
        return self._plays(artist)[28:]

    @cache  # noqa: B019 a catalogue lives as long as its server
    def _plays(self, artist: str) -> np.ndarray:
        """The same from 28 days earlier, so that the first listeners can be counted."""
        total = np.zeros(len(self.days) + 28)
        for song in self.songs_of[artist]:
            record = self.songs[song]
            at = (record.plays_from - self.start).astype(int) + 28 + np.arange(len(record.plays))
            inside = (at >= 0) & (at < len(total))
            if self._main(record) == artist:
                total[at[inside]] += record.plays[inside]
        return total

    def _series(self, what: str, artist: str, platform: str) -> Series | None:
        """A series of an artist: followers, listening or popularity."""
        every: dict[str, Container[str]] = {"followers": FOLLOWED, "listening": LISTENED, "popularity": POPULAR}
        known = every[what]
        if platform not in known or (platform != "airplay" and not self.has_account(artist, platform)):
            return None
        return getattr(self, f"_{what}")(artist, platform)

    def _monthly(self, artist: str) -> np.ndarray:
        rolling = np.convolve(self._plays(artist), np.ones(28), "valid")[1:]
        return rolling * LISTENERS_A_PLAY + 20

    def _followers(self, artist: str, platform: str) -> Series:
        ratio, _ = FOLLOWED[platform]
        rng = self._rng("followers", artist, platform)
        monthly = self._monthly(artist)
        level = monthly.mean() * ratio * 10 ** (rng.random() - 0.5)
        gains = level * 0.0004 * (monthly / monthly.mean() + 0.3 * rng.standard_normal(len(monthly)))
        values = (level + np.cumsum(gains)).astype(np.int64)
        every = next(days for below, days in VISITS if values[-1] < below)
        at = np.arange(int(rng.integers(every)), len(values), max(every, 2 if platform == "instagram" else 1))
        days, values = self.days[at], values[at]
        if platform == "soundcloud" and self.quirky(artist, "zeros"):
            values[:14] = 0
        half = len(values) // 2
        middle = slice(half, half + 1)  # no value, if no visit fell into the days
        if platform == "instagram" and self.quirky(artist, "glitch"):
            values[middle] = 1
        if platform == "facebook" and self.quirky(artist, "drop"):
            values[half:] -= values[middle] * 16 // 1000
        return days, values

    def _listening(self, artist: str, platform: str) -> Series:
        kind, factor = LISTENED[platform]
        base = {
            "rolling": self._monthly,
            "flow": self.plays,
            "counter": lambda name: np.cumsum(self.plays(name)) + 300 * self.plays(name).mean(),
        }[kind](artist)
        kept = self._rng("listening", artist, platform).random(len(base)) > 0.02
        return self.days[kept], (base * factor).astype(np.int64)[kept]

    def _popularity(self, artist: str, platform: str) -> Series:
        score = np.clip(18 * np.log10(self._monthly(artist)) - 22, 1, 99) * POPULAR[platform] / 100
        kept = self._rng("popularity", artist, platform).random(len(score)) < 51 / 90
        days, values = self.days[kept], score.astype(np.int64)[kept]
        if platform == "spotify" and self.quirky(artist, "unrated"):
            values[:7] = 0
        return days, values

    def places(self, artist: str, platform: str, day: date, value: int) -> tuple[list, list] | None:
        """(cities, countries) of a value on a located day as (country code, city, region, value); else None."""
        located = LOCAL.get(platform)
        if not (day.weekday() == 0 if located == "monday" else located == "month" and day.day == 1):
            return None
        # the biggest towns hold a good third of all; the countries are what their listed towns add up to
        shares = self._rng("places", artist).dirichlet(np.full(48, 0.4)) * 0.38
        cities = []
        countries: dict[str, int] = defaultdict(int)
        towns = [(code, *town.split("/")) for code, (_, text) in COUNTRIES.items() for town in text.split()]
        for (code, city, region), share in zip(towns, shares, strict=False):
            count = int(value * share)
            if count:
                cities.append((code, city, region, count))
                countries[code] += count
        if platform != "spotify":  # elsewhere they are estimates of their own
            countries = {code: count * 3 for code, count in countries.items()}
        return cities, list(countries.items())


# followers below this are visited every so many days (reference, 3.4)
VISITS = ((10, 15), (150, 7), (500, 5), (5_000, 3), (100_000, 2), (2**63, 1))
