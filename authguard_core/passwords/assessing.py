"""How a password is assessed: measured, taken apart, looked up, judged."""

from dataclasses import dataclass
from math import log10
from typing import Final

from authguard_core.passwords.assessment import Assessment, CrackTimes, score_of
from authguard_core.passwords.common import Listed, Ranks, as_listed, nearest_listed
from authguard_core.passwords.context import PasswordContext
from authguard_core.passwords.estimate.cover import Cover
from authguard_core.passwords.estimate.estimator import Patterns
from authguard_core.passwords.estimate.shapes import shape_of
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.exposure import Exposure
from authguard_core.passwords.findings import Code, Finding
from authguard_core.passwords.folding import fold_each
from authguard_core.passwords.length import Length
from authguard_core.passwords.personal import PERSONAL, Words, personal_matches, personal_words
from authguard_core.passwords.verdict import advice_for, exposed, patterns_found, personal_found, strictly

__all__ = ["Assessor"]

TRIED_FIRST: Final = 100_000
"""How many common passwords are tried before anything is put together, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessor:
    """Assesses passwords against what it was made with. Pure."""

    length: Length
    min_score: int
    site: Words
    strict: bool
    common: Ranks
    sieve: Sieve
    guesses_per_second: float

    def assess(
        self, password: str, context: PasswordContext | None, exposure: Exposure, *, second_factor: bool
    ) -> Assessment:
        """Assess a password, as :meth:`PasswordPolicy.check` says."""
        text = self.length.compose(password)
        if isinstance(text, Finding):
            return self._assessment(0.0, [text])
        minimum = self.length.least(second_factor=second_factor)
        findings = [*self.length.findings(password, text, minimum), *exposed(exposure)]
        if not text:
            return self._assessment(0.0, findings)
        return self._judged(text, findings, self._words(context))

    def _words(self, context: PasswordContext | None) -> Words:
        return {**personal_words(context), **self.site} if context else self.site

    def _judged(self, text: str, findings: list[Finding], words: Words) -> Assessment:
        folded = fold_each(text)
        expected = list(personal_matches(folded, words))
        listed = as_listed(text, self.common)
        if listed and not expected:
            # It is what people try first, so the answer comes quickly: its shape, and no words in it.
            shape = [Finding(code=code) for code in shape_of(folded)]
            return self._assessment(listed.cost, [*findings, _too_common(), *shape])
        patterns = Patterns(text, folded, self.sieve, expected)
        whole = patterns.cover(0, len(text))
        near = listed or nearest_listed(text, folded, self.common, patterns)
        guesses = self._guesses(whole, near)
        if near:
            findings.append(_too_common())
        weak = score_of(guesses) < self.min_score
        pieces = patterns.explained(whole.pieces)
        findings += personal_found(pieces, len(text), weak=weak)
        if self.strict:
            findings = strictly(findings, expected)
        if weak and not any(finding.blocks for finding in findings):
            findings.append(Finding(code=Code.TOO_WEAK, blocks=True))
        return self._assessment(guesses, [*findings, *patterns_found(pieces, score_of(guesses))])

    def _guesses(self, whole: Cover, near: Listed | None) -> float:
        """Return the logarithm of the guesses: after the list, by its forms and the patterns.

        Who guesses at one account knows its owner and tries what is personal before any list.
        """
        least = min(near.cost, whole.cost) if near else whole.cost
        if any(not PERSONAL.isdisjoint(piece.codes) for piece in whole.pieces):
            return least
        return _sum(least, log10(1 + min(len(self.common), TRIED_FIRST)))

    def _assessment(self, guesses: float, findings: list[Finding]) -> Assessment:
        findings.sort(key=_after_reasons)
        return Assessment(
            ok=not any(finding.blocks for finding in findings),
            score=score_of(guesses),
            guesses_log10=guesses,
            crack_times=CrackTimes.of(guesses, online_per_second=self.guesses_per_second),
            findings=tuple(findings),
            advice=advice_for(findings),
        )


def _too_common() -> Finding:
    return Finding(code=Code.TOO_COMMON, blocks=True)


def _after_reasons(finding: Finding) -> bool:
    return not finding.blocks


def _sum(one: float, other: float) -> float:
    """Add numbers that are given by their decimal logarithms."""
    low, high = sorted((one, other))
    return high + log10(1 + 10 ** (low - high))
