"""A mistake in the declaration of a source is told in one sentence: its file, line or document, field, and the cure."""

import re
import sys
from collections.abc import Callable

import pytest
from crescendo import sources

SOUND = """from crescendo.shapes import Document, Entries, Field, Group, Need, Pairs, Rows, Source, Values

PLAYS = Document(
    name="plays",
    table="plays",
    signature=("song", "played_at"),
    fields=(
        Field("song", required=True),
        Field("played_at", "moment"),
        Field("seconds", "count"),
    ),
)
LISTING = Document(
    name="listing",
    table="listing_pages",
    layout="page",
    facts=("uuid", "platform"),
    needs=(Need("platform", "about.code"),),
    carried=("asked_uuid",),
    signature=("items[].day",),
    fields=(
        Group("about", fields=(Field("code"),)),
        Rows("items", table="listing_pages__items", required=True, fields=(
            Field("day", "day", required=True),
            Values("tags", table="listing_pages__tags", value=Field("tag")),
            Pairs("plays", table="listing_pages__plays", name="country", value=Field("plays", "count")),
        )),
    ),
)
SOURCE = Source("toys", (PLAYS, LISTING))
"""


@pytest.fixture
def declare(desk, monkeypatch) -> Callable[[str], tuple[int, str, str]]:
    """Run `crescendo status` with a source that a text declares."""
    folder = desk.folder.parent / "sources" / "toys"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.setattr(sources, "__path__", [str(folder.parent), *sources.__path__])

    def run(text: str) -> tuple[int, str, str]:
        for name in [name for name in sys.modules if name.startswith("crescendo.sources.toys")]:
            del sys.modules[name]
        sources._declared.cache_clear()
        (folder / "shapes.py").write_text(text)
        return desk.run("load", desk.folder)

    yield run
    for name in [name for name in sys.modules if name.startswith("crescendo.sources.toys")]:
        del sys.modules[name]
    if hasattr(sources, "toys"):
        delattr(sources, "toys")


def test_a_sound_declaration_is_taken(declare):
    code, _, err = declare(SOUND)
    assert (code, err) == (0, "")


