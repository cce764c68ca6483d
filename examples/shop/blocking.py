"""The desk for synchronous applications: the same rules, in the caller's thread.

The desk's coroutines wait for nothing but the hasher and the database. Where both answer at once, a coroutine
runs from its beginning to its end without an event loop.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar

from examples.shop.accounts import Accounts
from examples.shop.desk import Desk
from examples.shop.passwords import Assessment, Feedback, Passwords
from examples.shop.users import User

__all__ = ["BlockingDesk", "BlockingHasher"]

P = ParamSpec("P")
T = TypeVar("T")


class BlockingHasher(Protocol):
    """Hashes and verifies passwords in the caller's thread."""

    def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the password belongs to the stored hash; None costs as much."""
        ...

    def hash(self, password: str) -> str:
        """Turn a new password into the text to be stored."""
        ...

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the stored hash should be replaced."""
        ...


class BlockingDesk:
    """A :class:`Desk` whose methods are plain functions. Arguments as there."""

    def __init__(
        self,
        accounts: Accounts,
        hasher: BlockingHasher,
        *,
        busy: type[Exception],
        passwords: Passwords,
        base_url: str,
    ) -> None:
        self._desk = Desk(
            accounts, _AtOnce(hasher), busy=busy, passwords=passwords, base_url=base_url, in_thread=_here
        )

    def verify(self, identifier: str, password: str) -> User | None:
        """Do as :meth:`Desk.verify`."""
        return _finished(self._desk.verify(identifier, password))

    def renew_hash(self, user: User, password: str) -> None:
        """Do as :meth:`Desk.renew_hash`."""
        _finished(self._desk.renew_hash(user, password))

    def registration_feedback(self, username: str, email: str, password: str) -> list[Feedback]:
        """Do as :meth:`Desk.registration_feedback`."""
        return self._desk.registration_feedback(username, email, password)

    def reset_feedback(self, user: User, password: str) -> list[Feedback]:
        """Do as :meth:`Desk.reset_feedback`."""
        return self._desk.reset_feedback(user, password)

    def assess(self, fields: Mapping[str, object]) -> Assessment:
        """Do as :meth:`Desk.assess`."""
        return _finished(self._desk.assess(fields))

    def register(self, username: str, email: str, password: str) -> None:
        """Do as :meth:`Desk.register`."""
        _finished(self._desk.register(username, email, password))

    def request_reset(self, identifier: str) -> None:
        """Do as :meth:`Desk.request_reset`."""
        _finished(self._desk.request_reset(identifier))

    def reset_token_user(self, token: str) -> User | None:
        """Do as :meth:`Desk.reset_token_user`."""
        return _finished(self._desk.reset_token_user(token))

    def complete_reset(self, token: str, password: str) -> User | None:
        """Do as :meth:`Desk.complete_reset`."""
        return _finished(self._desk.complete_reset(token, password))


class _AtOnce:
    """A hasher as the desk awaits it, which has its answer already."""

    def __init__(self, hasher: BlockingHasher) -> None:
        self._hasher = hasher

    async def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        return self._hasher.verify(hash, password)

    async def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - as above
        return self._hasher.needs_rehash(hash)


async def _here(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    return function(*args, **kwargs)


def _finished(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    raise RuntimeError("got a coroutine that waits, expected one whose answers are there at once")
