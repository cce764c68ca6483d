"""What both guards share: everything that waits for nothing."""

import asyncio
import inspect
import logging
import os
from collections.abc import Awaitable, Callable, Iterable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeVar

from authguard_core.attempt import Decision
from authguard_core.clientip import ClientAddress, client_address
from authguard_core.decisions.describe import describe
from authguard_core.decisions.policy import REMEMBERED, Policy
from authguard_core.device import Subject, cookie_name
from authguard_core.errors import ConfigurationError, StorageError
from authguard_core.events import Event, EventKind, Observer
from authguard_core.identity import MAX_IDENTIFIER, canonical
from authguard_core.resilience import Health

if TYPE_CHECKING:
    from authguard_core.passwords import PasswordPolicy
    from authguard_core.settings import Settings

__all__ = [
    "AsyncResolve",
    "Resolve",
    "Shell",
    "account_of",
    "blocking",
    "in_time",
    "nonce",
    "subject_of",
    "unresolved",
]

logger = logging.getLogger("authguard")

NONCE_BYTES = 16

Resolve = Callable[[str], str | None]
"""Finds the account id that a canonical identifier belongs to, or None.

So one person's e-mail and user name are one account. It is asked before every attempt;
if it raises, or takes too long, the attempt is refused as if the store had failed.
That both are one account can be seen from outside: once one is locked, so is the other.
"""

AsyncResolve = Callable[[str], Awaitable[str | None]]

CallableT = TypeVar("CallableT", bound=Callable[..., object])


class Shell:
    """The part of a guard that waits for nothing."""

    def __init__(
        self, settings: "Settings | None", observers: Iterable[Observer], clock: Callable[[], float]
    ) -> None:
        self.settings = _default_settings() if settings is None else settings
        self.policy: Policy = self.settings.policy()
        self._observers = tuple([blocking("observers", observer) for observer in observers])
        self._clock = clock
        self._remembered = lru_cache(REMEMBERED)(_named)
        if not self.policy.cookie_secure:
            logger.warning("COOKIE_SECURE is off: device cookies are for plain http on this machine only")
        if self.settings.on_storage_failure == "open":
            logger.warning("ON_STORAGE_FAILURE is open: while the store is out, every guess is let through")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: purposes {', '.join(sorted(self.policy.purposes))}>"

    @cached_property
    def passwords(self) -> "PasswordPolicy":
        """What a new password must be, by the settings."""
        return self.settings.password_policy()

    @property
    def cookie_name(self) -> str:
        """The name under which the device cookie is read and set."""
        return cookie_name(secure=self.policy.cookie_secure)

    def describe(self) -> str:
        """Say in words what every limit promises, a line each."""
        return describe(self.policy)

    def client_address(self, peer: str, headers: Iterable[tuple[str, str]] = ()) -> ClientAddress:
        """Return the address that an attempt with this peer and these headers is counted under."""
        return client_address(peer, headers, self.policy.trusted)

    def _identified(self, identifier: str | None) -> Subject | None:
        """Return who an identifier names, before anybody looks up whose it is; None where that is nobody."""
        # JSON may hold anything in a name's place. What is too long for a name is too long to be remembered.
        if not isinstance(identifier, str) or not 0 < len(identifier) <= MAX_IDENTIFIER:
            return None
        return self._remembered(identifier)

    def health_changed(self, health: Health) -> None:
        """Tell the observers that the store went out, or is back: a resilient store's ``on_change``."""
        kind = EventKind.STORAGE_DEGRADED if health.degraded else EventKind.STORAGE_RECOVERED
        for observer in self._observers:
            _notify(observer, Event(kind, self._clock(), ""))

    def _tell(self, decision: Decision) -> Decision:
        if self._observers:
            for event in decision.events:
                for observer in self._observers:
                    _notify(observer, event)
        return decision


def _default_settings() -> "Settings":
    from authguard_core.settings import Settings  # noqa: PLC0415 - pydantic loads only when it is needed

    return Settings.load()


def _notify(observer: Observer, event: Event) -> None:
    try:
        observer(event)
    except Exception as error:  # noqa: BLE001 - an observer of any kind changes no decision
        logger.error("an observer failed on %s: %s", event.kind.value, type(error).__name__)  # noqa: TRY400 - a traceback may show personal data


def nonce() -> bytes:
    """Return fresh random bytes, for ids."""
    return os.urandom(NONCE_BYTES)


def unresolved(error: BaseException) -> StorageError:
    """Return the failure of the application's look-up as a value, without its text: that may be personal."""
    text = str(error) if isinstance(error, ConfigurationError) else type(error).__name__
    logger.error("resolve failed: %s", text)
    return StorageError(f"resolve failed: {type(error).__name__}")


def _named(identifier: str) -> Subject | None:
    name = canonical(identifier)
    return None if name is None else subject_of(name, None)


def account_of(account: str, *, resolving: bool) -> Subject:
    """Return who an account's id stands for: without a ``resolve`` hook it is the identifier itself.

    Raises:
        ValueError: nothing usable in it.

    """
    name = account if resolving else canonical(account)
    if not name:
        raise ValueError("account: got nothing usable, expected an account id, or a user name")
    return subject_of(name, name if resolving else None)


def subject_of(name: str, account: object) -> Subject:
    """Return who is counted: the account that was found, else the identifier itself.

    An empty account id is none: all who got it would share one counter.

    Raises:
        ConfigurationError: the look-up answered with something else than text or None.

    """
    match account:
        case None | "":
            return Subject("identifier", name)
        case str():
            return Subject("account", account)
        case _:
            got, do = type(account).__name__, "Return the account id as text, str(user.id) say."
            raise ConfigurationError.of("resolve", got=got, expected="text or None", do=do)


def blocking(name: str, function: CallableT) -> CallableT:
    """Return a function that is called without waiting; refuse one whose answer would have to be awaited.

    Raises:
        ConfigurationError: a coroutine function, which would never run.

    """
    if _is_async(function):
        raise ConfigurationError.of(
            name, got="a coroutine function", expected="a plain function", do="Write it without async."
        )
    return function


def in_time(resolve: Resolve | AsyncResolve, seconds: float) -> AsyncResolve:
    """Give the application's look-up a deadline; a plain function runs in a thread."""
    on_loop = _is_async(resolve)

    async def resolved(identifier: str) -> str | None:
        async with asyncio.timeout(seconds):
            found = resolve(identifier) if on_loop else await asyncio.to_thread(resolve, identifier)
            # A plain function may hand an awaitable on: a lambda around a coroutine function does.
            return await found if inspect.isawaitable(found) else found

    return resolved


def _is_async(function: Callable[..., object]) -> bool:
    """Say whether it is a coroutine function, or an object whose call is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
