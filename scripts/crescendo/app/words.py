"""Words of the app that come from data or from lists: English here, in the reader's language by `_`."""

MARKS = ("outlier", "restatement", "reset", "relinked", "correction", "late")
PAGES = ("Audience", "Films", "Leads", "Listening", "Pipeline", "Query")
# types of subjects, and of metrics
TYPES = (
    "song", "album", "label", "genre", "recording", "track", "channel", "brand", "ad_platform", "channel_group",
    "payment", "film", "person", "company", "language", "decade", "release_year", "continent", "series",
)  # fmt: skip
KINDS = ("counter", "flow", "gauge", "index", "rolling")
PARTS = ("the same members", "new", "lost", "restated")
WORDS = {*MARKS, *PAGES, *TYPES, *KINDS, *PARTS}
