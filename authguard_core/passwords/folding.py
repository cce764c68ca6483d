"""The forms under which a password is looked up. Verification never sees them.

Storage and verification use NFC (NIST SP 800-63B-4, 3.1.1.2); a list is asked for the NFKC, case-folded form,
so that full-width letters and capitals make no difference.
"""

from typing import Final
from unicodedata import combining, normalize

__all__ = [
    "SEPARATORS",
    "SIGNS",
    "fold",
    "fold_each",
    "typed_keys",
    "unaccented",
    "unaccented_each",
    "without_signs",
]

SEPARATORS: Final = frozenset(" -_.,+/:;")
"""What people put between words."""
SIGNS: Final = str.maketrans("4@^8({[<3€69#1!|0$57+2%", "aaabcccceegghiiiossttzx")
"""The one canonical map of signs in place of letters: each sign is one letter, so nothing multiplies."""

_OR_L: Final = str.maketrans("1!|7", "llll")
"""The second reading of those signs that half of their users mean otherwise."""

_CYRILLIC: Final = "йцукенгшщзхъфывапролджэячсмитьбюёіїє"
_ITS_KEYS: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`s]'"
_GREEK: Final = "ςερτυθιοπασδφγηξκλζχψωβνμ"
_ITS_KEYS_TOO: Final = "wertyuiopasdfghjklzxcvbnm"
_KEYS: Final = str.maketrans(_CYRILLIC + _GREEK, _ITS_KEYS + _ITS_KEYS_TOO)


def fold(text: str) -> str:
    """Return the form that the lists hold: NFKC and case-folded."""
    return text.lower() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())


def fold_each(text: str) -> str:
    """Fold character by character, so that every place stays where it is.

    A character that folds to several stays as it is.
    """
    return text.lower() if text.isascii() else "".join(map(_fold_one, text))


def _fold_one(character: str) -> str:
    folded = fold(character)
    return folded if len(folded) == 1 else character


def unaccented(text: str) -> str:
    """Return a text without its accents: ``muller`` for ``müller``."""
    return text if text.isascii() else "".join(one for one in normalize("NFD", text) if not combining(one))


def unaccented_each(text: str) -> str:
    """Take accents away character by character, so that every place stays where it is."""
    return text if text.isascii() else "".join(normalize("NFD", one)[0] for one in text)


def without_signs(folded: str) -> list[str]:
    """Return the readings of a folded text with letters in place of signs: none, one or two."""
    read = folded.translate(SIGNS)
    if read == folded:
        return []
    other = folded.translate(_OR_L).translate(SIGNS)
    return [read] if other == read else [read, other]


def typed_keys(folded: str) -> str:
    """Return what the same keys type on a Latin keyboard: ``gfhjkm`` for ``пароль``."""
    return folded if folded.isascii() else folded.translate(_KEYS)
