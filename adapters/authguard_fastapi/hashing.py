"""The password hasher for synchronous endpoints."""

from anyio import from_thread

from authguard_core.hashing import AsyncHasher

__all__ = ["SyncHasher"]


class SyncHasher:
    """Hashes and verifies passwords from the worker thread of a ``def`` endpoint.

    The work is done in the hasher's own bounded pool, the same that serves ``async def`` endpoints.
    """

    def __init__(self, hasher: AsyncHasher) -> None:
        self._hasher = hasher

    def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the password belongs to the stored hash; ``None`` costs the same.

        Raises:
            HasherBusy: Every place is taken; nothing was hashed.
        """
        return from_thread.run(self._hasher.verify, hash, password)

    def hash(self, password: str) -> str:
        """Turn a new password into the text to be stored.

        Raises:
            ValueError: The password can't be hashed whole.
            HasherBusy: Every place is taken; nothing was hashed.
        """
        return from_thread.run(self._hasher.hash, password)

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        """Tell whether the stored hash should be replaced."""
        return self._hasher.needs_rehash(hash)
