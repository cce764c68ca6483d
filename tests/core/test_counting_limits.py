"""Claims about durations and limits: what is read, what is refused, and what is promised."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.counting.limits import (
    DAY,
    MAX_COUNT,
    MAX_DURATION,
    Limit,
    Rule,
    format_duration,
    parse_duration,
)
from authguard_core.errors import ConfigurationError

DURATIONS = st.integers(min_value=1, max_value=MAX_DURATION)
COUNTS = st.integers(min_value=1, max_value=MAX_COUNT)


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ("250ms", 250),
        ("1s", 1_000),
        ("15m", 900_000),
        ("1h", 3_600_000),
        ("1d", DAY),
        (" 15m ", 900_000),
        (90, 90_000),
        (0.25, 250),
        (timedelta(minutes=15), 900_000),
    ],
)
def test_a_duration_is_read_as_milliseconds(written: str | float | timedelta, milliseconds: int) -> None:
    """Text with a unit, a number of seconds and a timedelta mean the same everywhere."""
    assert parse_duration(written) == milliseconds


@pytest.mark.parametrize(
    "written",
    [
        "",
        "15",
        "m",
        "0s",
        "-1s",
        "1.5h",
        "1 h",
        "1h30m",
        "1w",
        "1mm",
        "1M",
        "\u0661\u0665m",
        "1_000s",
        "3661d",
        "9" * 5_000 + "d",
        0,
        -5,
        0.0001,
        True,
        float("nan"),
        float("inf"),
        10**400,
        timedelta(),
        timedelta(seconds=-1),
        timedelta(days=3_661),
    ],
    ids=lambda written: repr(written)[:40],
)
def test_what_is_no_positive_duration_of_at_most_ten_years_is_refused(
    written: str | float | timedelta,
) -> None:
    """A duration that says nothing clear can't configure anything."""
    with pytest.raises(ConfigurationError, match=r"^LOGIN__LOCK: got .+, expected a positive duration"):
        parse_duration(written, name="LOGIN__LOCK")


@given(DURATIONS)
def test_a_duration_survives_being_written_and_read(milliseconds: int) -> None:
    """What is printed can be pasted back."""
    assert parse_duration(format_duration(milliseconds)) == milliseconds


@pytest.mark.parametrize(
    ("milliseconds", "written"), [(DAY, "1d"), (5_400_000, "90m"), (1_500, "1500ms"), (60_000, "1m")]
)
def test_a_duration_is_written_in_its_largest_whole_unit(milliseconds: int, written: str) -> None:
    """People read 90m, not 5400000ms."""
    assert format_duration(milliseconds) == written


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5/15m", Limit(count=5, window=900_000)),
        (" 30 / 1h ", Limit(count=30, window=3_600_000)),
        ("1000/15m burst 50", Limit(count=1_000, window=900_000, burst=50)),
    ],
)
def test_a_limit_is_read_as_people_write_it(text: str, limit: Limit) -> None:
    """How many, a slash, in how long, and perhaps a burst."""
    assert Limit.parse(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "/15m",
        "5/",
        "five/15m",
        "-5/15m",
        "0/15m",
        "5/0s",
        "5/15",
        "5/15m/2",
        "1.5/15m",
        "\u0665/15m",
        "1000001/15m",
        "5/15m burst",
        "5/15m burst ",
        "5/15m burst x",
        "5/15m burst 0",
        "5/15m burst 1 burst 2",
        "5/15m burst 1000001",
        "2/1ms burst 1",
    ],
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    """A zero, a missing part or another script's digits can't become a limit by accident."""
    with pytest.raises(ConfigurationError, match=r": got .+, expected .+"):
        Limit.parse(text, name="LOGIN__IP_LIMIT")


@pytest.mark.parametrize(
    "numbers",
    [
        {"count": 0, "window": 1},
        {"count": MAX_COUNT + 1, "window": 1},
        {"count": 1, "window": 0},
        {"count": 1, "window": MAX_DURATION + 1},
        {"count": 1, "window": 1, "burst": 0},
    ],
)
def test_a_limit_out_of_range_can_not_be_built(numbers: dict[str, int]) -> None:
    """A limit made in code is held to the same ranges as one that was read."""
    with pytest.raises(ConfigurationError, match=r"^limit (?:count|window|burst): got"):
        Limit(**numbers)


def test_a_token_bucket_faster_than_one_a_millisecond_is_refused() -> None:
    """Its interval would round to a slower rate than the one that was asked for."""
    with pytest.raises(ConfigurationError, match="at most one a millisecond"):
        Limit(count=11, window=10, burst=1)
    assert Limit(count=11, window=10).count == 11


@given(COUNTS, DURATIONS, st.none() | COUNTS)
def test_a_limit_survives_being_written_and_read(count: int, window: int, burst: int | None) -> None:
    """What a limit prints, as text, is the limit."""
    count = min(count, window)
    limit = Limit(count=count, window=window, burst=burst)
    assert Limit.parse(str(limit)) == limit


def test_an_exact_limit_promises_its_count() -> None:
    """The promise names the number and the window."""
    assert Limit.parse("5/15m").bound == "at most 5 in any 15m"


def test_a_token_bucket_admits_that_its_bound_is_weaker() -> None:
    """The promise is the sum of burst and count, and says so."""
    assert Limit.parse("1000/15m burst 50").bound == (
        "at most 1050 in any 15m (token bucket: burst 50 + 1000 a window)"
    )


def test_a_rule_is_a_plain_limit_unless_more_is_asked_for() -> None:
    """Burst, delay, lock and cap are off by default."""
    assert not any(Rule(5, 900_000)[2:])
