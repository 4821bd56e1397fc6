"""What daily chart files hold: one line per place of a list of songs on a day."""

from crescendo.shapes import Document, Field, Source

ENTRIES = Document(
    name="chart",
    table="entries",
    layout="table",
    signature=("date", "position", "song", "artist", "popularity"),
    note="A list of songs day by day, one file per list; the file's name is the list's.",
    fields=(
        Field("date", "day", required=True, note="Day of the list."),
        Field("position", "count", required=True, note="Place in the list, 1 is the top."),
        Field("song", note="Title, version words included; blank in a few rows."),
        Field("artist", note="The credit as printed, names joined by ' & '."),
        Field("popularity", "count", note="Spotify's index of the track that day, 0 to 100; 0 if it was not known."),
        Field("duration_ms", "count", note="Length in milliseconds."),
        Field("album_type", note="single, album or compilation."),
        Field("total_tracks", "count", note="Tracks of the album."),
        Field("release_date", "release", note="Release day as sent; a month or a year if no more is known."),
        Field("is_explicit", note="True or False."),
        Field("album_cover_url", note="Address of the cover."),
    ),
)

SOURCE = Source(
    name="charts",
    documents=(ENTRIES,),
    note="Daily lists of songs with Spotify's popularity, as enthusiasts collect them.",
)
