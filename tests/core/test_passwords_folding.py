"""Claims about the forms under which a password is looked up."""

# ruff: noqa: RUF001 - letters that look like others are the subject
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.folding import (
    SIGNS,
    fold,
    fold_each,
    typed_keys,
    unaccented,
    unaccented_each,
    without_signs,
)

ANYTHING = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("PassWord", "password"),
        ("ｐａｓｓｗｏｒｄ", "password"),
        ("𝓅𝒶𝓈𝓈", "pass"),
        ("①②③", "123"),
        ("Straße", "strasse"),
        ("ΌΧΙ", "όχι"),
        ("ПАРОЛЬ", "пароль"),
        ("ﬁre", "fire"),
        ("e\u0301", "é"),
        ("パスワード", "パスワード"),
        ("ﾊﾟｽﾜｰﾄﾞ", "パスワード"),
    ],
)
def test_width_case_and_composition_make_no_difference(text: str, folded: str) -> None:
    """NFKC and case folding, so that a list has one form of a word."""
    assert fold(text) == folded


@given(ANYTHING)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    """To fold again changes nothing: a list folded at its making is asked rightly."""
    assert fold(fold(text)) == fold(text)


@given(ANYTHING)
def test_capitals_fold_as_small_letters_do(text: str) -> None:
    """Whoever holds the shift key finds the same entry, for ASCII at least."""
    ascii_only = text.encode("ascii", "ignore").decode()
    assert fold(ascii_only.upper()) == fold(ascii_only.lower()) == ascii_only.lower()


@given(ANYTHING)
def test_folded_character_by_character_every_place_stays(text: str) -> None:
    """So what is found in the folded text stands at the same places in the password."""
    folded = fold_each(text)
    assert len(folded) == len(text)
    assert all(fold_each(one) == other for one, other in zip(text, folded, strict=True))


@pytest.mark.parametrize(
    ("text", "folded"), [("Straße", "straße"), ("ﬁRE", "ﬁre"), ("Ⓐb", "ab"), ("ＡＢ", "ab")]
)
def test_a_character_that_folds_to_several_stays(text: str, folded: str) -> None:
    """It can't be two at one place."""
    assert fold_each(text) == folded


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("password", []),
        ("", []),
        ("p@$$w0rd", ["password"]),
        ("he11o", ["heiio", "hello"]),
        ("7eet", ["teet", "leet"]),
        ("!@m", ["iam", "lam"]),
        ("пар0ль", ["парoль"]),
    ],
)
def test_signs_have_one_reading_or_two(text: str, readings: list[str]) -> None:
    """One canonical letter each; the second reading is that of l for what is also i or t."""
    assert without_signs(text) == readings


@given(ANYTHING)
def test_a74_readings_never_multiply(text: str) -> None:
    """However many signs there are, there are at most two readings, and every place stays."""
    readings = without_signs(text)
    assert len(readings) <= 2
    assert all(len(reading) == len(text) for reading in readings)


def test_every_sign_is_one_letter() -> None:
    """The map's values are small Latin letters; no letter of the alphabet is a sign."""
    assert not any(map(str.isalpha, map(chr, SIGNS)))
    assert {chr(letter) for letter in SIGNS.values()} <= set("abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("text", "keys"),
    [("пароль", "gfhjkm"), ("йцукен", "qwerty"), ("κωδικος", "kvdikow"), ("password", "password"), ("", "")],
)
def test_other_alphabets_are_typed_on_the_same_keys(text: str, keys: str) -> None:
    """What a Russian or Greek keyboard types, as the Latin one would."""
    assert typed_keys(text) == keys


@given(ANYTHING)
def test_typing_keeps_every_place(text: str) -> None:
    """A key is one character on every layout."""
    assert len(typed_keys(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("müller", "muller"), ("nguyễn", "nguyen"), ("straße", "straße"), ("abc", "abc"), ("й", "и")],
)
def test_accents_can_be_taken_away(text: str, plain: str) -> None:
    """What stands alone without them stays."""
    assert unaccented(text) == unaccented_each(text) == plain


@given(ANYTHING)
def test_taking_accents_away_keeps_every_place(text: str) -> None:
    """Character by character."""
    assert len(unaccented_each(text)) == len(text)
