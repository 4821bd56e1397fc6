"""What Soundcharts sends."""

from crescendo.shapes import Document, Dropped, Endpoint, Entries, Field, Group, Need, Node, Rows, Source, Values

# where a token is asked for
OAUTH_PATH = "/oauth/token"

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
        Field("release_date", "release", note="Release day as sent; blank or 0000-01-01 where unknown."),
        Field("image_url", note="Address of the cover."),
        Rows(
            "timeSeries",
            table="report_songs__time_series",
            note="Daily points of the song.",
            fields=(
                Field("date", "day", required=True, note="Calendar day of the point."),
                Field("spotify-streams", "count", note="Plays on Spotify since release; absent up to 1,000."),
                Field("spotify-popularity", "count", note="Spotify's index of the track, 0 to 100; may be absent."),
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
                        Field("evolution", "number", note="Value minus the value one period before; 0 if unknown."),
                        Field("percentEvolution", "number", note="100 x evolution / (value - evolution)."),
                    ),
                ),
                Field("firstDataPointDate", "day", note="First day of the series."),
                Field("lastDataPointDate", "day", note="Last day of the series."),
            ),
        ),
    ),
)

# --- pages of the API: where they are asked for ------------------------------------------------------------------

# what exists on which platform; asked only where there is an identifier
FOLLOWED = (
    "spotify youtube instagram tiktok deezer soundcloud x twitter mixcloud triller weibo facebook line-music "
    "melon amazon genius bandsintown twitch patreon songkick qq-music vk boomplay gaana anghami audiomack "
    "jiosaavn yandex"
)


def _series(path: str, platforms: str = "") -> Endpoint:
    return Endpoint(path, ("date",), dated=True, platforms=platforms)


ENDPOINTS = {
    "artist-search": Endpoint("/api/v2/artist/search/{id}", ("uuid",), limit=20),
    "artist": Endpoint("/api/v2.9/artist/{id}"),
    "artist-identifiers": Endpoint("/api/v2/artist/{id}/identifiers", ("platformCode", "identifier")),
    "artist-songs": Endpoint("/api/v2.21/artist/{id}/songs", ("uuid",), "sortBy=name&sortOrder=asc"),
    "artist-albums": Endpoint("/api/v2.34/artist/{id}/albums", ("uuid",), "type=all&sortBy=title&sortOrder=asc"),
    "artist-followers": _series("/api/v2/artist/{id}/audience/{platform}", FOLLOWED),
    "artist-local-followers": _series(
        "/api/v2.37/artist/{id}/social/{platform}/followers/", "instagram tiktok youtube"
    ),
    "artist-listening": _series(
        "/api/v2/artist/{id}/streaming/{platform}/listening",
        "spotify youtube anghami audiomack jiosaavn yandex pandora kugou lastfm airplay",
    ),
    "artist-local-streaming": _series("/api/v2/artist/{id}/streaming/{platform}", "spotify youtube airplay"),
    "artist-popularity": _series("/api/v2/artist/{id}/popularity/{platform}", "spotify tidal deezer"),
    "artist-score": _series("/api/v2/artist/{id}/soundcharts/score"),
    "artist-retention": _series(
        "/api/v2/artist/{id}/{platform}/retention", "spotify youtube anghami jiosaavn yandex audiomack"
    ),
    "artist-playlists": Endpoint(
        "/api/v2.20/artist/{id}/playlist/current/{platform}",
        ("playlist.uuid", "song.uuid", "entryDate"),
        "currentOnly=0&sortBy=entryDate&sortOrder=asc",  # sorted by position the listing is unstable while it is paged
        platforms="spotify apple-music amazon deezer youtube audiomack boomplay gaana jiosaavn kuwo "
        "line-music melon qq-music soundcloud yandex",
    ),
    "artist-charts": Endpoint(
        "/api/v2/artist/{id}/charts/song/ranks/{platform}",
        ("chart.slug", "song.uuid", "entryDate"),
        "currentOnly=0&sortBy=rankDate&sortOrder=asc",
        platforms="airplay amazon anghami apple-music beatport boomplay deezer gaana genius itunes "
        "jiosaavn line-music melon netease qq-music shazam soundcloud spotify tidal tiktok youtube",
    ),
    "song": Endpoint("/api/v2.25/song/{id}"),
    "song-identifiers": Endpoint("/api/v2/song/{id}/identifiers", ("platformCode", "identifier")),
    "song-albums": Endpoint("/api/v2/song/{id}/albums", ("uuid",)),
    "song-audience": _series(
        "/api/v2/song/{id}/audience/{platform}",
        "spotify youtube soundcloud audiomack jiosaavn anghami lastfm line-music awa shazam "
        "tiktok instagram genius gaana boomplay melon",
    ),
    "song-popularity": _series("/api/v2/song/{id}/popularity/{platform}", "spotify tidal deezer"),
    "album": Endpoint("/api/v2.36/album/by-uuid/{id}"),
    "album-tracks": Endpoint("/api/v2.26/album/{id}/tracks", ("discNumber", "number", "song.uuid")),
}

