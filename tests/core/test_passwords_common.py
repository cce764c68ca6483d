"""Claims about common passwords in another dress."""

from math import log10

import pytest

from authguard_core.passwords import Code
from authguard_core.passwords.common import Listed, nearest_listed
from authguard_core.passwords.estimate.estimator import Patterns
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.folding import fold_each
from authguard_core.passwords.lists.files import common_passwords, common_words
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack

LISTED = PackedList(
    pack([("sunflower", 8), ("level", 4), ("gfhjkm", 2), ("river7stone", 16), ("zoe", 1_000)])
)
SIEVE = Sieve((common_passwords(), common_words()))


def nearest(password: str) -> Listed | None:
    folded = fold_each(password)
    return nearest_listed(password, folded, LISTED, Patterns(password, folded, SIEVE))


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
    ],
)
def test_a_form_of_a_listed_password_is_that_password(password: str, codes: tuple[Code, ...]) -> None:
    """Case, width, direction, repetition, signs for letters, another layout: all are tried next."""
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


def test_of_several_ways_the_cheapest_counts() -> None:
    """A palindrome is reversed into itself; nobody pays for that."""
    found = nearest("level")
    assert found == Listed(pytest.approx(log10(4)), ())
