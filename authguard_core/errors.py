"""Every error that authguard raises.

::

    AuthGuardError
    ├── ConfigurationError   misuse: raised while things are built, never per request
    ├── StorageError         an outage: the store could not carry the operations out
    └── HasherBusy           overload: every hashing slot is taken, nothing was hashed

A refusal is none of these. It is a :class:`~authguard_core.Decision`.
"""

__all__ = ["AuthGuardError", "ConfigurationError", "HasherBusy", "StorageError"]


class AuthGuardError(Exception):
    """The root of authguard's errors. Never raised itself."""


class ConfigurationError(AuthGuardError, ValueError):
    """A setting or argument can't be used.

    The message says what was got, what was expected and what to do. It never
    repeats a secret.
    """

    @classmethod
    def of(cls, name: str, *, got: object, expected: str, do: str) -> "ConfigurationError":
        """Build the message in the one shape all refusals share."""
        return cls(f"{name}: got {got!r}, expected {expected}. {do}")

    def renamed(self, name: str) -> "ConfigurationError":
        """Return the same refusal under the name by which the user knows the setting."""
        return type(self)(f"{name}: {str(self).partition(': ')[2]}")


class StorageError(AuthGuardError):
    """A store could not carry its operations out: down, too slow or out of memory.

    Stores wrap their driver's errors in it (``raise StorageError(...) from error``).
    The policy turns it into a decision; it never reaches a view.
    """


class HasherBusy(AuthGuardError):  # noqa: N818 - a state of the pool, as queue.Full is
    """Every hashing slot is taken. Nothing was hashed; answer 503 and try again."""
