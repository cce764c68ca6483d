"""The password policy: one call that assesses a new password, and says why."""

from collections.abc import Iterable
from typing import Final

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.assessing import Assessor
from authguard_core.passwords.assessment import Assessment
from authguard_core.passwords.common import Ranks
from authguard_core.passwords.context import PasswordContext
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.exposure import Exposure
from authguard_core.passwords.length import Length
from authguard_core.passwords.lists.files import common_passwords, common_words
from authguard_core.passwords.personal import Words, site_words
from authguard_core.passwords.presets import PRESETS

__all__ = ["PasswordPolicy"]

MOST_SCORE: Final = 4
ONLINE: Final = 5 / 900
"""Guesses a second at an account: the login's default limit, five in a quarter of an hour."""


class PasswordPolicy:
    """Assesses new passwords. Immutable: one serves all threads.

    ::

        policy = PasswordPolicy(site_words=["example"])
        assessment = policy.check(password, context=PasswordContext(username=name, email=email))

    Args:
        min_length: In code points after NFC. With a second factor 8 are enough.
        max_length: In code points after NFC. What is longer is refused, never cut.
        min_score: 0 to 4, see :attr:`Assessment.score`.
        site_words: What the site and its owner are called (OWASP ASVS 5.0, 6.1.2 and 6.2.11).
        strict: Refuse whatever contains an expected word, however strong the rest is.
        common: A list of common passwords in place of the built-in one.
        truncates_at: After how many bytes the hash stops reading, 72 for bcrypt: what is longer is refused.
        most_bytes: The longest password in bytes of UTF-8 that is looked at.
        guesses_per_second: What the login lets through at one account, for the estimate of time.

    Raises:
        ConfigurationError: An argument can't be used.
    """

    def __init__(
        self,
        *,
        min_length: int = PRESETS["nist"].min_length,
        max_length: int = PRESETS["nist"].max_length,
        min_score: int = PRESETS["nist"].min_score,
        site_words: Iterable[str] = (),
        strict: bool = False,
        common: Ranks | None = None,
        truncates_at: int | None = None,
        most_bytes: int = 4_096,
        guesses_per_second: float = ONLINE,
    ) -> None:
        self._assessor = Assessor(
            length=Length(
                minimum=min_length, maximum=max_length, most_bytes=most_bytes, truncates_at=truncates_at
            ),
            min_score=_score(min_score),
            site=_site(site_words),
            strict=strict,
            common=common_passwords() if common is None else common,
            sieve=Sieve(common_words()),
            guesses_per_second=_rate(guesses_per_second),
        )

    @classmethod
    def preset(
        cls,
        name: str,
        *,
        site_words: Iterable[str] = (),
        strict: bool = False,
        common: Ranks | None = None,
        truncates_at: int | None = None,
    ) -> "PasswordPolicy":
        """Return a named policy: ``nist``, ``asvs_l1`` or ``legacy_8``. The other arguments are the class's.

        Raises:
            ConfigurationError: There is none of that name, or an argument can't be used.
        """
        found = PRESETS.get(name)
        if found is None:
            raise ConfigurationError.of(
                "preset", got=name, expected=f"one of {list(PRESETS)}", do="Choose one."
            )
        return cls(
            **found._asdict(),
            site_words=site_words,
            strict=strict,
            common=common,
            truncates_at=truncates_at,
        )

    @property
    def length(self) -> Length:
        """How long a password must and may be."""
        return self._assessor.length

    @property
    def min_score(self) -> int:
        """The score that a password must reach."""
        return self._assessor.min_score

    def check(
        self,
        password: str,
        *,
        context: PasswordContext | None = None,
        exposure: Exposure = Exposure.UNASKED,
        second_factor: bool = False,
    ) -> Assessment:
        """Assess a new password. Its work is bounded and linear in the length; nothing of it is kept.

        Args:
            password: As its owner typed it. Any text may come, it never raises.
            context: What an attacker knows of the account.
            exposure: What a look-up of breached passwords has said.
            second_factor: Whether the account has another factor, so that eight characters are enough.
        """
        return self._assessor.assess(password, context, exposure, second_factor=second_factor)

    def __repr__(self) -> str:
        length = self.length
        return (
            f"{type(self).__name__}(min_length={length.minimum}, max_length={length.maximum}, "
            f"min_score={self.min_score})"
        )


def _score(score: int) -> int:
    if type(score) is not int or not 0 <= score <= MOST_SCORE:
        raise ConfigurationError.of("min_score", got=score, expected=f"0 to {MOST_SCORE}", do="3 is usual.")
    return score


def _rate(per_second: float) -> float:
    if not per_second > 0:
        raise ConfigurationError.of(
            "guesses_per_second", got=per_second, expected="a number above 0", do="Leave it out."
        )
    return per_second


def _site(words: Iterable[str]) -> Words:
    """Refuse what would be forgotten without a word: one text, whose letters are no names."""
    if isinstance(words, str):
        raise ConfigurationError.of(
            "site_words", got="one text", expected="a list of words", do="Put it into a list."
        )
    return site_words(words)
