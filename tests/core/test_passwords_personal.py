"""Claims about what is expected of an account, and where a password holds it."""

# ruff: noqa: RUF001 - letters that look like others are the subject
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.context import PasswordContext
from authguard_core.passwords.findings import Code
from authguard_core.passwords.personal import (
    LONGEST,
    PERSONAL,
    Words,
    personal_matches,
    personal_words,
    site_words,
)

HANS = PasswordContext(
    username="Hans.Z_99",
    email="h.zimmer+shop@mail.example.org",
    names=["Hans Florian Zimmer"],
    words=["Acme GmbH", "1997"],
)


def found(password: str, *words: str) -> list[tuple[str, tuple[Code, ...]]]:
    """What of a folded password is one of the words, and why."""
    matches = personal_matches(password, dict.fromkeys(words, Code.CONTAINS_WORD))
    return [(password[match.start : match.end], match.codes) for match in matches]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("hans.z_99", Code.CONTAINS_USERNAME),
        ("hansz99", Code.CONTAINS_USERNAME),
        ("hans", Code.CONTAINS_USERNAME),
        ("florian", Code.CONTAINS_NAME),
        ("zimmer", Code.CONTAINS_NAME),
        ("hansflorianzimmer", Code.CONTAINS_NAME),
        ("hans florian zimmer", Code.CONTAINS_NAME),
        ("h.zimmer+shop@mail.example.org", Code.CONTAINS_EMAIL),
        ("h.zimmer+shop", Code.CONTAINS_EMAIL),
        ("hzimmershop", Code.CONTAINS_EMAIL),
        ("shop", Code.CONTAINS_EMAIL),
        ("example", Code.CONTAINS_EMAIL),
        ("mail.example", Code.CONTAINS_EMAIL),
        ("acme", Code.CONTAINS_WORD),
        ("acmegmbh", Code.CONTAINS_WORD),
        ("1997", Code.CONTAINS_WORD),
    ],
)
def test_words_are_taken_whole_joined_and_in_parts(word: str, code: Code) -> None:
    """Of the user name, the names, the e-mail address and the rest, each with what is said of it."""
    assert personal_words(HANS)[word] is code


@pytest.mark.parametrize("word", ["z", "99", "org", "h"])
def test_what_is_too_short_or_common_is_left_out(word: str) -> None:
    """Two characters, and a top-level domain, stand in any password."""
    assert word not in personal_words(HANS)


def test_the_first_meaning_of_a_word_counts() -> None:
    """A user name that is also a name is called a user name."""
    assert personal_words(HANS)["hans"] is Code.CONTAINS_USERNAME


def test_nothing_known_gives_no_words() -> None:
    """An empty context expects nothing."""
    assert personal_words(PasswordContext()) == {}


def test_the_letters_of_a_word_with_digits_are_expected_too() -> None:
    """Of ann1984 the ann."""
    assert "ann" in personal_words(PasswordContext(username="ann1984"))


def test_names_of_other_scripts_are_words() -> None:
    """Folded, and in their parts."""
    words = personal_words(PasswordContext(names=["Анна Каренина", "ＴＡＲＯ 山田太郎"]))
    assert {"анна", "каренина", "аннакаренина", "taro", "山田太郎"} <= words.keys()


@pytest.mark.parametrize("email", ["ann", "@", "ann@", "@example.org", "ann@example", "a@b@example.org"])
def test_a_malformed_address_is_taken_as_it_comes(email: str) -> None:
    """A form may send anything; what it holds is expected all the same."""
    words = personal_words(PasswordContext(email=email))
    assert words.keys() & {"ann", "@example.org", "a@b@example.org", "example"} or email == "@"


def test_a_site_is_called_what_it_says() -> None:
    """Every form of its names, with the reason of their own."""
    assert site_words(["Example Shop", "ex"]) == dict.fromkeys(
        ["example shop", "exampleshop", "example", "shop"], Code.CONTAINS_SITE
    )


def test_there_is_a_reason_for_each_kind() -> None:
    """What is expected can be told from what is merely weak."""
    assert {code for code in Code if code.value.startswith("contains_")} == PERSONAL


