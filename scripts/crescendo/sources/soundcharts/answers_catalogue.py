"""Simulated answers about artists, songs and albums, and their places in playlists and charts."""

from typing import Any

from fastapi import Request

from crescendo.http.server import chance
from crescendo.sources import words
from crescendo.sources.soundcharts.answers import Answers, Refusal, slugged
from crescendo.sources.soundcharts.catalogue import COUNTED, COUNTRIES, FOLLOWED, GENRES, IDENTIFIED_ONLY
from crescendo.sources.soundcharts.shapes import ENDPOINTS
from crescendo.sources.soundcharts.world import END

CHARTS = ("spotify", "apple-music", "shazam", "itunes", "deezer", "airplay")
PLAYLISTS = ("spotify", "apple-music", "deezer", "amazon", "youtube")
OLD_CODES = {"x": "twitter"}


class CatalogueAnswers(Answers):
    """Answers about what there is; the numbers are those of the source's list of endpoints."""

    def search(self, request: Request) -> dict:
        """Artists whose name holds the term."""
        term = request.path_params["id"].casefold()
        found = [self._light(uuid) for uuid, artist in self.catalogue.artists.items() if term in artist.name.casefold()]
        if not found:
            raise Refusal(404, "No artist found for this term")
        return self._page(request, found, None, ENDPOINTS["artist-search"].limit)

    def artist(self, request: Request) -> dict:
        """(1)."""
        uuid = self._known(request, self.catalogue.artists)
        roots = list(GENRES.items())
        root, subs = roots[int(chance("genre", uuid) * len(roots))]
        genres: list = [{"root": root, "sub": subs.split(",") if subs else []}]
        if self._old(request, uuid, below=9):
            genres = [root, *genres[0]["sub"]]
        codes = list(COUNTRIES)
        return _object(
            "artist",
            {
                **self._light(uuid),
                "appUrl": f"https://app.soundworld.example/artist/{uuid}/overview",
                "countryCode": codes[int(chance("home", uuid) * len(codes))] if chance("x", uuid) < 0.9 else "",
                "genres": genres,
                "biography": "",
                "isni": "",
                "ipi": "",
                "gender": None,
                "type": "person" if chance("type", uuid) < 0.6 else "group",
                "birthDate": None,
                "careerStage": ("emerging", "developing", "established")[int(chance("stage", uuid) * 3)],
                "cityName": "",
            },
        )

    def identifiers(self, request: Request) -> dict:
        """(3) and (16)."""
        songs = "/song/" in request.url.path
        uuid = self._known(request, self.catalogue.songs if songs else self.catalogue.artists)
        known = (*COUNTED, "spotify", "deezer", "tidal", "apple-music") if songs else (*FOLLOWED, *IDENTIFIED_ONLY)
        old = self._old(request, uuid)
        items = []
        for code in sorted(set(known)):
            if self.catalogue.has_account(uuid, code):
                for number, name in enumerate(self.catalogue.identifiers(uuid, code)):
                    items.append(_identifier(OLD_CODES.get(code, code) if old else code, name, number == 0))
        isrc = self.catalogue.isrc(uuid) if songs else None
        items += [_identifier("isrc", isrc, True)] if isrc else []
        if old:
            items = [{key: item[key] for key in item if key != "default"} for item in items]
        return self._page(request, items, self._light(uuid))

    def songs(self, request: Request) -> dict:
        """(4): the first of every catalogue has neither credit nor date, half of all have no date."""
        uuid = self._known(request, self.catalogue.artists)
        items = [
            self._light(song)
            | {"releaseDate": None if number == 0 or chance("undated", song) < 0.45 else self._released(song)}
            | ({"creditName": ""} if number == 0 else {})
            for number, song in enumerate(sorted(self.catalogue.songs_of[uuid]))
        ]
        return self._page(request, items, self._light(uuid))

    def artist_albums(self, request: Request) -> dict:
        """(5): before v2.34 without uuid."""
        uuid = self._known(request, self.catalogue.artists)
        albums = [key for key, album in self.catalogue.albums.items() if album[0] == uuid]
        return self._albums(request, uuid, albums, below=34)

    def song_albums(self, request: Request) -> dict:
        """(20)."""
        uuid = self._known(request, self.catalogue.songs)
        albums = [key for key, album in self.catalogue.albums.items() if uuid in album[3]]
        return self._albums(request, uuid, albums, below=0)

    def _albums(self, request: Request, uuid: str, albums: list[str], below: int) -> dict:
        items = []
        for key in sorted(albums):
            artist, title, kind, songs = self.catalogue.albums[key]
            item = {
                "uuid": key,
                "slug": f"{slugged(title)}-{key[:6]}",
                "name": title,
                "creditName": self.catalogue.artists[artist].name,
                "releaseDate": self._released(songs[0]),
                "type": kind,
                "default": not title.endswith("(Deluxe)"),
            }
            if self._old(request, uuid, below):
                item = {name: item[name] for name in ("slug", "name", "creditName", "releaseDate")}
            items.append(item)
        return self._page(request, items, self._light(uuid))

    def song(self, request: Request) -> dict:
        """(15)."""
        return self._song(request, self._known(request, self.catalogue.songs))

    def song_by_isrc(self, request: Request) -> dict:
        """(15), or 410 where several songs claim the code."""
        songs = [song for song in self.catalogue.songs if self.catalogue.isrc(song) == request.path_params["isrc"]]
        if not songs:
            raise Refusal(404, "Song not found")
        if len(songs) > 1:
            raise Refusal(410, "This ISRC is black-listed: several tracks claim it")
        return self._song(request, songs[0])

    def _song(self, request: Request, uuid: str) -> dict:
        record, isrc = self.catalogue.songs[uuid], self.catalogue.isrc(uuid)
        artists = [self.catalogue.world.artist(index) for index in record.artists]
        label = f"{words.NOUN[int(chance('label', uuid) * len(words.NOUN))]} Records"
        body = {
            **self._light(uuid),
            "isrc": isrc and {"value": isrc, "countryCode": "FR", "countryName": "France"},
            "iswcs": [],
            "artists": [self._light(artist.artist_id) for artist in artists],
            "mainArtists": [self._light(artists[0].artist_id)],
            "releaseDate": self._released(uuid),
            "copyright": "",
            "labels": [{"name": label, "type": "Indie" if chance("indie", uuid) < 0.6 else "Major"}],
            "genres": [{"root": "pop", "sub": ["indie pop"]}] if chance("genre", uuid) < 0.8 else [],
            "composers": [artists[0].name],
            "producers": [],
            "duration": 120 + int(240 * chance("duration", uuid)) if chance("known", uuid) < 0.95 else None,
            "explicit": chance("explicit", uuid) < 0.1,
            "languageCode": "fr" if chance("language", uuid) < 0.5 else "",
            "distributor": "",
            "audio": _audio(uuid) if chance("audio", uuid) < 0.9 else None,
            "imageUrl": record.image_url,
        }
        if self._old(request, uuid, below=20):
            body |= {"isrc": isrc, "label": label}
            for key in ("labels", "iswcs", "mainArtists", "producers"):
                del body[key]
        return _object("song", body)

    def album(self, request: Request) -> dict:
        """(22)."""
        uuid = self._known(request, self.catalogue.albums)
        artist, title, kind, songs = self.catalogue.albums[uuid]
        labels = [{"name": f"{words.NOUN[int(chance('label', uuid) * len(words.NOUN))]} Records", "type": "Indie"}]
        body: dict[str, Any] = {
            "uuid": uuid,
            "name": title,
            "creditName": self.catalogue.artists[artist].name,
            "upc": f"{int(chance('upc', uuid) * 1e11):013d}" if chance("coded", uuid) < 0.95 else None,
            "releaseDate": self._released(songs[0]),
            "totalTracks": len(songs),
            "type": kind,
            "artists": [self._light(artist)],
            "labels": labels,
            "copyright": "",
            "distributor": "",
            "imageUrl": f"https://assets.soundworld.example/album/{uuid}.jpg",
        }
        if self._old(request, uuid, below=36):
            del body["labels"]
            body["label"] = labels[0]["name"]
        return _object("album", body)

    def album_tracks(self, request: Request) -> dict:
        """(23)."""
        uuid = self._known(request, self.catalogue.albums)
        songs = self.catalogue.albums[uuid][3]
        items = [{"discNumber": 1, "number": number, "song": self._light(song)} for number, song in enumerate(songs, 1)]
        return self._page(request, items, {"uuid": uuid, "name": self.catalogue.albums[uuid][1]})

    def playlists(self, request: Request) -> dict:
        """(25)."""
        uuid, platform = self._known(request, self.catalogue.artists), request.path_params["platform"]
        if platform not in PLAYLISTS or not self.catalogue.has_account(uuid, platform):
            raise Refusal(404, "No data for this platform")
        items = [
            _playlist_entry(platform, name, self._light(song), chance("entry", name, song))
            for song in sorted(self.catalogue.songs_of[uuid])
            for name in words.PLACE[:40]
            if chance("on", platform, name, song) < 0.06
        ]
        return self._page(request, sorted(items, key=lambda item: item["entryDate"]), self._light(uuid))

    def charts(self, request: Request) -> dict:
        """(27)."""
        uuid, platform = self._known(request, self.catalogue.artists), request.path_params["platform"]
        if platform not in CHARTS:
            raise Refusal(404, "No data for this platform")
        items = [
            _chart_entry(platform, code, self._light(song), chance("rank", platform, code, song))
            for song in sorted(self.catalogue.songs_of[uuid])
            for code in COUNTRIES
            if chance("charted", platform, code, song) < 0.05
        ]
        return self._page(request, items, self._light(uuid))

    def platforms(self, request: Request) -> dict:
        """(29)."""
        items = [{"name": code.replace("-", " ").title(), "code": code} for code in sorted(FOLLOWED)]
        return self._page(request, items, None)

    def usage(self, _: Request) -> dict:
        """What is left of the quota; free of charge."""
        used = self.faults.served.total()
        return {"object": {"left": self.faults.left, "used": used, "perMinute": 5000}, "errors": []}


