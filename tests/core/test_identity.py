"""Claims about the canonical form of an identifier."""

import sys
from unicodedata import category, normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authguard_core.identity import MAX_IDENTIFIER, canonical

ANY_TEXT = st.text(st.characters(codec=None), max_size=MAX_IDENTIFIER)
"""Every plane, surrogates included."""

MIXED_TEXT = st.text(
    st.one_of(
        st.sampled_from(
            list("aA iI\u0131\u0130\u00df\u1e9e\u212a\u1d43\u0390\u0345\u0301\u0327\u0308\u00b4")
        ),
        st.sampled_from(
            list("\u200b\u200d\ufeff\u00ad\u034f\u115f\u3164\uffa0\ufe0f\ud800\u2028\t\x00\u00a0\u3000")
        ),
        st.characters(codec=None),
    ),
    max_size=24,
)
"""Short texts dense in what interacts: case, accents, spaces and invisible characters."""

PRINTABLE_ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=MAX_IDENTIFIER - 1)

INVISIBLE = [
    *("\x00", "\t", "\n", "\r", "\x1b", "\x7f", "\x85"),
    *("\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180f"),
    *("\u200b", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2060", "\u2066", "\u206f", "\u3164"),
    *("\ufe00", "\ufe0f", "\ufeff", "\uffa0", "\ufff0", "\ufffb"),
    *(
        "\U000110bd",
        "\U0001bca0",
        "\U0001d173",
        "\U000e0001",
        "\U000e0020",
        "\U000e0100",
        "\U000e01ef",
        "\U000e0fff",
    ),
]


DEFAULT_IGNORABLE = (
    "AD 34F 61C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0"
    " FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)
"""The property of that name in DerivedCoreProperties.txt, unchanged since Unicode 14."""


def default_ignorable() -> set[str]:
    ranges = [entry.partition("-") for entry in DEFAULT_IGNORABLE.split()]
    return {chr(code) for a, _, z in ranges for code in range(int(a, 16), int(z or a, 16) + 1)}


def all_code_points() -> list[str]:
    """Every code point, the surrogates among them."""
    return [chr(code) for code in range(sys.maxunicode + 1)]


@pytest.mark.parametrize("variant", ["ALICE", "aLiCe", "Alice"])
def test_a17_case_makes_no_difference(variant: str) -> None:
    """However the letters are capitalised, it is one counter."""
    assert canonical(variant) == "alice"


@pytest.mark.parametrize(
    "variant", [" alice", "alice ", "\talice", "alice\r\n", "\u3000alice\u00a0", "alice\u2003"]
)
def test_a19_surrounding_space_makes_no_difference(variant: str) -> None:
    """Space of any kind around the name is not part of it."""
    assert canonical(variant) == "alice"


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
@pytest.mark.parametrize("place", ["{}alice", "al{}ice", "alice{}", " {} alice {} "])
def test_a19_invisible_characters_make_no_difference(character: str, place: str) -> None:
    """An invisible character anywhere in the name opens no new counter."""
    assert canonical(place.replace("{}", character)) == "alice"


def test_a19_exactly_what_unicode_calls_invisible_is_removed() -> None:
    """On all planes controls, formats, surrogates, separators and default ignorables go, and nothing else."""
    categories = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    expected = {text for text in all_code_points() if category(text) in categories} | default_ignorable()
    removed = {text for text in all_code_points() if canonical(f"a{text}b") == "ab"}

    assert sorted(map(ascii, removed ^ expected)) == []


def test_a19_space_inside_a_name_is_kept() -> None:
    """A visible gap inside the name belongs to it: 'ann lee' and 'annlee' are two people."""
    assert canonical(" Ann\u00a0Lee ") == "ann lee"


@pytest.mark.parametrize(
    ("variant", "plain"),
    [
        ("\uff21\uff4c\uff49\uff43\uff45", "alice"),
        ("\u1d43lice", "alice"),
        ("\u212aelvin", "kelvin"),
        ("stra\u00dfe", "strasse"),
        ("STRA\u1e9eE", "strasse"),
        ("jose\u0301", "jos\u00e9"),
        ("JOSE\u0301", "jos\u00e9"),
        ("e\u200b\u0301ric", "\u00e9ric"),
        ("\ufb01lip", "filip"),
        ("alice\uff20example\uff0ecom", "alice@example.com"),
        ("\u24d0lice", "alice"),
    ],
    ids=ascii,
)
def test_a20_compatibility_forms_share_one_counter(variant: str, plain: str) -> None:
    """Full-width, superscript, ligature, sharp s and combining spellings are one name with the plain one."""
    assert canonical(variant) == canonical(plain) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u0430lice", "alice"),
        ("al\u0131ce", "alice"),
        ("AL\u0130CE", "alice"),
        ("jos\u00e9", "jose"),
        ("a:b", "ab"),
    ],
    ids=ascii,
)
def test_a20_letters_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    """Cyrillic a, dotless i and accented letters are other people's names."""
    assert canonical(one) != canonical(other)


