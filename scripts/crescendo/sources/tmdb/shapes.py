"""What TMDb sends: lists of films by pages, films with their credits, exports of all ids, and reference lists.

TMDb serves only what is true now, so each page carries the day on which it was asked for: by the request beside it,
else by its own name, else by the folder that it is in.
"""

from crescendo.shapes import Document, Dropped, Endpoint, Field, Group, Node, Rows, Source, Values

FACTS = ("list", "load_date", "day", "folder", "page")
DAYS = ("asked_load_date", "asked_day", "asked_folder")
# the API serves no page after this one, whatever `total_pages` says
LAST_PAGE = 500
PAGE_ROWS = 20


def _picture(key: str, what: str) -> Field:
    return Field(key, note=f"Path of its {what}; null if it has none.")


def _about(*keys: str) -> tuple[Field, ...]:
    """What lists and films say of a film, in the order of the keys."""
    fields = {
        "adult": Field("adult", "flag", note="Whether it is for adults only."),
        "backdrop_path": _picture("backdrop_path", "backdrop"),
        "id": Field("id", "count", required=True, note="TMDb's id of the film."),
        "title": Field("title", note="Title in the language that was asked for; may be blank."),
        "original_title": Field("original_title", note="Title in the original language."),
        "original_language": Field("original_language", note="ISO 639-1, and TMDb's own xx (none) and cn (Cantonese)."),
        "overview": Field("overview", note="What it is about; blank if unknown."),
        "popularity": Field("popularity", "number", note="TMDb's score of the day; 0 possible."),
        "poster_path": _picture("poster_path", "poster"),
        "release_date": Field("release_date", "release", note="Day of release as sent; blank or absent if unknown."),
        "video": Field("video", "flag", note="Whether it is no film but a video."),
        "vote_average": Field("vote_average", "number", note="Mean of the votes, 0 to 10; 0 if nobody voted."),
        "vote_count": Field("vote_count", "count", note="Votes so far."),
    }
    return tuple(fields[key] for key in keys)


GENRE_IDS = Field("genre_ids", "json", note="The JSON of a list of the ids of its genres.")
MEDIA_TYPE = Field("media_type", note="movie; sent by lists of trends.")
# in the order sent, in which a page is quickest to check; lists of trends have another one
LISTED: tuple[Node, ...] = (
    *_about("adult", "backdrop_path"),
    GENRE_IDS,
    *_about("id", "original_language", "original_title", "overview", "popularity", "poster_path", "release_date"),
    *_about("title", "video", "vote_average", "vote_count"),
    MEDIA_TYPE,
)
GENRE = (Field("id", "count", required=True, note="Id of the genre."), Field("name", note="Its name, translated."))
MOVIE_ID = Field("id", "count", name="movie_id", required=True, note="TMDb's id of the film.")
PAGES = (
    Field("total_pages", "count", note="Pages as announced; those after the 500th are not served."),
    Field("total_results", "count", note="Films of the list as announced."),
)

# --- lists -------------------------------------------------------------------------------------------------------

MOVIE_LIST = Document(
    name="movie-list",
    table="movie_lists",
    layout="page",
    facts=FACTS,
    carried=("asked_list", *DAYS, "page"),
    signature=("results[].genre_ids", "results[].vote_count", "results[].title"),
    note="A page of /discover/movie, /movie/popular, top_rated, upcoming, now_playing or /trending/movie.",
    endpoint=Endpoint("/3/discover/movie", ("id",), "sort_by=popularity.desc&include_adult=false", limit=PAGE_ROWS),
    fields=(
        Group(
            "dates",
            (
                Field("maximum", "day", note="Last day of release that the list has."),
                Field("minimum", "day", note="First day of release that the list has."),
            ),
            note="Sent by now_playing and upcoming.",
        ),
        Field("page", "count", note="Number of the page, from 1."),
        Rows("results", table="movie_lists__results", required=True, fields=LISTED, note="Films, by place."),
        *PAGES,
    ),
)


def _daily(name: str, fields: tuple[Node, ...]) -> Rows:
    return Rows(name, table=f"daily_lists__{name}", fields=fields, note=f"The list {name}, its pages as one.")


