"""One identity, one counter: the canonical form of what a user typed as name, e-mail or phone.

Applications look accounts up leniently: they trim, ignore case, fold full-width letters. An attacker
who finds a spelling that the look-up accepts and the counter keeps apart gets a fresh budget for every
spelling. So the counting key is made from :func:`canonical`, which is at least as lenient as common
look-ups: compatibility forms, case, surrounding space and invisible characters make no difference.

Three things are left apart on purpose:

- **Aliases of a mailbox** (``alice+shop@example.com``, dots in a local part). Whether they reach the same
  mailbox is the mail provider's rule, and whether they are the same account the application's. Folding them
  would let the owner of one account use up, and lock, the budget of another.
- **Letters that only look alike** (Latin a and Cyrillic a). They are different people's names.
- **Letters that a database collation may equate** (e with and without accent, i with and without dot).
  Only the application knows its collation; it says which account is meant through the ``resolve`` hook, and
  the account id is counted then.

The result follows the Unicode version of the running Python; processes that share a store should run the
same Python minor version, else characters younger than the older one may count apart.
"""

from typing import Final
from unicodedata import category, normalize

__all__ = ["MAX_IDENTIFIER", "canonical"]

MAX_IDENTIFIER: Final = 320
"""Longest identifier in code points: local part 64, ``@`` 1, domain 255 (RFC 5321, 4.5.3.1)."""

_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# Default_Ignorable_Code_Point of the Unicode Character Database (DerivedCoreProperties.txt): first and last.
# Python doesn't expose the property, and its members are spread over Mn, Lo, Cf and unassigned.
_DEFAULT_IGNORABLE: Final = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_IGNORABLE: Final = frozenset(
    chr(code) for first, last in _DEFAULT_IGNORABLE for code in range(first, last + 1)
)


def canonical(identifier: str) -> str | None:
    """Return the form under which an identifier is counted, or None if it can't name anybody.

    Trimmed, NFKC, casefolded, without invisible characters (categories Cc, Cf, Cs, Zl, Zp and the
    Default_Ignorable_Code_Point property). Applying it again changes nothing, and the result always
    encodes as UTF-8. Never raises.

    None means that nothing usable remains, or that the identifier or its canonical form is longer than
    :data:`MAX_IDENTIFIER` code points. It must not be turned into a key: everybody who leaves the field
    empty would share it.

    The length is checked before anything is normalised, so work and memory are bounded whatever is sent
    (NFKC makes at most 18 code points of one; compare CVE-2023-46695).

    Sources: Unicode Standard 3.13 (caseless matching) and UAX #15; the steps are those of RFC 8265
    (PRECIS UsernameCaseMapped) with NFKC and casefold in place of NFC and lower case, because a counter
    may be more lenient than a look-up but never stricter.
    """
    if len(identifier) > MAX_IDENTIFIER:
        return None
    if identifier.isascii() and identifier.isprintable():  # nearly all traffic; the steps below agree
        return identifier.strip().lower() or None
    return _settled(normalize("NFKC", identifier))


def _settled(text: str) -> str | None:
    """Fold until nothing changes: removals bring letters and accents together, which may fold again.

    It ends: the first pass leaves no compatibility form and no capital, and from then on a pass changes
    the text only by making it shorter.
    """
    while (folded := _folded(text)) != text:
        text = folded
    return text if 0 < len(text) <= MAX_IDENTIFIER else None


def _folded(text: str) -> str:
    visible = "".join(character for character in text.casefold() if not _is_invisible(character))
    return normalize("NFKC", visible).strip()


def _is_invisible(character: str) -> bool:
    return category(character) in _INVISIBLE_CATEGORIES or character in _IGNORABLE
