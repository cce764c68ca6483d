"""Claims about shapes: what is easy to guess whatever it spells."""

import pytest

from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.estimate.shapes import farthest, shape_of, shapes_of
from authguard_core.passwords.findings import Code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("qwertyuiop", Code.KEYBOARD_WALK),
        ("abcdefgh", Code.SEQUENCE),
        ("13.03.1997", Code.DATE),
        ("monkeymonkey", Code.REPEATED),
        ("aaaaaaaa", Code.REPEATED),
    ],
)
def test_the_shape_of_a_password_is_named(text: str, code: Code) -> None:
    """Where it makes up most of it."""
    assert code in shape_of(text)


@pytest.mark.parametrize("text", ["monkey", "monkey12", "", "x", "dragon123abc"])
def test_a_part_is_not_the_shape_of_the_whole(text: str) -> None:
    """A few digits after a word don't make it a sequence."""
    assert shape_of(text) == ()


def test_a_row_of_digits_is_first_of_all_a_sequence() -> None:
    """It is a walk on the keyboard, too."""
    assert shape_of("123456") == (Code.SEQUENCE, Code.KEYBOARD_WALK)
    assert next(shapes_of("123456")).codes == (Code.SEQUENCE,)


def test_of_the_shapes_before_a_place_the_one_counts_that_reaches_farthest() -> None:
    """Begun there or earlier; the first of two that reach equally far."""
    short, long, equal, late = Match(0, 3, 1.0), Match(1, 6, 1.0), Match(1, 6, 2.0), Match(2, 4, 1.0)
    assert farthest([short, long, equal, late], 4) == [short, long, long, long]
    assert farthest([late], 4) == [None, None, late, late]
    assert farthest([], 2) == [None, None]
