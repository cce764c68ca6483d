"""Horizontal bars as an SVG that reads well on a light and on a dark page: it brings its own background."""

import math
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

WIDTH, LEFT, RIGHT = 800, 270, 150
TOP, ROW, BAR, BOTTOM = 64, 30, 18, 44

STYLE = """
  .card { fill: #ffffff; stroke: #d0d7de; }
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .note, .tick { fill: #59636e; font-size: 12px; }
  .value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
  .peer { fill: #8c959f; }
  .ours { fill: #0969da; }
  .line { stroke: #d0d7de; }
  .mark { stroke: #9a6700; stroke-dasharray: 4 3; stroke-width: 1.5; }
  .limit { fill: #9a6700; font-size: 12px; }
  @media (prefers-color-scheme: dark) {
    .card { fill: #151b23; stroke: #3d444d; }
    text { fill: #f0f6fc; }
    .note, .tick { fill: #9198a1; }
    .value { stroke: #151b23; }
    .peer { fill: #656c76; }
    .ours { fill: #4493f8; }
    .line { stroke: #3d444d; }
    .mark { stroke: #d29922; }
    .limit { fill: #d29922; }
  }
"""


class Bar(NamedTuple):
    """One bar."""

    label: str
    value: float
    text: str
    """What stands at its end."""

    @property
    def style(self) -> str:
        """Ours stand out."""
        return "ours" if self.label.startswith("authguard") else "peer"


class Mark(NamedTuple):
    """A vertical line at a value: a target."""

    value: float
    text: str


def bars(title: str, note: str, rows: list[Bar], mark: Mark) -> str:
    """Draw a chart."""
    highest = max(*(row.value for row in rows), mark.value)
    bottom = TOP + ROW * len(rows)
    box = f'viewBox="0 0 {WIDTH} {bottom + BOTTOM}"'

    def x(value: float) -> float:
        return LEFT + max(0.0, value) / highest * (WIDTH - LEFT - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-label={quoteattr(title)}>',
        f"<style>{STYLE}</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{bottom + BOTTOM - 1}" rx="8"/>',
        _text(16, 26, title, "title"),
        _text(16, 46, note, "note"),
        *[part for tick in _ticks(highest) for part in _tick(x(tick), bottom, f"{tick:g}")],
        *_mark(mark, x(mark.value), bottom),
        *[part for number, row in enumerate(rows) for part in _bar(row, TOP + ROW * number, x(row.value))],
        "</svg>\n",
    ]
    return "\n".join(parts)


def _ticks(highest: float) -> list[float]:
    """Return three to six round numbers from zero on."""
    magnitude = 10 ** math.floor(math.log10(highest))
    step = next(magnitude * part for part in (0.2, 0.5, 1, 2) if highest < magnitude * part * 6)
    return [step * number for number in range(int(highest / step) + 1)]


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{escape(text)}</text>'


def _tick(x: float, bottom: int, text: str) -> list[str]:
    line = f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}"/>'
    return [line, _text(x, bottom + 16, text, "tick", "middle")]


def _bar(row: Bar, y: int, end: float) -> list[str]:
    top, middle = y + (ROW - BAR) / 2, y + ROW / 2 + 4.5
    width = max(end - LEFT, 1.5)
    return [
        _text(LEFT - 8, middle, row.label, "label", "end"),
        f'<rect class="{row.style}" x="{LEFT}" y="{top:.1f}" width="{width:.1f}" height="{BAR}" rx="2"/>',
        _text(LEFT + width + 6, middle, row.text, "value"),
    ]


def _mark(mark: Mark, x: float, bottom: int) -> list[str]:
    line = f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}"/>'
    return [line, _text(x, bottom + 34, mark.text, "limit", "middle")]
