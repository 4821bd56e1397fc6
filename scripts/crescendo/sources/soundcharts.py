"""What Soundcharts sends."""

from crescendo.shapes import Document, Entries, Field, Rows, Source

REPORT = Document(
    name="report",
    table="report_songs",
    layout="table",
    line_number_prefix=True,
    signature=("song_id", "title", "artist", "timeSeries"),
    note="The audience report: one line per song, its daily series and its summaries as JSON text.",
    fields=(
        Field("song_id", required=True, note="Soundcharts' uuid of the song; may repeat."),
        Field("title", note="Name of the song, version words included."),
        Field("artist", note="The credit as printed, all names in one text."),
        Field("release_date", note="Release day as sent; blank or 0000-01-01 where unknown."),
        Field("image_url", note="Address of the cover."),
        Rows(
            "timeSeries",
            table="report_songs__time_series",
            note="Daily points of the song.",
            fields=(
                Field("date", "day", required=True, note="Calendar day of the point."),
                Field("spotify-streams", "count", note="Plays on Spotify since release; absent up to 1,000."),
                Field(
                    "spotify-popularity", "count", note="Spotify's index of the track, 0 to 100; may be absent."
                ),
            ),
        ),
        Entries(
            "summaries",
            name="metric_key",
            table="report_songs__summaries",
            note="The partner's own latest value and evolutions, per metric.",
            fields=(
                Field("value", "number", note="Latest value."),
                Field("metric", note="The partner's label of the metric."),
                Entries(
                    "periods",
                    name="period",
                    note="Evolutions per period: 1w, 28d, 1y.",
                    fields=(
                        Field(
                            "evolution", "number", note="Value minus the value one period before; 0 if unknown."
                        ),
                        Field("percentEvolution", "number", note="100 x evolution / (value - evolution)."),
                    ),
                ),
                Field("firstDataPointDate", "day", note="First day of the series."),
                Field("lastDataPointDate", "day", note="Last day of the series."),
            ),
        ),
    ),
)

SOURCE = Source("soundcharts", documents=(REPORT,), note="Music market data, by report file and by API.")
