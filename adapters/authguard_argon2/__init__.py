"""Argon2id password hashing that gives no account away and can't be flooded.

::

    hasher = AsyncArgon2Hasher()
    user = await find(name)
    if await hasher.verify(user.hash if user else None, password):
        if hasher.needs_rehash(user.hash):
            user.hash = await hasher.hash(password)

:class:`Argon2Hasher` is the same for synchronous code. The defaults are the minimum of
the OWASP Password Storage Cheat Sheet.
"""

from authguard_argon2.hashers import Argon2Hasher, AsyncArgon2Hasher, from_settings
from authguard_argon2.jobs import MAX_PASSWORD_BYTES, UnusablePasswordError
from authguard_argon2.parameters import Argon2Parameters

__all__ = [
    "MAX_PASSWORD_BYTES",
    "Argon2Hasher",
    "Argon2Parameters",
    "AsyncArgon2Hasher",
    "UnusablePasswordError",
    "from_settings",
]
