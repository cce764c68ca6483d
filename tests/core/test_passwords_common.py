"""Claims about common passwords in another dress."""

from math import log10

import pytest

from authguard_core.passwords import Code
from authguard_core.passwords.common import Listed, as_listed, nearest_listed
from authguard_core.passwords.estimate.estimator import Patterns
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.folding import fold_each
from authguard_core.passwords.lists.files import common_words
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack

LISTED = PackedList(
    pack([("sunflower", 8), ("level", 4), ("gfhjkm", 2), ("river7stone", 16), ("zoe", 1_000)])
)
SIEVE = Sieve(common_words())


def nearest(password: str) -> Listed | None:
    folded = fold_each(password)
    listed = as_listed(password, LISTED)
    return listed or nearest_listed(password, folded, LISTED, Patterns(password, folded, SIEVE))


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("sunflower", ()),
        ("SunFlower", ()),
        ("\uff53\uff55\uff4e\uff46\uff4c\uff4f\uff57\uff45\uff52", ()),
        ("rewolfnus", (Code.REVERSED,)),
        ("sunflowersunflower", (Code.REPEATED,)),
        ("sunflower" * 5, (Code.REPEATED,)),
        ("5unfl0w3r", (Code.SUBSTITUTION,)),
        ("r3w0lfnu$", (Code.SUBSTITUTION, Code.REVERSED)),
        ("пароль", ()),
        ("river7stone", ()),
        ("s-u-n-f-l-o-w-e-r", ()),
        ("ssuunnfflloowweerr", (Code.REPEATED,)),
        ("river&stone", ()),
    ],
)
def test_a_form_of_a_listed_password_is_that_password(password: str, codes: tuple[Code, ...]) -> None:
    """Case, width, direction, repetition, spaces, signs, another layout, the shift key are tried next."""
    found = nearest(password)
    assert found is not None
    assert found.codes == codes


@pytest.mark.parametrize(
    "password", ["sunflower1", "1sunflower", "!!sunflower!!", "sunflower2024", "5unflower99"]
)
def test_digits_and_signs_around_it_make_no_other_password(password: str) -> None:
    """As long as they are easy to guess themselves."""
    assert nearest(password) is not None


@pytest.mark.parametrize("password", ["sunflower#8Kq!2vX9", "98!!37#$zoe99&&1#37", "sunflowerseed", "xyzzy"])
def test_what_is_hard_to_guess_around_it_makes_another_password(password: str) -> None:
    """A listed word in it blocks nothing (NIST SP 800-63B-4, 3.1.1.2: not substrings)."""
    assert nearest(password) is None


def test_the_cost_is_that_of_the_rank_and_of_each_change() -> None:
    """A listed password costs its rank, a change at least as much as a choice of two."""
    plain, reversed_ = nearest("sunflower"), nearest("rewolfnus")
    assert plain is not None
    assert reversed_ is not None
    assert plain.cost == pytest.approx(log10(8))
    assert reversed_.cost == pytest.approx(log10(16))


def test_no_spelling_in_capitals_makes_a_listed_password_hard_to_guess() -> None:
    """A few spellings of each are tried; who mixes more is still in the list."""
    found = as_listed("sUnFlOwEr", LISTED)
    assert found is not None
    assert found.cost == pytest.approx(log10(8 * 4))


def test_a_breached_password_is_looked_up_as_it_was_typed() -> None:
    """Lists of digests know capitals."""
    assert as_listed("Sunflower", PackedList(pack([("Sunflower", 8)]))) is not None


def test_of_several_ways_the_cheapest_counts() -> None:
    """A palindrome is reversed into itself; nobody pays for that."""
    found = nearest("level")
    assert found is not None
    assert found.cost == pytest.approx(log10(4))
    assert found.codes == ()
