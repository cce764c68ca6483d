"""What an attacker knows about whose password it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["PasswordContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordContext:
    """What an attacker knows about an account: OWASP ASVS 5.0, 6.2.11, wants it kept out of passwords.

    All of it may come straight from a form. Its repr shows nothing.
    """

    username: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    names: Iterable[str] = field(default=(), repr=False)
    """Of the person: given name, family name, or the full name as one."""
    words: Iterable[str] = field(default=(), repr=False)
    """Anything else: a birthday, a company, a phone number."""
