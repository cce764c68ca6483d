"""How applications may read a path, and how a route is written down.

The middleware sees a path before the application does, and the application may read it more leniently:
some ignore case, trailing slashes or ``;parameters``, some decode twice.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote

from authguard_core.identity import canonical

__all__ = ["Segments", "below", "declared", "is_exactly", "matches", "overlap", "readings", "routed"]

Segments = tuple[str | None, ...]
"""The folded segments of a declared path, None for a parameter."""

_DECODINGS: Final = 2
"""How often more than the server a lenient application may decode a path."""
_EMPTY: Final = frozenset({"", "."})
_AMBIGUOUS: Final = frozenset("{}%;?#\\")
"""What a lenient application may decode, split or cut off within a segment."""


def declared(path: str) -> Segments | None:
    """Return the segments of a route's path; None if no route can have it.

    It must be absolute, and of literal segments and ``{parameters}``.
    """
    segments = tuple(_declared(segment) for segment in path.removesuffix("/").split("/")[1:])
    return segments if path.startswith("/") and "" not in segments else None


def _declared(segment: str) -> str | None:
    """Read a segment of a route: None for a parameter, empty for one that no route can have."""
    if segment.startswith("{") and segment.endswith("}") and segment[1:-1].isidentifier():
        return None
    return _folded(segment) if _is_plain(segment) else ""


def _is_plain(segment: str) -> bool:
    """Whether every application reads the segment alike, as one."""
    return segment not in {".", ".."} and _AMBIGUOUS.isdisjoint(segment)


def routed(path: str, root_path: str) -> str:
    """Return the path below the root path, or itself where that isn't above it (ASGI's HTTP scope)."""
    return path.removeprefix(root_path) if f"{path}/".startswith(f"{root_path}/") else path


def is_exactly(written: str, path: str) -> bool:
    """Whether a path is the declared one to the letter, with one plain segment for each parameter."""
    wanted, given = written.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        given_one == wanted_one
        or (_declared(wanted_one) is None and bool(given_one) and _is_plain(given_one))
        for wanted_one, given_one in zip(wanted, given, strict=True)
    )


def below(path: str, root_path: str) -> Iterator[str]:
    """Yield the path with and without what the application is mounted under."""
    yield path
    if root_path and path.startswith(root_path):
        yield path[len(root_path) :]


def readings(path: str) -> Iterator[tuple[str, ...]]:
    """Yield the segments that an application may make of a path."""
    for text in _spellings(path):
        segments = tuple(text.removeprefix("/").split("/"))
        named = tuple([segment for segment in segments if segment])
        yield from (segments, named, tuple([one for one in named if _folded(one) not in _EMPTY]))
        yield _resolved(named)


def _spellings(path: str) -> Iterator[str]:
    for _ in range(_DECODINGS + 1):
        yield path
        yield path.replace("\\", "/")
        path = unquote(path)


def _resolved(segments: Sequence[str]) -> tuple[str, ...]:
    """Go up at ``..`` and stay at ``.`` (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    for segment in segments:
        if (folded := _folded(segment)) == "..":
            del kept[-1:]
        elif folded not in _EMPTY:
            kept.append(segment)
    return tuple(kept)


def matches(wanted: Segments, segments: tuple[str, ...]) -> bool:
    """Whether a reading of a path is the declared one."""
    return len(wanted) == len(segments) and all(
        one is None or one == _folded(segment) for one, segment in zip(wanted, segments, strict=True)
    )


def overlap(one: Segments, other: Segments) -> bool:
    """Whether some path is both of two declared ones."""
    return len(one) == len(other) and all(
        mine is None or theirs is None or mine == theirs for mine, theirs in zip(one, other, strict=True)
    )


def _folded(segment: str) -> str:
    """Fold what a lenient application may ignore: case, compatibility forms, invisible ends, ``;...``."""
    return canonical(segment.partition(";")[0].strip()) or ""