LINE = "line {}: ".format
OF_PLAYS, OF_LISTING = "source 'toys', document 'plays': ", "source 'toys', document 'listing': "
# what is written instead of what, and what is said of it behind the file's name
MISTAKES = [
    # Python
    ('name="plays",', 'name="plays"', LINE(4) + "is not Python: "),
    ("SOURCE = Source(", "SOURCE = Source(((", LINE(30) + "is not Python: "),
    ("import Document", "import Documnet", LINE(1) + "cannot import name 'Documnet'.*: did you mean Document"),
    ('Field("song", req', 'Feild("song", req', LINE(8) + "name 'Feild' is not defined: did you mean Field"),
    ('"song", required', '"song", requierd', LINE(8) + ".*argument 'requierd': did you mean required"),
    ("    signature=(", "    signatur=(", ".*argument 'signatur': did you mean signature"),
    ('    table="plays",\n', "", LINE(3) + ".*missing 1 required positional argument: 'table'"),
    ("SOURCE = ", "SORCE = ", 'declares no source: end it with SOURCE = Source\\("toys"'),
    ('Source("toys"', 'Source("toy"', "declares the source 'toy': give it the folder's name 'toys'"),
    ("PLAYS, LISTING", "PLAYS, LISTNG", LINE(30) + "name 'LISTNG' is not defined: did you mean LISTING"),
    ("SOURCE =", "print(1 / 0)\nSOURCE =", LINE(30) + "division by zero"),
    ("from crescendo.shapes", "from crescendo.shape", LINE(1) + "No module named 'crescendo.shape'"),
    # kinds and other words
    ('"seconds", "count"', '"seconds", "cuont"', OF_PLAYS + "field seconds: kind 'cuont' .* did you mean count"),
    ('"seconds", "count"', '"seconds", "int"', OF_PLAYS + "field seconds: kind 'int' .* did you mean|choose one of"),
    ('"seconds", "count"', '"seconds", int', OF_PLAYS + "field seconds: kind <class 'int'> is not known"),
    ('"day", "day"', '"day", "dya"', OF_LISTING + r"field items\[\]\.day: kind 'dya' is not known: did you mean day"),
    ('"day", "day"', '"day", "period"', OF_LISTING + r"field items\[\]\.day: kind 'period' is for columns of a table"),
    ('Field("plays", "count")', 'Field("plays", "cont")', OF_LISTING + r"field items\[\]\.plays: kind 'cont'"),
    ('value=Field("tag")', 'value="tag"', OF_LISTING + r"field items\[\]\.tags: value is 'tag': write Field"),
    ('layout="page"', 'layout="pages"', OF_LISTING + "layout 'pages' is not known: did you mean page"),
    ('required=True, fields=', 'required="yes", fields=', OF_LISTING + "field items: required is 'yes': write True or"),
    # facts and places
    ('("uuid", "platform")', '("uuid", "platfrom")', OF_LISTING + "fact 'platfrom' .*did you mean platform"),
    ('("uuid", "platform")', '("uuid",)', OF_LISTING + "it needs the fact 'platform', which is not one of its facts"),
    ('Need("platform", ', 'Need("plattform", ', OF_LISTING + ".*'plattform', .* did you mean platform"),
    ('"about.code"', '"about.cod"', OF_LISTING + ".* at 'about.cod', .* did you mean about.code"),
    ('(Need("platform", "about.code"),)', '("platform",)', OF_LISTING + "needs holds 'platform': write Need"),
    ('facts=("uuid", "platform")', 'facts=("uuid")', OF_LISTING + "facts is 'uuid': write a tuple, with a comma"),
    ('carried=("asked_uuid",)', 'carried=("asked_uid",)', OF_LISTING + ".*'asked_uid' .* did you mean asked_uuid"),
    ('"items[].day"', '"items[].date"', OF_LISTING + r"signature 'items\[\]\.date' is not .* did you mean items\[\]"),
    ('("song", "played_at")', '("song", "playedat")', OF_PLAYS + "signature 'playedat' .* did you mean played_at"),
    ('("song", "played_at")', '("song")', OF_PLAYS + "signature is 'song': write a tuple"),
    ('("song", "played_at")', "()", OF_PLAYS + "signature is empty: name at least one"),
    ('signature=("song", "played_at"),', 'signature=("song",), facts=("uuid",),', OF_PLAYS + "facts, needs and"),
    # what is there twice, or is not a name
    ('Field("seconds"', 'Field("song"', OF_PLAYS + "field song: is declared twice"),
    ('Field("seconds"', 'Field("Song"', OF_PLAYS + "two fields have the column 'song': give one of them another name"),
    ('"listing_pages__tags"', '"listing_pages__plays"', OF_LISTING + "two lists have the table 'listing_pages__plays'"),
    ('name="listing"', 'name="plays"', "source 'toys', two documents are called 'plays'"),
    ('table="plays"', 'table="the plays"', OF_PLAYS + "table 'the plays' is not a name"),
    ('name="country"', 'name=""', OF_LISTING + r"field items\[\]\.plays: name '' is not a column"),
    ('Field("seconds"', 'Field(""', OF_PLAYS + "a Field has the key '': write the key as the source sends it"),
    ('Field("seconds", "count")', '"seconds"', OF_PLAYS + "fields holds 'seconds': write Field"),
    ('fields=(Field("code"),)', 'fields=(Field("code"))', OF_LISTING + "field about: fields is Field.*: write a tuple"),
    ("(PLAYS, LISTING)", "PLAYS", "source 'toys', documents is Document.*: write a tuple"),
    ("(PLAYS, LISTING)", '(PLAYS, "listing")', "source 'toys', documents holds 'listing': write Document"),
    ("    fields=(\n        Group", '    endpoint="/listing",\n    fields=(\n        Group', OF_LISTING + "endpoint"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_its_cure(declare, written, instead, said):
    assert SOUND.count(written) >= 1
    code, out, err = declare(SOUND.replace(written, instead, 1))
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert err.count("\n") == 1
    where = r"error: scripts/crescendo/sources/toys/shapes\.py"
    assert re.match(f"{where}(, |: | |, line [0-9]+: )({said})", err), err


def test_the_line_is_named_if_one_line_alone_has_the_word(declare):
    _, _, err = declare(SOUND.replace('"day", "day"', '"day", "dya"'))
    assert err.startswith("error: scripts/crescendo/sources/toys/shapes.py, line 24: source 'toys', document 'listing'")