def test_a74_an_endless_number_of_words_is_cut() -> None:
    """What an iterator would yield beyond the bound is never asked for."""

    def endless() -> Iterator[str]:
        for number in count():
            assert number <= 64
            yield f"name{number:05}x"

    assert 0 < len(personal_words(PasswordContext(names=endless()))) <= 64


def test_no_word_of_a_site_is_forgotten() -> None:
    """They are configuration, however many there are."""
    names = [f"brand-{number}x" for number in range(300)]
    assert set(names) <= site_words(names).keys()


def test_accents_make_no_difference() -> None:
    """In the name or in the password; and a sharp s may be two."""
    words = personal_words(PasswordContext(names=["Weißmann", "Nguyễn", "Muller"]))
    assert found_in("weißmann", words) == found_in("weissmann", words) == {Code.CONTAINS_NAME}
    assert found_in("nguyen", words) == found_in("nguyễn", words) == {Code.CONTAINS_NAME}
    assert Code.CONTAINS_NAME in found_in("müller", words)


def found_in(folded: str, words: Words) -> set[Code]:
    whole = [match for match in personal_matches(folded, words) if match.end - match.start == len(folded)]
    return {code for match in whole for code in match.codes}


def test_a71_a_word_of_a_megabyte_is_cut() -> None:
    """Nobody's name is longer than 128 characters."""
    long = "n" * 1_000_000
    words = personal_words(
        PasswordContext(username=long, email=f"{long}@{long}.org", names=[long], words=[long])
    )
    assert max(map(len, words)) <= LONGEST


def test_a_word_is_found_at_all_its_places() -> None:
    """As often as it stands there."""
    assert found("zimmer.zimmer", "zimmer") == [("zimmer", (Code.CONTAINS_WORD,))] * 2


@pytest.mark.parametrize(
    ("password", "part", "more"),
    [
        ("xzimmerx", "zimmer", ()),
        ("z1mmer", "z1mmer", (Code.SUBSTITUTION,)),
        ("f1orian", "f1orian", (Code.SUBSTITUTION,)),
        ("xremmiz", "remmiz", (Code.REVERSED,)),
    ],
)
def test_a_word_is_found_plain_with_signs_and_backwards(
    password: str, part: str, more: tuple[Code, ...]
) -> None:
    """At its place, with what was changed."""
    assert found(password, "zimmer", "florian") == [(part, (Code.CONTAINS_WORD, *more))]


def test_a_word_beside_signs_is_found_once() -> None:
    """Where its own letters stand there, no sign was read."""
    assert found("zimmer@1", "zimmer") == [("zimmer", (Code.CONTAINS_WORD,))]


def test_every_word_gives_its_own_reason() -> None:
    """What is said depends on where the word comes from."""
    matches = personal_matches("hansacme", {"hans": Code.CONTAINS_NAME, "acme": Code.CONTAINS_SITE})
    assert [match.codes for match in matches] == [(Code.CONTAINS_NAME,), (Code.CONTAINS_SITE,)]


def test_a_change_costs_more_than_the_word_and_many_words_more_than_few() -> None:
    """The attacker must try them all, and then the changes."""
    few = {"zimmer": Code.CONTAINS_NAME}
    many = {**few, **{f"word{number}": Code.CONTAINS_WORD for number in range(50)}}

    def cost(password: str, words: dict[str, Code]) -> float:
        (match,) = personal_matches(password, words)
        return match.cost

    assert cost("zimmer", few) < cost("zimmer", many) < cost("remmiz", many) == cost("z1mmer", many)
    assert cost("remmiz", many) < 3


def test_without_words_nothing_is_found() -> None:
    """Whatever the password."""
    assert found("zimmer") == []


@given(
    st.text(st.sampled_from("ab1@0") | st.characters(codec=None), max_size=40),
    st.lists(st.text(st.sampled_from("abio") | st.characters(codec=None), max_size=200), max_size=9),
)
def test_whatever_comes_matches_lie_within_the_password(password: str, words: list[str]) -> None:
    """Of any text in any field; each is at least three characters long and has a reason."""
    context = PasswordContext(
        username="".join(words[:1]), email="@".join(words[1:3]), names=words[3:], words=words[5:]
    )
    matches = list(personal_matches(password, personal_words(context)))
    assert all(0 <= match.start <= match.end - 3 and match.end <= len(password) for match in matches)
    assert all(match.codes[0] in PERSONAL and match.cost > 0 for match in matches)
