"""How hashes are made and checked: Argon2 itself, and a hash that belongs to nobody."""

import base64
import os
from collections.abc import Callable
from typing import Final

from authguard_argon2.backend import (
    HashingError,
    InvalidHashError,
    PasswordHasher,
    Type,
    VerificationError,
    VerifyMismatchError,
    extract_parameters,
)
from authguard_argon2.parameters import Argon2Parameters
from authguard_core.errors import ConfigurationError, HasherBusy

__all__ = ["Recipe", "Secret"]

_VERSION: Final = 0x13  # RFC 9106, section 3.1
_SALT_BYTES: Final = 16  # RFC 9106, section 3.1
_TAG_BYTES: Final = 32  # RFC 9106, section 4
_LONGEST_HASH: Final = 1024
_NO_MEMORY: Final = "Argon2 got no memory for a computation. Nothing was hashed; answer 503 and try again."


class Secret:
    """An encoded password that no ``repr`` shows."""

    __slots__ = ("value",)

    def __init__(self, value: bytes) -> None:
        self.value = value


class Recipe:
    """The parameters of new hashes, and every Argon2 computation. Blocking, thread-safe."""

    def __init__(
        self, parameters: Argon2Parameters, on_hash: Callable[[Argon2Parameters], None] | None
    ) -> None:
        self.parameters = parameters
        self._on_hash = on_hash
        self._argon2 = PasswordHasher(
            time_cost=parameters.time_cost,
            memory_cost=parameters.memory_kib,
            parallelism=parameters.lanes,
            hash_len=_TAG_BYTES,
            salt_len=_SALT_BYTES,
            type=Type.ID,
        )
        self._nobodys = _random_hash(parameters)

    def matches(self, stored: str, secret: Secret) -> bool | None:
        """Compute once and compare; ``None``, and nothing is computed, if the stored hash is unusable."""
        parameters = _parameters_of(stored)
        if parameters is None:
            return None
        try:
            self._argon2.verify(stored, secret.value)
            matched = True
        except VerifyMismatchError:
            matched = False
        except VerificationError:  # before the computation: no base64, too short a salt, no memory
            return None
        self._computed(parameters)
        return matched

    def spend(self) -> None:
        """Do the work of one verification for nobody.

        Raises:
            HasherBusy: There was no memory for it.
        """
        if self.matches(self._nobodys, Secret(b"")) is None:
            raise HasherBusy(_NO_MEMORY)

    def make(self, secret: Secret) -> str:
        """Compute a new hash with a random salt.

        Raises:
            HasherBusy: There was no memory for it.
        """
        try:
            made = self._argon2.hash(secret.value)
        except HashingError:
            made = None
        if made is None:  # raised out here, it doesn't drag along the frames that hold the password
            raise HasherBusy(_NO_MEMORY)
        self._computed(self.parameters)
        return made

    def is_outdated(self, stored: str) -> bool:
        """Tell whether anything but the salt's and the tag's content differs from what :meth:`make` makes."""
        return _parameters_of(stored) is None or self._argon2.check_needs_rehash(stored)

    def _computed(self, parameters: Argon2Parameters) -> None:
        if self._on_hash is not None:
            self._on_hash(parameters)


def _parameters_of(stored: str) -> Argon2Parameters | None:
    """The parameters that a stored hash names; ``None`` if it is no hash to compute with."""
    # A NUL would end the text for Argon2 but not for us: nothing unprintable gets further.
    if len(stored) > _LONGEST_HASH or not (stored.isascii() and stored.isprintable()):
        return None
    try:
        named = extract_parameters(stored)
        return Argon2Parameters(
            time_cost=named.time_cost, memory_kib=named.memory_cost, lanes=named.parallelism
        )
    except (InvalidHashError, ConfigurationError):
        return None


def _random_hash(parameters: Argon2Parameters) -> str:
    """A hash in the standard encoding with a random salt and a random tag: no password is known to match."""
    salt, tag = (
        base64.b64encode(os.urandom(size)).decode().rstrip("=") for size in (_SALT_BYTES, _TAG_BYTES)
    )
    cost = f"m={parameters.memory_kib},t={parameters.time_cost},p={parameters.lanes}"
    return f"$argon2id$v={_VERSION}${cost}${salt}${tag}"
