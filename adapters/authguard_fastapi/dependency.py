"""What endpoints take: a guard for one purpose, bound to the request."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, NoReturn

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from starlette.requests import HTTPConnection

from authguard_asgi import AttemptContext, attempt_of, client_address_of, peer_of
from authguard_core import Decision
from authguard_core.clientip import ClientAddress
from authguard_fastapi.errors import AttemptHTTPException
from authguard_fastapi.exchange import Exchange, exchange_of
from authguard_fastapi.finding import PurposeMarker
from authguard_fastapi.validation import refusal_of

__all__ = ["LoginGuard", "MeterGuard", "OtpGuard", "PurposeGuard", "RegisterGuard", "ResetGuard", "guarded"]


class PurposeGuard:
    """The guard of one purpose, for one request."""

    def __init__(self, exchange: Exchange, purpose: str) -> None:
        self._exchange = exchange
        self._purpose = purpose

    def attempt(self, identifier: str) -> AttemptContext:
        """Return the context of an attempt.

        ``async with`` in an ``async def`` endpoint, a plain ``with`` in a ``def`` endpoint. Entering raises
        the 429 before the secret is looked at; a block that is left without ``succeed`` stays counted.

        Args:
            identifier: Whose secret is tried, exactly as submitted. Take it from the same parsed value as the
                look-up of the user, so that there is but one reading of the body.
        """
        self._exchange.count()
        return AttemptContext(
            self._exchange.guard,
            attempt_of(self._exchange.guard, self._exchange.scope, identifier, purpose=self._purpose),
            error=AttemptHTTPException,
            on_success=self._exchange.remember,
        )

    def attempt_by_address(self) -> AttemptContext:
        """Return the context of an attempt that is about no account: the client's address stands for it.

        For what costs work and opens nothing, with a limit of its own: left without an outcome, each request
        counts. A ``resolve`` hook is asked about the address, and finds nobody.
        """
        return self.attempt(self.client_address.network)

    async def reset_completed(self, account: str) -> Decision:
        """Report a password reset that its owner has completed, and make this browser known.

        Lock and cap of the account end, and all other known browsers are forgotten.

        Args:
            account: The account's id, as ``resolve`` returns it; without that hook, the user name.

        Raises:
            StorageError: The store could not answer.
            ValueError: Nothing usable in the account.
        """
        decision = await self._exchange.guard.reset_completed(
            account, purpose=self._purpose, peer=peer_of(self._exchange.scope)
        )
        self._exchange.remember(decision)
        return decision

    async def refuse_body(self, status: int) -> NoReturn:
        """Refuse a body that the endpoint couldn't read itself, and charge it to the client's address.

        Args:
            status: 400, 413, 415 or 422.

        Raises:
            AttemptHTTPException: Always: with this status, or 429 over the address's limit.
        """
        raise AttemptHTTPException(await self._exchange.unreadable(status))

    @property
    def client_address(self) -> ClientAddress:
        """The address under which the request is counted."""
        return client_address_of(self._exchange.guard, self._exchange.scope)


class PurposeDependency(PurposeMarker):
    """Prepares a :class:`PurposeGuard`, and takes back FastAPI's 422 of a guarded body.

    FastAPI solves dependencies before it reports that the body lacks something, and hands what it raises
    to the dependencies that ``yield``. Its own answer would repeat the submitted password. A body with which
    nothing is wrong but its new password is answered with the reasons, and charged to nobody.
    """

    __slots__ = ()

    async def __call__(self, connection: HTTPConnection) -> AsyncIterator[PurposeGuard]:
        """Prepare the guard for the endpoint."""
        exchange = exchange_of(connection.scope)
        exchange.enter(self.purpose)
        try:
            yield PurposeGuard(exchange, self.purpose)
        except RequestValidationError as error:
            if exchange.is_counted:
                raise
            answer = refusal_of(error) or await exchange.unreadable(422)
        else:
            return
        raise AttemptHTTPException(answer)


def guarded(purpose: str) -> Any:  # noqa: ANN401 - as FastAPI's Depends
    """Return the dependency for a purpose of the settings.

    ::

        PinGuard = Annotated[PurposeGuard, guarded("pin")]

    The endpoint that takes it, itself or through another dependency, is guarded.
    """
    return Depends(PurposeDependency(purpose))


LoginGuard = Annotated[PurposeGuard, guarded("login")]
"""For passwords."""

OtpGuard = Annotated[PurposeGuard, guarded("otp")]
"""For one-time codes."""

ResetGuard = Annotated[PurposeGuard, guarded("reset")]
"""For requests of a reset mail. Not for redeeming its link: that is never limited."""

RegisterGuard = Annotated[PurposeGuard, guarded("register")]
"""For registrations."""

MeterGuard = Annotated[PurposeGuard, guarded("meter")]
"""For the assessment of a password while it is typed: ``async with meter_guard.attempt_by_address()``."""
