"""Claims about listed passwords in another dress."""

# ruff: noqa: RUF001 - letters that look like others are the subject
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.derived import Core, Form, cores, forms
from authguard_core.passwords.findings import Code
from authguard_core.passwords.folding import fold, fold_each

TWICE = log10(2)


def form(text: str, word: str) -> Form:
    """The form of a text with this word; there must be one."""
    (only,) = (one for one in forms(text) if one.word == word)
    return only


def inner(text: str) -> dict[str, tuple[int, int]]:
    """What may remain, and where it stands."""
    return {core.form.word: (core.start, core.end) for core in cores(fold_each(text))}


@pytest.mark.parametrize(
    ("text", "word", "codes"),
    [
        ("drowssap", "password", (Code.REVERSED,)),
        ("DROWssap", "password", (Code.REVERSED,)),
        ("ｄｒｏｗｓｓａｐ", "password", (Code.REVERSED,)),
        ("P@$$w0rd", "password", (Code.SUBSTITUTION,)),
        ("dr0w$$@p", "password", (Code.SUBSTITUTION, Code.REVERSED)),
        ("he11o", "hello", (Code.SUBSTITUTION,)),
        ("7eet", "teet", (Code.SUBSTITUTION,)),
        ("PasswordPassword", "password", (Code.REPEATED,)),
        ("abcabcabc", "abc", (Code.REPEATED,)),
        ("P@ssw0rdp@ssw0rd", "password", (Code.REPEATED, Code.SUBSTITUTION)),
        ("drowssapdrowssap", "password", (Code.REPEATED, Code.REVERSED)),
        ("пароль", "gfhjkm", ()),
        ("ьлорап", "пароль", (Code.REVERSED,)),
    ],
)
def test_a_password_may_come_from_another(text: str, word: str, codes: tuple[Code, ...]) -> None:
    """The word is among its forms, with what was changed."""
    assert form(text, word).codes == codes


def test_more_changes_cost_more() -> None:
    """Each change costs twice as much again."""
    assert form("p@ssword", "password").cost == pytest.approx(TWICE)
    assert form("drowssap", "password").cost == pytest.approx(TWICE)
    assert form("пароль", "gfhjkm").cost == pytest.approx(TWICE)
    assert form("drow$$ap", "password").cost == pytest.approx(2 * TWICE)


def test_what_is_repeated_costs_how_often() -> None:
    """Thrice costs more than twice."""
    assert form("abcabc", "abc").cost == pytest.approx(log10(2))
    assert form("abcabcabc", "abc").cost == pytest.approx(log10(3))


def test_what_is_repeated_in_part_is_no_repetition() -> None:
    """Only a whole password that is the same thing several times is looked up as that thing."""
    assert "abc" not in {one.word for one in forms("abcabcab")}


@pytest.mark.parametrize(
    "text", ["password", "PassWord", "ｐａｓｓ", "p@$$w0rd", "PasswordPassword", "aaaa", "anna"]
)
def test_a_password_is_no_form_of_itself(text: str) -> None:
    """Neither as it stands nor folded: so it is looked up before, and costs nothing more."""
    assert not {text, fold(text)} & {one.word for one in forms(text)}


@given(st.text(st.sampled_from("abAB1!0@ пя") | st.characters(codec=None), min_size=1, max_size=40))
def test_a74_there_are_few_forms_and_each_comes_once(text: str) -> None:
    """At most two texts in at most four readings, forwards and backwards."""
    words = [one.word for one in forms(text)]
    assert len(words) == len(set(words)) <= 24
    assert all(one.cost > 0 for one in forms(text))


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [
        ("password123", "password", (0, 8)),
        ("123password", "password", (3, 11)),
        ("!!!password123", "password", (3, 11)),
        ("!password123", "!password", (0, 9)),
        ("12monkey!", "monkey!", (2, 9)),
        ("Password2024", "password", (0, 8)),
        ("dr0wssap99", "password", (0, 8)),
        ("пароль123", "пароль", (0, 6)),
        ("пароль123", "gfhjkm", (0, 6)),
    ],
)
def test_what_stands_between_digits_and_signs_is_looked_up(
    text: str, word: str, place: tuple[int, int]
) -> None:
    """Without what stands before, without what follows, and without both; with its place."""
    assert inner(text)[word] == place


@pytest.mark.parametrize("text", ["", "password", "12345", "!?", "a"])
def test_without_anything_around_there_is_no_core(text: str) -> None:
    """The whole is looked up as it is, and digits alone have no letters to stand around."""
    assert inner(text) == {}


def test_a_sign_within_the_letters_belongs_to_them() -> None:
    """Only what stands outside the first and the last letter is around."""
    assert inner("1p@ss-word!")["p@ss-word"] == (1, 10)
    assert "pass-word" in inner("1p@ss-word!")


def test_the_reason_of_a_core_is_that_of_its_form() -> None:
    """Reversed, with signs, and at the cost of these changes alone."""
    assert Core(Form("password", TWICE + TWICE, (Code.SUBSTITUTION, Code.REVERSED)), 0, 8) in list(
        cores("dr0wssap1")
    )


@given(st.text(st.sampled_from("abAB1!0@ пя") | st.characters(codec=None), max_size=40))
def test_a74_there_are_few_cores(text: str) -> None:
    """At most three pieces in at most four readings, forwards and backwards; each within the text."""
    found = list(cores(fold_each(text)))
    assert len(found) <= 24
    assert all(0 <= core.start < core.end <= len(text) for core in found)
    assert all(len(core.form.word) == core.end - core.start for core in found)


@pytest.mark.parametrize(
    ("text", "word"),
    [("p-a-s-s word", "password"), ("ppaassss", "pass"), ("!qaz@wsx", "1qaz2wsx"), ("P A S S", "pass")],
)
def test_spaces_doubled_letters_and_the_shift_key_are_seen_through(text: str, word: str) -> None:
    """They are tried after the password itself."""
    assert form(text, word).cost == pytest.approx(TWICE)


def test_a82_a_form_shows_nothing_of_a_password() -> None:
    """It holds most of it, and frames show it."""
    assert "sunflower" not in repr([*forms("Sunflower1"), *cores("sunflower1")])
