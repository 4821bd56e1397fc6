"""Charts and tables as files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crescendo.ask import outputs
from crescendo.ask.outputs import Rows
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

if TYPE_CHECKING:
    from crescendo.app.draw import Drawn

ENDINGS = (".svg", ".png", ".html")
# pixels of the file for each of the chart
PNG_SCALE = 2
WIDTH = 960


def csv(rows: Rows) -> bytes:
    """A CSV file with a byte order mark, which a spreadsheet needs."""
    return outputs.as_csv(rows).encode("utf-8-sig")


def parquet(rows: Rows) -> bytes:
    """A Parquet file with the columns' types."""
    return outputs.as_parquet(rows)


def rows_of(drawn: "Drawn") -> Rows:
    """The rows that a chart is drawn from, as texts."""
    columns = list(dict.fromkeys(name for row in drawn.rows for name in row))
    rows = [tuple(row.get(name) for name in columns) for row in drawn.rows]
    return Rows(columns, ["VARCHAR"] * len(columns), rows)


def png(chart: Any) -> bytes:
    """A picture of the chart."""
    import vl_convert

    return vl_convert.vegalite_to_png(_sized(chart), scale=PNG_SCALE)


def svg(chart: Any) -> bytes:
    """The chart as a drawing."""
    import vl_convert

    return vl_convert.vegalite_to_svg(_sized(chart)).encode()


def html(chart: Any) -> bytes:
    """A page that shows the chart by itself, without a network."""
    import vl_convert

    return vl_convert.vegalite_to_html(_sized(chart), bundle=True).encode()


def check(path: Path) -> None:
    """Raise CrescendoError if the ending of a path says no format of a chart."""
    if path.suffix.lower() not in ENDINGS:
        raise CrescendoError(_("{path} does not end in {endings}", path=path, endings=", ".join(ENDINGS)))


def write(drawn: "Drawn", path: Path) -> None:
    """Write a chart as the ending of a path says. Raises CrescendoError if that cannot be done."""
    check(path)
    make = {".svg": svg, ".png": png, ".html": html}[path.suffix.lower()]
    outputs.write(make(drawn.chart), path)


def _sized(chart: Any) -> dict[str, Any]:
    """A chart that fills its container has a width of its own as a file."""
    made = chart.to_dict()
    if made.get("width") == "container":
        made["width"] = WIDTH
    return made
