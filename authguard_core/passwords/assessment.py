"""What a policy says about a password."""

from dataclasses import dataclass, field
from typing import Final

from authguard_core.passwords.findings import Advice, Finding

__all__ = ["Assessment", "CrackTimes", "score_of"]

_STEPS: Final = (3.0, 6.0, 8.0, 10.0)
_MOST_GUESSES_LOG10: Final = 300.0
_SLOW: Final = 1e4
_FAST: Final = 1e10


def score_of(guesses_log10: float) -> int:
    """Return the score of 0 to 4 for a number of guesses: below 10³, 10⁶, 10⁸, 10¹⁰, and beyond.

    The steps are those of zxcvbn (Wheeler, USENIX Security 2016), so scores compare.
    """
    return sum(guesses_log10 >= step for step in _STEPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrackTimes:
    """How long the guesses take, in seconds. From 10³⁰⁰ guesses on, 10³⁰⁰ are reckoned with."""

    online_throttled: float
    """Through a login guarded by this policy's account limit."""
    offline_slow: float
    """With a stolen hash of a slow function such as Argon2id: 10⁴ guesses a second."""
    offline_fast: float
    """With a stolen hash of a fast function such as SHA-256: 10¹⁰ guesses a second."""

    @classmethod
    def of(cls, guesses_log10: float, *, online_per_second: float) -> "CrackTimes":
        """Return the times for a number of guesses."""
        guesses = 10 ** min(guesses_log10, _MOST_GUESSES_LOG10)
        return cls(
            online_throttled=guesses / online_per_second,
            offline_slow=guesses / _SLOW,
            offline_fast=guesses / _FAST,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a policy says about a password. Holds nothing of it; its repr tells the verdict alone."""

    ok: bool
    """Whether it may be used."""
    score: int
    """0 (guessed at once) to 4 (very unlikely to be guessed)."""
    guesses_log10: float = field(repr=False)
    """The decimal logarithm of the number of guesses after which an attacker who knows people finds it."""
    crack_times: CrackTimes = field(repr=False)
    findings: tuple[Finding, ...] = ()
    """What is wrong, the reasons of a refusal first."""
    advice: tuple[Advice, ...] = ()
    """What would help."""

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings for which it is refused; empty exactly if it is accepted."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def feedback(self) -> list[dict[str, str]]:
        """Why it is refused, as ``{"code", "message"}`` for its owner; empty if it is accepted.

        The reasons come first, then what explains them.
        """
        told = () if self.ok else self.findings
        return [{"code": finding.code.value, "message": finding.text} for finding in told]
