"""The guard for synchronous code."""

import time
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from authguard_core.attempt import Attempt, Decision, Outcome, Ticket
from authguard_core.counting.ops import Op
from authguard_core.decisions import admission, operations, settlement
from authguard_core.decisions.operations import AccountStatus
from authguard_core.decisions.policy import Plan, Results
from authguard_core.device import Subject
from authguard_core.errors import StorageError
from authguard_core.events import Observer
from authguard_core.guard import plugins
from authguard_core.guard.shell import (
    Resolve,
    Shell,
    account_of,
    blocking,
    nonce,
    subject_of,
    unresolved,
)
from authguard_core.hashing import Hasher, HasherPlugin
from authguard_core.resilience import ResilientStorage
from authguard_core.resilience.desk import OnFailure
from authguard_core.storage import Storage

if TYPE_CHECKING:
    from authguard_core.settings import Settings

__all__ = ["Guard"]

T = TypeVar("T", Decision, AccountStatus)


class Guard(Shell):
    """Decides who may try a secret now.

    ::

        decision = guard.check(Attempt(identifier=name, peer=address))
        if decision.allowed:
            right = guard.hasher.verify(user and user.hash, password)
            guard.settle(decision.ticket, Outcome.SUCCESS if right else Outcome.FAILURE)

    Args:
        settings: where None, they are read from ``AUTHGUARD_*``.
        storage: the store, which is taken as it is; by default the one that ``STORAGE_URL`` names, made
            resilient by ``STORAGE_TIMEOUT`` and ``ON_STORAGE_FAILURE``.
        hasher: by default the one of the entry-point group ``authguard.hasher``.
        resolve: finds the account id of an identifier. It runs on the caller's thread,
            so its own driver's time-out bounds it.
        observers: are told every event.
        clock: Unix time in seconds, for cookies and events. Counters use the store's.

    Raises:
        ConfigurationError: a setting can't be used, or a plug-in is missing.

    """

    def __init__(
        self,
        settings: "Settings | None" = None,
        *,
        storage: Storage | None = None,
        hasher: HasherPlugin | None = None,
        resolve: Resolve | None = None,
        observers: Iterable[Observer] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(settings, observers, clock)
        self.storage = self._open() if storage is None else storage
        self._hasher = hasher
        self._resolve = None if resolve is None else blocking("resolve", resolve)

    def _open(self) -> Storage:
        """Open the store that the settings name; one that may fail is made resilient."""
        url = self.settings.storage_url
        opened = plugins.backend(url).open_storage(url)
        if plugins.is_memory(url):
            return opened
        return ResilientStorage(
            opened,
            timeout=self.settings.storage_timeout_seconds,
            on_failure=OnFailure(self.settings.on_storage_failure),
            on_change=self.health_changed,
        )

    @cached_property
    def hasher(self) -> Hasher:
        """Verifies passwords at equal cost for known and unknown users."""
        return plugins.hasher() if self._hasher is None else self._hasher

    def check(self, attempt: Attempt) -> Decision:
        """Decide whether a secret may be looked at now, and charge the attempt if so."""
        found = self._find(attempt.identifier)
        now = self._clock()
        if isinstance(found, StorageError):
            return self._tell(admission.unresolved(self.policy, attempt, now=now, nonce=nonce()))
        return self._tell(self._run(admission.plan(self.policy, attempt, found, now=now, nonce=nonce())))

    def settle(self, ticket: Ticket, outcome: Outcome, *, remember: bool = True) -> Decision:
        """Report what became of an admitted attempt. Never raises for an outage.

        Args:
            ticket: the decision's ticket.
            outcome: what became of it.
            remember: whether a success makes the browser known. Say False while another
                factor is still due.

        """
        step = settlement.plan(
            self.policy,
            ticket,
            outcome,
            remember=remember,
            now=self._clock(),
            nonce=nonce() if remember else b"",
        )
        return self._tell(self._run(step))

    def inspect(self, identifier: str, *, purpose: str = "login") -> AccountStatus:
        """Say how an account stands, without changing it.

        Raises:
            StorageError: the store, or ``resolve``, could not answer.
            ValueError: nothing usable in the identifier.

        """
        subject = self._named(identifier)
        return self._run(operations.plan_inspect(self.policy, purpose, subject))

    def unlock(self, identifier: str, *, purpose: str = "login") -> Decision:
        """Give an account its whole budget back: an operator's word. It ends lock and cap.

        Known sources stay known, and keep budgets and locks of their own.

        Raises:
            StorageError: the store, or ``resolve``, could not answer.
            ValueError: nothing usable in the identifier.

        """
        subject = self._named(identifier)
        return self._tell(self._run(operations.plan_unlock(self.policy, purpose, subject, now=self._clock())))

    def unlock_address(self, address: str, *, purpose: str = "login") -> Decision:
        """Give an address and its subnet their whole budgets back.

        Raises:
            StorageError: the store could not answer.
            ValueError: it is no address.

        """
        return self._tell(
            self._run(operations.plan_unlock_address(self.policy, purpose, address, now=self._clock()))
        )

    def reset_completed(self, account: str, *, purpose: str = "login", peer: str | None = None) -> Decision:
        """Report a password reset that its owner completed. It ends lock and cap.

        Every known browser is forgotten; the decision carries the cookie that makes the
        one that completed the reset known.

        Args:
            account: the account's id, as ``resolve`` returns it; without that hook, the user name.
            purpose: whose lock and cap end.
            peer: the connection's other end. With ``COOKIE_SECURE`` off, a cookie is made for
                this machine only.

        Raises:
            StorageError: the store could not answer.
            ValueError: nothing usable in the account.

        """
        subject = account_of(account, resolving=self._resolve is not None)
        step = operations.plan_reset_completed(
            self.policy, purpose, subject, peer=peer, now=self._clock(), nonce=nonce()
        )
        return self._tell(self._run(step))

    def close(self) -> None:
        """Close the store's connections. It opens new ones if it is asked again."""
        close = getattr(self.storage, "close", None)
        if close is not None:
            close()

    def _run(self, step: T | Plan[T]) -> T:
        while isinstance(step, Plan):
            step = step.decide(self._execute(step.ops))
        return step

    def _execute(self, ops: tuple[Op, ...]) -> Results:
        try:
            return self.storage.execute(ops)
        except StorageError as error:
            return error

    def _find(self, identifier: str | None) -> Subject | StorageError | None:
        subject = self._identified(identifier)
        if subject is None or self._resolve is None:
            return subject
        try:
            return subject_of(subject.text, self._resolve(subject.text))
        except Exception as error:  # noqa: BLE001 - whatever the application's look-up raises is an outage
            return unresolved(error)

    def _named(self, identifier: str) -> Subject:
        found = self._find(identifier)
        if isinstance(found, StorageError):
            raise found
        if found is None:
            message = "identifier: got nothing usable, expected a user name, an e-mail or the like"
            raise ValueError(message)
        return found