DAILY_LISTS = Document(
    name="daily-lists",
    table="daily_lists",
    layout="page",
    carried=("generated_at",),
    signature=("generated_at", "movies.trending_day[].vote_count"),
    note="Six lists of films of one day in one file, as projects commit them once a day.",
    fields=(
        Field("generated_at", "moment", required=True, note="Moment of the asking; its day is that of the lists."),
        Group(
            "movies",
            (
                _daily("trending_day", LISTED),
                _daily("trending_week", LISTED),
                _daily("popular", LISTED),
                _daily("top_rated", LISTED),
                _daily("now_playing", LISTED),
                _daily("upcoming", LISTED),
                Rows("genres", table="daily_lists__genres", fields=GENRE, note="The genres of films."),
            ),
            required=True,
            note="Films.",
        ),
        Dropped("tv", "Series are no films."),
    ),
)

# --- films -------------------------------------------------------------------------------------------------------

PERSON = (
    Field("adult", "flag", note="Whether the person is known from films for adults."),
    Field("gender", "count", note="0 unknown, 1 female, 2 male, 3 non-binary."),
    Field("id", "count", required=True, note="TMDb's id of the person."),
    Field("known_for_department", note="What the person is known for: Acting, Directing."),
    Field("name", note="Name of the person."),
    Field("original_name", note="Name in the person's own script."),
    Field("popularity", "number", note="TMDb's score of the person."),
    _picture("profile_path", "picture"),
)
CREDIT_ID = Field("credit_id", required=True, note="Id of the credit: of one person, one film and one job or part.")


def _credits(table: str) -> tuple[Rows, Rows]:
    cast = (
        *PERSON,
        Field("cast_id", "count", note="Number of the part within the film."),
        Field("character", note="Who is played."),
        CREDIT_ID,
        Field("order", "count", name="cast_order", note="Place in the billing, from 0."),
    )
    crew = (
        *PERSON,
        CREDIT_ID,
        Field("department", note="Directing, Writing, Sound ..."),
        Field("job", note="What the person did: Director."),
    )
    return (
        Rows("cast", table=f"{table}__cast", fields=cast, note="Who plays."),
        Rows("crew", table=f"{table}__crew", fields=crew, note="Who else made it."),
    )


COMPANIES = Rows(
    "production_companies",
    table="movies__production_companies",
    fields=(
        Field("id", "count", required=True, note="TMDb's id of the company."),
        _picture("logo_path", "logo"),
        Field("name", note="Name of the company."),
        Field("origin_country", note="ISO 3166 code of its country; blank if unknown."),
    ),
    note="Companies that made it.",
)
COUNTRIES = Rows(
    "production_countries",
    table="movies__production_countries",
    fields=(
        Field("iso_3166_1", required=True, note="Code of the country."),
        Field("name", note="Its name."),
    ),
    note="Countries that it was made in.",
)
LANGUAGES = Rows(
    "spoken_languages",
    table="movies__spoken_languages",
    fields=(
        Field("english_name", note="Name in English."),
        Field("iso_639_1", required=True, note="Code of the language."),
        Field("name", note="Name in the language itself; may be blank."),
    ),
    note="Languages that are spoken in it.",
)

MOVIE = Document(
    name="movie",
    table="movies",
    layout="page",
    facts=FACTS[1:4],
    carried=("movie_id",),
    signature=("budget", "runtime", "original_title"),
    note="A film with all that is known of it, and its credits if they were asked for.",
    endpoint=Endpoint("/3/movie/{id}", query="append_to_response=credits"),
    fields=(
        *_about("adult", "backdrop_path"),
        Group(
            "belongs_to_collection",
            (
                Field("id", "count", note="TMDb's id of the series of films."),
                Field("name", note="Its name."),
                _picture("poster_path", "poster"),
                _picture("backdrop_path", "backdrop"),
            ),
            note="The series of films that it is one of; null if it is of none.",
        ),
        Field("budget", "count", note="US dollars; 0 if unknown, and absurdly small at times."),
        Rows("genres", table="movies__genres", fields=GENRE, note="Genres of the film."),
        Field("homepage", note="Its address; blank if it has none."),
        MOVIE_ID,
        Field("imdb_id", note="tt and digits; null if unknown."),
        Values(
            "origin_country",
            table="movies__origin_country",
            value=Field("country_code", note="ISO 3166 code."),
            note="Countries of origin; absent before 2024.",
        ),
        *_about("original_language", "original_title", "overview", "popularity", "poster_path"),
        COMPANIES,
        COUNTRIES,
        *_about("release_date"),
        Field("revenue", "count", note="US dollars; 0 if unknown."),
        Field("runtime", "count", note="Minutes; 0 if unknown."),
        LANGUAGES,
        Field("status", note="Rumored, Planned, In Production, Post Production, Released or Canceled."),
        Field("tagline", note="Its slogan; blank if it has none."),
        *_about("title", "video", "vote_average", "vote_count"),
        Group("credits", _credits("movies__credits"), note="Who made it; absent if not asked for."),
    ),
)

