"""The shop's work for asynchronous applications: what needs the hasher, a thread, or both.

An application puts its own answers around these calls, and the guard around those that look at a password or
send a mail.
"""

from asyncio import to_thread
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import ParamSpec, Protocol, TypeVar

from examples.shop.accounts import Accounts
from examples.shop.passwords import Assessment, Feedback, Passwords, feedback_of, text_of
from examples.shop.users import User

__all__ = ["Desk", "Hasher", "InThread"]

P = ParamSpec("P")
T = TypeVar("T")


class Hasher(Protocol):
    """Hashes and verifies passwords off the event loop."""

    async def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the password belongs to the stored hash; None costs as much."""
        ...

    async def hash(self, password: str) -> str:
        """Turn a new password into the text to be stored."""
        ...

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the stored hash should be replaced."""
        ...


class InThread(Protocol):
    """Calls a function that waits for the database where nobody else has to wait."""

    async def __call__(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what it returns."""
        ...


class Desk:
    """Signs in, registers and resets.

    Args:
        accounts: The shop's.
        hasher: Whose work each of these costs, alike for known and unknown names.
        busy: What the hasher raises where every place is taken. It gets through: the application answers it.
        passwords: Assesses new ones.
        base_url: This application's own origin, for mailed links.
        in_thread: Where the database is asked.
    """

    def __init__(
        self,
        accounts: Accounts,
        hasher: Hasher,
        *,
        busy: type[Exception],
        passwords: Passwords,
        base_url: str,
        in_thread: InThread = to_thread,
    ) -> None:
        self._accounts = accounts
        self._hasher = hasher
        self._busy = busy
        self._passwords = passwords
        self._base_url = base_url
        self._in_thread = in_thread

    async def verify(self, identifier: str, password: str) -> User | None:
        """Return the user whose password this is. One query and one hash, whoever is named."""
        user = await self._in_thread(self._accounts.find, identifier)
        right = await self._hasher.verify(user.password_hash if user else None, password)
        return user if right else None

    async def renew_hash(self, user: User, password: str) -> None:
        """Store a right password hashed anew where that is due. It can wait for the next sign-in."""
        if self._hasher.needs_rehash(user.password_hash):
            with suppress(self._busy):
                await self._in_thread(self._accounts.rehash, user, await self._hasher.hash(password))

    def registration_feedback(self, username: str, email: str, password: str) -> list[Feedback]:
        """Say what nobody could register, never what is taken."""
        assessed = self._passwords.assess(password, username=username, email=email)
        return [*self._accounts.feedback(username, email), *feedback_of(assessed)]

    def reset_feedback(self, user: User, password: str) -> list[Feedback]:
        """Say why this can't be the user's new password."""
        return feedback_of(self._passwords.assess(password, username=user.username, email=user.email))

    async def assess(self, fields: Mapping[str, object]) -> Assessment:
        """Assess what somebody is typing: ``password``, and what is known of them so far.

        With the ``token`` of a reset's link it is what the reset will say.
        """
        username, email = text_of(fields, "username"), text_of(fields, "email")
        token = text_of(fields, "token")
        user = await self.reset_token_user(token) if token else None
        if user:
            username, email = user.username, user.email
        return self._passwords.assess(text_of(fields, "password"), username=username, email=email)

    async def register(self, username: str, email: str, password: str) -> None:
        """Ask for an account. The same work for free and taken names."""
        hashed = await self._hasher.hash(password)
        await self._in_thread(
            self._accounts.register,
            username=username,
            email=email,
            password_hash=hashed,
            base_url=self._base_url,
        )

    async def request_reset(self, identifier: str) -> None:
        """Ask for a link to a new password."""
        await self._in_thread(self._accounts.request_reset, identifier, base_url=self._base_url)

    async def reset_token_user(self, token: str) -> User | None:
        """Return whose reset a link stands for, without using it up."""
        return await self._in_thread(self._accounts.reset_token_user, token)

    async def complete_reset(self, token: str, password: str) -> User | None:
        """Set a new password with a mailed link, once."""
        hashed = await self._hasher.hash(password)
        return await self._in_thread(self._accounts.complete_reset, token, hashed)
