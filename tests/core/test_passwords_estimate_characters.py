"""Claims about characters that belong to no pattern."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.characters import character_costs


def cost(character: str) -> float:
    (only,) = character_costs(character)
    return only


@given(st.text(st.characters(codec=None)))
def test_every_character_has_a_cost_of_its_own(text: str) -> None:
    """As many costs as characters, each of at most two digits' worth, wherever the character stands."""
    costs = character_costs(text)
    assert costs == [cost(character) for character in text]
    assert all(0 < one < 2 for one in costs)


def test_what_is_typed_more_rarely_costs_more() -> None:
    """A digit is as cheap as a small letter, a capital costs more, a sign costs most."""
    assert cost("7") == cost("x")
    assert all(cost(one) < cost(other) for one, other in pairwise("xX#"))


@pytest.mark.parametrize("character", [" ", "~", "\0", "\x7f"])
def test_what_is_neither_letter_nor_digit_is_a_sign(character: str) -> None:
    """Spaces and control characters cost what a sign costs."""
    assert cost(character) == cost("#")


@pytest.mark.parametrize("character", ["ж", "Ж", "λ", "ن", "カ", "\u0301", "\u0663", "Ⅳ"])
def test_a_letter_of_another_script_is_worth_less_than_a_latin_one(character: str) -> None:
    """A password isn't strong for being non-Latin: the lists know fewer of its words."""
    assert cost(character) < cost("x")


@pytest.mark.parametrize("character", ["é", "ß", "ą"])
def test_an_accented_latin_letter_is_a_latin_letter(character: str) -> None:
    """Its words are in the lists."""
    assert cost(character) == cost("x")


@pytest.mark.parametrize("character", ["\u3400", "漢", "\u9fff", "한", "\U00020000"])
def test_an_ideograph_or_syllable_is_worth_more_than_a_letter(character: str) -> None:
    """It is a syllable or a word, one of some thousand."""
    assert cost(character) > cost("X")


@pytest.mark.parametrize("character", ["\U0001f511", "€", "„", "\u3000", "\ud800", "\u200b"])
def test_other_signs_cost_what_signs_cost(character: str) -> None:
    """Emoji, currencies, and what can't be seen."""
    assert cost(character) == cost("#")