CREDITS = Document(
    name="movie-credits",
    table="credit_pages",
    layout="page",
    facts=FACTS[1:4],
    carried=("movie_id",),
    signature=("cast[].credit_id", "crew[].credit_id"),
    note="The credits of a film alone.",
    fields=(MOVIE_ID, *_credits("credit_pages")),
)

GONE = Document(
    name="movie-absences",
    table="movie_absences",
    layout="table",
    signature=("movie_id", "gone_date", "answer"),
    note="Films that were asked for and are not there any more, as `crescendo fetch tmdb` notes them.",
    fields=(
        Field("movie_id", "count", required=True, note="TMDb's id of the film that was asked for."),
        Field("gone_date", "day", required=True, note="Day on which it was not there."),
        Field("answer", note="What the source said: deleted, or merged with another film."),
    ),
)

EXPORTED = Document(
    name="movie-ids",
    table="movie_ids",
    layout="page",
    facts=FACTS[1:4],
    signature=("original_title", "popularity", "video"),
    note="A line of a daily export of all ids, movie_ids_MM_DD_YYYY.json.gz: one film.",
    endpoint=Endpoint("/p/exports/movie_ids_{id}.json.gz"),
    fields=_about("adult", "id", "original_title", "popularity", "video"),
)

# --- reference lists ---------------------------------------------------------------------------------------------

GENRES = Document(
    name="genre-list",
    table="genre_lists",
    layout="page",
    facts=FACTS[1:4],
    signature=("genres[].name",),
    note="The genres of films.",
    endpoint=Endpoint("/3/genre/movie/list"),
    fields=(Rows("genres", table="genre_lists__genres", required=True, fields=GENRE, note="Genres."),),
)

COUNTRY_LIST = Document(
    name="countries",
    table="countries",
    signature=("iso_3166_1", "english_name", "native_name"),
    note="The countries that TMDb knows, former ones among them.",
    endpoint=Endpoint("/3/configuration/countries"),
    fields=(
        Field("iso_3166_1", required=True, note="Code of the country."),
        Field("english_name", note="Name in English."),
        Field("native_name", note="Name in the language that was asked for."),
    ),
)

LANGUAGE_LIST = Document(
    name="languages",
    table="languages",
    signature=("iso_639_1", "english_name", "name"),
    note="The languages that TMDb knows.",
    endpoint=Endpoint("/3/configuration/languages"),
    fields=(
        Field("iso_639_1", required=True, note="Code of the language."),
        Field("english_name", note="Name in English."),
        Field("name", note="Name in the language itself; blank for more than half of them."),
    ),
)

# --- what is landed and read by nobody yet -----------------------------------------------------------------------

CHANGES = Document(
    name="movie-changes",
    table="changed_movies",
    layout="page",
    facts=FACTS[1:],
    signature=("results[].id", "results[].adult", "total_pages"),
    note="Ids of films that changed; popularity and votes are no changes.",
    fields=(
        Rows(
            "results",
            table="changed_movies__results",
            required=True,
            fields=(*_about("id"), Field("adult", "flag", note="Whether it is for adults only; may be null.")),
            note="Films.",
        ),
        Field("page", "count", note="Number of the page, from 1."),
        *PAGES,
    ),
)

