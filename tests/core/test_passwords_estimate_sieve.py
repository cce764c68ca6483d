"""Claims about words in a text: exactly the windows are found that the list holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.estimate.sieve import Sieve, Span, Word
from authguard_core.passwords.lists.packed import PackedList, fingerprint
from authguard_core.passwords.lists.packing import pack, pack_digests


def listed(*words: tuple[str, int]) -> PackedList:
    return PackedList(pack(words))


LIST = listed(
    ("love", 1), ("lover", 2), ("hate", 1), ("\ud83d", 1), *((f"word{number}", 8) for number in range(300))
)  # fmt: skip
SIEVE = Sieve(LIST)


def words(text: str, *spans: Span, sieve: Sieve = SIEVE) -> list[Word]:
    return list(sieve.words(text, spans))


def everywhere(text: str) -> list[Span]:
    return [(start, start + 1, len(text)) for start in range(len(text))]


def test_words_are_found_in_the_windows_that_are_asked_for() -> None:
    """With their places and their rank."""
    assert words("my lover", (3, 6, 8)) == [(3, 7, 1), (3, 8, 2)]


@pytest.mark.parametrize("span", [(3, 6, 6), (3, 8, 8), (2, 3, 8), (4, 5, 8)])
def test_no_other_window_is_looked_at(span: Span) -> None:
    """Neither before the first end nor after the last one, nor from another place."""
    assert [word for word in words("my lover", span) if word[1] == 7] == []


def test_a_window_may_have_a_single_character() -> None:
    """The first end may follow the start at once."""
    assert words("a\ud83d", *everywhere("a\ud83d")) == [(1, 2, 1)]


def test_a_word_is_found_wherever_it_stands_again() -> None:
    """What was looked up once is still told at its next place."""
    text = "hatehate"
    assert words(text, *everywhere(text)) == [(0, 4, 1), (4, 8, 1)]


def test_nothing_is_found_without_windows() -> None:
    """Whatever the text; a place from which no window is long enough has none."""
    assert words("love") == []
    assert words("love", (0, 5, 4), (4, 5, 4)) == []


@given(st.lists(st.sampled_from(["love", "lover", "hate", "word1", "x", "é", "漢", "\ud800"]), max_size=8))
def test_exactly_the_listed_windows_are_found(parts: list[str]) -> None:
    """Sieving finds what asking for every window would."""
    text = "".join(parts)
    asked = [
        (start, end, rank)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if (rank := LIST.rank(text[start:end])) is not None
    ]
    assert words(text, *everywhere(text)) == asked


def test_a_list_of_digests_can_not_be_searched_for() -> None:
    """It has no filter, so every window would have to be looked up."""
    digests = PackedList(pack_digests([(fingerprint("love"), 1)]))
    with pytest.raises(ConfigurationError, match="got 'a list of digests', expected a list of words"):
        Sieve(digests)
