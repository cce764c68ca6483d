"""Claims about dates and years."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.estimate.dates import date_matches
from authguard_core.passwords.findings import Code


def found(text: str) -> set[str]:
    return {text[match.start : match.end] for match in date_matches(text)}


def cost(text: str) -> float:
    return min(match.cost for match in date_matches(text) if match.end - match.start == len(text))


@pytest.mark.parametrize(
    "text",
    [
        "13/3/1997",
        "3-13-1997",
        "1997-03-13",
        "13.03.97",
        "3 13 97",
        "97_3_13",
        "31\\12\\2049",
        "1/1/00",
        "1.1.50",
    ],
)
def test_a_date_with_separators_is_found(text: str) -> None:
    """Day, month and year in each order that people write, the year in two digits or in four."""
    assert text in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "13/3-1997",
        "32/1/1997",
        "13/13/1997",
        "0/1/1997",
        "1/0/97",
        "1/1/1899",
        "1/1/2050",
        "1/1/199",
        "1/1/",
        "//",
    ],
)
def test_what_can_be_no_date_is_not_found(text: str) -> None:
    """Two separators, days and months that there aren't, and years far away."""
    assert text not in found(text)


@pytest.mark.parametrize(
    "text", ["1997", "2024", "1900", "2049", "3112", "1231", "130397", "970313", "031397", "199713",
             "13031997", "03131997", "19970313", "19971303"]
)  # fmt: skip
def test_a_date_without_separators_is_found(text: str) -> None:
    """A year, a day of a year, and day, month and year together."""
    assert text in found(text)


@pytest.mark.parametrize(
    "text",
    ["", "199", "19", "9999", "1850", "0000", "1332", "999999", "321399", "99999999", "19971399", "1997031"],
)
def test_other_digits_are_none(text: str) -> None:
    """Too few, too many, or nothing that the calendar knows."""
    assert text not in found(text)


def test_a_date_within_a_password_is_found() -> None:
    """Whatever stands around it, digits too."""
    assert "1997" in found("hello1997!")
    assert "13.3.1997" in found("born13.3.1997ok")
    assert "19970313" in found("5199703139")


def test_the_reason_is_told() -> None:
    """With separators or without, it is called a date."""
    assert {match.codes for match in date_matches("2024 and 1.2.2024")} == {(Code.DATE,)}


def test_more_that_must_be_known_costs_more() -> None:
    """A year costs least, then a day of a year, then a whole date, then one with separators."""
    year, day, date, separated = map(cost, ("1997", "3112", "31121997", "31.12.1997"))
    assert year < day < date < separated


def test_a_year_far_away_costs_more() -> None:
    """Years are tried from the middle on; those around the middle cost the same."""
    assert cost("1990") == cost("2010") < cost("2045") < cost("1905")


def test_two_readings_cost_what_the_nearer_one_does() -> None:
    """Six digits may begin with the year or end with it: the attacker who reads right is reckoned with."""
    assert cost("010203") <= cost("311203")
    assert cost("201299") == cost("991220")


def test_a_year_of_two_digits_is_the_one_that_people_mean() -> None:
    """From 50 on of the century before, below of this one: both as far away as if written out."""
    assert cost("1.2.55") == cost("1.2.1955")
    assert cost("1.2.35") == cost("1.2.2035")


@given(st.text(st.sampled_from("0123456789./- ") | st.characters(codec=None), max_size=60))
def test_whatever_comes_dates_stand_in_digits(text: str) -> None:
    """A match begins and ends with a digit, has 4 to 10 characters, and costs less than its digits."""
    for match in date_matches(text):
        part = text[match.start : match.end]
        assert part[0] in "0123456789"
        assert part[-1] in "0123456789"
        assert 4 <= len(part) <= 10
        assert 0 < match.cost < 6


@given(st.text("0123456789", max_size=128))
def test_a74_there_are_at_most_three_dates_at_a_place(digits: str) -> None:
    """So what follows from them is linear, however many digits come."""
    starts = [match.start for match in date_matches(digits)]
    assert all(starts.count(start) <= 3 for start in starts)
