"""Which routes are guarded: those whose endpoint, or a dependency of it, takes a guard."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

__all__ = ["GuardedRoutes", "PurposeMarker", "depends_on", "guarded_routes"]


@dataclass(frozen=True, slots=True)
class PurposeMarker:
    """What a dependency is that makes a route guarded."""

    purpose: str


class GuardedRoutes:
    """Tells the purpose of a resolved route, and remembers it: the cost of a route that isn't guarded.

    It looks at the endpoint that routing has chosen, never at a path, so that no spelling of a path makes
    a difference (A37).
    """

    def __init__(self) -> None:
        # By id, because routes can't be hashed; the route itself is kept, so that its id stays its own.
        self._known: dict[int, tuple[object, str | None]] = {}

    def purpose_of(self, route: object) -> str | None:
        """Return the purpose that a route is guarded for, None for all other routes and for no route."""
        known = self._known.get(id(route))
        if known is None:
            known = self._known[id(route)] = (route, _purpose(getattr(route, "dependant", None)))
        return known[1]


def guarded_routes(routes: Sequence[BaseRoute]) -> Iterator[tuple[RouteContext, str]]:
    """Yield the guarded routes, those of included routers too, with their purposes."""
    for context in iter_route_contexts(routes):
        purpose = _purpose(getattr(context.original_route, "dependant", None))
        if purpose is not None:
            yield context, purpose


def depends_on(dependant: object, call: Callable[..., Any]) -> bool:
    """Say whether an endpoint takes what a function provides, itself or through another dependency."""
    if not isinstance(dependant, Dependant):
        return False
    return dependant.call is call or any(depends_on(inner, call) for inner in dependant.dependencies)


def _purpose(dependant: object) -> str | None:
    if not isinstance(dependant, Dependant):
        return None
    if isinstance(dependant.call, PurposeMarker):
        return dependant.call.purpose
    return next(filter(None, map(_purpose, dependant.dependencies)), None)
