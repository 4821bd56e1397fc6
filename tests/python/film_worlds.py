"""Drawn histories of films: what the raw tables hold after each of some loads."""

import random
import uuid
from datetime import date, timedelta

FIRST = date(2026, 1, 1)  # of load 0; a load is of the day of its number after it, see `Tables.receive`
TABLES = ("movie_ids", "movies", "movies__genres", "movie_lists__results", "daily_lists__popular", "movie_absences")
TITLES = ("The Lantern", "A Meadow", "  ", None)


class World:
    """What TMDb has sent. `raw` is table -> rows."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.raw = {table: [] for table in TABLES}
        self.films = [*range(1, self.draw.randint(4, 9))]
        self.file = 0
        for _ in range(self.draw.choice([14, 26])):
            self.next_file()
            self.new_day()
            for step in self.draw.sample([World.listed, World.details, World.daily], 1):
                step(self)

    @property
    def today(self):
        return FIRST + timedelta(self.file)

    def next_file(self):
        """What follows is of another file and load, of the next day or a later one."""
        self.file += self.draw.choice([1, 1, 1, 1, 2])

    def put(self, table, parent=None, **values):
        """A raw row; of a page if it has a parent."""
        own = uuid.UUID(int=self.draw.getrandbits(128))
        place = {"_index": len(self.raw[table]) + 1, "_file_id": self.file, "_load_id": self.file}
        self.raw[table].append({"_row_id": own, "_parent_row_id": parent, **place, **values})
        return own

    def asked(self, day=None):
        """When a page was asked for: on a day that one of three places says, seldom on none or one that cannot be."""
        day = day or self.draw.choice([self.today] * 8 + [self.today - timedelta(1)])
        said = self.draw.choice([f"{day}"] * 30 + [None, f"{self.today + timedelta(9)}", "1984-01-01", "no day"])
        return {"asked_day" if self.draw.random() < 0.8 else "asked_folder": said}

    def numbers(self):
        """What all answers say; few values, so that there are ties, and now and then none."""
        return {"popularity": self.draw.choice([1.0, 2.0, 2.0, 3.5, 9.0, 0.0, None]), "video": False} | self.adult()

    def adult(self):
        return {"adult": self.draw.choice([False] * 9 + [True, None])}

    def about(self):
        """What lists and details say of a film besides."""
        return self.numbers() | {
            "title": self.draw.choice(TITLES),
            "original_title": self.draw.choice(TITLES),
            "original_language": self.draw.choice(["en", "fr", ""]),
            "release_date": self.draw.choice(["2025-12-01", "2026-02-01", "", None]),
            "vote_average": self.draw.choice([0.0, 6.5, 7.0]),
            "vote_count": self.draw.choice([0, 5, 5, 12, None]),
        }

    def some_films(self):
        return self.draw.sample(self.films, self.draw.randint(1, len(self.films)))

    # --- what a load may bring ---------------------------------------------------------------------------------

    def export(self, day=None):
        """An export of most films."""
        asked = self.asked(day)
        for film in self.some_films() if self.draw.random() < 0.3 else self.films:
            self.put("movie_ids", id=film, original_title=self.draw.choice(TITLES), **self.numbers(), **asked)

    def new_day(self):
        self.export(self.today)

    def late_day(self):
        """A day of the last week, whether it is there or not."""
        self.export(self.today - timedelta(self.draw.randint(1, 7)))

    def day_of_old(self):
        """A day that nobody waits for any more, and perhaps the first one."""
        self.export(self.today - timedelta(self.draw.randint(8, 40)))

    def week(self):
        """The days since a while ago at once, as a weekly load brings them."""
        self.file += 3
        for back in range(self.draw.randint(2, 5)):
            self.export(self.today - timedelta(back))

    def new_films(self):
        self.films += range(len(self.films) + 1, len(self.films) + 1 + self.draw.randint(1, 3))
        self.export()

    def listed(self):
        """A page or two of a list; a film may be on both."""
        asked = self.asked()
        for page in range(1, self.draw.randint(2, 3)):
            parent, place = uuid.UUID(int=self.draw.getrandbits(128)), {"page": page}
            place["asked_list"] = self.draw.choice(["popular", "upcoming", ""])
            for film in self.some_films():
                genres = self.draw.choice(["[28,12]", "[]", "[18]", None])
                self.put("movie_lists__results", parent, id=film, genre_ids=genres, **place, **self.about(), **asked)

    def daily(self):
        """A file of daily lists."""
        parent = uuid.UUID(int=self.draw.getrandbits(128))
        day = self.draw.choice([f"{self.today}T06:00:00Z"] * 9 + ["unknown"])
        for film in self.some_films():
            self.put("daily_lists__popular", parent, id=film, genre_ids="[28]", generated_at=day, **self.about())

    def details(self):
        """The details of some films, other than before."""
        asked = self.asked()
        for film in self.draw.sample(self.films, self.draw.randint(1, 2)):
            status = {"status": self.draw.choice(["Released", "Planned"]), "budget": self.draw.choice([0, 5, 9000000])}
            own = self.put("movies", movie_id=film, **status, **self.about(), **asked)
            for genre in self.draw.sample([12, 18, 28], self.draw.randint(0, 2)):
                self.put("movies__genres", own, movie_id=film, id=genre, name=f"Genre {genre}")

    def gone(self):
        """A 404."""
        day = self.today - timedelta(self.draw.randint(0, 3))
        self.put("movie_absences", movie_id=self.draw.choice(self.films), gone_date=day, answer="deleted")

    def _files(self, newest=None):
        found = sorted({row["_file_id"] for rows in self.raw.values() for row in rows})
        return found[-newest:] if newest else found

    def withdrawn(self, newest=4):
        """A file of the last days is forgotten."""
        if files := self._files(newest):
            gone = self.draw.choice(files)
            kept = {row["_row_id"] for rows in self.raw.values() for row in rows if row["_file_id"] != gone}
            for table, rows in self.raw.items():
                own = [row for row in rows if row["_file_id"] != gone]
                # a child goes with its record
                is_child = table == "movies__genres"
                self.raw[table] = [row for row in own if not is_child or row["_parent_row_id"] in kept]

    def any_withdrawn(self):
        self.withdrawn(None)

    def newest_day_withdrawn(self):
        self.withdrawn(1)

    def resent(self, newest=4):
        """A file comes again with some records changed. What is as it was stays of its load, and is of the new file."""
        if files := self._files(newest):
            again = self.draw.choice(files)
            for table in ("movie_ids", "movie_lists__results", "daily_lists__popular", "movies"):
                for number, row in enumerate(self.raw[table]):
                    if row["_file_id"] == again:
                        row = row | {"_file_id": self.file}
                        if self.draw.random() < 0.3:
                            field = self.draw.choice([key for key in row if key not in self.OWN and "_id" not in key])
                            other = self.draw.choice(self.raw[table]).get(field)
                            own = {"_row_id": uuid.UUID(int=self.draw.getrandbits(128)), "_load_id": self.file}
                            row |= {field: other} | own
                        self.raw[table][number] = row

    OWN = ("_row_id", "_parent_row_id", "_index", "_file_id", "_load_id", "id")

    def any_resent(self):
        self.resent(None)

    def sent_twice(self):
        """A day's export in two files, with other numbers."""
        self.export(self.today)
        self.export(self.today)

    def unchanged(self):
        """The same files again."""


STEPS = (
    *[World.new_day] * 8,
    *[World.listed, World.details] * 3,
    *[World.week, World.late_day, World.daily, World.withdrawn, World.resent, World.new_films] * 2,
    *[World.gone, World.sent_twice, World.newest_day_withdrawn, World.unchanged],
    *[World.day_of_old, World.any_withdrawn, World.any_resent],
)