# --- pages of the API: what several of them hold -----------------------------------------------------------------

ERRORS = Dropped("errors", "Empty in an answer that was landed.")
PAGE = Group(
    "page",
    (
        Field("offset", "count", note="Items before the page."),
        Field("limit", "count", note="Most items a page may have."),
        Field("next", note="Address of the next page."),
        Field("previous", note="Address of the page before."),
        Field("total", "count", note="Items of the listing, as this page says."),
    ),
)
ARTIST = (
    Field("uuid", note="Soundcharts' uuid of the artist."),
    Field("slug", note="Name as in addresses."),
    Field("name", note="Name of the artist."),
    Field("appUrl", note="Address in the partner's application."),
    Field("imageUrl", note="Address of a picture."),
)
SONG = (
    Field("uuid", note="Soundcharts' uuid of the song."),
    Field("name", note="Title."),
    Field("creditName", note="Credit as printed; often blank."),
)
LABEL = (Field("name", note="Name of the label."), Field("type", note="Major group or Indie."))
GENRE = Field("genre", "json", note="A plain name, or the JSON of {root, sub[]}.")
DAY = Field("date", "day", required=True, note="Calendar day, the first ten characters as sent.")
PLACE = (
    DAY,
    Field("value", "count", note="Followers, listeners or views in the place."),
    Field("countryName", note="Name of the country."),
    Field("countryCode", note="ISO 3166 code of the country."),
)
ENTITY = Group(
    "related",
    (
        Field("uuid", note="Soundcharts' uuid of what the page is about, an artist or a song."),
        Field("slug", note="Name as in addresses."),
        Field("name", note="Name of the artist or title of the song."),
        Field("appUrl", note="Address in the partner's application."),
        Field("imageUrl", note="Address of a picture."),
        Field("creditName", note="Credit of the song as printed; none for an artist."),
    ),
    note="What was asked for.",
)
OF_ARTIST = Group(
    "related",
    (
        Group("artist", ARTIST),
        Field("platform", note="Code of the platform."),
        Field("lastCrawlDate", note="Last visit of the partner; not the last day of data."),
    ),
    note="What was asked for.",
)
ASKED = ("document", "uuid", "platform", "from", "to", "page", "folder")
# what the rows of lists say of their page
LISTED = ("asked_document", "asked_uuid", "asked_platform", "asked_folder", "related_name")
# what a page is about
OBJECT, RELATED = (Need("uuid", "object.uuid"),), (Need("uuid", "related.uuid"),)
RELATED_ARTIST = (Need("uuid", "related.artist.uuid"), Need("platform", "related.platform"))


def _listing(
    name: str,
    table: str,
    items: tuple[Node, ...],
    signature: tuple[str, ...],
    related: Node = ENTITY,
    needs: tuple[Need, ...] = RELATED,
    carried: tuple[str, ...] = LISTED,
    note: str = "",
) -> Document:
    """A page of a collection: `items` of one entity, a child table."""
    rows = Rows("items", f"{table}__items", items, note=note)
    fields = (related, rows, PAGE, ERRORS)
    endpoint = ENDPOINTS[name]
    return Document(name, table, fields, signature, "page", ASKED, needs, carried, note=note, endpoint=endpoint)


# --- what is known of an artist, a song, an album ----------------------------------------------------------------

