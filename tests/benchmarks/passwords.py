"""The meters beside which the password policy is measured, what they are asked, and how.

``zxcvbn`` is the port to Python, ``zxcvbn-rs-py`` the one to Rust with its binding. A peer is called as its
documentation shows.
"""

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from zxcvbn import zxcvbn
from zxcvbn_rs_py import zxcvbn as zxcvbn_rs

from authguard_core.passwords import PasswordPolicy
from tests.benchmarks.harness import cpu_seconds, rotated

__all__ = ["HOSTILE", "METERS", "TYPICAL", "Load", "adversarial", "load_of", "seconds_of", "typical"]

Meter = Callable[[str], float]
"""Says of a password how many guesses it takes, as a decimal logarithm."""

POLICY: Final = PasswordPolicy()


def _ours(password: str) -> float:
    return POLICY.check(password).guesses_log10


def _python(password: str) -> float:
    return float(zxcvbn(password)["guesses_log10"])


def _rust(password: str) -> float:
    return zxcvbn_rs(password).guesses_log10


METERS: Final[Mapping[str, Meter]] = {"authguard": _ours, "zxcvbn": _python, "zxcvbn-rs-py": _rust}

TYPICAL: Final = (
    *("password123", "Qwerty2024!", "iloveyou2", "monkey1987", "Summer2023!", "letmein99", "P@ssw0rd1"),
    *("dragon12345", "football1!", "sunshine77", "princess2010", "Welcome123", "michael1990", "jessica!!"),
    *("charlie07", "basketball23", "superman88", "hunter2hunter2", "trustno1trustno1", "abc123456789"),
    *("1q2w3e4r5t6y", "zaq12wsxcde3", "19031985", "123456789012", "qwertyuiop12", "correcthorsebattery"),
    *("tiger-salmon-cup", "purple.bucket.42", "winter-garden-7", "mydogisbrown", "BlueRiver#58", "Xk7#pQ2v"),
    *("Gx4!vB8@nM2q", "hT9wLz3RkQ7s", "oakleaf_1974", "annaundpeter99", "m4rg4r1t4!", "t0mato$oup"),
    *("pizzaFriday13", "S3cur1ty_2022"),
)
"""Forty of 8 to 20 characters, of the kinds that people choose, and some that a manager makes."""


def typical(rounds: int) -> dict[str, list[list[float]]]:
    """Return for every meter and round the seconds that each of the typical passwords took."""
    taken: dict[str, list[list[float]]] = {name: [] for name in METERS}
    for name in (*METERS, *rotated(list(METERS), rounds)):
        taken[name].append([seconds_of(METERS[name], password) for password in TYPICAL])
    return {name: each[1:] for name, each in taken.items()}  # in the first one something is still loaded


def seconds_of(meter: Meter, password: str) -> float:
    """Return the seconds of CPU time that a call takes."""
    return cpu_seconds(lambda: meter(password))


# What makes a meter slow

LENGTHS: Final = (64, 72, 128)
REFUSED_FROM: Final = {"zxcvbn": 73}
"""Characters from which on a peer raises."""
PATIENCE: Final = 0.3
MOST_CALLS: Final = 9


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda length: (unit * length)[:length]


def _chosen(alphabet: str) -> Callable[[int], str]:
    return lambda length: "".join(random.Random(1).choices(alphabet, k=length))


def _within_ones(length: int) -> str:
    return "4310$7aeiost1!4@".center(length, "1")


HOSTILE: Final[Mapping[str, Callable[[int], str]]] = {
    "signs for letters": _repeated("4@8({[</369&#!1/|0$5+7%2/4@"),
    "random signs and letters": _chosen("4310$7aeiost1!"),
    "random digits": _chosen("0123456789"),
    "random printable": _chosen("".join(map(chr, range(33, 127)))),
    "`a1` repeated": _repeated("a1"),
    "`a` repeated": _repeated("a"),
    "`password` repeated": _repeated("password"),
    "words": _repeated("correct horse battery staple "),
    "mixed scripts": _repeated("пищи漢字かな1990qwerty"),
    "a word among ones": _within_ones,
}


def adversarial(meter: str, password: str) -> float | None:
    """Return the median of the seconds that a hostile password takes; None where the peer refuses it.

    What takes long is asked once.
    """
    if len(password) >= REFUSED_FROM.get(meter, sys.maxsize):
        return None
    taken = [seconds_of(METERS[meter], password)]
    while len(taken) < MOST_CALLS and sum(taken) < PATIENCE:
        taken.append(seconds_of(METERS[meter], password))
    return statistics.median(taken)


# What it costs to begin

PROGRAM: Final = """
import json, time
def resident():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * 4096
marks, sizes = [], []
def mark():
    marks.append(time.process_time())
    sizes.append(resident())
mark()
{imports}
mark()
{first}
mark()
print(json.dumps([marks[1] - marks[0], marks[2] - marks[1], sizes[2] - sizes[0]]))
"""
STARTS: Final[Mapping[str, tuple[str, str]]] = {
    "authguard": (
        "from authguard_core.passwords import PasswordPolicy",
        "PasswordPolicy().check('tiger-salmon-cup')",
    ),
    "zxcvbn": ("from zxcvbn import zxcvbn", "zxcvbn('tiger-salmon-cup')"),
    "zxcvbn-rs-py": ("from zxcvbn_rs_py import zxcvbn", "zxcvbn('tiger-salmon-cup')"),
}
OPENING: Final = (
    "from authguard_core.passwords.lists.files import common_passwords",
    "common_passwords()",
)
"""The list of common passwords alone."""


class Load(NamedTuple):
    """What a fresh interpreter spent."""

    importing: float
    """Seconds."""
    first: float
    """Seconds of the first call, with what it is made of."""
    resident: float
    """Bytes added by both, those of a mapped file that were touched included."""


def load_of(start: Sequence[str], rounds: int) -> Load:
    """Begin so many times in a process of its own; return the medians."""
    imports, first = start
    paths = os.pathsep.join(path for path in sys.path if path)
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", PROGRAM.format(imports=imports, first=first)],
                check=True,
                capture_output=True,
                text=True,
                env={**os.environ, "PYTHONPATH": paths},
            ).stdout
        )
        for _ in range(rounds)
    ]
    return Load(*(statistics.median(each) for each in zip(*found, strict=True)))
