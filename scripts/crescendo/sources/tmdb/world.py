"""Made-up films, the same for the same seed: what TMDb would say of them on any day.

**The truth**: COUNT films with a popularity that falls with their age and moves from day to day, and votes that come in
with it. What is asked for on a day depends on the seed, the film and the day alone.

**The oddities**, each of one film (`ODD`): no title, no release date, no country, no votes, no budget, no length, a
budget of 5 dollars, a code that is no country, a former country, a retired genre, a film for adults, a release that is
still to come, votes that fall, a film that is deleted, one whose details change. And of the lists: on some days pages
move while they are read, so that a film is on two of them; on one day (GAP) nobody asked.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from crescendo.http.server import chance
from crescendo.sources import words

END = date(2025, 5, 26)
COUNT = 130
FIRST_ID = 900_000
PAGE_ROWS = 20
GAP = END - timedelta(9)
CHANGE = END - timedelta(10)
DELETED = END - timedelta(4)
# share of days on which a film is on two pages
MOVED = 0.3
GENRES = {28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama"}
RETIRED_GENRE = 10769
COUNTRIES = {
    "US": "United States of America",
    "FR": "France",
    "GB": "United Kingdom",
    "JP": "Japan",
    "NG": "Nigeria",
    "BR": "Brazil",
    "AU": "Australia",
    "KR": "South Korea",
}
LANGUAGES = {"en": "English", "fr": "French", "ja": "Japanese", "pt": "Portuguese", "ko": "Korean", "xx": "No Language"}
JOBS = (("Directing", "Director"), ("Writing", "Writer"), ("Sound", "Original Music Composer"))
ODD = {
    name: FIRST_ID + place
    for place, name in enumerate(
        (
            "untitled",
            "undated",
            "stateless",
            "unvoted",
            "free",
            "endless",
            "cheap",
            "nowhere",
            "former",
            "retired",
            "adult",
            "coming",
            "falling",
            "deleted",
            "changing",
        )
    )
}

Row = dict[str, Any]


@dataclass
class Films:
    """The films of a seed."""

    seed: int = 7
    count: int = COUNT
    films: dict[int, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        draw = random.Random(f"films {self.seed}")  # noqa: S311 no secret
        self.people = [f"{draw.choice(words.FIRST)} {_surname(draw)}" for _ in range(3 * self.count)]
        self.companies = [f"{_surname(draw)} {draw.choice(words.GROUP)} Pictures" for _ in range(self.count // 3 + 1)]
        for number in range(FIRST_ID, FIRST_ID + self.count):
            self.films[number] = self._film(draw, number)

    def _film(self, draw: random.Random, number: int) -> Row:
        title = f"{draw.choice(words.ADJECTIVE)} {draw.choice(words.NOUN)} of {draw.choice(words.PLACE)}"
        age = int(draw.expovariate(1 / 2500)) + 20
        return {
            "id": number,
            "title": title,
            "released": END - timedelta(age),
            "fame": draw.lognormvariate(3.2, 0.9),
            "quality": round(draw.uniform(4.5, 8.6), 3),
            "votes": int(draw.lognormvariate(5, 1.6)) + 12,
            "language": draw.choice([*LANGUAGES, "en", "en"]),
            "genres": draw.sample([*GENRES], draw.choice((1, 2, 2, 3))),
            "companies": draw.sample(range(len(self.companies)), draw.choice((0, 1, 2))),
            "countries": draw.sample([*COUNTRIES], draw.choice((1, 1, 2))),
            "cast": draw.sample(range(len(self.people)), 5),
            "crew": draw.sample(range(len(self.people)), 2),
            "runtime": draw.randrange(75, 190),
            "budget": draw.randrange(1, 120) * 1_000_000,
            "earned": draw.uniform(0.2, 4.0),
        }

    def exists(self, number: int, day: date) -> bool:
        """Whether a film is there on a day."""
        return number in self.films and not (number == ODD["deleted"] and day >= DELETED)

    def popularity(self, number: int, day: date) -> float:
        """A score of the day: of fame and age, and of chance."""
        film = self.films[number]
        age = max(0, (day - film["released"]).days)
        noise = 0.85 + 0.3 * chance(self.seed, "popularity", number, day)
        return round(film["fame"] * noise / (1 + age / 4000), 4)

    def votes(self, number: int, day: date) -> int:
        """Votes so far; those of one film fall on a day."""
        film = self.films[number]
        if number in (ODD["unvoted"], ODD["coming"]):
            return 0
        days = (day - END).days + 60
        rate = 0.2 + film["fame"] / 40
        fallen = 1 if number == ODD["falling"] and day > CHANGE else 0
        # what comes in on no day goes out on none
        return film["votes"] + int(days * rate) - fallen * int(rate + 2)

    def listed(self, day: date) -> list[int]:
        """The films of a day as discover sorts them, those for adults left out."""
        there = [number for number in self.films if self.exists(number, day) and number != ODD["adult"]]
        return sorted(there, key=lambda number: (-self.popularity(number, day), number))

    def page(self, day: date, page: int, since: str = "", until: str = "9999") -> Row:
        """A page of discover; on some days its first film is the last of the page before.

        With `since` and `until` it has the films released from one day to the other.
        """
        listed = [number for number in self.listed(day) if since <= self._release(number, day) <= until]
        first = (page - 1) * PAGE_ROWS
        moved = page > 1 and chance(self.seed, "moved", day, page) < MOVED
        rows = listed[first - moved : first - moved + PAGE_ROWS]
        return {
            "page": page,
            "results": [self.row(number, day) for number in rows],
            "total_pages": -(-len(listed) // PAGE_ROWS),
            "total_results": len(listed),
        }

    def row(self, number: int, day: date) -> Row:
        """A film as lists show it."""
        film, votes = self.films[number], self.votes(number, day)
        retired = [RETIRED_GENRE] if number == ODD["retired"] else []
        return {
            "adult": number == ODD["adult"],
            "backdrop_path": None if number % 29 == 0 else f"/{number:x}b.jpg",
            "genre_ids": film["genres"] + retired,
            "id": number,
            "original_language": film["language"],
            "original_title": "" if number == ODD["untitled"] else film["title"],
            "overview": "",
            "popularity": self.popularity(number, day),
            "poster_path": f"/{number:x}p.jpg",
            "release_date": self._release(number, day),
            "title": "" if number == ODD["untitled"] else film["title"],
            "video": False,
            # a mean that is whole is sent without a point
            "vote_average": (_plain(film["quality"]) if votes else 0),
            "vote_count": votes,
        }

    def _release(self, number: int, day: date) -> str:
        if number == ODD["undated"]:
            return ""
        if number == ODD["coming"]:
            return str(END + timedelta(40))
        later = timedelta(30) if number == ODD["changing"] and day >= CHANGE else timedelta(0)
        return str(self.films[number]["released"] + later)

    def details(self, number: int, day: date) -> Row:
        """A film with its credits, in the order in which TMDb sends the keys."""
        film, row = self.films[number], self.row(number, day)
        changed = number == ODD["changing"] and day >= CHANGE
        cost = {ODD["free"]: 0, ODD["cheap"]: 5}.get(number, film["budget"])
        genre_ids = row.pop("genre_ids")
        found = row | {
            "belongs_to_collection": None,
            "budget": cost,
            "genres": [{"id": key, "name": GENRES.get(key, "Foreign")} for key in genre_ids],
            "homepage": "",
            "imdb_id": f"tt{number:07d}",
            "production_companies": [self._company(place) for place in film["companies"]],
            "production_countries": self._countries(number),
            "revenue": int(cost * film["earned"]) if number % 3 else 0,
            "runtime": 0 if number == ODD["endless"] else film["runtime"] + 7 * changed,
            "spoken_languages": [
                {"english_name": LANGUAGES[film["language"]], "iso_639_1": film["language"], "name": ""}
            ],
            "status": "Post Production" if number == ODD["coming"] or changed else "Released",
            "tagline": "",
        }
        return {key: found[key] for key in sorted(found)} | {"credits": self._credits(number)}

    def _company(self, place: int) -> Row:
        countries = [*COUNTRIES, ""]
        return {
            "id": 5000 + place,
            "logo_path": None,
            "name": self.companies[place],
            "origin_country": countries[place % len(countries)],
        }

    def _countries(self, number: int) -> list[Row]:
        special = {
            ODD["stateless"]: [],
            ODD["nowhere"]: [{"iso_3166_1": "QX", "name": "Nowhere"}],
            ODD["former"]: [{"iso_3166_1": "SU", "name": "Soviet Union"}],
        }
        usual = [{"iso_3166_1": code, "name": COUNTRIES[code]} for code in self.films[number]["countries"]]
        return special.get(number, usual)

    def _credits(self, number: int) -> Row:
        film = self.films[number]
        cast = [
            self._person(place)
            | {"cast_id": order, "character": f"Part {order + 1}", "credit_id": f"{number}c{order}", "order": order}
            for order, place in enumerate(film["cast"])
        ]
        # the first of the crew has two jobs
        jobs = zip((film["crew"][0], film["crew"][0], film["crew"][1]), JOBS, strict=True)
        crew = [
            self._person(place) | {"credit_id": f"{number}w{order}", "department": department, "job": job}
            for order, (place, (department, job)) in enumerate(jobs)
        ]
        return {"cast": cast, "crew": crew}

    def _person(self, place: int) -> Row:
        return {
            "adult": False,
            "gender": place % 4,
            "id": 70_000 + place,
            "known_for_department": "Acting",
            "name": self.people[place],
            "original_name": self.people[place],
            "popularity": round(1 + 20 * chance(self.seed, "person", place), 3),
            "profile_path": None if place % 3 == 0 else f"/{place:x}.jpg",
        }

    def exported(self, day: date) -> list[Row]:
        """All films of a day as an export has them."""
        return [
            {
                "adult": number == ODD["adult"],
                "id": number,
                "original_title": film["title"],
                "popularity": self.popularity(number, day),
                "video": False,
            }
            for number, film in self.films.items()
            if self.exists(number, day)
        ]


def genre_list() -> Row:
    """The genres as the list has them: a retired one is not in it."""
    return {"genres": [{"id": key, "name": name} for key, name in GENRES.items()]}


def countries() -> list[Row]:
    """The countries as the configuration has them."""
    return [{"iso_3166_1": code, "english_name": name, "native_name": name} for code, name in COUNTRIES.items()]


def languages() -> list[Row]:
    """The languages as the configuration has them."""
    return [{"iso_639_1": code, "english_name": name, "name": ""} for code, name in LANGUAGES.items()]


def _surname(draw: random.Random) -> str:
    return f"{draw.choice(words.STEM)}{draw.choice(words.ENDING)}"


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number
