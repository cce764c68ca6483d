"""The numbers on the page of promises are what the guard does."""

import pytest

from tests.docs.attackers import DAY, HOUR, LIMIT, WINDOW, World, at_the_owner, attack, best_plan, planned
from tests.docs.blocks import read_blocks
from tests.docs.bounds import CAP, PAGE, render


@pytest.fixture(scope="module")
def reckoned() -> dict[str, str]:
    """What the attackers reach now."""
    return render()


@pytest.mark.parametrize("name", sorted(read_blocks(PAGE)))
def test_the_page_says_what_the_guard_does(name: str, reckoned: dict[str, str]) -> None:
    """Every table of the page is what attackers reach; ``python -m tests.docs.bounds`` writes it anew."""
    assert read_blocks(PAGE)[name] == reckoned[name]


def test_every_number_that_is_reckoned_is_on_the_page(reckoned: dict[str, str]) -> None:
    """No table is reckoned and then left out."""
    assert read_blocks(PAGE).keys() == reckoned.keys()


@pytest.mark.parametrize("seconds", [HOUR, DAY])
def test_the_best_plan_never_passes_the_promised_bound(seconds: int) -> None:
    """Whatever the plan, no window holds more than the limit, so an hour holds at most four times as many."""
    made, plan = best_plan(seconds)
    found = attack(World(failure_cap="off"), at_the_owner, seconds, pace=planned(plan))
    assert found.most_within(WINDOW) == LIMIT
    assert made == len(found.times) < seconds // WINDOW * LIMIT


def test_a06_the_best_plan_ends_at_the_cap() -> None:
    """A hundred consecutive failures, and then nothing for as long as one cares to wait."""
    found = attack(World(), at_the_owner, 30 * DAY, pace=planned(best_plan(DAY)[1]))
    assert len(found.times) == CAP


def test_a_year_of_the_cap_is_no_more_than_the_page_says(reckoned: dict[str, str]) -> None:
    """An owner who signs in daily leaves a hundred guesses a day to every attacker: the odds' year."""
    a_day = {row.split("|")[-2].strip() for row in reckoned["account"].splitlines()[2:]}
    assert a_day == {str(CAP)}


def test_six_digits_withstand_the_cap(reckoned: dict[str, str]) -> None:
    """A hundred guesses at a code of six digits hit with a chance of one in ten thousand."""
    (row,) = [line for line in reckoned["odds"].splitlines() if "6 digits" in line]
    assert row.split("|")[3].split() == ["0.01", "%"]
