"""Whether a client wants a page or data (RFC 9110, 12.5.1)."""

from typing import Final, NamedTuple

__all__ = ["wants_html"]

_LONGEST = 4096
_LONGEST_QUALITY = len("0.123")
_HTML: Final = ("text/html", "text/*", "*/*")
_JSON: Final = ("application/json", "application/problem+json", "application/*", "*/*")


class _Range(NamedTuple):
    media: str
    quality: float


def wants_html(accept: str | None) -> bool:
    """Tell whether the client prefers HTML to JSON.

    HTML must be wanted more than JSON: without a header, with ``*/*`` alone or with both
    alike the answer is data. The most specific range speaks for a type. An overlong or
    unreadable header counts as none. Takes time linear in the header's length; never raises.
    """
    if accept is None or len(accept) > _LONGEST:
        return False
    ranges = dict(_read(part) for part in accept.split(","))
    return _wanted(ranges, _HTML) > _wanted(ranges, _JSON)


def _wanted(ranges: dict[str, float], names: tuple[str, ...]) -> float:
    """Return the quality of the first, most specific, name that the client gave."""
    return next((ranges[name] for name in names if name in ranges), 0.0)


def _read(part: str) -> _Range:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    given = [piece[2:].strip() for piece in parameters if piece.startswith("q=")]
    return _Range(media, _quality(given[0]) if given else 1.0)


def _quality(text: str) -> float:
    """Read a weight; one that breaks the grammar (``nan``, ``1e9``, ``-1``) weighs nothing."""
    plain = text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= _LONGEST_QUALITY
    value = float(text) if plain else 0.0
    return value if value <= 1 else 0.0
