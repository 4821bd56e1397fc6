"""What MooVitamix sends: three listings, by pages, of a universe that lasts as long as its server runs.

Ids mean something within one extraction only, so each page carries what tells extractions apart: the load date that
was asked for or, where pages were captured without a request, their folder.
"""

from crescendo.shapes import Document, Endpoint, Field, Node, Rows, Source, Values

FACTS = ("load_date", "folder", "page")
TIMES = (
    Field("created_at", "moment", note="Moment of creation as sent, without a zone; it is UTC."),
    Field("updated_at", "moment", note="Moment of the last change as sent, without a zone; may lie before creation."),
)


def _pages(route: str, table: str, identity: str, key: str, rows: str, *fields: Node) -> Document:
    return Document(
        name=route,
        table=f"{table}_pages",
        layout="page",
        facts=FACTS,
        carried=("asked_load_date", "asked_folder", "page"),
        signature=("total", "pages", *(f"items[].{name}" for name in key.split())),
        note=f"A page of /{route}.",
        of_people=route == "users",
        endpoint=Endpoint(f"/{route}", key=(identity,)),
        fields=(  # in the order sent, in which a page is quickest to check
            Rows("items", table=f"{table}_pages__items", required=True, fields=(*fields, *TIMES), note=rows),
            Field("total", "count", note="Rows of the listing, on all its pages."),
            Field("page", "count", note="Number of the page, from 1."),
            Field("size", "count", note="Rows of a full page."),
            Field("pages", "count", note="Number of pages."),
        ),
    )


TRACKS = _pages(
    "tracks",
    "track",
    "id",
    "songwriters duration",
    "Tracks.",
    Field("id", "integer", required=True, note="Id of the track; another universe uses it for another track."),
    Field("name", note="Title."),
    Field("artist", note="One person's name."),
    Field("songwriters", note="One person's name."),
    Field("duration", note="MM:SS."),
    Field("genres", note="Words, one as a rule, or several with commas; seldom a genre."),
    Field("album", note="Title of the album."),
)

USERS = _pages(
    "users",
    "user",
    "id",
    "email favorite_genres",
    "Users.",
    Field("id", "integer", required=True, note="Id of the user; another universe uses it for another user."),
    Field("first_name", note="First name."),
    Field("last_name", note="Last name."),
    Field("email", note="E-mail address; two users may share one."),
    Field("gender", note="One of nine words."),
    Field("favorite_genres", note="One of seventeen genres, or several with commas."),
)

HISTORY = _pages(
    "listen_history",
    "history",
    "user_id",
    "user_id items",
    "What each user listened to.",
    Field("user_id", "integer", note="Id of the user; may be null."),
    Values(
        "items",
        table="history_pages__items__items",
        value=Field("track_id", "integer", note="Id of a track."),
        note="Tracks in the order they were sent.",
    ),
)

SOURCE = Source(
    "moovitamix",
    documents=(TRACKS, USERS, HISTORY),
    note="A listening service: its tracks, its users and what they last listened to, by API.",
)
