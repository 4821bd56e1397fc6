"""Simulated answers of daily series, of artists and of songs."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from fastapi import Request

from crescendo.sources.soundcharts.answers import Answers, Refusal, new_code
from crescendo.sources.soundcharts.catalogue import COUNTRIES, FOLLOWED, Series


class SeriesAnswers(Answers):
    """Answers by day; the numbers are those of the source's list of endpoints."""

    def followers(self, request: Request) -> dict:
        """(7)."""
        uuid, platform, series = self._artist_series(request, "followers")
        counted = FOLLOWED[new_code(platform)][1]

        def item(stamp: str, day: date, value: int) -> dict:
            others = {
                "likeCount": value * 40,
                "followingCount": 412,
                "postCount": 233 + day.toordinal() % 1000,
                "viewCount": value * 900,
            }
            counts = {name: count if name in counted else None for name, count in others.items()}
            return {"date": stamp, "followerCount": value, **counts}

        return self._days(request, uuid, series, self._of_artist(uuid, platform), item)

    def local_followers(self, request: Request) -> dict:
        """(8), and the older paths of the same items."""
        return self._local(request, "followers")

    def local_streaming(self, request: Request) -> dict:
        """(10), and the older path of the same items."""
        return self._local(request, "listening")

    def _local(self, request: Request, what: str) -> dict:
        uuid, platform, series = self._artist_series(request, what)

        def item(stamp: str, day: date, value: int) -> dict:
            places = self.catalogue.places(uuid, new_code(platform), day, value)
            cities, countries = places or ((), ())
            return {
                "date": stamp,
                "value": value,
                "cityPlots": [
                    {"date": stamp, "value": count, **_country(code), "region": region, "cityName": city}
                    for code, city, region, count in cities
                ],
                "countryPlots": [{"date": stamp, "value": count, **_country(code)} for code, count in countries],
            }

        return self._days(request, uuid, series, self._of_artist(uuid, platform), item)

    def listening(self, request: Request) -> dict:
        """(9)."""
        return self._flat(request, *self._artist_series(request, "listening"))

    def popularity(self, request: Request) -> dict:
        """(11): Paris midnight in the older half of the series."""
        middle = self.catalogue.start + self.catalogue.world.days // 2
        return self._flat(request, *self._artist_series(request, "popularity"), paris_before=middle.item())

    def retention(self, request: Request) -> dict:
        """(13): listeners over followers, percent, on the days that have both."""
        uuid, platform, (days, values) = self._artist_series(request, "listening")
        fans = self.catalogue.series("followers", uuid, new_code(platform))
        if fans is None:
            raise Refusal(404, "No data for this platform")
        both, at, of = np.intersect1d(days, fans[0], return_indices=True)
        ratio = np.round(100 * values[at] / np.maximum(fans[1][of], 1), 2)
        return self._flat(request, uuid, platform, (both, ratio))

    def score(self, request: Request) -> dict:
        """(12): `related` is an array here."""
        uuid = self._known(request, self.catalogue.artists)
        popularity = self.catalogue.series("popularity", uuid, "spotify")
        if popularity is None:
            raise Refusal(404, "No data for this platform")
        series = self._window(request, popularity)

        def item(stamp: str, _: date, value: int) -> dict:
            parts = {"score": 0.8, "fanbaseScore": 0.7, "trendingScore": 0.3}
            return {"date": stamp, **{name: round(value * part, 1) for name, part in parts.items()}}

        return self._days(request, uuid, series, [self._light(uuid)], item)

    def _flat(
        self, request: Request, uuid: str, platform: str, series: Series, paris_before: date | None = None
    ) -> dict:
        def item(stamp: str, _: date, value: float) -> dict:
            return {"date": stamp, "value": value}

        related = self._of_artist(uuid, platform)
        return self._days(request, uuid, series, related, item, paris_before)

    def _days(
        self,
        request: Request,
        uuid: str,
        series: Series,
        related: Any,
        item: Callable[[str, date, Any], dict],
        paris_before: date | None = None,
    ) -> dict:
        """A page of a series, of which only what is on the page is made."""
        old = self._old(request, uuid)

        def made(at: int) -> dict:
            day = series[0][at].item()
            paris = old or (paris_before is not None and day < paris_before)
            return item(_stamp(day, paris), day, series[1][at].item())

        return self._page(request, range(len(series[0])), related, made=made)

    # series of songs

    def song_audience(self, request: Request) -> dict:
        """(17): newest day first, one plot per identifier seen that day."""
        return self._plots(request, self.catalogue.plots)

    def song_popularity(self, request: Request) -> dict:
        """(18)."""
        return self._plots(request, self.catalogue.song_popularity, combined=max)

    def song_streams(self, request: Request) -> dict:
        """The old path of (17): flat, the sum over the identifiers."""
        return self._plots(request, self.catalogue.plots, platform="spotify")

    def _plots(
        self,
        request: Request,
        source: Callable[[str, str], list[tuple[str, Series]] | None],
        combined: Callable[..., int] = sum,
        platform: str | None = None,
    ) -> dict:
        uuid = self._known(request, self.catalogue.songs)
        plots = source(uuid, new_code(platform or request.path_params["platform"]))
        if plots is None:
            raise Refusal(404, "No data for this platform")
        plots = [(name, self._window(request, series)) for name, series in plots]
        days = sorted({day for _, series in plots for day in series[0].tolist()}, reverse=True)
        old = self._old(request, uuid)

        def made(day: date) -> dict:
            seen = []
            for name, (known, values) in plots:
                at = int(np.searchsorted(known, np.datetime64(day)))
                if at < len(known) and known[at].item() == day:
                    seen.append({"identifier": name, "value": values[at].item()})
            flat: dict[str, Any] = {"value": combined(plot["value"] for plot in seen)}
            return {"date": _stamp(day, old)} | (flat if old or platform else {"plots": seen})

        return self._page(request, days, self._light(uuid), made=made)


def _country(code: str) -> dict:
    return {"countryName": COUNTRIES[code][0], "countryCode": code}


@lru_cache(maxsize=20_000)
def _stamp(day: date, paris: bool) -> str:
    """Midnight of a day as the source writes it; the UTC form slips by an hour on the change of October."""
    spring, autumn = (_last_sunday(day.year, month) for month in (3, 10))
    if paris:
        return f"{day}T00:00:00{'+02:00' if spring < day <= autumn else '+01:00'}"
    return f"{day}T0{int(day == autumn)}:00:00+00:00"


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta((last.weekday() + 1) % 7)
