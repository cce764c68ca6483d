"""The guard of a FastAPI application."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute

from authguard_asgi import BODY_TIMEOUT, check_limits, client_address_of
from authguard_core import AccountStatus, AsyncGuard, Decision, Observer
from authguard_core.body import MAX_BODY
from authguard_core.clientip import ClientAddress
from authguard_core.errors import ConfigurationError, HasherBusy
from authguard_fastapi.documenting import document
from authguard_fastapi.errors import AttemptHTTPException, answer_attempt, answer_busy
from authguard_fastapi.exchange import not_over_http
from authguard_fastapi.finding import guarded_routes
from authguard_fastapi.hashing import SyncHasher
from authguard_fastapi.middleware import GuardMiddleware
from authguard_fastapi.passwords import PasswordCheck, check_breaches
from authguard_fastapi.validation import answer_invalid, check_contexts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from authguard_core import Settings
    from authguard_core.hashing import AsyncHasher, HasherPlugin
    from authguard_core.passwords import PasswordPolicy
    from authguard_core.storage import AsyncStorage
    from authguard_fastapi.passwords import BreachLookup

__all__ = ["AuthGuard"]


class AuthGuard:
    """Guards the sign-ins of a FastAPI application, as :mod:`authguard_fastapi` shows.

    Args:
        settings: Where None, they are read from ``AUTHGUARD_*``.
        storage: The store; by default the one that ``STORAGE_URL`` names, whose connections are closed when
            the application ends.
        hasher: By default the one of the entry-point group ``authguard.hasher``.
        resolve: Finds the account id of an identifier, so that one person's user name and e-mail are counted
            together. A plain function runs in a thread.
        observers: Are told every event.
        pwned: Knows breached passwords, as ``AsyncPwnedPasswords`` does: its ``lookup`` is awaited. It is
            asked about a new one only if the policy accepts it.
        max_body: The longest body of a guarded route in bytes.
        body_timeout: Seconds in which it must have arrived.

    Raises:
        ConfigurationError: A setting or argument can't be used.
    """

    def __init__(
        self,
        settings: "Settings | None" = None,
        *,
        storage: "AsyncStorage | None" = None,
        hasher: "HasherPlugin | None" = None,
        resolve: "Callable[[str], str | None] | Callable[[str], Awaitable[str | None]] | None" = None,
        observers: Iterable[Observer] = (),
        pwned: "BreachLookup | None" = None,
        max_body: int = MAX_BODY,
        body_timeout: float = BODY_TIMEOUT,
    ) -> None:
        check_limits(max_body, body_timeout)
        check_breaches(pwned)
        self.core = AsyncGuard(settings, storage=storage, hasher=hasher, resolve=resolve, observers=observers)
        """The guard itself, for what has no request."""
        self._opened = storage is None
        self._pwned = pwned
        self._max_body = max_body
        self._body_timeout = body_timeout

    def init_app(self, app: FastAPI) -> None:
        """Install the guard, once, before the application starts.

        It adds a middleware, handlers for its answers and for ``HasherBusy`` (those that are registered
        already stay), FastAPI's own answer to invalid bodies but without the ``input`` of its errors, because
        that repeats passwords, the answers to the OpenAPI schema, and a lifespan around the existing one.
        Routes may be added before and after. A mounted FastAPI application needs a guard of its own, or this
        one once more: its exception handlers are its own.

        Raises:
            ConfigurationError: A guard is installed already, or the application has started.
        """
        if hasattr(app.state, "authguard"):
            raise ConfigurationError.of(
                "init_app", got="an application with a guard", expected="one without", do="Call it once."
            )
        if app.middleware_stack is not None:
            raise ConfigurationError.of(
                "init_app", got="a running application", expected="one not yet started", do="Call it earlier."
            )
        app.state.authguard = self
        app.add_middleware(
            GuardMiddleware, guard=self.core, max_body=self._max_body, body_timeout=self._body_timeout
        )
        app.exception_handlers.setdefault(AttemptHTTPException, answer_attempt)
        app.exception_handlers.setdefault(HasherBusy, answer_busy)
        # FastAPI registers a handler of its own; an application's stays.
        if app.exception_handlers.get(RequestValidationError) is request_validation_exception_handler:
            app.exception_handlers[RequestValidationError] = answer_invalid
        document(app)
        self._wrap_lifespan(app)

    @property
    def settings(self) -> "Settings":
        """What was read."""
        return self.core.settings

    @property
    def hasher(self) -> "AsyncHasher":
        """Verifies passwords at equal cost for known and unknown users, off the event loop."""
        return self.core.hasher

    @property
    def passwords(self) -> "PasswordPolicy":
        """What a new password must be, by the settings. It asks nobody about breaches."""
        return self.core.passwords

    @cached_property
    def password_check(self) -> PasswordCheck:
        """The same and the breaches; endpoints rather take ``Passwords``."""
        return PasswordCheck(self.core.passwords, self._pwned)

    @cached_property
    def sync_hasher(self) -> SyncHasher:
        """The same for ``def`` endpoints."""
        return SyncHasher(self.core.hasher)

    def describe(self) -> str:
        """Say in words what every limit promises, a line each."""
        return self.core.describe()

    def client_address(self, connection: HTTPConnection) -> ClientAddress:
        """Return the address under which a request is counted, behind the trusted proxies."""
        return client_address_of(self.core, connection.scope)

    async def inspect(self, identifier: str, *, purpose: str = "login") -> AccountStatus:
        """Say how an account stands, without changing it. Errors as for :meth:`unlock`."""
        return await self.core.inspect(identifier, purpose=purpose)

    async def unlock(self, identifier: str, *, purpose: str = "login") -> Decision:
        """Give an account its whole budget back.

        Raises:
            StorageError: The store, or ``resolve``, could not answer.
            ValueError: Nothing usable in the identifier.
        """
        return await self.core.unlock(identifier, purpose=purpose)

    async def unlock_address(self, address: str, *, purpose: str = "login") -> Decision:
        """Give an address and its subnet their whole budgets back.

        Raises:
            StorageError: The store could not answer.
        """
        return await self.core.unlock_address(address, purpose=purpose)

    async def reset_completed(
        self, account: str, *, purpose: str = "login", peer: str | None = None
    ) -> Decision:
        """Report a password reset that its owner has completed.

        In an endpoint rather call it on a ``LoginGuard``: that also sets the device cookie.

        Args:
            account: The account's id, as ``resolve`` returns it; without that hook, the user name.
            purpose: Whose lock and cap end.
            peer: The connection's other end. With ``COOKIE_SECURE`` off, a cookie is made for this machine
                only.

        Raises:
            StorageError: The store could not answer.
            ValueError: Nothing usable in the account.
        """
        return await self.core.reset_completed(account, purpose=purpose, peer=peer)

    def _wrap_lifespan(self, app: FastAPI) -> None:
        inner = app.router.lifespan_context

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncGenerator[Any, None]:
            for context, purpose in guarded_routes(app.routes):
                self.core.policy.purpose(purpose)
                if isinstance(context.original_route, WebSocketRoute):
                    raise not_over_http()
            check_contexts(app.routes)
            try:
                async with inner(app) as state:
                    yield state
            finally:
                await self._close()

        app.router.lifespan_context = lifespan

    async def _close(self) -> None:
        """End the hasher's threads, if there are any, and the connections of a store that was opened here."""
        if "hasher" in vars(self.core):
            await self.core.hasher.aclose()
        if self._opened:
            await self.core.aclose()
