"""Dates and years: numbers that people know by heart, and others know of them."""

import re
from collections.abc import Iterator
from math import log10
from typing import Final

from authguard_core.passwords.estimate.matches import Match
from authguard_core.passwords.findings import Code

__all__ = ["date_matches"]

_DAYS: Final = 365
_MIDDLE: Final = 2000
"""Birthdays and years of passwords lie around it. A constant, since a pure module knows no clock."""
_LEAST_SPAN: Final = 20
_SEPARATED: Final = re.compile(r"(?=(([0-9]{1,4})([ \-/\\_.])([0-9]{1,2})\3([0-9]{1,4})))")
_BARE: Final = re.compile(r"(?=([0-9]{4,8}))")
_SEPARATOR_COST: Final = log10(4)
_SPLITS: Final = {
    6: ((2, 4), (4, 5)),
    8: ((2, 4), (4, 6)),
}
"""Where digits without separators may part, by their number."""
_CODES: Final = (Code.DATE,)


def date_matches(text: str) -> Iterator[Match]:
    """Yield dates with and without separators, days of a year, and years."""
    for found in _SEPARATED.finditer(text):
        whole, first, _, second, third = found.groups()
        span = _span((int(first), int(second), int(third)))
        if span:
            start = found.start()
            yield Match(start, start + len(whole), log10(_DAYS * span) + _SEPARATOR_COST, _CODES)
    for found in _BARE.finditer(text):
        digits = found[1]
        for length in range(4, len(digits) + 1, 2):
            cost = _bare_cost(digits[:length])
            if cost:
                yield Match(found.start(), found.start() + length, cost, _CODES)


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
