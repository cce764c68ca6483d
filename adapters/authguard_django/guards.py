"""The guards of a Django project: they look names up as the sign-in does."""

from collections.abc import Callable, Iterable

from django.views.decorators.debug import sensitive_variables

from authguard_core import AsyncGuard, Decision, Guard, Settings
from authguard_core.decisions import operations
from authguard_core.device import Subject
from authguard_core.errors import StorageError
from authguard_core.events import Observer
from authguard_core.guard.shell import nonce
from authguard_core.storage import AsyncStorage
from authguard_django.identity import Resolve, submitted

__all__ = ["AsyncDjangoGuard", "DjangoGuard"]


class DjangoGuard(Guard):
    """A guard whose look-up knows the name as it was submitted, whoever asks it."""

    @sensitive_variables("name")
    def reset_named(self, name: str, *, purpose: str, peer: str | None) -> Decision:
        """Report a completed reset of whoever an attempt with this name would be counted for.

        Raises:
            StorageError: The store, or the look-up, could not answer.
            ValueError: Nothing usable in the name.
        """
        subject, now = self._named(name), self._clock()
        step = operations.plan_reset_completed(
            self.policy, purpose, subject, peer=peer, now=now, nonce=nonce()
        )
        return self._tell(self._run(step))

    def knows(self, name: str) -> bool:
        """Whether the look-up finds an account of this name, for an operator.

        Raises:
            StorageError: The look-up could not answer.
            ValueError: Nothing usable in the name.
        """
        return self._named(name).space == "account"

    def _find(self, identifier: str | None) -> Subject | StorageError | None:
        with submitted(identifier):
            return super()._find(identifier)


class AsyncDjangoGuard(AsyncGuard):
    """Does as :class:`DjangoGuard`, on an event loop."""

    def __init__(
        self,
        settings: Settings,
        *,
        storage: AsyncStorage | None,
        resolve: Resolve,
        observers: Iterable[Observer],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(settings, storage=storage, resolve=resolve.afind, observers=observers, clock=clock)
        if resolve.by_user_model:
            # As the sign-in's own look-up it waits as long as the database's driver does. A deadline of ours
            # would pass on a loop that is held up, by Django 5.2's own hashing say, with the answer there.
            self._resolve = resolve.afind

    @sensitive_variables("name")
    async def reset_named(self, name: str, *, purpose: str, peer: str | None) -> Decision:
        """Do as :meth:`DjangoGuard.reset_named`."""
        subject, now = await self._named(name), self._clock()
        step = operations.plan_reset_completed(
            self.policy, purpose, subject, peer=peer, now=now, nonce=nonce()
        )
        return self._tell(await self._run(step))

    async def _find(self, identifier: str | None) -> Subject | StorageError | None:
        with submitted(identifier):
            return await super()._find(identifier)
