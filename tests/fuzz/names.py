"""Whatever is typed as a name, its canonical form is one key, or none."""

from typing import Final
from unicodedata import normalize

from authguard_core.identity import MAX_IDENTIFIER, canonical
from authguard_core.keys import KeyRing, encode
from tests.fuzz.feed import chosen, code_points, divided, text

__all__ = ["identity", "parts"]

GROWTH: Final = 18
"""How many code points a normalisation makes of one, at most."""
FORMS: Final = ("NFC", "NFD", "NFKC", "NFKD")
RING: Final = KeyRing([b"a secret for the fuzzers of forty-odd characters"])


def identity(data: bytes) -> None:
    """Check ``canonical``: a variant, and text of one or of two bytes a character."""
    which, rest = divided(data)
    name = chosen((text, code_points), which)(rest)
    form = canonical(name)
    if form is not None:
        assert 0 < len(form) <= MAX_IDENTIFIER
        assert form.encode().decode() == form
        assert canonical(form) == form, "applied again it changes"
        assert form == form.strip()
    if len(name) * GROWTH < MAX_IDENTIFIER:
        forms = [normalize(kind, name) for kind in FORMS]
        # Unnormalised text can't be folded first: U+0345 becomes a letter, and accents belong to another one.
        spellings = [*forms, *(form.casefold() for form in forms), f" {name}\u200b "]
        assert {canonical(spelling) for spelling in spellings} == {form}, "a spelling counts apart"


def parts(data: bytes) -> None:
    """Check ``encode`` and signatures: two lists of parts, told apart by a line's end, and a signature."""
    first, _, second = data.partition(b"\n")
    one, other = (tuple(half.split(b":")) for half in (first, second))
    mixed = tuple(text(part) for part in one)
    assert (encode(one) == encode(other)) == (one == other), "two tuples have one encoding"
    assert (RING.key(*one) == RING.key(*other)) == (one == other)
    assert len(RING.key(*mixed)) == len(RING.key(*one))
    assert RING.verify(RING.sign(*mixed), *mixed)
    assert RING.verify(data, *one) == (data == RING.sign(*one)), "a made-up signature is good"
