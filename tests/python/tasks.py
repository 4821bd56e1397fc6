"""Thirty tasks of an analyst, each as a command, and what its answer must hold on the sample.

`SAYS` are regular expressions that the answer must match, one by one, in any width.
"""

TASKS: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    (
        "How fast did our artists grow in the last four weeks?",
        ("growth", "--last", "4w", "--by", "artist"),
        ("Growth of streams by artist", "28 days", "growth %", r"\+3\.1"),
    ),
    (
        "The five songs that gained most in April",
        ("growth", "--window", "2025-04", "--by", "song", "--top", "5"),
        ("2025-03-31 to 2025-04-30", "30 days"),
    ),
    (
        "Is Leo growing? (I cannot type accents)",
        ("growth", "--last", "28d", "--by", "artist", "--name", "leo lamp"),
        ("Léo",),
    ),
    (
        "The songs of Léo, the Lamplighter",
        ("growth", "--last", "28d", "--by", "song", "--artist", "leo, the lamplighter"),
        ("Über Postc",),
    ),
    (
        "April against April a year ago",
        ("growth", "--window", "2025-04", "--against", "year", "--by", "artist"),
        ("against 2024-03-31 to 2024-04-30", "change %"),
    ),
    (
        "This month against the month before",
        ("growth", "--window", "mtd", "--against", "previous", "--by", "artist"),
        ("against ",),
    ),
    (
        "Week by week in April for one song",
        ("growth", "--window", "2025-04", "--by-week", "--by", "song", "--name", "uber postcard"),
        ("2025-04-06", "2025-04-27"),
    ),
    (
        "Month by month this year for one artist",
        ("growth", "--window", "ytd", "--by-month", "--by", "artist", "--name", "orla marlane"),
        ("2025-01-31", "2025-03-31"),
    ),
    (
        "Day by day last week",
        ("growth", "--window", "last-week", "--by-day", "--by", "artist", "--top", "1"),
        ("2025-05-05", "2025-05-10"),
    ),
    (
        "Which platforms bring the plays?",
        ("growth", "--last", "28d", "--by", "platform", "--metric", "plays"),
        ("SoundCloud", "Audiomack"),
    ),
    (
        "What is a usual day of streams on each platform?",
        ("averages", "--last", "28d", "--by", "platform"),
        ("average a day", "Spotify"),
    ),
    ("What is a usual day for each listened track?", ("averages", "--last", "7d", "--by", "track"), ("listens",)),
    (
        "Listens of the whole service",
        ("growth", "--last", "7d", "--by", "platform", "--metric", "listens"),
        ("Growth of listens by platform",),
    ),
    ("Which genre grows fastest?", ("growth", "--last", "28d", "--by", "genre", "--sort", "growth_pct"), ("Pop",)),
    ("Which label grows fastest?", ("growth", "--last", "28d", "--by", "label"), ("Records",)),
    (
        "Followers of the artist by platform",
        ("growth", "--last", "28d", "--by", "artist", "--metric", "followers"),
        ("followers",),
    ),
    (
        "Popularity of songs last quarter",
        ("growth", "--window", "last-quarter", "--metric", "popularity", "--top", "3"),
        ("2024-12-31 to 2025-03-31",),
    ),
    ("What is there to ask?", ("metrics",), ("spotify", "streams", "counter")),
    ("What is counted on Spotify?", ("metrics", "--platform", "spotify"), ("streams", "popularity")),
    ("Find a song with a typo", ("find", "postcrad"), ("no name matches 'postcrad'", "Postcard")),
    ("Find by a platform's own id", ("find", "3c075cd457a94b4f06e7c3"), ("1 named",)),
    ("What is new?", ("changes",), ("Load 1 of", "Whose pace changed most")),
    (
        "The slowest growth first",
        ("growth", "--last", "28d", "--by", "artist", "--sort", "-growth", "--top", "5"),
        ("Growth of streams",),
    ),
    ("A whole year", ("growth", "--last", "1y", "--by", "artist", "--top", "3"), ("2024-05-14 to 2025-05-14",)),
    (
        "Two songs beside each other",
        ("growth", "--last", "28d", "--by", "song", "--name", "lunar lantern", "--name", "uber postcard"),
        ("Lunar La", "Über Pos"),
    ),
    ("En français", ("growth", "--last", "28d", "--by", "artist", "--lang", "fr"), ("Croissance : streams", "jours")),
    (
        "For a mail, in Markdown",
        ("growth", "--last", "28d", "--by", "artist", "--format", "markdown"),
        (r"\| --- \|", "50,165,261"),
    ),
    (
        "For a French spreadsheet",
        ("averages", "--last", "28d", "--by", "artist", "--locale", "fr", "--format", "csv"),
        (r";\d+,\d+;",),
    ),
    ("For a program", ("growth", "--last", "28d", "--top", "1", "--format", "json"), ('"subject_id": "song:',)),
    (
        "Why is there no percent?",
        ("growth", "--from", "2024-09-01", "--to", "2025-04-30", "--by", "song"),
        ("no value at the start: nothing was observed by the first day",),
    ),
    (
        "In which countries does Léo gain listeners on Spotify?",
        ("growth", "--window", "2025-04", "--by", "country", "--artist", "leo, the lamp", "--platform", "spotify"),
        ("monthly_listeners by country", "Italy", r"\+[\d.]+ ", "2025-03-31 to 2025-04-30"),
    ),
    (
        "The cities of France, on an average day",
        ("averages", "--last", "28d", "--by", "city", "--country", "france", "--metric", "monthly_listeners"),
        ("Averages of monthly_listeners by city", "Lyon"),
    ),
]
