"""What an attacker knows about whose password it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

__all__ = ["PasswordContext"]

MOST: Final = 64
"""Names, and words: a form may send any number."""

Several = str | Iterable[str | None] | None


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class PasswordContext:
    """What an attacker knows about an account: OWASP ASVS 5.0, 6.2.11, wants it kept out of passwords.

    All of it may come straight from a form or a database: None is the same as nothing, one text is the same
    as a list that holds it, any iterable is read once, here, and of more than 64 items the first count. Its
    repr shows nothing.

    Args:
        username: Of the account.
        email: Of its owner.
        names: Of the person: given name, family name, or the full name as one.
        words: Anything else: a birthday, a company, a phone number.
    """

    username: str = field(repr=False)
    email: str = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)

    # Written out, since more is taken than is kept: the one that dataclass makes has one type for both.
    def __init__(
        self,
        *,
        username: str | None = None,
        email: str | None = None,
        names: Several = (),
        words: Several = (),
    ) -> None:
        object.__setattr__(self, "username", username or "")
        object.__setattr__(self, "email", email or "")
        object.__setattr__(self, "names", _texts(names))
        object.__setattr__(self, "words", _texts(words))


def _texts(told: Several) -> tuple[str, ...]:
    items = (told,) if isinstance(told, str) else () if told is None else told
    return tuple(item for item in islice(items, MOST) if item is not None)
