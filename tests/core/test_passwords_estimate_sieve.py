"""Claims about several lists as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.sieve import Sieve, Span, Word
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack


def listed(*words: tuple[str, int]) -> PackedList:
    return PackedList(pack(words))


FEW = listed(("love", 4), ("lover", 2), ("hate", 1))
MANY = listed(*((f"word{number}", 8) for number in range(300)), ("love", 1), ("hate", 16), ("\ud83d", 1))
SIEVE = Sieve([FEW, MANY])


def words(text: str, *spans: Span, sieve: Sieve = SIEVE) -> list[Word]:
    return list(sieve.words(text, spans))


def everywhere(text: str) -> list[Span]:
    return [Span(start, start + 1, len(text)) for start in range(len(text))]


def test_words_are_found_in_the_windows_that_are_asked_for() -> None:
    """With their places and their rank."""
    assert words("my lover", Span(3, 6, 8)) == [Word(3, 7, 1), Word(3, 8, 2)]


@pytest.mark.parametrize("span", [Span(3, 6, 6), Span(3, 8, 8), Span(2, 3, 8), Span(4, 5, 8)])
def test_no_other_window_is_looked_at(span: Span) -> None:
    """Neither before the first end nor after the last one, nor from another place."""
    assert [word for word in words("my lover", span) if word.end == 7] == []


def test_a_window_may_have_a_single_character() -> None:
    """The first end may follow the start at once."""
    assert words("a\ud83d", *everywhere("a\ud83d")) == [Word(1, 2, 1)]


def test_every_list_is_asked_and_the_best_rank_counts() -> None:
    """Of the lists that hold a word the one counts in which it is most common."""
    assert SIEVE.rank("love") == 1
    assert SIEVE.rank("hate") == 1
    assert SIEVE.rank("lover") == 2
    assert SIEVE.rank("word7") == 8
    assert SIEVE.rank("tail") is None


@pytest.mark.parametrize("lists", [[FEW, MANY], [MANY, FEW]], ids=["small first", "large first"])
def test_a_small_list_finds_its_words_beside_a_large_one(lists: list[PackedList]) -> None:
    """Their filters have different sizes, and neither hides a word of the other."""
    assert len(FEW.filter) < len(MANY.filter)
    text = "lover,word299"
    found = words(text, *everywhere(text), sieve=Sieve(lists))
    assert [text[word.start : word.end] for word in found] == ["love", "lover", "word2", "word29", "word299"]


def test_a_word_is_found_wherever_it_stands_again() -> None:
    """What was looked up once is still told at its next place."""
    text = "hatehate"
    assert words(text, *everywhere(text)) == [Word(0, 4, 1), Word(4, 8, 1)]


def test_nothing_is_found_without_windows() -> None:
    """Whatever the text; a place from which no window is long enough has none."""
    assert words("love") == []
    assert words("love", Span(0, 5, 4), Span(4, 5, 4)) == []


@given(st.lists(st.sampled_from(["love", "lover", "hate", "word1", "x", "é", "漢", "\ud800"]), max_size=8))
def test_exactly_the_listed_windows_are_found(parts: list[str]) -> None:
    """Sieving finds what asking for every window would."""
    text = "".join(parts)
    asked = [
        Word(start, end, rank)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if (rank := SIEVE.rank(text[start:end])) is not None
    ]
    assert words(text, *everywhere(text)) == asked
