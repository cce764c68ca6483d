"""What authguard asks of a password hasher.

A hasher is plugged in, never built into the core: its package names a callable
without required arguments in the entry-point group ``authguard.hasher``; what it
returns is a :class:`HasherPlugin`, which serves synchronous guards itself and
asynchronous ones with its ``aio``. ``authguard_argon2`` is the one that comes along.

All flavours promise the same:

- ``verify`` does the same hash work for an unknown user (``None``), an unusable hash,
  a password that can't be hashed and a wrong password, so that the time of an answer
  doesn't tell who has an account (OWASP ASVS 5.0, V6.3.8).
- A password is taken exactly as received: neither trimmed, normalised nor cut
  (OWASP ASVS 5.0, V6.2.8).
- Under overload ``verify`` and ``hash`` raise
  :class:`~authguard_core.errors.HasherBusy` at once, before any hash work.
"""

from typing import Protocol

__all__ = ["AsyncHasher", "Hasher", "HasherPlugin"]


class Hasher(Protocol):
    """Hashes and verifies passwords, blocking. Usable from several threads at once."""

    def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the password belongs to the stored hash.

        Args:
            hash: The stored hash; ``None`` if there is no such user.
            password: As received, of any length and content.

        Raises:
            HasherBusy: Every place is taken; nothing was hashed.
        """
        ...

    def hash(self, password: str) -> str:
        """Turn a new password into the text to be stored.

        Raises:
            ValueError: The password can't be hashed whole. The message doesn't repeat it.
            HasherBusy: Every place is taken; nothing was hashed.
        """
        ...

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the stored hash should be replaced. Ask after a successful ``verify``.

        Never raises and does no hash work.
        """
        ...

    def close(self) -> None:
        """Give threads and other resources back, once what runs and waits is done."""
        ...


class AsyncHasher(Protocol):
    """What :class:`Hasher` does, awaitable: the work is done off the event loop.

    Usable from several event loops at once. A cancelled call leaves nothing behind.
    """

    async def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the password belongs to the stored hash, as :meth:`Hasher.verify`."""
        ...

    async def hash(self, password: str) -> str:
        """Turn a new password into the text to be stored, as :meth:`Hasher.hash`."""
        ...

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the stored hash should be replaced, as :meth:`Hasher.needs_rehash`."""
        ...

    async def aclose(self) -> None:
        """Give threads and other resources back, once what runs and waits is done."""
        ...


class HasherPlugin(Hasher, Protocol):
    """What the callable of an entry point in the group ``authguard.hasher`` returns."""

    @property
    def aio(self) -> AsyncHasher:
        """The awaitable flavour, over the same resources."""
        ...