def _object(kind: str, body: dict) -> dict:
    return {"type": kind, "object": body, "errors": []}


def _identifier(code: str, name: str, default: bool) -> dict:
    name = f"/g/{name}" if code == "wikipedia" else name.replace("a", "+") if code == "lastfm" else name
    url = f"https://{code}.example/{name}"
    return {
        "platformName": code.replace("-", " ").title(),
        "platformCode": code,
        "identifier": name,
        "url": url,
        "default": default,
    }


def _audio(uuid: str) -> dict:
    shares = ("acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence")
    return {
        **{name: round(chance(name, uuid), 3) for name in shares},
        "loudness": round(-20 * chance("loudness", uuid), 2),
        "tempo": round(70 + 100 * chance("tempo", uuid), 1),
        "key": int(12 * chance("key", uuid)),
        "mode": int(2 * chance("mode", uuid)),
        "timeSignature": 4,
    }


def _playlist_entry(platform: str, name: str, song: dict, draw: float) -> dict:
    entered = END - 10 - int(draw * 300)
    kinds = (
        "Editorial",
        "Algorithmic",
        "Algotorial",
        "Major",
        "Charts",
        "Curators_listeners",
        "Radios",
        "This_is",
    )
    uuid = f"dddd{int(chance('playlist', platform, name) * 16**4):04x}-0000-4000-8000-{int(chance(name) * 1e11):012d}"
    peak = 1 + int(draw * 20)
    return {
        "playlist": {
            "uuid": uuid,
            "name": f"Made for {name}",
            "identifier": f"37{uuid[:8]}",
            "platform": platform,
            "countryCode": "FR" if chance("home", name) < 0.3 else "",
            "latestCrawlDate": f"{END}T04:05:01+00:00",
            "latestTrackCount": 40 + int(chance("tracks", name) * 100),
            "latestSubscriberCount": int(10 ** (2 + 4 * chance("subscribers", platform, name))),
            "type": kinds[int(chance("kind", name) * len(kinds))],
            "imageUrl": "",
        },
        "position": peak + int(draw * 30),
        "peakPosition": peak,
        "entryDate": f"{entered}T00:00:00+00:00",
        "exitDate": f"{entered + 9}T00:00:00+00:00" if draw < 0.3 else None,
        "positionDate": f"{entered + 8}T00:00:00+00:00",
        "peakPositionDate": f"{entered + 2}T00:00:00+00:00",
        "song": song,
    }


def _chart_entry(platform: str, code: str, song: dict, draw: float) -> dict:
    entered, days = END - 20 - int(draw * 200), 3 + int(draw * 15)
    current = draw > 0.7
    position = 1 + int(draw * 100)
    return {
        "chart": {
            "name": f"Top 100 {COUNTRIES[code][0]}",
            "type": "song",
            "slug": f"top-100-{platform}-{code.lower()}",
            "platform": platform,
            "frequency": "daily",
            "countryCode": code,
            "countryName": COUNTRIES[code][0],
            "cityName": "",
            "maxResultsCount": 100,
            "webUrl": "",
        },
        "position": position if current else 0,
        "oldPosition": position + 4,
        "positionEvolution": 4 if current else 0,
        "peakPosition": max(position - 3, 1),
        "entryState": "",
        "entryDate": f"{entered}T12:00:00+00:00",
        "rankDate": f"{END if current else entered + days}T12:00:00+00:00",
        "timeOnChart": days,
        "timeOnChartUnit": "DOC",
        "current": current,
        "song": song,
    }
