"""A source that no platform sends: every kind of node and of leaf, once as a record of columns and once as a page."""

from crescendo.shapes import Document, Dropped, Entries, Field, Group, Pairs, Rows, Source, Values

LEAVES = (
    Field("name"),
    Field("seen", "day"),
    Field("playCount", "count"),
    Field("delta", "integer"),
    Field("share", "number"),
    Field("live", "flag"),
)
NESTED = (
    Rows(
        "tree",
        "records__tree",
        (
            Field("date", "day", required=True),
            Field("free", "json"),
            Dropped("secret", "Personal data."),
            Group("place", (Field("city"), Values("tags", "records__tree__tags", Field("tag")))),
            Rows("leaves", "records__tree__leaves", (Field("size", "number", required=True), Field("green", "flag"))),
        ),
    ),
    Values("marks", "records__marks", Field("mark", "count")),
    Group("about", (*LEAVES, Rows("links", "records__about_links", (Field("url"),)))),
    Entries(
        "byKind",
        name="kind",
        table="records__by_kind",
        fields=(
            Field("total", "count"),
            Entries("byYear", name="year", fields=(Field("sum", "integer"), Field("last", "day"))),
        ),
    ),
)

RECORD = Document(
    "record", "records", (Field("id", required=True), *LEAVES, *NESTED), ("id", "tree"), line_number_prefix=True
)
PAGE = Document(
    "everything_page",
    "pages",
    (
        Field("id", required=True),
        Rows("items", "pages__items", (Field("n", "count"), Values("inner", "pages__inner", Field("v", "number")))),
        Dropped("errors", "Empty."),
    ),
    ("everything", "items"),
    layout="page",
    facts=("uuid", "page"),
)
TALLY = Document(
    "tally",
    "tallies",
    (
        Field("tally_id", required=True),
        Pairs("byCountry", "tallies__by_country", name="country", value=Field("plays", "count")),
        Rows(
            "days",
            "tallies__days",
            (
                Field("date", "day"),
                Pairs("byCity", "tallies__days__by_city", name="city", value=Field("share", "number")),
            ),
        ),
    ),
    ("tally_id", "byCountry"),
)
SOURCE = Source("everything", documents=(RECORD, PAGE, TALLY))
