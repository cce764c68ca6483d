"""What both flavours of ``authenticate`` share: who wants to try what, and whom to ask."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from inspect import Signature
from inspect import signature as any_signature
from types import MethodType
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.contrib.auth import load_backend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import inspect as django_inspect
from django.utils.module_loading import import_string
from django.views.decorators.debug import sensitive_variables

from authguard_core import Attempt, Decision, Outcome, Ticket
from authguard_core.errors import HasherBusy
from authguard_django.configuration import Runtime
from authguard_django.exchange import exchange_of
from authguard_django.identity import address_name
from authguard_django.requests import attempt_of

__all__ = ["CHECKED_BY", "Entrance", "Found", "Other", "is_guard", "others", "outcome_of", "signature_of"]

CHECKED_BY: Final = "_authguard_backend"
"""The attribute of a user that tells which backend found the secret right."""
_VOUCHED: Final = {"remote_user"}
REMEMBERED: Final = 256
signature_of: Final[Callable[..., Signature]] = getattr(django_inspect, "signature", any_signature)
"""Django's own looks at no annotation, which a backend may have for type checkers alone (Python 3.14)."""


class Other(NamedTuple):
    """A backend that is asked."""

    backend: Any
    path: str


class Found(NamedTuple):
    """Whose secret was right, and which backend says so."""

    user: Any
    path: str


class Entrance(NamedTuple):
    """One call of ``authenticate``."""

    runtime: Runtime
    request: HttpRequest | None
    attempt: Attempt
    is_named: bool
    """Whether the credentials name an account, which a browser may become known to."""

    @classmethod
    @sensitive_variables("credentials")
    def of(
        cls, runtime: Runtime, request: HttpRequest | None, credentials: Mapping[str, object]
    ) -> "Entrance":
        """Describe the call. Where the credentials name nobody the client's address stands for them."""
        name, guard = runtime.named(credentials), runtime.guard
        attempt = attempt_of(guard, request, name or "")
        if name is None and attempt.peer is not None:
            address = guard.client_address(attempt.peer, attempt.headers)
            attempt = replace(attempt, identifier=address_name(address.network))
        return cls(runtime, request, attempt, name is not None)

    def ticket(self, decision: Decision) -> Ticket:
        """Return the ticket of an admitted attempt.

        Raises:
            PermissionDenied: It is refused. Nobody is asked then, and the middleware answers with 429.
        """
        if decision.ticket is None:
            if exchange := exchange_of(self.request):
                exchange.refuse(decision)
            raise PermissionDenied
        return decision.ticket

    def failed(self) -> PermissionDenied:
        """Note a wrong secret, and return what keeps Django from asking the backends again."""
        if exchange := exchange_of(self.request):
            exchange.fail()
        return PermissionDenied()

    def succeeded(self, ticket: Ticket, found: Found) -> Outcome | None:
        """Note a right secret, and return what is to be reported; None if the response decides on that.

        Whoever enters by another account's counter, whose address he calls himself by say, has proven nothing
        about that account: what was counted there stays.
        """
        setattr(found.user, CHECKED_BY, found.path)
        exchange = exchange_of(self.request)
        if exchange:
            exchange.pass_on()
        if self.is_named and not ticket.fits(self.runtime.resolve.id_of(found.user)):
            return Outcome.FAILURE
        if exchange is None or not self.is_named:
            return Outcome.SUCCESS
        exchange.succeed(ticket, found.user.pk)
        return None


@sensitive_variables("credentials")
def others(credentials: Mapping[str, object] | None = None) -> Sequence[Other]:
    """Return the backends behind the guard, those that take these credentials if any are given.

    A web server's word for a user is no secret that could be guessed, so nobody is asked through the guard.
    """
    if credentials is not None and set(credentials) == _VOUCHED:
        return ()
    loaded = [
        Other(load_backend(path), path) for path in settings.AUTHENTICATION_BACKENDS if not is_guard(path)
    ]
    return [other for other in loaded if credentials is None or _takes(other.backend, credentials)]


def is_guard(path: str) -> bool:
    """Whether a dotted path names authguard's own backend, or one derived from it."""
    from authguard_django.backends import AuthGuardBackend  # noqa: PLC0415 - it imports this module

    found: object = import_string(path)
    return isinstance(found, type) and issubclass(found, AuthGuardBackend)


@sensitive_variables("credentials")
def _takes(backend: Any, credentials: Mapping[str, object]) -> bool:  # noqa: ANN401 - backends are duck-typed
    method, names = backend.authenticate, frozenset(credentials)
    return _accepts(method.__func__, names, 2) if isinstance(method, MethodType) else _accepts(method, names)


@lru_cache(REMEMBERED)
def _accepts(function: Callable[..., object], names: frozenset[str], positional: int = 1) -> bool:
    """Whether a function can be called with so many arguments by position, and with these by name.

    Its signature decides that, which takes longer to read than all the rest of the guard takes.
    """
    try:
        signature_of(function).bind(*[None] * positional, **dict.fromkeys(names))
    except TypeError:
        return False
    return True


def outcome_of(error: BaseException, asked: Sequence[Other]) -> Outcome:
    """Return what an error means. A full hashing pool hashed nothing, but another backend may have."""
    return Outcome.UNCHECKED if isinstance(error, HasherBusy) and len(asked) == 1 else Outcome.FAILURE
