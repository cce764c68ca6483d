"""What is wrong with a password and what helps: stable codes, and a sentence for each.

NIST SP 800-63B-4, 3.1.1.2, asks to give the reason of a refusal and to guide towards a strong password.
Nothing here repeats a password or a part of it: a finding may be logged and shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["ADVICE", "FINDINGS", "Advice", "AdviceCode", "Code", "Finding", "Wording"]


class Wording(NamedTuple):
    """How something is said: a title for a developer, and a sentence that ``gettext`` may translate.

    The sentence names its parameters as ``%(name)s``.
    """

    title: str
    message: str


class Code(StrEnum):
    """What is wrong with a password. Stable: the value is made for machines."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNUSABLE = "unusable"
    TRUNCATED = "truncated"
    TOO_COMMON = "too_common"
    BREACHED = "breached"
    UNCHECKED = "unchecked"
    TOO_WEAK = "too_weak"
    CONTAINS_USERNAME = "contains_username"
    CONTAINS_EMAIL = "contains_email"
    CONTAINS_NAME = "contains_name"
    CONTAINS_SITE = "contains_site"
    CONTAINS_WORD = "contains_word"
    DICTIONARY_WORD = "dictionary_word"
    SUBSTITUTION = "substitution"
    REVERSED = "reversed"
    KEYBOARD_WALK = "keyboard_walk"
    REPEATED = "repeated"
    SEQUENCE = "sequence"
    DATE = "date"


class AdviceCode(StrEnum):
    """What helps. Stable: the value is made for machines."""

    ADD_LENGTH = "add_length"
    ADD_WORDS = "add_words"
    AVOID_PERSONAL = "avoid_personal"
    AVOID_PATTERNS = "avoid_patterns"
    AVOID_SUBSTITUTIONS = "avoid_substitutions"
    CHOOSE_ANOTHER = "choose_another"
    SHORTEN = "shorten"


FINDINGS: Final[Mapping[Code, Wording]] = MappingProxyType(
    {
        Code.TOO_SHORT: Wording("Too short", "Use at least %(minimum)d characters."),
        Code.TOO_LONG: Wording("Too long", "Use at most %(maximum)d characters."),
        Code.UNUSABLE: Wording("Not text", "It holds something that can't be stored as text. Type it anew."),
        Code.TRUNCATED: Wording(
            "Longer than the hash reads", "Use at most %(maximum)d bytes: the rest would be ignored."
        ),
        Code.TOO_COMMON: Wording("Too common", "Many people use this password, so it is tried first."),
        Code.BREACHED: Wording("Breached", "This password has appeared in a data breach."),
        Code.UNCHECKED: Wording(
            "Breaches not checked", "The password can't be checked now. Try again later."
        ),
        Code.TOO_WEAK: Wording("Too easy to guess", "This password is too easy to guess."),
        Code.CONTAINS_USERNAME: Wording("Contains your user name", "It contains your user name."),
        Code.CONTAINS_EMAIL: Wording("Contains your e-mail address", "It contains your e-mail address."),
        Code.CONTAINS_NAME: Wording("Contains your name", "It contains your name."),
        Code.CONTAINS_SITE: Wording("Contains this site's name", "It contains the name of this site."),
        Code.CONTAINS_WORD: Wording("Contains an expected word", "It contains a word that is expected here."),
        Code.DICTIONARY_WORD: Wording("Common word", "A word that many passwords hold is guessed at once."),
        Code.SUBSTITUTION: Wording(
            "Predictable substitution", "Signs in place of letters, as @ for a, help little."
        ),
        Code.REVERSED: Wording("Reversed word", "A word spelled backwards is guessed as fast as the word."),
        Code.KEYBOARD_WALK: Wording("Keyboard walk", "Neighbouring keys are easy to guess."),
        Code.REPEATED: Wording("Repeated characters", "What is repeated adds little."),
        Code.SEQUENCE: Wording("Sequence", "A sequence like abc or 4321 is easy to guess."),
        Code.DATE: Wording("Date", "Dates and years are easy to guess."),
    }
)

ADVICE: Final[Mapping[AdviceCode, Wording]] = MappingProxyType(
    {
        AdviceCode.ADD_LENGTH: Wording(
            "Add length", "Make it longer: four or more random words are easy to remember."
        ),
        AdviceCode.ADD_WORDS: Wording(
            "Add another word or two", "Add another word or two, the less common the better."
        ),
        AdviceCode.AVOID_PERSONAL: Wording(
            "Leave yourself out", "Leave out names, addresses and what this site is called."
        ),
        AdviceCode.AVOID_PATTERNS: Wording(
            "Leave patterns out", "Replace dates, sequences, repeats and keyboard rows by words."
        ),
        AdviceCode.AVOID_SUBSTITUTIONS: Wording(
            "Spell words plainly", "Add a word instead of changing letters into signs."
        ),
        AdviceCode.CHOOSE_ANOTHER: Wording(
            "Choose another password", "Choose another password, or let a password manager make one."
        ),
        AdviceCode.SHORTEN: Wording("Shorten it", "Shorten it: length beyond the limit can't be kept."),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a password."""

    code: Code
    blocks: bool = False
    """Whether the password is refused for it; otherwise it explains the score."""
    params: Mapping[str, int] = field(default_factory=dict[str, int], hash=False)
    """What stands in the sentence: numbers alone."""

    def __post_init__(self) -> None:
        """Keep a dictionary of its own: the caller's may change, or be of a kind that can't be pickled."""
        object.__setattr__(self, "params", dict(self.params))

    @property
    def title(self) -> str:
        """A few words of English for a developer or a log: ``Too common``."""
        return FINDINGS[self.code].title

    @property
    def message(self) -> str:
        """The sentence to translate, with its parameters as ``%(name)s``."""
        return FINDINGS[self.code].message

    @property
    def text(self) -> str:
        """The sentence in English, for the password's owner."""
        return self.message % self.params

    def as_dict(self) -> dict[str, str | bool]:
        """Return ``code``, ``title``, ``message`` and ``blocks`` for JSON, the message in English."""
        return {
            "code": self.code.value,
            "title": self.title,
            "message": self.text,
            "blocks": self.blocks,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing that makes a password better."""

    code: AdviceCode

    @property
    def title(self) -> str:
        """A few words of English: ``Add length``."""
        return ADVICE[self.code].title

    @property
    def message(self) -> str:
        """The sentence to translate. It has no parameters."""
        return ADVICE[self.code].message

    @property
    def text(self) -> str:
        """The sentence in English, for the password's owner."""
        return self.message

    def as_dict(self) -> dict[str, str]:
        """Return ``code``, ``title`` and ``message`` for JSON, the message in English."""
        return {"code": self.code.value, "title": self.title, "message": self.text}
