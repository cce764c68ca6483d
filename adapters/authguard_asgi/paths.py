"""How applications may read a path, and how a route is written down.

The middleware sees a path before the application does, and the application may read it more leniently:
some ignore case, trailing slashes or ``;parameters``, some decode twice, some cut off what was an encoded
query.
"""

from collections.abc import Iterable, Iterator
from itertools import filterfalse, islice
from typing import Final
from urllib.parse import unquote

from authguard_core.identity import canonical

__all__ = [
    "Segments",
    "declared",
    "is_exactly",
    "is_within",
    "literals",
    "matches",
    "overlap",
    "readings",
    "routed",
]

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


def readings(path: str, root_path: str, longest: int) -> Iterator[tuple[str, ...]]:
    """Yield what an application may make of a path: folded segments, of at most so many in number.

    A path of any length costs little more than to split it: nothing is folded twice, and no further than to
    the segment that is one too many.
    """
    folds = _Folds()
    for text in {spelling for one in _below(path, root_path) for spelling in _spellings(one)}:
        segments = text.removeprefix("/").split("/")
        named = list(filter(None, segments))
        for plain in (segments, named):
            if len(plain) <= longest:
                yield tuple(map(folds.__getitem__, plain))
        told = (folds[segment] for segment in named)
        yield from _up_to(longest, filterfalse(_EMPTY.__contains__, told))
        back = (folds[segment] for segment in reversed(named))
        yield from (kept[::-1] for kept in _up_to(longest, _resolved(back)))


class _Folds(dict[str, str]):
    """What segments are folded to, each of them found out once."""

    def __missing__(self, segment: str) -> str:
        # What an application cuts off makes no new segment, so it isn't folded again for it.
        start = segment.partition(";")[0].strip()
        folded = self[segment] = _folded(segment) if start == segment else self[start]
        return folded


def _below(path: str, root_path: str) -> Iterator[str]:
    """Yield the path with and without what the application is mounted under."""
    yield path
    if root_path and path.startswith(root_path):
        yield path[len(root_path) :]


def _spellings(path: str) -> Iterator[str]:
    for _ in range(_DECODINGS + 1):
        for text in (path, path.replace("\\", "/")):
            yield text
            yield text.partition("?")[0].partition("#")[0]
        path = unquote(path)


def _up_to(longest: int, segments: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield the segments, unless there are more."""
    first = tuple(islice(segments, longest + 1))
    if len(first) <= longest:
        yield first


def _resolved(segments: Iterable[str]) -> Iterator[str]:
    """Go up at ``..`` and stay at ``.`` (RFC 3986, 5.2.4), from the last segment to the first."""
    ups = 0
    for segment in segments:
        if segment == "..":
            ups += 1
        elif segment not in _EMPTY:
            if not ups:
                yield segment
            ups = max(0, ups - 1)


def matches(wanted: Segments, segments: tuple[str, ...]) -> bool:
    """Whether a reading of a path is the declared one."""
    return len(wanted) == len(segments) and all(
        one is None or one == segment for one, segment in zip(wanted, segments, strict=True)
    )


def overlap(one: Segments, other: Segments) -> bool:
    """Whether some path is both of two declared ones."""
    return len(one) == len(other) and all(
        mine is None or theirs is None or mine == theirs for mine, theirs in zip(one, other, strict=True)
    )


def is_within(one: Segments, other: Segments) -> bool:
    """Whether of two declared paths that overlap the first is literal wherever the second is."""
    return all(mine is not None or theirs is None for mine, theirs in zip(one, other, strict=True))


def literals(segments: Segments) -> int:
    """Return how many segments are no parameters."""
    return len(segments) - segments.count(None)


def _folded(segment: str) -> str:
    """Fold what a lenient application may ignore: case, compatibility forms, invisible ends, ``;...``."""
    return canonical(segment.partition(";")[0].strip()) or ""