FILM_CHANGES = Document(
    name="film-changes",
    table="film_changes",
    layout="page",
    facts=FACTS[1:4],
    signature=("changes[].key", "changes[].items"),
    note="What changed of one film.",
    fields=(
        Rows(
            "changes",
            table="film_changes__changes",
            required=True,
            fields=(
                Field("key", note="What changed: images, title."),
                Rows(
                    "items",
                    table="film_changes__changes__items",
                    fields=(
                        Field("id", note="Id of the change."),
                        Field("action", note="added, updated, deleted."),
                        Field("time", note="Moment in UTC as sent."),
                        Field("iso_639_1", note="Language that it is of; blank for all."),
                        Field("iso_3166_1", note="Country that it is of; blank for all."),
                        Field("value", "json", note="The JSON of the new value, of any type."),
                        Field("original_value", "json", note="The JSON of the old value; absent if there was none."),
                    ),
                    note="Its changes.",
                ),
            ),
            note="What changed, by key.",
        ),
    ),
)

RELEASES = Document(
    name="movie-release-dates",
    table="release_pages",
    layout="page",
    facts=FACTS[1:4],
    signature=("id", "results[].iso_3166_1", "results[].release_dates"),
    note="When a film was released, by country.",
    fields=(
        *_about("id"),
        Rows(
            "results",
            table="release_pages__results",
            required=True,
            fields=(
                Field("iso_3166_1", note="Code of the country."),
                Rows(
                    "release_dates",
                    table="release_pages__results__release_dates",
                    fields=(
                        Field("certification", note="Age limit; may be blank."),
                        Field("descriptors", "json", note="The JSON of a list of reasons for the age limit."),
                        Field("iso_639_1", note="Language; may be blank."),
                        Field("note", note="Kind of the release, as written."),
                        Field("release_date", "day", note="Day of the release."),
                        Field("type", "count", note="1 premiere to 6 television."),
                    ),
                    note="Releases in the country.",
                ),
            ),
            note="Countries.",
        ),
    ),
)

COLLECTION = Document(
    name="collection",
    table="collections",
    layout="page",
    facts=FACTS[1:4],
    signature=("parts[].vote_count", "name"),
    note="A series of films.",
    fields=(
        *_about("id"),
        Field("name", note="Name of the series."),
        *_about("overview", "poster_path", "backdrop_path"),
        Rows("parts", table="collections__parts", required=True, fields=LISTED, note="Its films."),
    ),
)

COMPANY = Document(
    name="company",
    table="companies",
    layout="page",
    facts=FACTS[1:4],
    signature=("headquarters", "origin_country", "parent_company"),
    note="A company that makes films.",
    fields=(
        Field("description", note="What it is; may be blank."),
        Field("headquarters", note="City and country."),
        Field("homepage", note="Its address."),
        Field("id", "count", required=True, note="TMDb's id of the company."),
        _picture("logo_path", "logo"),
        Field("name", note="Name of the company."),
        Field("origin_country", note="ISO 3166 code of its country; blank if unknown."),
        Field("parent_company", "json", note="The JSON of the company that owns it; null if none does."),
    ),
)

JOBS = Document(
    name="jobs",
    table="departments",
    signature=("department", "jobs"),
    note="Departments of a crew, and their jobs.",
    endpoint=Endpoint("/3/configuration/jobs"),
    fields=(
        Field("department", required=True, note="Name of the department."),
        Values("jobs", table="departments__jobs", value=Field("job", note="Name of the job."), note="Its jobs."),
    ),
)

CONFIGURATION = Document(
    name="configuration",
    table="configurations",
    layout="page",
    facts=FACTS[1:4],
    signature=("images.secure_base_url", "change_keys"),
    note="Where pictures are, and what may change.",
    endpoint=Endpoint("/3/configuration"),
    fields=(
        Group(
            "images",
            (
                Field("base_url", note="Address before the path of a picture."),
                Field("secure_base_url", note="The same, encrypted."),
                *(
                    Field(f"{kind}_sizes", "json", note="The JSON of a list of sizes.")
                    for kind in ("backdrop", "logo", "poster", "profile", "still")
                ),
            ),
            required=True,
            note="Pictures.",
        ),
        Field("change_keys", "json", note="The JSON of a list of what may change."),
    ),
)

SOURCE = Source(
    "tmdb",
    documents=(
        MOVIE_LIST,
        DAILY_LISTS,
        MOVIE,
        CREDITS,
        GONE,
        EXPORTED,
        GENRES,
        COUNTRY_LIST,
        LANGUAGE_LIST,
        CHANGES,
        FILM_CHANGES,
        RELEASES,
        COLLECTION,
        COMPANY,
        JOBS,
        CONFIGURATION,
    ),
    note="Films, by API and by the files that others record of it.",
)
