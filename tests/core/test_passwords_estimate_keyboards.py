"""Claims about walks over the keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.keyboards import keyboard_matches
from authguard_core.passwords.findings import Code

ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"]


def found(text: str) -> set[str]:
    return {text[match.start : match.end] for match in keyboard_matches(text)}


def cost(text: str) -> float:
    """What the whole text costs as one walk, on the layout where it is cheapest."""
    return min(match.cost for match in keyboard_matches(text) if match.end - match.start == len(text))


@pytest.mark.parametrize(
    "text",
    ["qwertz", "azerty", "yxcvb", "йцукен", "ячсмить", "!@#$%", "qwe", "poiuy", "1qaz", "zsedc"],
)
def test_a_walk_is_found_on_each_layout(text: str) -> None:
    """QWERTY with and without shift, QWERTZ, AZERTY and the Russian one, forwards, backwards and down."""
    assert text in found(text)


@pytest.mark.parametrize("text", ["147", "159", "258", "7532"])
def test_a_walk_over_the_keypad_may_go_slantwise(text: str) -> None:
    """Its keys stand in a square: eight neighbours each."""
    assert text in found(text)


@pytest.mark.parametrize("text", ["", "q", "qw", "qpq", "aaaa", "qwprt", "tee", "p.a.s", "漢字漢字", "q w e"])
def test_what_is_no_walk_is_not_found(text: str) -> None:
    """Two keys, the same key again, and keys that are no neighbours."""
    assert found(text) == set()


def test_a_few_neighbours_here_and_there_are_no_walk() -> None:
    """Where there are enough of them to look closer, three keys in a row must follow one another."""
    assert found("qwpwe1as") == set()


def test_a_walk_within_a_password_is_found_as_a_whole() -> None:
    """It ends where the next key is none of its neighbours."""
    assert "qwertyui" in found("Xqwertyui!")
    assert {"asdfg", "lkjh"} <= found("asdfg9lkjh")


def test_the_reason_is_told() -> None:
    """A walk is called one."""
    assert {match.codes for match in keyboard_matches("qwerty")} == {(Code.KEYBOARD_WALK,)}


def test_a_walk_with_more_turns_costs_more() -> None:
    """Of six keys: straight on, with one turn, with two, and with one at each key."""
    straight, once, twice, always = map(cost, ("qwerty", "qwerfv", "qwedcf", "qwsdrt"))
    assert straight < once < twice < always


@pytest.mark.parametrize("row", ROWS)
def test_a_longer_walk_costs_more_but_hardly(row: str) -> None:
    """A row of the keyboard takes at most as many guesses as ten times its first four keys."""
    assert cost(row[:4]) < cost(row) < cost(row[:4]) + 1


@pytest.mark.parametrize("row", ROWS)
def test_a_walk_costs_as_much_backwards(row: str) -> None:
    """Nobody goes to the right rather than to the left."""
    assert cost(row) == cost(row[::-1])


@given(st.text(st.sampled_from("qwertasdfgzxcvb1234") | st.characters(codec=None), max_size=60))
def test_whatever_comes_a_walk_has_three_keys_and_its_place(text: str) -> None:
    """Matches lie within the text and cost something; those of one layout don't overlap."""
    matches = list(keyboard_matches(text))
    assert all(
        0 <= match.start <= match.end - 3 and match.end <= len(text) and match.cost > 1 for match in matches
    )
    assert sum(match.end - match.start for match in matches) <= 5 * (len(text) + len(matches))
