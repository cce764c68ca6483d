"""Which requests are guarded: routes by method and path, matched so that only over-counting is possible.

The middleware sees a path before the application does, and the application may read it more leniently (see
:mod:`authguard_asgi.paths`); some let a header change the method. So a request is guarded if *any* lenient
reading of it is a guarded route. What this may guard needlessly is a request that the application reads
differently after all; what it can't do is let a sign-in pass uncounted.

What such a request is answered says nothing about a secret: a form that is shown, a page for everything
that isn't found, are 200 too. So a :class:`Match` also tells whether the request is *exactly* the declared
one. Only then may its status be taken for a success; any other can but be charged.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, starmap
from typing import Final, NamedTuple
from urllib.parse import unquote

from authguard_asgi.declared import GuardedRoute
from authguard_asgi.paths import Segments, below, is_exactly, matches, overlap, readings, routed
from authguard_asgi.protocol import Scope
from authguard_asgi.requests import content_type_of
from authguard_core.errors import ConfigurationError

__all__ = ["Match", "RouteTable"]

_OVERRIDING: Final = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override"})
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_REMEMBERED: Final = 1_024
_LONGEST_REMEMBERED: Final = 256


class Match(NamedTuple):
    """The guarded route that a request is, or may be."""

    route: GuardedRoute
    exact: bool
    """Whether it is the declared method and path to the letter, so that its status tells the outcome."""


class _Entry(NamedTuple):
    segments: Segments
    route: GuardedRoute


class RouteTable:
    """Finds the guarded route of a request, and says how sure that is.

    Raises:
        ConfigurationError: No route is given, or one twice, or a path may be one that counts and one that
            doesn't.
    """

    def __init__(self, routes: Sequence[GuardedRoute]) -> None:
        self._entries = tuple([_Entry(route.segments, route) for route in routes])
        if not routes or len({(route.method, segments) for segments, route in self._entries}) < len(routes):
            raise _refusal(
                routes,
                "at least one route, each of them once",
                'Name your sign-in: LoginRoute("POST", "/login").',
            )
        if any(starmap(_are_confused, combinations(self._entries, 2))):
            raise _refusal(routes, "no ResetRoute on the path of another route", "Give it a path of its own.")
        self._remembered = lru_cache(_REMEMBERED)(self._matching)

    def find(self, scope: Scope) -> Match | None:
        """Return the route that a request is, or may be to a lenient application; None for all others.

        An exact match goes before those that only may be. Where a header or the query could change the
        method, no match is exact.
        """
        path: str = scope["path"]
        look = self._remembered if len(path) <= _LONGEST_REMEMBERED else self._matching
        found = look(path, scope.get("root_path", ""))
        return _of_method(found, scope) if found else None

    def _matching(self, path: str, root_path: str) -> tuple[Match, ...]:
        """Return the routes of a path. ``exact`` speaks of the path alone."""
        own = routed(path, root_path)
        possible = {reading for text in below(path, root_path) for reading in readings(text)}
        return tuple(
            [
                Match(route, is_exactly(route.path, own))
                for segments, route in self._entries
                if any(matches(segments, reading) for reading in possible)
            ]
        )


def _refusal(routes: Sequence[GuardedRoute], expected: str, do: str) -> ConfigurationError:
    return ConfigurationError.of(
        "routes", got=[f"{route.method} {route.path}" for route in routes], expected=expected, do=do
    )


def _are_confused(one: _Entry, other: _Entry) -> bool:
    """Whether some path is both, and only one of them counts. An overridden method could choose then."""
    return one.route.counts != other.route.counts and overlap(one.segments, other.segments)


def _of_method(found: tuple[Match, ...], scope: Scope) -> Match | None:
    """Choose among the routes of a path: by the method, else by what may stand in its place."""
    same = [match for match in found if match.route.method == scope["method"]]
    if same:
        best = max(same, key=_precedence)
        return Match(best.route, best.exact and not _names_a_method(scope))
    return Match(max(found, key=_precedence).route, exact=False) if _may_be_overridden(scope) else None


def _precedence(match: Match) -> tuple[bool, bool]:
    """What counts goes before what doesn't, so that nothing passes uncounted; then what is certain."""
    return match.route.counts, match.exact


def _names_a_method(scope: Scope) -> bool:
    """Whether a header or a parameter of the query says which method the request is to be taken for."""
    query = unquote(unquote(scope.get("query_string", b""))).lower()
    names = (pair.lstrip(" +").startswith("_method") for pair in query.replace(";", "&").split("&"))
    return _has_overriding_header(scope) or any(names)


def _has_overriding_header(scope: Scope) -> bool:
    return any(name.lower() in _OVERRIDING for name, _ in scope["headers"])


def _may_be_overridden(scope: Scope) -> bool:
    """Whether an application could take the request for one of another method."""
    if _has_overriding_header(scope):
        return True
    if b"_method" in unquote(scope.get("query_string", b"")).encode():
        return True
    is_form = (content_type_of(scope) or "").strip().lower().startswith(_FORMS)
    return bool(scope["method"] == "POST" and is_form)
