"""Claims about what capitals add to a word."""

from math import log10

import pytest

from authguard_core.passwords.estimate.capitals import capitals_cost


@pytest.mark.parametrize("word", ["sunflower", "пароль", "密码", "2024", ""])
def test_what_has_no_capital_costs_nothing(word: str) -> None:
    """In any script."""
    assert capitals_cost(word) == 0


@pytest.mark.parametrize("word", ["Sunflower", "SUNFLOWER", "sunfloweR", "Пароль"])
def test_capitals_where_everybody_puts_them_double_the_guesses(word: str) -> None:
    """First, last, all: that is tried right after the word itself."""
    assert capitals_cost(word) == pytest.approx(log10(2))


def test_capitals_anywhere_cost_the_ways_to_place_them() -> None:
    """Up to two of nine letters: 9 + 36 ways."""
    assert capitals_cost("suNfLower") == pytest.approx(log10(45))


def test_small_letters_among_capitals_cost_the_same() -> None:
    """Whichever are fewer are placed."""
    assert capitals_cost("SUnFlOWER") == capitals_cost("suNfLower")


def test_capitals_without_small_letters_cost_little() -> None:
    """A title-case letter has nothing to be placed among."""
    assert capitals_cost("\u01c51\u01c5") > 0
