"""Claims about sequences."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.sequences import sequence_matches
from authguard_core.passwords.findings import Code


def found(text: str) -> list[str]:
    return [text[match.start : match.end] for match in sequence_matches(text)]


def cost(text: str) -> float:
    (only,) = sequence_matches(text)
    return only.cost


@pytest.mark.parametrize(
    "text",
    ["abc", "abcdefghij", "9876", "aceg", "zyx", "абвгд", "γδε", "あぃい", "afkpuz", "\ue000\ue001\ue002"],
)
def test_a_sequence_is_found_in_any_alphabet(text: str) -> None:
    """Upwards, downwards, in steps of one to five."""
    assert found(text) == [text]


@pytest.mark.parametrize("text", ["", "a", "ab", "aaa", "agm", "mga", "acd", "aza"])
def test_what_is_no_sequence_is_not_found(text: str) -> None:
    """Two characters, equal ones, wide steps, and steps that change."""
    assert found(text) == []


def test_where_one_ends_the_next_may_begin() -> None:
    """At a turn both have the character between them."""
    assert found("xabcba1") == ["abc", "cba"]
    assert found("12345abc") == ["12345", "abc"]


def test_the_reason_is_told() -> None:
    """A sequence is called one."""
    assert [match.codes for match in sequence_matches("4567")] == [(Code.SEQUENCE,)]


def test_a_longer_sequence_costs_hardly_more() -> None:
    """Ten letters in order take fewer than ten times the guesses of three."""
    assert cost("defg") < cost("defghijklm") < cost("defg") + 1


def test_an_obvious_beginning_costs_least() -> None:
    """From a or 1 before any other digit, and that before any other letter."""
    assert cost("1234") == cost("abcd")
    assert cost("abcd") < cost("3456") < cost("mnop")


def test_who_goes_otherwise_than_up_by_one_is_guessed_later() -> None:
    """Downwards costs more, and so does each wider step."""
    ascending, descending, *wider = (cost(text) for text in ("mnop", "mlkj", "moqs", "mpsv", "mquy"))
    assert ascending < descending
    assert all(one < other for one, other in pairwise([descending, *wider]))


@given(st.text(st.sampled_from("abcdefg123") | st.characters(codec=None), max_size=40))
def test_whatever_comes_the_longest_runs_are_found(text: str) -> None:
    """Every match goes on by one step, at most five, and neither side continues it."""

    def step(place: int) -> int | None:
        return ord(text[place + 1]) - ord(text[place]) if 0 <= place < len(text) - 1 else None

    for match in sequence_matches(text):
        steps = {step(place) for place in range(match.start, match.end - 1)}
        assert len(steps) == 1
        (only,) = steps
        assert only in {-5, -4, -3, -2, -1, 1, 2, 3, 4, 5}
        assert step(match.start - 1) != only != step(match.end - 1)
        assert match.end - match.start >= 3


@given(st.text("abc", min_size=60, max_size=60))
def test_a74_there_are_never_more_sequences_than_characters(text: str) -> None:
    """Two neighbours share one character at most, so what follows from them is linear."""
    matches = list(sequence_matches(text))
    assert all(one.end - 1 <= other.start for one, other in pairwise(matches))
