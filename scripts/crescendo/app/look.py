"""The look: one palette, one type scale, one theme for every chart.

The colours are told apart by the colour-blind (after Okabe and Ito) and differ in lightness, so that a print in grey
says the same; lines differ in their dashes, too.
"""

from typing import Any

INK, MUTED, HAIRLINE, PAPER, ACCENT = "#14213D", "#5B6475", "#DEDAD0", "#FFFFFF", "#0B5FA5"
# dark and light in turn; no two of them are one grey
PALETTE = ("#14213D", "#DA690F", "#63BAEB", "#006146", "#F1C512", "#A35183", "#929EB2", "#4B370F")
# of these, what ink is legible on
PALE = (PALETTE[1], PALETTE[2], PALETTE[4], PALETTE[6])
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 4), (10, 4), (1, 3), (6, 2, 1, 2))
EARLIER = "#8D99AE"
FONT = '"Source Sans", "Source Sans Pro", system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'
# pixels: notes, text, a heading of a figure, of a page, a figure to remember
SMALL, TEXT, HEADING, TITLE, FIGURE = 13, 15, 18, 26, 28

# screen readers skip the parts of a chart, which Vega names in English; each chart has a sentence of its own. The last
# font is one that the converter of charts to files has
CHART: dict[str, Any] = {
    "background": PAPER,
    "font": FONT,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
        "domainColor": HAIRLINE, "tickColor": HAIRLINE, "gridColor": "#EEEBE4", "labelFlush": True,
        "labelOverlap": "greedy", "aria": False,
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False},
    "legend": {
        "orient": "top", "direction": "vertical", "labelColor": INK, "labelFontSize": 13, "titleColor": MUTED,
        "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 330, "aria": False, "symbolStrokeWidth": 2.5,
    },
    "range": {"category": list(PALETTE)},
    "line": {"strokeWidth": 2},
    "mark": {"aria": False},
    "title": {"anchor": "start", "color": INK, "fontSize": HEADING, "fontWeight": 600, "subtitleColor": MUTED,
              "subtitleFontSize": SMALL},
}  # fmt: skip

STYLE = f"""
<style>
[data-testid=stApp] {{ font-size: {TEXT}px; }}
[data-testid=stMainBlockContainer] {{ max-width: 1360px; padding: 4.4rem 1rem 4rem; }}
[data-testid=stApp] h1 {{ font-size: {TITLE}px; font-weight: 650; padding: 0 0 2px; letter-spacing: -.01em; }}
[data-testid=stApp] h2 {{ font-size: {HEADING}px; font-weight: 650; padding: 10px 0 0; border: 0; }}
.note {{ color: {MUTED}; font-size: {SMALL}px; line-height: 1.45; margin: 0; max-width: 92ch;
  overflow-wrap: anywhere; }}
.note a {{ color: {ACCENT}; }}
.tiles {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 0;
  border-top: 2px solid {INK}; border-bottom: 1px solid {HAIRLINE}; }}
.tile {{ padding: 10px 16px 12px 0; min-width: 0; }}
.tile .what {{ color: {MUTED}; font-size: {SMALL}px; }}
.tile .figure {{ font-size: {FIGURE}px; font-weight: 600; line-height: 1.15; font-variant-numeric: tabular-nums; }}
.tile .unit {{ font-size: {SMALL}px; color: {MUTED}; font-weight: 400; }}
.tile .said {{ font-size: {SMALL}px; color: {MUTED}; }}
/* its downloads are below each chart, in the reader's language */
[data-testid=stElementToolbar] {{ display: none; }}
.scroll {{ overflow-x: auto; }}
.scroll:focus-visible {{ outline: 2px solid {ACCENT}; }}
table.rows {{ border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; margin: 0; }}
table.rows th {{ text-align: left; color: {MUTED}; font-weight: 500; font-size: {SMALL}px; border: 0;
  border-bottom: 1px solid {INK}; padding: 4px 14px 4px 0; white-space: nowrap; vertical-align: bottom; }}
table.rows td {{ border: 0; border-bottom: 1px solid {HAIRLINE}; padding: 5px 14px 5px 0; vertical-align: top; }}
table.rows th.number, table.rows td.number {{ text-align: right; white-space: nowrap; }}
table.rows th.number + th:not(.number), table.rows td.number + td.name {{ padding-left: 14px; }}
table.rows td.name {{ min-width: 11em; max-width: 34em; overflow-wrap: anywhere; }}
table.rows td.name span {{ display: -webkit-box; -webkit-line-clamp: 2;
  -webkit-box-orient: vertical; overflow: hidden; }}
table.rows a {{ color: {ACCENT}; text-decoration: none; }}
table.rows a:hover, table.rows a:focus {{ text-decoration: underline; }}
.mark {{ display: inline-block; border: 1px solid {MUTED}; border-radius: 4px; padding: 0 6px; font-size: {SMALL}px;
  color: {INK}; white-space: nowrap; }}
.said-plainly {{ border-left: 3px solid {ACCENT}; padding: 8px 14px; background: #F4F7FB; max-width: 78ch; }}
.said-plainly p {{ margin: 2px 0; overflow-wrap: anywhere; }}
@media (max-width: 640px) {{
  [data-testid=stMainBlockContainer] {{ padding: 3.9rem .8rem 3rem; }}
  .tile .figure {{ font-size: 23px; }}
  table.rows td.name {{ min-width: 8.5em; }}
}}
</style>
"""
