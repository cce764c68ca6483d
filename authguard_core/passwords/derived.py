"""Passwords that are a listed one in another dress: reversed, doubled, with signs, with something around.

NIST SP 800-63B-4, 3.1.1.2, has whole passwords compared with the list. Attackers try these forms next.
"""

from collections.abc import Iterator
from math import log10
from typing import Final, NamedTuple

from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import fold, typed_keys, without_signs

__all__ = ["Core", "Form", "cores", "forms"]

_TWICE: Final = log10(2)


class Form(NamedTuple):
    """What a password may come from."""

    word: str
    cost: float
    """The decimal logarithm of how many such changes are tried."""
    codes: tuple[Code, ...]


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
    yield Form(folded, 0.0, ())
    period = (folded + folded).find(folded, 1)
    if period < len(folded):
        yield Form(folded[:period], log10(len(folded) / period), (Code.REPEATED,))


def _readings(base: Form) -> Iterator[Form]:
    word, cost, codes = base
    for reading, more, why in (
        (word, 0.0, ()),
        *((reading, _TWICE, (Code.SUBSTITUTION,)) for reading in without_signs(word)),
        (typed_keys(word), _TWICE, ()),
    ):
        yield Form(reading, cost + more, (*codes, *why))
        yield Form(reading[::-1], cost + more + _TWICE, (*codes, *why, Code.REVERSED))


def _letters(folded: str) -> tuple[int, int]:
    """Return where the first letter stands and where the last one ends."""
    places = [place for place, character in enumerate(folded) if character.isalpha()]
    return (places[0], places[-1] + 1) if places else (0, len(folded))
