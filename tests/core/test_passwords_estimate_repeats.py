"""Claims about repetitions."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.repeats import LONGEST, Repeat, repeats


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aaa", Repeat(0, 1, 3)),
        ("aaaa", Repeat(0, 1, 4)),
        ("abab", Repeat(0, 2, 2)),
        ("abcabcabc", Repeat(0, 3, 3)),
        ("passwordpassword", Repeat(0, 8, 2)),
        ("xabcabcy", Repeat(1, 3, 2)),
        ("abcabcab", Repeat(0, 3, 2)),
        ("0123456789abcdef" * 2, Repeat(0, 16, 2)),
        ("пароль" * 3, Repeat(0, 6, 3)),
    ],
)
def test_a_repetition_is_found(text: str, expected: Repeat) -> None:
    """Where it begins, how long what is repeated is, and how often it is complete."""
    assert list(repeats(text)) == [expected]


@pytest.mark.parametrize("text", ["", "a", "aa", "abc", "abca", "0123456789abcdefg" * 2])
def test_what_is_no_repetition_is_not_found(text: str) -> None:
    """Two equal letters are none, and nothing longer than sixteen characters is compared."""
    assert list(repeats(text)) == []


def test_of_two_that_reach_equally_far_the_shorter_thing_is_repeated() -> None:
    """Six equal letters are one letter six times, not two three times."""
    assert list(repeats("aaaaaa")) == [Repeat(0, 1, 6)]


def test_the_one_that_reaches_farthest_counts() -> None:
    """Three equal letters begin a longer thing that is said twice: that one is yielded."""
    assert list(repeats("aaabaaab")) == [Repeat(0, 4, 2)]


def test_several_follow_one_another() -> None:
    """Each begins where the one before has ended, or later."""
    assert list(repeats("aaa-bcbcbc")) == [Repeat(0, 1, 3), Repeat(4, 2, 3)]


@given(st.text("ab1", max_size=70))
def test_a_repetition_is_what_it_says(text: str) -> None:
    """The text stands there so many times, at least twice, on three characters or more."""
    for start, period, times in repeats(text):
        assert text[start : start + period * times] == text[start : start + period] * times
        assert times >= 2
        assert period * times >= 3
        assert period <= LONGEST


@given(st.text("ab", max_size=70))
def test_a74_repetitions_never_overlap(text: str) -> None:
    """So what is made of each takes linear time together."""
    found = list(repeats(text))
    assert all(one.start + one.period * one.times <= other.start for one, other in pairwise(found))


@given(st.text("abc", min_size=2, max_size=16), st.integers(2, 5))
def test_what_is_said_again_and_again_is_one_repetition(unit: str, times: int) -> None:
    """Of a text of up to sixteen characters, however often, no place is left over."""
    (found,) = repeats(unit * times)
    assert found.period * found.times == len(unit) * times
