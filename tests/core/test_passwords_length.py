"""Claims about length: code points after NFC, nothing cut, bounded work."""

from typing import Any, cast

import pytest

from authguard_core import ConfigurationError
from authguard_core.passwords import Code, Finding
from authguard_core.passwords.length import Length

LENGTH = Length(minimum=15, maximum=128)
BCRYPT = Length(minimum=8, maximum=128, truncates_at=72)
ACCENTED = "e\u0301"
"""One character to its reader, two code points until it is composed."""


def codes(length: Length, password: str, minimum: int | None = None) -> list[Code]:
    text = length.compose(password)
    if isinstance(text, Finding):
        return [text.code]
    return [
        finding.code
        for finding in length.findings(password, text, length.minimum if minimum is None else minimum)
    ]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("x" * 14, [Code.TOO_SHORT]),
        ("x" * 15, []),
        ("x" * 128, []),
        ("x" * 129, [Code.TOO_LONG]),
        ("\U0001f511" * 15, []),
        ("\U0001f511" * 128, []),
        ("", [Code.TOO_SHORT]),
    ],
    ids=["14", "15", "128", "129", "15 keys", "128 keys", "none"],
)
def test_each_code_point_counts_as_one_character(password: str, expected: list[Code]) -> None:
    """NIST SP 800-63B-4, 3.1.1.2, however many bytes it takes."""
    assert codes(LENGTH, password) == expected


def test_a_password_is_composed_before_it_is_counted() -> None:
    """The same password has the same length whichever keyboard made it."""
    assert codes(LENGTH, ACCENTED * 14) == [Code.TOO_SHORT]
    assert codes(LENGTH, ACCENTED * 128) == []
    assert LENGTH.compose(ACCENTED) == "\u00e9"


def test_compatibility_forms_stay_as_they_are() -> None:
    """NFC, not NFKC: a full-width letter is not the letter when it is verified."""
    assert LENGTH.compose("\uff50") == "\uff50"


def test_with_a_second_factor_the_minimum_is_the_callers() -> None:
    """Eight characters in place of fifteen."""
    assert codes(LENGTH, "x" * 8, minimum=8) == []


def test_a71_a_huge_password_is_refused_before_it_is_composed() -> None:
    """Composing is where the work would be (CVE-2023-46695)."""
    huge = Length(minimum=15, maximum=128, most_bytes=10**9)
    assert codes(huge, "\u0344" * 10**6) == [Code.TOO_LONG]


def test_a71_bytes_are_capped_too() -> None:
    """What the hasher doesn't take is refused whatever its length, and the bound is told in bytes."""
    narrow = Length(minimum=8, maximum=128, most_bytes=64)
    refusal = narrow.compose("\U0001f511" * 17)
    assert isinstance(refusal, Finding)
    assert (refusal.code, refusal.blocks, refusal.params) == (Code.TRUNCATED, True, {"maximum": 64})
    assert codes(narrow, "\U0001f511" * 16) == []


@pytest.mark.parametrize("half", ["\ud800", "tiger \udfff salmon", "a long enough passphrase\udc80"])
def test_half_a_surrogate_pair_is_no_text(half: str) -> None:
    """It can't be encoded, so it can't be hashed; nothing raises."""
    assert codes(LENGTH, half) == [Code.UNUSABLE]


def test_a72_two_passwords_that_bcrypt_takes_for_one_are_refused() -> None:
    """It reads 72 bytes. In bytes, not characters: 24 keys are 96."""
    assert codes(BCRYPT, "x" * 72) == []
    assert codes(BCRYPT, "x" * 73) == [Code.TRUNCATED]
    assert codes(BCRYPT, "\U0001f511" * 19) == [Code.TRUNCATED]


def test_a72_a_nul_at_which_bcrypt_stops_is_refused() -> None:
    """Whatever follows it would not be verified. To shorten it wouldn't help, so nothing says so."""
    assert codes(BCRYPT, "tiger salmon\0bucket winter") == [Code.UNUSABLE]
    assert codes(BCRYPT, "\0" + "x" * 72) == [Code.UNUSABLE]


def test_a72_a_hash_that_reads_everything_takes_both() -> None:
    """Argon2id has no such bound, so none is reported."""
    assert codes(LENGTH, "x" * 73) == []
    assert codes(LENGTH, "tiger salmon\0bucket winter") == []


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 128), (-1, 128), (200, 128)])
def test_bounds_that_no_password_meets_are_refused(minimum: int, maximum: int) -> None:
    """When the policy is made."""
    with pytest.raises(
        ConfigurationError, match=rf"min_length: got {minimum}, expected 1 to max_length, 128"
    ):
        Length(minimum=minimum, maximum=maximum)


BOUNDS = {"minimum": 8, "maximum": 128, "most_bytes": 4_096, "truncates_at": 72}
SHOWN = {"minimum": "min_length", "maximum": "max_length"}


@pytest.mark.parametrize("name", ["most_bytes", "truncates_at"])
@pytest.mark.parametrize("value", [0, -1])
def test_a_bound_in_bytes_that_no_password_meets_is_refused(name: str, value: int) -> None:
    """One byte is the least that a hash can read."""
    with pytest.raises(ConfigurationError, match=rf"^{name}: got {value}, expected at least 1"):
        Length(**{**BOUNDS, name: value})
    assert getattr(Length(**{**BOUNDS, name: 1}), name) == 1


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", [True, 72.0, "72"])
def test_a_bound_that_is_no_whole_number_is_refused(name: str, value: object) -> None:
    """When the policy is made, not at the first password."""
    shown = SHOWN.get(name, name)
    with pytest.raises(ConfigurationError, match=rf"^{shown}: got {value!r}, expected a whole number"):
        Length(**cast("dict[str, Any]", {**BOUNDS, name: value}))


def test_a72_what_is_cut_before_or_after_composing_is_refused() -> None:
    """Some applications hash what they got, others its NFC."""
    assert codes(BCRYPT, ACCENTED * 30) == [Code.TRUNCATED]


@pytest.mark.parametrize(("minimum", "least"), [(15, 8), (8, 8), (6, 6)])
def test_beside_a_second_factor_eight_characters_are_enough(minimum: int, least: int) -> None:
    """NIST SP 800-63B-4, 3.1.1.2, and never more than without one."""
    length = Length(minimum=minimum, maximum=128)
    assert length.least(second_factor=True) == least
    assert length.least(second_factor=False) == minimum
