"""The hasher in its two flavours, over one pool."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from authguard_argon2.jobs import Hashing, Verification
from authguard_argon2.parameters import Argon2Parameters
from authguard_argon2.pool import HashPool
from authguard_argon2.recipe import Recipe

__all__ = ["Argon2Hasher", "AsyncArgon2Hasher", "from_settings"]

F = TypeVar("F", bound="_Flavour")

_OWASP: Final = Argon2Parameters()


class _Flavour:
    """What both flavours share: the recipe and the pool."""

    def __init__(
        self,
        *,
        parameters: Argon2Parameters = _OWASP,
        workers: int | None = None,
        max_pending: int | None = None,
        on_hash: Callable[[Argon2Parameters], None] | None = None,
    ) -> None:
        self._recipe = Recipe(parameters, on_hash)
        self._pool = HashPool(workers=workers, max_pending=max_pending)

    def _as(self, flavour: type[F]) -> F:
        """Make the other flavour, over the same recipe and pool."""
        other = flavour.__new__(flavour)
        other._recipe, other._pool = self._recipe, self._pool  # noqa: SLF001 - this hasher in another form
        return other

    @property
    def parameters(self) -> Argon2Parameters:
        """What a new hash costs."""
        return self._recipe.parameters

    @property
    def workers(self) -> int:
        """The most computations at once."""
        return self._pool.workers

    @property
    def max_pending(self) -> int:
        """The most calls that wait for a computation."""
        return self._pool.max_pending

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether a stored hash differs from what :meth:`hash` makes today.

        Ask after a successful :meth:`verify`, and store a new hash if so. Anything that
        isn't an Argon2id hash of these parameters needs it. Never raises, hashes nothing.
        """
        return self._recipe.is_outdated(hash)


class Argon2Hasher(_Flavour):
    """Argon2id password hashing in the calling thread, for synchronous code.

    One hasher serves all threads of a process: at most ``workers`` of them compute at
    once, at most ``max_pending`` more wait for their turn, and the next one is refused.
    :attr:`aio` is the awaitable flavour over the same pool.

    Passwords are hashed exactly as received, as OWASP ASVS 5.0 V6.2.8 asks. Where
    passwords are typed on keyboards that compose characters differently, normalise
    them to NFC (NIST SP 800-63B-4, 3.1.1.2) before both :meth:`hash` and :meth:`verify`.

    Args:
        parameters: What a computation costs; the default is OWASP's minimum.
        workers: The most computations at once, one for each processor by default. Each
            takes ``parameters.memory_kib`` of memory.
        max_pending: The most calls that wait, 16 for each worker by default; 0 is legal.
        on_hash: Called with the parameters of each computation right after it, in the
            thread that did it, while it still holds its place: for metrics, and for
            tests that count computations. It must be quick and thread-safe and not raise.

    Raises:
        ConfigurationError: An argument is out of its range.
    """

    @property
    def aio(self) -> "AsyncArgon2Hasher":
        """The awaitable flavour, over the same pool."""
        return self._as(AsyncArgon2Hasher)

    def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the password belongs to the stored hash, at the cost of one computation.

        The cost is the same for ``None`` (no such user), for an empty or unusable hash,
        and for a password that is longer than ``MAX_PASSWORD_BYTES`` or can't be encoded:
        then the computation is done for nobody and the answer is False. A hash with other
        Argon2 parameters is computed with its own, so until it is replaced
        (:meth:`needs_rehash`) its cost tells it from the others.

        Raises:
            HasherBusy: Every place is taken, or there is no memory; nothing was hashed.
        """
        job = Verification(self._recipe, hash, password)
        del hash, password  # out of what a traceback shows
        return self._pool.run(job)

    def hash(self, password: str) -> str:
        """Turn a new password into a text to store: parameters, random salt and hash.

        Raises:
            UnusablePasswordError: It is longer than ``MAX_PASSWORD_BYTES`` in UTF-8 or
                can't be encoded. A password policy refuses it before, with a better message.
            HasherBusy: Every place is taken, or there is no memory; nothing was hashed.
        """
        job = Hashing(self._recipe, password)
        del password  # out of what a traceback shows
        return self._pool.run(job)

    def close(self) -> None:
        """End the pool's threads once what waits is done. The hasher stays usable."""
        self._pool.close()


class AsyncArgon2Hasher(_Flavour):
    """:class:`Argon2Hasher` for asynchronous code: computes in threads, off the event loop.

    It takes the same arguments. A call that is cancelled while it waits gives its place
    back; while it computes, the place is taken until the computation ends. Several event
    loops may share one hasher. :attr:`sync` is the blocking flavour over the same pool,
    for synchronous endpoints.
    """

    @property
    def sync(self) -> Argon2Hasher:
        """The blocking flavour, over the same pool."""
        return self._as(Argon2Hasher)

    async def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the password belongs to the stored hash, as :meth:`Argon2Hasher.verify`."""
        job = Verification(self._recipe, hash, password)
        del hash, password  # out of what a traceback shows
        return await asyncio.wrap_future(self._pool.submit(job))

    async def hash(self, password: str) -> str:
        """Turn a new password into a text to store, as :meth:`Argon2Hasher.hash`."""
        job = Hashing(self._recipe, password)
        del password  # out of what a traceback shows
        return await asyncio.wrap_future(self._pool.submit(job))

    async def aclose(self) -> None:
        """End the pool's threads once what waits is done. The hasher stays usable."""
        await asyncio.to_thread(self._pool.close)


def from_settings() -> Argon2Hasher:
    """Make the hasher of the defaults; the entry point of the group ``authguard.hasher``."""
    return Argon2Hasher()
