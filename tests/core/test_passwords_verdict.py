"""Claims about what is said of what was found."""

import pytest

from authguard_core.passwords import AdviceCode, Code, Exposure, Finding
from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.verdict import advice_for, exposed, patterns_found, personal_found, strictly

NAME = Match(0, 6, 0.5, (Code.CONTAINS_NAME, Code.SUBSTITUTION))
WALK = Match(6, 12, 2.0, (Code.KEYBOARD_WALK,))
JOINT = Match(12, 13, 0.3)


@pytest.mark.parametrize(
    ("exposure", "code"), [(Exposure.BREACHED, Code.BREACHED), (Exposure.UNCHECKED, Code.UNCHECKED)]
)
def test_a_breach_and_a_look_up_that_must_succeed_block(exposure: Exposure, code: Code) -> None:
    """The one because of what is known, the other because nobody could say."""
    assert exposed(exposure) == [Finding(code=code, blocks=True)]


@pytest.mark.parametrize("exposure", [Exposure.UNASKED, Exposure.CLEAR, Exposure.UNKNOWN])
def test_no_other_answer_says_anything(exposure: Exposure) -> None:
    """Nothing is known against the password."""
    assert exposed(exposure) == []


def test_an_expected_word_in_a_strong_password_only_advises() -> None:
    """NIST SP 800-63B-4, 3.1.1.2: the whole password is compared, not words in it."""
    assert personal_found([NAME], 20, weak=False) == [Finding(code=Code.CONTAINS_NAME)]


@pytest.mark.parametrize(
    ("length", "weak"),
    [(6, False), (9, False), (12, True)],
    ids=["all of it", "nearly all of it", "half of a weak one"],
)
def test_an_expected_word_blocks_where_it_is_the_reason(length: int, weak: bool) -> None:
    """Where little else is there, or where it is why the password is weak."""
    assert personal_found([NAME], length, weak=weak)[0].blocks


def test_in_a_strict_policy_every_expected_word_blocks() -> None:
    """Once each, wherever it stands; other findings stay as they are."""
    findings = [Finding(code=Code.TOO_SHORT, blocks=True), Finding(code=Code.CONTAINS_NAME)]
    assert strictly(findings, [NAME, NAME, Match(0, 3, 0.5, (Code.CONTAINS_SITE,))]) == [
        Finding(code=Code.TOO_SHORT, blocks=True),
        Finding(code=Code.CONTAINS_NAME, blocks=True),
        Finding(code=Code.CONTAINS_SITE, blocks=True),
    ]


@pytest.mark.parametrize(("length", "weak"), [(10, False), (13, True)], ids=["four around", "less than half"])
def test_else_something_else_is_the_reason(length: int, weak: bool) -> None:
    """The word is named all the same."""
    assert personal_found([NAME], length, weak=weak) == [Finding(code=Code.CONTAINS_NAME)]


def test_patterns_are_named_once_and_never_block() -> None:
    """The score refuses; they explain it. What joins words is none, and personal words are told apart."""
    assert patterns_found([NAME, WALK, JOINT, WALK], 1) == [
        Finding(code=Code.SUBSTITUTION),
        Finding(code=Code.KEYBOARD_WALK),
    ]


def test_nobody_is_bothered_about_patterns_in_a_very_strong_password() -> None:
    """Four random words are four dictionary words, and good."""
    assert patterns_found([WALK], 4) == []


def test_each_advice_is_given_once() -> None:
    """In the order of what was found."""
    found = [Finding(code=code) for code in (Code.DATE, Code.TOO_WEAK, Code.SEQUENCE)]
    assert [advice.code for advice in advice_for(found)] == [AdviceCode.AVOID_PATTERNS, AdviceCode.ADD_WORDS]


@pytest.mark.parametrize("code", sorted(set(Code) - {Code.UNUSABLE, Code.UNCHECKED}))
def test_everything_its_owner_can_change_has_an_advice(code: Code) -> None:
    """All but text that is none, and a service that doesn't answer: their sentences say what to do."""
    assert advice_for([Finding(code=code)])


def test_nothing_found_needs_no_advice() -> None:
    """A good password is left alone."""
    assert advice_for([]) == ()
    assert advice_for([Finding(code=Code.UNCHECKED)]) == ()
