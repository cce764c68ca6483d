"""Which requests are guarded: routes by method and path, matched so that only over-counting is possible.

The middleware sees a path before the application does, and the application may read it more leniently (see
:mod:`authguard_asgi.paths`); some let a header change the method. So a request is guarded if *any* lenient
reading of it is a guarded route. What this may guard needlessly is a request that the application reads
differently after all; what it can't do is let a sign-in pass uncounted.

What such a request is answered says nothing about a secret: a form that is shown, a page for everything
that isn't found, are 200 too. So a :class:`Match` also tells whether the request is *exactly* the declared
one. Only then may its status be taken for a success; any other can but be charged.

And where one application would take a request for this route and another one for that, and the two are
counted in different ways, nobody knows whom to charge: such a request is ambiguous, and goes no further.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple

from authguard_asgi.declared import GuardedRoute
from authguard_asgi.overriding import head_names_a_method, may_be_overridden
from authguard_asgi.paths import Segments, is_exactly, is_within, literals, matches, overlap, readings, routed
from authguard_asgi.protocol import Scope
from authguard_core.errors import ConfigurationError

__all__ = ["Match", "RouteTable"]

_REMEMBERED: Final = 1_024
_LONGEST_REMEMBERED: Final = 256


class Match(NamedTuple):
    """The guarded route that a request is, or may be."""

    route: GuardedRoute
    exact: bool
    """Whether it is the declared method and path to the letter, so that its status tells the outcome."""
    ambiguous: bool = False
    """Whether it may as well be another route, which is counted in another way."""
    ambiguous_if_overridden: bool = False
    """Whether it is that if its body names another method."""


class _Entry(NamedTuple):
    segments: Segments
    route: GuardedRoute
    counted_by: tuple[object, ...]


class _Found(NamedTuple):
    entry: _Entry
    exact: bool
    """Whether the path is the declared one to the letter."""

    @property
    def precedence(self) -> tuple[bool, int]:
        """What is certain goes first, and of that what is the more literal."""
        return self.exact, literals(self.entry.segments)


class RouteTable:
    """Finds the guarded route of a request, and says how sure that is.

    Raises:
        ConfigurationError: No route is given, or one twice, or a path may be two that are counted in
            different ways, and nothing says which of them it is.
    """

    def __init__(self, routes: Sequence[GuardedRoute]) -> None:
        self._entries = tuple([_Entry(route.segments, route, route.counted_by) for route in routes])
        self._longest = max((len(entry.segments) for entry in self._entries), default=0)
        if not routes or len({(entry.route.method, entry.segments) for entry in self._entries}) < len(routes):
            raise _refusal(
                routes,
                "at least one route, each of them once",
                "Name your sign-in, with the statuses that a right password alone leads to: "
                'LoginRoute("POST", "/login", identity="username", success={303}).',
            )
        for one, other in combinations(self._entries, 2):
            if overlap(one.segments, other.segments):
                _check_overlap(one, other)
        self._remembered = lru_cache(_REMEMBERED)(self._matching)

    def find(self, scope: Scope) -> Match | None:
        """Return the route that a request is, or may be to a lenient application; None for all others.

        An exact match goes before those that only may be, and a literal segment before a parameter. Where a
        header or the query could change the method, no match is exact.
        """
        path: str = scope["path"]
        look = self._remembered if len(path) <= _LONGEST_REMEMBERED else self._matching
        found = look(path, scope.get("root_path", ""))
        return _of_method(found, scope) if found else None

    def _matching(self, path: str, root_path: str) -> tuple[_Found, ...]:
        """Return the routes of a path."""
        own = routed(path, root_path)
        possible = set(readings(path, root_path, self._longest))
        return tuple(
            [
                _Found(entry, is_exactly(entry.route.path, own))
                for entry in self._entries
                if any(matches(entry.segments, reading) for reading in possible)
            ]
        )


def _check_overlap(one: _Entry, other: _Entry) -> None:
    """Refuse two routes that a path may be both of, unless it is certain how such a path is counted.

    An overridden method could choose between what counts and what doesn't, so these two never share a path.
    """
    routes = one.route, other.route
    if one.route.counts != other.route.counts:
        raise _refusal(routes, "no ResetRoute on the path of another route", "Give it a path of its own.")
    is_told_apart = is_within(one.segments, other.segments) or is_within(other.segments, one.segments)
    if one.route.method == other.route.method and one.counted_by != other.counted_by and not is_told_apart:
        raise _refusal(
            routes,
            "of two routes that one path may be, one that is literal wherever the other is",
            "Give both the same fields, statuses and purpose, or a route of its own to the path they share.",
        )


def _refusal(routes: Sequence[GuardedRoute], expected: str, do: str) -> ConfigurationError:
    return ConfigurationError.of(
        "routes", got=[f"{route.method} {route.path}" for route in routes], expected=expected, do=do
    )


def _of_method(found: tuple[_Found, ...], scope: Scope) -> Match | None:
    """Choose among the routes of a path: by the method, else by what may stand in its place."""
    method: str = scope["method"]
    same = [one for one in found if one.entry.route.method == method.upper()]
    if same and not head_names_a_method(scope):
        match = _chosen(same, found)
        return match._replace(exact=match.exact and match.route.method == method)
    return _chosen(found, found)._replace(exact=False) if same or may_be_overridden(scope) else None


def _chosen(among: Sequence[_Found], of_any_method: Sequence[_Found]) -> Match:
    """Choose what counts before what doesn't, so that nothing passes uncounted; then by precedence."""
    best = max(among, key=lambda one: (one.entry.route.counts, *one.precedence))
    return Match(
        best.entry.route,
        best.exact,
        ambiguous=any(_contests(one, best) for one in among),
        ambiguous_if_overridden=any(_contests(one, best) for one in of_any_method),
    )


def _contests(other: _Found, best: _Found) -> bool:
    """Whether another application would take for the other one what is taken for the best, and it matters.

    What counts contests nothing that doesn't, nor the other way about: what counts is chosen.
    """
    mine, theirs = best.entry, other.entry
    if theirs.counted_by == mine.counted_by or theirs.route.counts != mine.route.counts:
        return False
    if theirs.route.method != mine.route.method or not best.exact:
        return True
    return overlap(theirs.segments, mine.segments) and literals(theirs.segments) > literals(mine.segments)
