"""Passwords that are a listed one in another dress: reversed, doubled, with signs, with something around.

NIST SP 800-63B-4, 3.1.1.2, has whole passwords compared with the list. Attackers try these forms next.
"""

from collections.abc import Iterator
from math import log10
from typing import Final, NamedTuple

from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import SEPARATORS, fold, typed_keys, without_signs

__all__ = ["Core", "Form", "cores", "forms"]

_TWICE: Final = log10(2)
_WITHOUT_SEPARATORS: Final = str.maketrans(dict.fromkeys(SEPARATORS))
_UNSHIFTED: Final = str.maketrans("!@#$%^&*()_+", "1234567890-=")
"""The row of digits on the keyboard of the United States."""


class Form(NamedTuple):
    """What a password may come from."""

    word: str
    cost: float
    """The decimal logarithm of how many such changes are tried."""
    codes: tuple[Code, ...]

    def __repr__(self) -> str:
        return "<Form>"  # it holds most of a password


class Core(NamedTuple):
    """What remains of a password without the digits and signs around it."""

    form: Form
    start: int
    end: int


def forms(text: str) -> Iterator[Form]:
    """Yield the words that a password may be another form of, besides case and width, each once."""
    folded = fold(text)
    seen = {folded, text}
    for base in _bases(folded):
        for form in _readings(base):
            if form.word not in seen:
                seen.add(form.word)
                yield form


def cores(folded: str) -> Iterator[Core]:
    """Yield what stands between digits and signs; ``folded`` was folded character by character."""
    start, end = _letters(folded)
    for first, last in {(start, end), (0, end), (start, len(folded))} - {(0, len(folded))}:
        for form in _readings(Form(folded[first:last], 0.0, ())):
            yield Core(form, first, last)


def _bases(folded: str) -> Iterator[Form]:
    """Yield what may have been repeated, doubled letter by letter, spaced, or typed with the shift key."""
    yield Form(folded, 0.0, ())
    period = (folded + folded).find(folded, 1)
    if period < len(folded):
        yield Form(folded[:period], log10(len(folded) / period), (Code.REPEATED,))
    if folded[::2] == folded[1::2]:
        yield Form(folded[::2], _TWICE, (Code.REPEATED,))
    for plain in (folded.translate(_WITHOUT_SEPARATORS), folded.translate(_UNSHIFTED)):
        if plain != folded:
            yield Form(plain, _TWICE, ())


def _readings(base: Form) -> Iterator[Form]:
    yield from _both_ways(base)
    word, cost, codes = base
    for reading in without_signs(word):
        yield from _both_ways(Form(reading, cost + _TWICE, (*codes, Code.SUBSTITUTION)))
    typed = typed_keys(word)
    if typed != word:
        yield from _both_ways(Form(typed, cost + _TWICE, codes))


def _both_ways(form: Form) -> Iterator[Form]:
    yield form
    yield Form(form.word[::-1], form.cost + _TWICE, (*form.codes, Code.REVERSED))


def _letters(folded: str) -> tuple[int, int]:
    """Return where the first letter stands and where the last one ends."""
    places = [place for place, character in enumerate(folded) if character.isalpha()]
    return (places[0], places[-1] + 1) if places else (0, len(folded))
