"""User names and e-mail addresses: which are usable, and under which key they are one.

Keys come from the canonicaliser that authguard counts under, so that the shop's idea of
"the same name" and the guard's never differ. A user name holds no ``@`` and an address
exactly one, before and after canonicalising: no name can shadow somebody's address.
"""

from collections.abc import Callable
from typing import Final

from examples.shop.passwords import Feedback

__all__ = ["Canonical", "email_key", "feedback", "username_key"]

Canonical = Callable[[str], str | None]
"""Maps an identifier to its canonical form, or to ``None`` if it can't be one."""

_MAX_USERNAME: Final = 64
_MAX_EMAIL: Final = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets with its two brackets

_USERNAME_UNUSABLE: Final = Feedback(
    code="username_unusable",
    message=f"Use 1 to {_MAX_USERNAME} visible characters for the user name, without the sign @.",
)
_EMAIL_UNUSABLE: Final = Feedback(
    code="email_unusable", message="Give an e-mail address such as name@example.org."
)


def username_key(canonical: Canonical, username: str) -> str | None:
    """Return the key of a user name to be registered, ``None`` if it is unusable."""
    if not 1 <= len(username) <= _MAX_USERNAME or not username.isprintable():
        return None
    key = canonical(username)
    return key if key and "@" not in username + key else None


def email_key(canonical: Canonical, email: str) -> str | None:
    """Return the key of an address to be registered, ``None`` if it is unusable."""
    if len(email) > _MAX_EMAIL or not _one_address(email):
        return None
    key = canonical(email)
    return key if key and _one_address(key) else None


def feedback(canonical: Canonical, username: str, email: str) -> list[Feedback]:
    """Say what is wrong with the form of a name and an address, never whether they are taken."""
    return [
        reason
        for reason, key in (
            (_USERNAME_UNUSABLE, username_key(canonical, username)),
            (_EMAIL_UNUSABLE, email_key(canonical, email)),
        )
        if key is None
    ]


def _one_address(text: str) -> bool:
    local, _, domain = text.partition("@")
    return bool(local and domain) and "@" not in domain and " " not in text and text.isprintable()
