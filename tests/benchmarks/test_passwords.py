"""The password policy beside the ports of zxcvbn: typical passwords, hostile ones, and the beginning."""

import statistics
from pathlib import Path

import pytest

from authguard_core.passwords.lists.files import common_passwords
from tests.benchmarks.harness import cpu_seconds, interleave, median_ratio
from tests.benchmarks.passwords import (
    HOSTILE,
    LENGTHS,
    METERS,
    OPENING,
    STARTS,
    TYPICAL,
    adversarial,
    load_of,
    typical,
)
from tests.benchmarks.report import TIMES, Report, Target, named

ROUNDS = 11
LOADS = 7
LOOK_UPS = 2_000
OURS, PYTHON = "authguard", "zxcvbn"


def test_typical_passwords_beside_the_peers(report: Report) -> None:
    """What a password of the kind that people choose costs, and how much more it costs the peers."""
    assert len(TYPICAL) == 40
    assert all(8 <= len(password) <= 20 for password in TYPICAL)
    taken = typical(ROUNDS)
    totals = {name: [sum(each) for each in rounds] for name, rounds in taken.items()}
    medians = {
        name: [statistics.median(one) * 1e6 for one in zip(*rounds, strict=True)]
        for name, rounds in taken.items()
    }
    rows = [
        (
            named(name),
            f"{statistics.median(medians[name]):.0f}",
            f"{max(medians[name]):.0f}",
            f"{median_ratio(totals[name], totals[OURS]):.2f}",
        )
        for name in METERS
    ]
    head = ("40 passwords of 8 to 20 characters", "µs, median", "µs, most", f"{TIMES} authguard")
    report.add_table("passwords-typical", head, rows)
    report.targets += [
        Target("a typical password", 1, "ms", statistics.median(medians[OURS]) / 1e3),
        Target(
            "a typical password, beside zxcvbn (Python)",
            0.2,
            TIMES,
            median_ratio(totals[OURS], totals[PYTHON]),
        ),
    ]


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return "refused"
    return f"{seconds * 1e3:.1f}" if seconds < 1 else f"{seconds * 1e3:,.0f}"


def test_hostile_passwords_beside_the_peers(report: Report) -> None:
    """What passwords cost that were made to be slow, up to the longest that the policy accepts."""
    taken = {
        (kind, name): [adversarial(name, make(length)) for length in LENGTHS]
        for kind, make in HOSTILE.items()
        for name in METERS
    }
    rows = [
        (kind, *(" / ".join(map(_milliseconds, taken[kind, name])) for name in METERS)) for kind in HOSTILE
    ]
    head = (f"ms at {' / '.join(map(str, LENGTHS))} characters", *map(named, METERS))
    report.add_table("passwords-hostile", head, rows)
    ours = (seconds for kind in HOSTILE for seconds in taken[kind, OURS])
    worst = max(seconds for seconds in ours if seconds is not None)
    report.targets.append(Target("the slowest password of up to 128 characters", 5, "ms", worst * 1e3))


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the resident set is read as Linux tells it"
)
def test_beginning_beside_the_peers(report: Report) -> None:
    """What the first password costs in a fresh interpreter, and what stays in memory."""
    found = {named(name): load_of(start, LOADS) for name, start in STARTS.items()}
    rows = [
        (
            name,
            f"{one.importing * 1e3:.1f}",
            f"{one.first * 1e3:.1f}",
            f"{one.resident / 1e6:.1f}",
        )
        for name, one in found.items()
    ]
    head = ("in a fresh interpreter", "import, ms", "first password, ms", "resident, MB")
    report.add_table("passwords-load", head, rows)
    opened = load_of(OPENING, LOADS)
    report.targets.append(Target("opening the list of common passwords", 1, "ms", opened.first * 1e3))


def test_a_look_up_in_the_list(report: Report) -> None:
    """What it costs to ask for the rank of a password, of those that are listed and of those that aren't."""
    rank = common_passwords().rank
    words = {
        "listed": ["password", "qwerty", "iloveyou", "123456"] * (LOOK_UPS // 4),
        "not listed": [f"tiger-salmon-{number}" for number in range(LOOK_UPS)],
    }
    runs = {
        name: (lambda chosen=chosen: cpu_seconds(lambda: [rank(word) for word in chosen]))
        for name, chosen in words.items()
    }
    taken = {
        name: statistics.median(each) / LOOK_UPS * 1e6
        for name, each in interleave(runs, rounds=ROUNDS).items()
    }
    rows = [(name, f"{microseconds:.1f}") for name, microseconds in taken.items()]
    report.add_table("passwords-look-up", ("a password in the list of common ones", "µs a look-up"), rows)
    report.targets.append(Target("a look-up in the list of common passwords", 5, "µs", max(taken.values())))
