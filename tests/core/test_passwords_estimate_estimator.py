"""Claims about what all matchers together make of a password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.cover import Cover
from authguard_core.passwords.estimate.estimator import Patterns
from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import SEPARATORS, fold_each
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack

WORDS = [("password", 1), ("correct", 900), ("horse", 500), ("battery", 1200), ("staple", 4000), ("love", 20)]
SIEVE = Sieve(PackedList(pack(WORDS)))


def covered(text: str, *more: Match) -> Cover:
    return Patterns(text, fold_each(text), SIEVE, more).cover(0, len(text))


def cost(text: str) -> float:
    return covered(text).cost


def codes(text: str) -> set[Code]:
    return {code for piece in covered(text).pieces for code in piece.codes}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("password", Code.DICTIONARY_WORD),
        ("p@ssw0rd", Code.SUBSTITUTION),
        ("drowssap", Code.REVERSED),
        ("qwertyuiop", Code.KEYBOARD_WALK),
        ("ijklmnop", Code.SEQUENCE),
        ("13.03.1997", Code.DATE),
        ("kkkkkkkk", Code.REPEATED),
    ],
)
def test_every_matcher_is_asked(text: str, code: Code) -> None:
    """What one finds is in the cover, with its reason."""
    assert code in codes(text)


def test_nothing_takes_no_guesses() -> None:
    """An empty text has an empty cover."""
    assert covered("") == Cover(0, ())


def test_what_is_expected_of_an_account_is_taken_too() -> None:
    """A match that is handed in counts as those that are found."""
    match = Match(0, 6, 0.1, (Code.CONTAINS_NAME,))
    assert covered("zimmer7", match).pieces == (match,)


def test_a_word_said_twice_costs_hardly_more_than_once() -> None:
    """A repetition costs what is repeated and how often, not each time anew."""
    assert cost("password") < cost("passwordpassword") < cost("password") + 1
    assert cost("passwordpassword") < cost("password" * 5) < cost("passwordpassword") + 1


def test_letters_said_again_and_again_cost_what_they_cost_once() -> None:
    """So it is with what is no word."""
    assert cost("xqv") < cost("xqv" * 4) < cost("xqv") + 1.5


def test_patterns_add_up() -> None:
    """A word with a year costs more than the word, and less than the word with four random digits."""
    assert cost("horse") < cost("horse1997") < cost("horse7583")


def test_four_words_cost_more_than_three() -> None:
    """A passphrase gets its due for each word, but not for each letter."""
    three, four = cost("correcthorsebattery"), cost("correcthorsebatterystaple")
    assert three + 3 < four < three + len("staple")


@pytest.mark.parametrize("separator", sorted(SEPARATORS))
def test_what_joins_words_costs_less_than_a_sign(separator: str) -> None:
    """Between words a hyphen or a space is expected; it still adds something, and accuses nobody."""
    joined = covered(f"horse{separator}battery")
    assert cost("horsebattery") < joined.cost < cost("horse\N{SECTION SIGN}battery")
    assert {code for piece in joined.pieces for code in piece.codes} == {Code.DICTIONARY_WORD}


@pytest.mark.parametrize("text", ["--horse", "horse--", "-horse", "horse-", "horse--love", "horse-#love"])
def test_only_a_single_sign_between_words_joins_them(text: str) -> None:
    """At an edge, or beside another sign, it is one."""
    assert all(piece.codes for piece in covered(text).pieces)


def test_a_part_is_covered_by_itself() -> None:
    """So what stands around a listed word can be reckoned alone."""
    text = "1997password"
    patterns = Patterns(text, text, SIEVE)
    assert patterns.cover(0, 4).cost == pytest.approx(cost("1997"))
    assert patterns.cover(4, 12).cost == pytest.approx(cost("password"))


@given(st.text(st.sampled_from("paswordlve0@123qrty-.") | st.characters(codec="ascii"), max_size=40))
def test_patterns_never_make_a_password_stronger(text: str) -> None:
    """The cover costs at most what the characters do, and never less than nothing."""
    folded = fold_each(text)
    found = Patterns(text, folded, SIEVE).cover(0, len(text))
    assert 0 <= found.cost <= 1.2 * len(text) + 1e-9
    assert all(0 <= piece.start < piece.end <= len(text) for piece in found.pieces)


@given(st.text("abc1 ", max_size=12), st.text("abc1 ", max_size=12))
def test_a_part_costs_at_most_what_the_whole_does(one: str, other: str) -> None:
    """What follows makes no cover of the beginning dearer: all parts together cost at least the whole."""
    text = one + other
    patterns = Patterns(text, text, SIEVE)
    parts = patterns.cover(0, len(one)).cost + patterns.cover(len(one), len(text)).cost
    assert patterns.cover(0, len(text)).cost <= parts + 1e-9


@pytest.mark.parametrize(
    ("text", "code"),
    [("qwertyuiop", Code.KEYBOARD_WALK), ("123456", Code.SEQUENCE), ("20042004", Code.DATE)],
)
def test_a_shape_explains_more_than_a_listed_word(text: str, code: Code) -> None:
    """What is both in the list and a walk, sequence, date or repetition is told by its shape."""
    sieve = Sieve(PackedList(pack([("qwertyuiop", 1), ("123456", 1), ("20042004", 1)])))
    patterns = Patterns(text, text, sieve)
    (piece,) = patterns.cover(0, len(text)).pieces
    assert piece.codes == (Code.DICTIONARY_WORD,)
    (told,) = patterns.explained([piece])
    assert code in told.codes
    assert (told.start, told.end) == (0, len(text))


def test_a_word_beside_a_shape_stays_a_word() -> None:
    """Only what lies within a shape is part of it; other reasons stay as they are."""
    patterns = Patterns("love4321", "love4321", SIEVE)
    pieces = patterns.cover(0, 8).pieces
    told = patterns.explained(pieces)
    assert [piece.codes for piece in told] == [
        (Code.DICTIONARY_WORD,),
        (Code.SEQUENCE,),
    ]