CATALOGUE = (
    Document(
        "artist",
        "artists",
        layout="page",
        endpoint=ENDPOINTS["artist"],
        signature=("object.slug", "object.genres", "object.careerStage"),
        facts=("uuid", "folder"),
        needs=OBJECT,
        carried=("asked_uuid", "asked_folder"),
        note="What is known of an artist.",
        fields=(
            Field("type", note="Always artist."),
            Group(
                "object",
                (
                    *ARTIST,
                    Field("webUrl", note="Address of the artist's own pages."),
                    Field("countryCode", note="ISO 3166 code of the country."),
                    Values("genres", "artists__genres", GENRE, note="Genres of the artist."),
                    Field("isni", note="International standard name identifier."),
                    Field("ipi", note="Interested party's number."),
                    Field("type", note="Person or group."),
                    Field("careerStage", note="The partner's word for how far the career is."),
                    Field("growthLevel", note="The partner's word for how the audience grows."),
                    Field("cityName", note="City."),
                    Dropped("biography", "Personal data."),
                    Dropped("gender", "Personal data."),
                    Dropped("birthDate", "Personal data."),
                ),
                required=True,
            ),
            ERRORS,
        ),
    ),
    Document(
        "song",
        "songs",
        layout="page",
        endpoint=ENDPOINTS["song"],
        signature=("object.creditName", "object.artists", "object.duration"),
        facts=("uuid", "folder"),
        needs=OBJECT,
        carried=("asked_uuid", "asked_folder"),
        note="What is known of a song, its sound included.",
        fields=(
            Field("type", note="Always song."),
            Group(
                "object",
                (
                    *SONG,
                    Field(
                        "isrc", "json", note="Recording code: plain, or the JSON of {value, countryCode, countryName}."
                    ),
                    Field("iswcs", "json", note="Work codes, a JSON list."),
                    Rows("artists", "songs__artists", ARTIST, note="Artists of the song, main ones first."),
                    Rows("mainArtists", "songs__main_artists", ARTIST, note="Main artists of the song."),
                    Field("releaseDate", "release", note="Release day as sent."),
                    Field("copyright", note="Copyright line; often blank."),
                    Rows("labels", "songs__labels", LABEL, note="Labels of the song."),
                    Field("label", note="The one label that older paths name."),
                    Values("genres", "songs__genres", GENRE, note="Genres of the song."),
                    Field("composers", "json", note="Names of the composers, a JSON list."),
                    Field("producers", "json", note="Names of the producers, a JSON list."),
                    Field("duration", "count", note="Seconds."),
                    Field("explicit", "flag", note="Whether the words are explicit; false also where unknown."),
                    Field("languageCode", note="Language of the words; often blank."),
                    Field("distributor", note="Distributor; often blank."),
                    Group(
                        "audio",
                        (
                            Field("acousticness", "number", note="0 to 1."),
                            Field("danceability", "number", note="0 to 1."),
                            Field("energy", "number", note="0 to 1."),
                            Field("instrumentalness", "number", note="0 to 1."),
                            Field("liveness", "number", note="0 to 1."),
                            Field("speechiness", "number", note="0 to 1."),
                            Field("valence", "number", note="0 to 1."),
                            Field("loudness", "number", note="Decibels."),
                            Field("tempo", "number", note="Beats a minute."),
                            Field("key", "integer", note="Pitch class, C is 0."),
                            Field("mode", "integer", note="1 major, 0 minor."),
                            Field("timeSignature", "integer", note="Beats a bar."),
                        ),
                    ),
                    Field("appUrl", note="Address in the partner's application."),
                    Field("imageUrl", note="Address of the cover."),
                    Field("previewUrl", note="Address of a short extract."),
                ),
                required=True,
            ),
            ERRORS,
        ),
    ),
    Document(
        "album",
        "albums",
        layout="page",
        endpoint=ENDPOINTS["album"],
        signature=("object.upc", "object.totalTracks"),
        facts=("uuid", "folder"),
        needs=OBJECT,
        carried=("asked_uuid", "asked_folder"),
        note="What is known of an album.",
        fields=(
            Field("type", note="Always album."),
            Group(
                "object",
                (
                    Field("uuid", note="Soundcharts' uuid of the album."),
                    Field("slug", note="Name as in addresses."),
                    Field("name", note="Title."),
                    Field("creditName", note="Credit as printed; often blank."),
                    Field("upc", note="Product code, leading zeros kept."),
                    Field("releaseDate", "release", note="Release day as sent."),
                    Field("totalTracks", "count", note="Number of tracks."),
                    Field("type", note="Album, Single, Compil."),
                    Rows("artists", "albums__artists", ARTIST, note="Artists of the album, main ones first."),
                    Rows("labels", "albums__labels", LABEL, note="Labels of the album."),
                    Field("label", note="The one label that older paths name."),
                    Field("copyright", note="Copyright line; often blank."),
                    Field("distributor", note="Distributor; often blank."),
                    Field("appUrl", note="Address in the partner's application."),
                    Field("imageUrl", note="Address of the cover."),
                ),
                required=True,
            ),
            ERRORS,
        ),
    ),
)

