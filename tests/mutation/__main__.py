"""Mutation testing: changes one thing in a module at a time, and fails when its tests don't notice.

Run by ``nox -s mutation``; arguments narrow it down: ``nox -s mutation -- keys clientip``. It fails when less
than nine in ten mutants of a module are killed, or when one lives on that ``survivors.toml`` doesn't explain.
By default it tries some of each module's mutants, the same ones each time; ``-- --all`` tries every one.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.mutation.engine import check_clean, mutate_functions, prepared
from tests.mutation.scores import Score, report, scored
from tests.mutation.subjects import Subject, chosen
from tests.mutation.survivors import explanations
from tests.mutation.tables import mutate_tables

SAMPLE: Final = 50
"""How many mutants of a module's functions, and of its tables, a run tries by default."""


def tested(subject: Subject, work: Path, most: int | None) -> Score:
    """Test all mutants of one module, or at most so many of its functions and of its tables."""
    started = time.monotonic()
    tree = prepared(subject, work)
    check_clean(subject, tree)
    results = [mutate_functions(subject, tree, most), mutate_tables(subject, tree, most)]
    survivors = [mutant for result in results for mutant in result.survivors]
    total = sum(result.total for result in results)
    explained = explanations().get(subject.name, {})
    if most is not None:
        explained = {text: why for text, why in explained.items() if text in map(str, survivors)}
    return scored(subject.name, total, survivors, explained, time.monotonic() - started)


def arguments(given: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="nox -s mutation --", description=__doc__)
    parser.add_argument("modules", nargs="*", help="names such as keys or counting_rules; all without any")
    parser.add_argument("--all", action="store_true", help=f"every mutant, in place of {SAMPLE} and {SAMPLE}")
    parser.add_argument("--work", type=Path, help="where to work, and to go on the next time")
    return parser.parse_args(given)


def main(given: list[str]) -> int:
    """Test the modules that were asked for."""
    options = arguments(given)
    with tempfile.TemporaryDirectory() as scratch:
        work = (options.work or Path(scratch)).resolve()
        scores: list[Score] = []
        for subject in chosen(options.modules):
            print(f"{subject.name} ...", flush=True)
            scores.append(tested(subject, work, None if options.all else SAMPLE))
    report(scores)
    return 0 if all(one.is_enough for one in scores) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (LookupError, RuntimeError) as error:
        sys.exit(str(error))
