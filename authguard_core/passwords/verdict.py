"""From what was found in a password to what is said about it."""

from collections.abc import Iterable, Iterator
from typing import Final

from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.exposure import Exposure
from authguard_core.passwords.findings import Advice, AdviceCode, Code, Finding
from authguard_core.passwords.personal import PERSONAL

__all__ = ["advice_for", "exposed", "patterns_found", "personal_found", "strictly"]

VERY_STRONG: Final = 4
"""From this score on no pattern is worth a word: it has enough of them."""
MOST_AROUND: Final = 3
"""How many characters may stand around what is expected so that nothing else is there."""
_EXPOSED: Final = {Exposure.BREACHED: Code.BREACHED, Exposure.UNCHECKED: Code.UNCHECKED}
_ADVICE: Final = {
    Code.TOO_SHORT: AdviceCode.ADD_LENGTH,
    Code.TOO_LONG: AdviceCode.SHORTEN,
    Code.TRUNCATED: AdviceCode.SHORTEN,
    Code.TOO_COMMON: AdviceCode.CHOOSE_ANOTHER,
    Code.BREACHED: AdviceCode.CHOOSE_ANOTHER,
    Code.TOO_WEAK: AdviceCode.ADD_WORDS,
    **dict.fromkeys(PERSONAL, AdviceCode.AVOID_PERSONAL),
    Code.DICTIONARY_WORD: AdviceCode.ADD_WORDS,
    Code.SUBSTITUTION: AdviceCode.AVOID_SUBSTITUTIONS,
    Code.REVERSED: AdviceCode.AVOID_PATTERNS,
    Code.KEYBOARD_WALK: AdviceCode.AVOID_PATTERNS,
    Code.REPEATED: AdviceCode.AVOID_PATTERNS,
    Code.SEQUENCE: AdviceCode.AVOID_PATTERNS,
    Code.DATE: AdviceCode.AVOID_PATTERNS,
}


def exposed(exposure: Exposure) -> list[Finding]:
    """Return what a look-up of breaches adds."""
    code = _EXPOSED.get(exposure)
    return [Finding(code=code, blocks=True)] if code else []


def personal_found(pieces: Iterable[Match], length: int, *, weak: bool) -> list[Finding]:
    """Return which expected words a password is made of.

    NIST SP 800-63B-4, 3.1.1.2, has the whole password compared, not what it contains. So they block where
    hardly anything else is there, or where they are why it is weak.
    """
    personal = [piece for piece in pieces if not PERSONAL.isdisjoint(piece.codes)]
    around = length - sum(piece.end - piece.start for piece in personal)
    blocks = around <= MOST_AROUND or (weak and around <= length // 2)
    return [Finding(code=code, blocks=blocks) for code in _codes(personal) if code in PERSONAL]


def strictly(findings: Iterable[Finding], expected: Iterable[Match]) -> list[Finding]:
    """Return the findings of a strict policy: every expected word blocks, wherever it stands."""
    others = [finding for finding in findings if finding.code not in PERSONAL]
    return [*others, *(Finding(code=code, blocks=True) for code in _codes(expected) if code in PERSONAL)]


def patterns_found(pieces: Iterable[Match], score: int) -> list[Finding]:
    """Return what makes a password easier to guess than it looks. It never blocks: the score does."""
    if score >= VERY_STRONG:
        return []
    return [Finding(code=code) for code in _codes(pieces) if code not in PERSONAL]


def advice_for(findings: Iterable[Finding]) -> tuple[Advice, ...]:
    """Return what would help, each advice once, in the order of the findings."""
    codes = dict.fromkeys(_ADVICE[finding.code] for finding in findings if finding.code in _ADVICE)
    return tuple(Advice(code=code) for code in codes)


def _codes(pieces: Iterable[Match]) -> Iterator[Code]:
    """Yield each code once."""
    yield from dict.fromkeys(code for piece in pieces for code in piece.codes)