# what only an artist has, and only a song, where a page says whose it is
OF_AN_ARTIST, OF_A_SONG = "related.slug", "related.creditName"
IDENTIFIERS = tuple(
    _listing(
        name,
        "identifier_pages",
        (
            Field("platformName", note="Name of the platform."),
            Field("platformCode", required=True, note="Code of the platform; for songs also isrc."),
            Field("identifier", required=True, note="The entity's id on the platform."),
            Field("url", note="Its address there."),
            Field("default", "flag", note="Whether Soundcharts prefers it; absent on older answers."),
        ),
        signature=(told_by, "items[].platformCode", "items[].identifier"),
        note="Ids of an artist or song on the platforms.",
    )
    for name, told_by in (("artist-identifiers", OF_AN_ARTIST), ("song-identifiers", OF_A_SONG))
)
ALBUM_LISTS = tuple(
    _listing(
        name,
        "album_pages",
        (
            Field("uuid", note="Soundcharts' uuid of the album; absent before v2.34."),
            Field("slug", note="Name as in addresses, the key before v2.34."),
            Field("name", note="Title."),
            Field("creditName", note="Credit as printed; often blank."),
            Field("releaseDate", "release", note="Release day as sent."),
            Field("type", note="Album, Single, Compil."),
            Field("default", "flag", note="Whether it is the preferred edition."),
        ),
        signature=(told_by, "items[].slug", "items[].releaseDate"),
        note="Albums of an artist or song.",
    )
    for name, told_by in (("artist-albums", OF_AN_ARTIST), ("song-albums", OF_A_SONG))
)
LISTS = (
    _listing(
        "artist-search",
        "artist_search_pages",
        ARTIST,
        signature=("items[].slug", "items[].imageUrl"),
        note="Artists that a name was found to mean.",
        needs=(),  # the name that was searched for is not a subject
    ),
    _listing(
        "artist-songs",
        "artist_song_pages",
        (*SONG, Field("releaseDate", "release", note="Release day as sent; often null.")),
        signature=("items[].creditName", "items[].releaseDate"),
        note="Songs of an artist, features included.",
    ),
    _listing(
        "album-tracks",
        "album_track_pages",
        (
            Field("discNumber", "count", note="Disc, from 1."),
            Field("number", "count", note="Place on the disc, from 1."),
            Group("song", SONG),
        ),
        signature=("items[].discNumber", "items[].song"),
        note="Tracks of an album.",
    ),
    _listing(
        "artist-playlists",
        "playlist_pages",
        (
            Group(
                "playlist",
                (
                    Field("uuid", note="Soundcharts' uuid of the playlist."),
                    Field("name", note="Name of the playlist."),
                    Field("identifier", note="Its id on the platform."),
                    Field("platform", note="Code of the platform."),
                    Field("countryCode", note="Country it is made for; blank for the world."),
                    Field("latestCrawlDate", "day", note="Day it was last read, of which the counts are."),
                    Field("latestTrackCount", "count", note="Its tracks on that day."),
                    Field("latestSubscriberCount", "count", note="Its subscribers on that day, not on that of entry."),
                    Field("type", note="Editorial, algorithmic, charts, radios ..."),
                    Field("imageUrl", note="Address of its cover."),
                ),
            ),
            Field("position", "count", note="Place in the playlist."),
            Field("peakPosition", "count", note="Best place."),
            Field("entryDate", "day", note="Day of entry."),
            Field("exitDate", "day", note="Day of exit; null while it is there."),
            Field("positionDate", "day", note="Day of the place."),
            Field("peakPositionDate", "day", note="Day of the best place."),
            Group("song", SONG),
        ),
        signature=("items[].playlist", "items[].position"),
        note="Entries of an artist's songs in playlists.",
    ),
    _listing(
        "artist-charts",
        "chart_pages",
        (
            Group(
                "chart",
                (
                    Field("name", note="Name of the chart."),
                    Field("type", note="What it ranks: song or album."),
                    Field("slug", note="Its key."),
                    Field("platform", note="Code of the platform."),
                    Field("frequency", note="daily or weekly."),
                    Field("countryCode", note="Its country; blank for the world."),
                    Field("countryName", note="Name of the country."),
                    Field("cityName", note="Its city; blank for the country."),
                    Field("maxResultsCount", "count", note="How many places it has."),
                    Field("webUrl", note="Its address."),
                ),
            ),
            Field("position", "count", note="Rank; 0 if it has left the chart."),
            Field("oldPosition", "count", note="Rank before; the last one if it has left."),
            Field("positionEvolution", "integer", note="Ranks gained."),
            Field("peakPosition", "count", note="Best rank."),
            Field("entryState", note="As sent, blank as a rule."),
            Field("entryDate", "day", note="First day in the chart."),
            Field("rankDate", "day", note="Last day in the chart."),
            Field("timeOnChart", "count", note="How long, in units of timeOnChartUnit."),
            Field("timeOnChartUnit", note="DOC days, WOC weeks."),
            Field("current", "flag", note="Whether it is in the chart now."),
            Group("song", SONG),
        ),
        signature=("items[].chart", "items[].position"),
        note="Entries of an artist's songs in charts.",
    ),
)

