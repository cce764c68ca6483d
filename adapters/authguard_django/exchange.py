"""One request and its response, as the guard accompanies them."""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, NamedTuple

from django.http import HttpRequest

from authguard_core import Decision, Reason, Ticket
from authguard_core.answers import Answer, refused

if TYPE_CHECKING:
    from authguard_core.device import DeviceCookie

__all__ = ["Exchange", "Pending", "exchange_of", "running"]

_KEY: Final = "_authguard_exchange"

running: ContextVar["Exchange | None"] = ContextVar("authguard_exchange", default=None)
"""The exchange of the request that is being answered, for what Django calls without one."""


class Pending(NamedTuple):
    """A secret that was right: it is settled when it is known whether a sign-in follows."""

    ticket: Ticket
    user: object
    """Whose it was: the primary key."""


class Exchange:
    """What happened during one request that its response must show."""

    def __init__(self, request: HttpRequest) -> None:
        self.answer: Answer | None = None
        """The refusal that takes the place of the view's response."""
        self.cookie: DeviceCookie | None = None
        self.request = request
        self.guarded = False
        """Whether anybody tried a secret: then the response is nobody else's."""
        self._pending: list[Pending] = []
        self._signed_in: set[object] = set()
        setattr(request, _KEY, self)

    def refuse(self, decision: Decision) -> None:
        """Note a refusal. One that names nobody is left to the view, which knows what is missing."""
        self.guarded = True
        if decision.reason is not Reason.UNIDENTIFIED:
            self.answer = refused(decision)

    def pass_on(self) -> None:
        """Note that somebody may come in. A refusal before that is no longer the last word."""
        self.guarded = True
        self.answer = None

    def succeed(self, ticket: Ticket, user: object) -> None:
        """Note that a secret was right, until it is known whether a sign-in follows."""
        self._pending.append(Pending(ticket, user))

    def fail(self) -> None:
        """Note that a secret was wrong."""
        self.guarded = True

    def sign_in(self, user: object) -> None:
        """Note that Django has signed a user in: every factor that is due was right."""
        self._signed_in.add(user)

    def take(self) -> list[tuple[Ticket, bool]]:
        """Hand over what is to be settled, each with whether the browser becomes known."""
        taken, self._pending = self._pending, []
        return [(pending.ticket, pending.user in self._signed_in) for pending in taken]

    def remember(self, decision: Decision) -> None:
        """Keep the cookie of a decision for the response."""
        self.guarded = True
        self.cookie = decision.device or self.cookie


def exchange_of(request: HttpRequest | None) -> Exchange | None:
    """Return the exchange that the middleware has begun. A request of Django REST framework hands it on."""
    found: object = getattr(request, _KEY, None)
    return found if isinstance(found, Exchange) else None
