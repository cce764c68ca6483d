"""Dates and years: numbers that people know by heart, and others know of them."""

from collections.abc import Iterator
from itertools import groupby, product
from math import log10
from typing import Final

from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.findings import Code

__all__ = ["date_matches"]

_DAYS: Final = 365
_MIDDLE: Final = 2000
"""Birthdays and years of passwords lie around it. A constant, since a pure module knows no clock."""
_LEAST_SPAN: Final = 20
_SEPARATORS: Final = frozenset(" -/\\_.")
_SEPARATOR_COST: Final = log10(4)
_SPLITS: Final = {
    6: ((2, 4), (4, 5)),
    8: ((2, 4), (4, 6)),
}
"""Where digits without separators may part, by their number."""
_LENGTHS: Final = (4, 6, 8)
_FIELDS: Final = (1, 2, 4)
"""How many digits a day, month or year may have."""
_DIGITS: Final = frozenset("0123456789")
_CODES: Final = (Code.DATE,)

Run = tuple[int, int]
"""Where digits begin, and the place after the last one."""


def date_matches(text: str) -> Iterator[Match]:
    """Yield dates with and without separators, days of a year, and years."""
    runs = list(_digit_runs(text))
    for start, end in runs:
        yield from _bare(text[start:end], start)
    for first, second, third in zip(runs, runs[1:], runs[2:], strict=False):
        if _are_joined(text, first, second, third):
            yield from _separated(text, first, second, third)


def _digit_runs(text: str) -> Iterator[Run]:
    """Yield where digits begin and end."""
    start = 0
    for is_digit, run in groupby(text, _DIGITS.__contains__):
        end = start + len(list(run))
        if is_digit:
            yield start, end
        start = end


def _bare(digits: str, offset: int) -> Iterator[Match]:
    for start in range(len(digits)):
        for length in _LENGTHS:
            if start + length <= len(digits) and (cost := _bare_cost(digits[start : start + length])):
                yield Match(offset + start, offset + start + length, cost, _CODES)


def _are_joined(text: str, first: Run, second: Run, third: Run) -> bool:
    """Whether the runs stand beside each other, joined by the same separator, and the second is short."""
    (_, one), (start, end), (last, _) = first, second, third
    joined = one + 1 == start and end + 1 == last and text[one] == text[end]
    return joined and text[end] in _SEPARATORS and end - start <= 2  # noqa: PLR2004 - a day or month


def _separated(text: str, first: Run, second: Run, third: Run) -> Iterator[Match]:
    """Yield the dates around two separators. More digits may stand before and after."""
    middle = int(text[second[0] : second[1]])
    starts = [first[1] - digits for digits in _FIELDS if first[1] - digits >= first[0]]
    ends = [third[0] + digits for digits in _FIELDS if third[0] + digits <= third[1]]
    for start, end in product(starts, ends):
        span = _span((int(text[start : first[1]]), middle, int(text[third[0] : end])))
        if span:
            yield Match(start, end, log10(_DAYS * span) + _SEPARATOR_COST, _CODES)


def _bare_cost(digits: str) -> float:
    """Return the cost of digits that may be a date, 0 if they can't."""
    if len(digits) == 4:  # noqa: PLR2004 - a year, or day and month
        if _is_year(int(digits)):
            return log10(_distance(int(digits)))
        return log10(_DAYS) if _is_day(int(digits[:2]), int(digits[2:])) else 0.0
    spans = [_span((int(digits[:a]), int(digits[a:b]), int(digits[b:]))) for a, b in _SPLITS[len(digits)]]
    span = min(filter(None, spans), default=0)
    return log10(_DAYS * span) if span else 0.0


def _span(numbers: tuple[int, int, int]) -> int:
    """Return how many years come into question if the numbers are a date, else 0."""
    first, second, third = numbers
    spans = [
        _distance(_full(year))
        for year, one, other in ((third, first, second), (first, second, third))
        if _is_year(_full(year)) and _is_day(one, other)
    ]
    return min(spans, default=0)


def _is_day(one: int, other: int) -> bool:
    """Day and month, in either order."""
    low, high = sorted((one, other))
    return 1 <= low <= 12 and high <= 31  # noqa: PLR2004 - months and days


def _full(year: int) -> int:
    return year if year > 99 else 2000 + year if year < 50 else 1900 + year  # noqa: PLR2004 - two digits


def _is_year(year: int) -> bool:
    return 1900 <= year < 2050  # noqa: PLR2004 - of people now alive


def _distance(year: int) -> int:
    return max(abs(year - _MIDDLE), _LEAST_SPAN)
