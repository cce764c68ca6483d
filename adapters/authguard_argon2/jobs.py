"""The two computations, as objects that keep passwords out of sight.

A traceback shows the local variables of its frames to whoever collects errors. So a
password travels in an object without a telling ``repr``, and the errors of argon2-cffi,
whose frames hold it in plain view, end here.
"""

from typing import Final

from authguard_argon2.recipe import Recipe, Secret
from authguard_core.errors import AuthGuardError

__all__ = ["MAX_PASSWORD_BYTES", "Hashing", "UnusablePasswordError", "Verification"]

MAX_PASSWORD_BYTES: Final = 4096
"""The longest password that is hashed, in bytes of UTF-8. A longer one belongs to nobody."""


class UnusablePasswordError(AuthGuardError, ValueError):
    """A new password can't be hashed whole: it is too long, or not encodable as UTF-8."""


class Verification:
    """One verification, not yet computed."""

    __slots__ = ("_recipe", "_secret", "_stored")

    def __init__(self, recipe: Recipe, stored: str | None, password: str) -> None:
        self._recipe = recipe
        self._stored = stored
        self._secret = _encoded(password)

    def __call__(self) -> bool:
        """Compute exactly once, whatever the hash and the password are."""
        if self._stored is not None and self._secret is not None:
            matched = self._recipe.matches(self._stored, self._secret)
            if matched is not None:
                return matched
        self._recipe.spend()
        return False


class Hashing:
    """One new hash, not yet computed."""

    __slots__ = ("_recipe", "_secret")

    def __init__(self, recipe: Recipe, password: str) -> None:
        self._recipe = recipe
        self._secret = _encoded(password)

    def __call__(self) -> str:
        """Compute the hash.

        Raises:
            UnusablePasswordError: The password can't be hashed whole.
        """
        if self._secret is None:
            raise UnusablePasswordError(
                f"password: got one longer than {MAX_PASSWORD_BYTES} bytes or with a lone surrogate, "
                f"expected text of at most {MAX_PASSWORD_BYTES} bytes in UTF-8. "
                "Check a new password against your password policy before you hash it."
            )
        return self._recipe.make(self._secret)


def _encoded(password: str) -> Secret | None:
    """The password in UTF-8; ``None`` if that is too long or impossible."""
    if (
        len(password) > MAX_PASSWORD_BYTES
    ):  # a character takes a byte or more: don't encode a megabyte to know
        return None
    try:
        secret = password.encode()
    except UnicodeEncodeError:
        return None
    return Secret(secret) if len(secret) <= MAX_PASSWORD_BYTES else None
