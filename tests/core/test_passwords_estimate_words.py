"""Claims about words within a password."""

# ruff: noqa: RUF001 - letters that look like others are the subject
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.estimate.words import LONGEST, word_matches
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import fold_each
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack

SIXTEEN, SEVENTEEN = "incomprehensible", "incomprehensibles"
RANKED = [
    ("password", 1), ("hello", 50), ("mike", 50), ("sun", 100), ("on", 1), ("hospital", 900), ("gfhjkm", 30),
    ("пароль", 24), ("a7b", 10), ("straße", 40), ("level", 5), (SIXTEEN, 8), (SEVENTEEN, 4),
]  # fmt: skip
SIEVE = Sieve(PackedList(pack(RANKED)))
PLAIN = (Code.DICTIONARY_WORD,)
SIGNS = (Code.DICTIONARY_WORD, Code.SUBSTITUTION)
REVERSED = (Code.DICTIONARY_WORD, Code.REVERSED)


def found(text: str) -> list[Match]:
    return list(word_matches(text, fold_each(text), SIEVE))


def parts(text: str) -> list[str]:
    return [text[match.start : match.end] for match in found(text)]


def cost(text: str) -> float:
    return min(match.cost for match in found(text) if match.end - match.start == len(text))


@pytest.mark.parametrize(
    ("word", "rank"), [(word, rank) for word, rank in RANKED if 3 <= len(word) <= LONGEST]
)
def test_a_word_costs_its_rank(word: str, rank: int) -> None:
    """The logarithm of how many words are tried before it, rounded by a few per cent as the list does."""
    assert cost(word) == pytest.approx(log10(rank), abs=0.02)
    assert {match.codes for match in found(word) if match.end - match.start == len(word)} == {PLAIN}


def test_words_are_found_anywhere_and_within_each_other() -> None:
    """Each with its place; which of them count is for the cover to say."""
    assert parts("xxsun9hospital") == ["sun", "hospital"]
    assert {"mike", "hello"} == set(parts("mikehello"))


@pytest.mark.parametrize("text", ["", "p", "pa", "on", SEVENTEEN[1:], "passwort"])
def test_what_is_too_short_or_no_word_is_not_found(text: str) -> None:
    """Windows of three to sixteen characters are looked up."""
    assert parts(text) == []


def test_a_window_has_at_most_sixteen_characters() -> None:
    """A longer entry is found as a whole password, which is not asked here."""
    assert parts(SEVENTEEN) == [SIXTEEN]


def test_a_capital_costs_more_where_nobody_expects_it() -> None:
    """One at the beginning or the end, and capitals throughout, are equally cheap; others are dearer."""
    assert cost("password") < cost("Password") == cost("PASSWORD") == cost("passworD")
    assert cost("PASSWORD") < cost("passWord") < cost("paSsWord")


def test_capitals_cost_as_little_as_the_fewer_kind() -> None:
    """Six capitals and two small letters are two exceptions."""
    assert cost("PAssWORD") == pytest.approx(cost("paSSword"))


def test_full_width_letters_are_letters() -> None:
    """What folds to a word is one."""
    assert cost("ｐａｓｓｗｏｒｄ") == cost("password")


@pytest.mark.parametrize(
    "text", ["p@ssword", "pa$$word", "passw0rd", "he11o", "m!ke", "m1ke", "he|lo", "[rab"]
)
def test_signs_in_place_of_letters_are_read(text: str) -> None:
    """One canonical letter for each sign, and l for those that half of their users mean so."""
    assert [match.codes for match in found(text)] == ([SIGNS] if text != "[rab" else [])


@pytest.mark.parametrize("text", ["5un", "pa55", "1hello0"])
def test_digits_around_are_no_letters(text: str) -> None:
    """People put numbers before and after words; and three letters are anything."""
    assert SIGNS not in [match.codes for match in found(text)]


def test_each_different_sign_costs_as_much_again() -> None:
    """The same sign twice is one idea."""
    plain, one, twice, two, three = map(cost, ("password", "p@ssword", "pa$$word", "p@$$word", "p@$$w0rd"))
    assert plain < one == twice < two < three
    assert three - two == pytest.approx(two - one)


def test_what_holds_no_sign_is_read_plainly_alone() -> None:
    """A word beside a word with signs isn't found twice."""
    assert [match.codes for match in found("hellop@ssword")] == [PLAIN, SIGNS]


def test_signs_are_read_within_letters_only() -> None:
    """A reading with a digit in it is nobody's spelling: 7 is a t there or stays itself everywhere."""
    assert parts("@7b") == []
    assert parts("a7b") == ["a7b"]


def test_a_word_typed_on_another_layout_is_found() -> None:
    """The Latin letters on the keys of a Russian word are a common password of their own."""
    assert found("зфыыцщкв") == [Match(0, 8, log10(2), PLAIN)]
    assert [match.cost for match in found("пароль")] == pytest.approx([log10(24), log10(60)], abs=0.03)


def test_a_word_backwards_is_found_at_its_place() -> None:
    """For twice the guesses."""
    assert found("1drowssap") == [Match(1, 9, log10(2), REVERSED)]
    assert cost("drowssap") > cost("password")


def test_a_word_that_reads_the_same_backwards_is_read_forwards_alone() -> None:
    """A palindrome is no reversed word, and neither is one among other letters."""
    assert [match.codes for match in found("level")] == [PLAIN]
    assert [match.codes for match in found("xlevelY")] == [PLAIN]


def test_digits_backwards_are_digits() -> None:
    """Only letters are read backwards: other entries would be found everywhere by chance."""
    assert parts("b7a") == []


@given(st.text(st.sampled_from("paswordhelnuPASWORD013@$!|йцзфы ") | st.characters(codec=None), max_size=40))
def test_whatever_comes_a_match_lies_within_the_text(text: str) -> None:
    """Three to sixteen characters, at least no cost, and always a common word."""
    for match in found(text):
        assert 0 <= match.start <= match.end - 3 <= len(text) - 3
        assert match.end - match.start <= LONGEST
        assert match.cost >= 0
        assert Code.DICTIONARY_WORD in match.codes


@given(
    st.text("ilove", max_size=8), st.sampled_from([word for word, _ in RANKED if 3 <= len(word) <= LONGEST])
)
def test_a_word_is_found_behind_whatever_stands_before_it(before: str, word: str) -> None:
    """Its place is no hiding-place."""
    assert Match(len(before), len(before) + len(word), cost(word), PLAIN) in found(before + word)


def test_a74_there_are_few_matches_at_a_place() -> None:
    """A bounded number of windows in a bounded number of readings, so the work is linear."""
    for text in ("p@$$w0rd" * 16, "sunsun" * 20, "he11o!" * 20):
        ends = [match.end for match in found(text)]
        assert max(map(ends.count, ends)) <= 5 * (LONGEST - 2)
