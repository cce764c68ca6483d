"""The one place that imports argon2-cffi, so that its absence is explained once."""

try:
    from argon2 import PasswordHasher, extract_parameters
    from argon2.exceptions import HashingError, InvalidHashError, VerificationError, VerifyMismatchError
    from argon2.low_level import Type
except ImportError as error:
    raise ImportError(
        'authguard_argon2 needs argon2-cffi. Install it with: pip install "authguard[argon2]"', name="argon2"
    ) from error

__all__ = [
    "HashingError",
    "InvalidHashError",
    "PasswordHasher",
    "Type",
    "VerificationError",
    "VerifyMismatchError",
    "extract_parameters",
]