@given(MIXED_TEXT | ANY_TEXT)
@example("\u0390" * 100)
@example("\u0345\u0301")
@example("\u00b4a\u200b\u0301")
@example("\ufdfa" * 17)
def test_a20_the_canonical_form_is_its_own_canonical_form(identifier: str) -> None:
    """Canonicalising twice gives what once gave, for every string."""
    once = canonical(identifier)

    assert once is None or canonical(once) == once


def test_a20_every_code_point_that_a_step_changes_settles() -> None:
    """On all planes, alone and before an accent, the canonical form is a fixed point."""
    changing = [
        text for text in all_code_points() if normalize("NFKC", text) != text or text.casefold() != text
    ]
    forms = [canonical(text) for character in changing for text in (character, f"{character}\u0301")]

    assert [form for form in forms if form is not None and canonical(form) != form] == []


@given(MIXED_TEXT)
def test_a20_case_of_the_whole_name_makes_no_difference(identifier: str) -> None:
    """Casefolding or normalising what the user typed leads to the same counter."""
    assert canonical(normalize("NFKC", identifier)) == canonical(identifier)
    assert canonical(normalize("NFD", identifier)) == canonical(identifier)


@given(PRINTABLE_ASCII)
def test_plain_ascii_takes_a_short_way_to_the_same_form(identifier: str) -> None:
    """The fast path for ASCII gives what the full pipeline gives."""
    assert canonical(identifier) == canonical(f"{identifier}\u200b")


@pytest.mark.parametrize("alias", ["alice+1@example.com", "a.lice@example.com"])
def test_a21_mailbox_aliases_are_not_folded(alias: str) -> None:
    """Plus-addresses and dots stay apart, or one user could lock another."""
    assert canonical(alias) == alias != canonical("alice@example.com")


def test_a22_the_longest_legal_identifier_is_counted() -> None:
    """320 code points, the longest e-mail address, have a canonical form."""
    assert canonical("A" * MAX_IDENTIFIER) == "a" * 320
    assert canonical("\u00c9" * MAX_IDENTIFIER) == "\u00e9" * 320


@pytest.mark.parametrize(
    "identifier",
    ["a" * 321, "\u200b" * 320 + "a", " " * 320 + "a", "\ufdfa" * 1_000_000],
    ids=["letters", "invisible", "spaces", "bomb"],
)
def test_a22_length_is_capped_before_anything_is_normalised(identifier: str) -> None:
    """Longer than the cap is refused even where normalising would shorten it."""
    assert canonical(identifier) is None


@pytest.mark.parametrize("identifier", ["\ufdfa" * 320, "\u00df" * 161], ids=ascii)
def test_a22_an_identifier_that_grows_past_the_cap_is_refused(identifier: str) -> None:
    """A normalisation bomb has no canonical form, so nothing larger than the cap leaves."""
    assert canonical(identifier) is None


def test_a22_no_code_point_grows_more_than_eighteenfold() -> None:
    """The bound on the work that the documentation states is the one Unicode has."""
    assert max(len(normalize("NFKC", character)) for character in all_code_points()) == 18


@pytest.mark.parametrize(
    "identifier", ["", " ", "\t\r\n", "\u200b", "\ufeff\u00ad", "\u3164", " \x00 ", "\ud800"], ids=ascii
)
def test_a23_nothing_usable_names_nobody(identifier: str) -> None:
    """Empty, blank and invisible identifiers give None, never a key that all of them share."""
    assert canonical(identifier) is None


@given(ANY_TEXT)
@example("alice\ud800")
@example("\udfff\ud800")
def test_a76_the_canonical_form_always_encodes(identifier: str) -> None:
    """Surrogates never survive: the result encodes as UTF-8, is short, and nothing raises."""
    form = canonical(identifier)

    assert form is None or (form.encode().decode() == form and 0 < len(form) <= MAX_IDENTIFIER)
