"""What `crescendo recommend serve` lands: the listens that were posted to it, one a line.

They are no listens of the service, which reports its own: only the recommender reads them.
"""

from crescendo.shapes import Document, Field, Source

LISTENS = Document(
    name="served-listens",
    table="listens",
    layout="table",
    signature=("event_id", "user_key", "track_key", "listened_at"),
    note="Listens posted to the server of recommendations, a file a day.",
    fields=(
        Field("event_id", required=True, note="Id of the listen: the sender's, else one drawn by the server."),
        Field("user_key", required=True, note="The user, as listening.dim_users_current has it."),
        Field("track_key", required=True, note="The track, as listening.dim_tracks_current has it."),
        Field("listened_at", "moment", required=True, note="Moment of the listen, UTC."),
    ),
)

SOURCE = Source(
    name="served",
    documents=(LISTENS,),
    note="Listens posted to the server of recommendations.",
)
