"""Which requests are sign-ins: routes by method and path, matched so that only over-counting is possible.

The middleware sees a path before the application does, and the application may read it more leniently:
some ignore case, trailing slashes or ``;parameters``, some decode twice, some let a header change the
method. So a request is guarded if *any* lenient reading of it is a guarded route. What this may guard
needlessly is a request that the application reads differently after all; what it can't do is let a
sign-in pass uncounted.

What such a request is answered says nothing about a secret: a form that is shown, a page for everything
that isn't found, are 200 too. So a :class:`Match` also tells whether the request is *exactly* the declared
one. Only then may its status be taken for a success; any other can but be charged.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

from authguard_asgi.protocol import Scope
from authguard_asgi.requests import content_type_of
from authguard_core.body import BodyShape
from authguard_core.errors import ConfigurationError
from authguard_core.identity import canonical

__all__ = ["LoginRoute", "Match", "RouteTable"]

_METHODS: Final = ("POST", "PUT", "PATCH")
_OVERRIDING: Final = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override"})
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_DECODINGS: Final = 2
"""How often more than the server a lenient application may decode a path."""
_EMPTY: Final = frozenset({"", "."})
_AMBIGUOUS: Final = frozenset("{}%;?#\\")
"""What a lenient application may decode, split or cut off within a segment."""
_REMEMBERED: Final = 1_024
_LONGEST_REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class LoginRoute:
    r"""A route whose posts are attempts.

    Args:
        method: POST, PUT or PATCH.
        path: As the application declares it, below its root path. A segment may be a parameter, such as
            ``{tenant}``.
        identity: The body's field that says whose secret is tried.
        secrets: Further fields that must be there as text.
        success: The statuses, 200 to 399, by which the application says that the secret was right.
            Everything else is a failure. An application that shows its form again with 200 after a wrong
            password must not name 200, nor a redirect back to the login: name what a right one alone leads
            to. It holds for requests with this very method and path; what merely resembles them (``/Login``,
            ``/login/``, an overridden method, a parameter with one of ``{}%;?#\`` in it) is charged,
            whatever the status.
        purpose: Whose limits hold.

    Raises:
        ConfigurationError: No request can be such an attempt.
    """

    method: str
    path: str
    identity: str = field(default="username", kw_only=True)
    secrets: tuple[str, ...] = field(default=("password",), kw_only=True)
    success: Collection[int] = field(default=frozenset({200}), kw_only=True)
    purpose: str = field(default="login", kw_only=True)

    def __post_init__(self) -> None:
        if self.method not in _METHODS:
            raise ConfigurationError.of(
                "LoginRoute.method",
                got=self.method,
                expected=f"one of {_METHODS}",
                do="A sign-in has a body.",
            )
        if not self.success or not all(200 <= status < 400 for status in self.success):  # noqa: PLR2004 - HTTP's own
            raise ConfigurationError.of(
                "LoginRoute.success",
                got=sorted(self.success),
                expected="statuses from 200 to 399, at least one",
                do="Name those that only a right password leads to.",
            )
        object.__setattr__(self, "success", frozenset(self.success))
        _ = self.segments, self.shape(1)

    @property
    def segments(self) -> tuple[str | None, ...]:
        """The path's folded segments, None for a parameter.

        Raises:
            ConfigurationError: It isn't a path of literal segments and ``{parameters}``.
        """
        path = self.path.removesuffix("/")
        segments = tuple(_declared(segment) for segment in path.split("/")[1:])
        if not self.path.startswith("/") or "" in segments:
            raise ConfigurationError.of(
                "LoginRoute.path",
                got=self.path,
                expected='an absolute path such as "/login" or "/{tenant}/login"',
                do="Write it decoded; each segment is plain text or one parameter in braces.",
            )
        return segments

    def shape(self, max_body: int) -> BodyShape:
        """Return what the body must hold.

        Raises:
            ConfigurationError: No body can have such fields.
        """
        return BodyShape(identity=self.identity, text_fields=self.secrets, max_bytes=max_body)


class Match(NamedTuple):
    """The guarded route that a request is, or may be."""

    route: LoginRoute
    exact: bool
    """Whether it is the declared method and path to the letter, so that its status tells the outcome."""


class _Entry(NamedTuple):
    segments: tuple[str | None, ...]
    route: LoginRoute


class RouteTable:
    """Finds the guarded route of a request, and says how sure that is.

    Raises:
        ConfigurationError: No route is given, or one twice.
    """

    def __init__(self, routes: Sequence[LoginRoute]) -> None:
        self._entries = tuple([_Entry(route.segments, route) for route in routes])
        if not routes or len({(route.method, segments) for segments, route in self._entries}) < len(routes):
            raise ConfigurationError.of(
                "routes",
                got=[f"{route.method} {route.path}" for route in routes],
                expected="at least one route, each of them once",
                do='Name your sign-in, as in LoginRoute("POST", "/login").',
            )
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
        own = _routed(path, root_path)
        readings = {reading for text in _below(path, root_path) for reading in _readings(text)}
        return tuple(
            [
                Match(route, _is_exactly(route.path, own))
                for segments, route in self._entries
                if any(_matches(segments, reading) for reading in readings)
            ]
        )


def _of_method(found: tuple[Match, ...], scope: Scope) -> Match | None:
    """Choose among the routes of a path: by the method, else by what may stand in its place."""
    same = [match for match in found if match.route.method == scope["method"]]
    if same:
        best = max(same, key=_exactness)
        return Match(best.route, best.exact and not _names_a_method(scope))
    return Match(found[0].route, exact=False) if _may_be_overridden(scope) else None


def _exactness(match: Match) -> bool:
    return match.exact


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


def _declared(segment: str) -> str | None:
    """Read a segment of a route: None for a parameter, empty for one that no route can have."""
    if segment.startswith("{") and segment.endswith("}") and segment[1:-1].isidentifier():
        return None
    return _folded(segment) if _is_plain(segment) else ""


def _is_plain(segment: str) -> bool:
    """Whether every application reads the segment alike, as one."""
    return segment not in {".", ".."} and _AMBIGUOUS.isdisjoint(segment)


def _routed(path: str, root_path: str) -> str:
    """Return the path below the root path, or itself where that isn't above it (ASGI's HTTP scope)."""
    return path.removeprefix(root_path) if f"{path}/".startswith(f"{root_path}/") else path


def _is_exactly(declared: str, path: str) -> bool:
    """Whether a path is the declared one to the letter, with one plain segment for each parameter."""
    wanted, given = declared.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        given_one == wanted_one
        or (_declared(wanted_one) is None and bool(given_one) and _is_plain(given_one))
        for wanted_one, given_one in zip(wanted, given, strict=True)
    )


def _below(path: str, root_path: str) -> Iterator[str]:
    """Yield the path with and without what the application is mounted under."""
    yield path
    if root_path and path.startswith(root_path):
        yield path[len(root_path) :]


def _readings(path: str) -> Iterator[tuple[str, ...]]:
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


def _matches(declared: tuple[str | None, ...], segments: tuple[str, ...]) -> bool:
    return len(declared) == len(segments) and all(
        wanted is None or wanted == _folded(segment)
        for wanted, segment in zip(declared, segments, strict=True)
    )


def _folded(segment: str) -> str:
    """Fold what a lenient application may ignore: case, compatibility forms, invisible ends, ``;...``."""
    return canonical(segment.partition(";")[0].strip()) or ""