# --- series ------------------------------------------------------------------------------------------------------

# older paths of followers sent what those of places send, so one shape holds both
AUDIENCE = tuple(
    _listing(
        name,
        "artist_audience_pages",
        (
            DAY,
            Field("value", "count", note="World value of the day, on the paths that give places."),
            Field("followerCount", "count", note="Followers, fans, subscribers or likes, as the platform says."),
            Field("likeCount", "count", note="Likes received since the beginning."),
            Field("followingCount", "count", note="Accounts that the artist follows."),
            Field("postCount", "count", note="Posts."),
            Field("viewCount", "count", note="Views of the channel since the beginning."),
            Rows(
                "cityPlots",
                "artist_audience_pages__items__city_plots",
                (*PLACE, Field("region", note="Province or state; may be blank."), Field("cityName", note="City.")),
                note="The value by city, top cities on some days.",
            ),
            Rows(
                "countryPlots",
                "artist_audience_pages__items__country_plots",
                PLACE,
                note="The value by country, top countries on some days.",
            ),
        ),
        signature=signature,
        related=OF_ARTIST,
        needs=RELATED_ARTIST,
        carried=(),
        note="An artist's followers, or listeners by place, by day.",
    )
    for name, signature in (
        ("artist-followers", ("items[].followerCount",)),
        ("artist-local-followers", ("items[].countryPlots",)),
        ("artist-local-streaming", ("items[].countryPlots",)),
    )
)
VALUES = tuple(
    _listing(
        name,
        "artist_value_pages",
        (DAY, Field("value", "number", note="Listeners, plays or views; index; percent.")),
        signature=("related.lastCrawlDate", "items[].value"),
        related=OF_ARTIST,
        needs=RELATED_ARTIST,
        carried=(),
        note="An artist's listeners, popularity or retention by day.",
    )
    for name in ("artist-listening", "artist-popularity", "artist-retention")
)
SCORES = _listing(
    "artist-score",
    "artist_score_pages",
    (
        DAY,
        Field("score", "number", note="Soundcharts' score of the artist."),
        Field("fanbaseScore", "number", note="Its part for the size of the audience."),
        Field("trendingScore", "number", note="Its part for how the audience moves."),
    ),
    signature=("items[].fanbaseScore",),
    related=Field("related", "json", note="What was asked for: the JSON of an artist, in a list of one as a rule."),
    carried=(),
    note="Soundcharts' scores of an artist by day.",
)
SONG_SERIES = tuple(
    _listing(
        name,
        "song_audience_pages",
        (
            DAY,
            Field("value", "count", note="On older paths: the sum over the song's identifiers."),
            Rows(
                "plots",
                "song_audience_pages__items__plots",
                (
                    Field("identifier", required=True, note="The song's id on the platform."),
                    Field("value", "count", note="What the platform shows for that id."),
                ),
                note="The value by identifier.",
            ),
        ),
        signature=("items[].plots[].identifier",),
        needs=(*RELATED, Need("platform")),
        carried=(),
        note="A song's streams, views ... or popularity by day and identifier.",
    )
    for name in ("song-audience", "song-popularity")
)

DOCUMENTS = (REPORT, *CATALOGUE, *IDENTIFIERS, *ALBUM_LISTS, *LISTS, *AUDIENCE, *VALUES, SCORES, *SONG_SERIES)

SOURCE = Source("soundcharts", documents=DOCUMENTS, note="Music market data, by report file and by API.")
