"""Fuzzing with atheris: looks, guided by coverage, for bytes that break a target's claim.

Run by ``nox -s fuzz``; arguments narrow it down and extend it: ``nox -s fuzz -- --seconds 600 identity``. An
input that breaks a claim, hangs or eats memory fails the run and is printed: give it to the target as a seed.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.fuzz.targets import TARGETS

SECONDS: Final = 20
LONGEST_INPUT: Final = 2_048
LIMITS: Final = ("-timeout=5", "-rss_limit_mb=1024", f"-max_len={LONGEST_INPUT}")
"""Seconds and megabytes that one input may take: the work on any input is bounded."""
SHOWN: Final = ("DONE", "ERROR", "Traceback", "AssertionError")


def fuzzed(name: str, seconds: int, corpus: Path) -> bool:
    """Fuzz one target, and say whether its claim held."""
    with tempfile.TemporaryDirectory() as scratch:
        words = Path(scratch) / "words"
        words.write_text(dictionary(name), encoding="ascii")
        flags = [f"-max_total_time={seconds}", f"-dict={words}", f"-artifact_prefix={scratch}/", *LIMITS]
        fuzzer = [sys.executable, "-m", "tests.fuzz.fuzzer", name, *flags, str(corpus)]
        done = subprocess.run(fuzzer, check=False, capture_output=True, text=True, errors="replace")
        found = [path.read_bytes() for path in Path(scratch).iterdir() if path != words]
    output = f"{done.stdout}{done.stderr}"
    if done.returncode == 0 and not found:
        print(f"{name:<12} {last(output, 'DONE')}")
        return True
    print(output[-6_000:], *(f"{name}: found {data!r}" for data in found), sep="\n")
    return False


def last(output: str, word: str) -> str:
    """Return the last line with a word, in which libFuzzer says how far it came."""
    return next((" ".join(line.split()) for line in reversed(output.splitlines()) if word in line), "")


def dictionary(name: str) -> str:
    """Write the target's words the way libFuzzer reads them."""
    words = ["".join(f"\\x{byte:02x}" for byte in word) for word in TARGETS[name].words]
    return "".join(f'"{word}"\n' for word in words)


def sown(name: str, corpus: Path) -> Path:
    """Return the target's corpus, which holds its seeds at least."""
    own = corpus / name
    own.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds):
        (own / f"seed-{number}").write_bytes(seed)
    return own


def arguments(given: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"any of {', '.join(TARGETS)}; all without any")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long each target is fuzzed")
    parser.add_argument("--corpus", type=Path, help="a directory to keep what reached new code")
    options = parser.parse_args(given)
    if unknown := set(options.targets) - set(TARGETS):
        parser.error(f"got {sorted(unknown)}, expected any of {sorted(TARGETS)}")
    return options


def main(given: list[str]) -> int:
    """Fuzz the targets that were asked for, one after the other."""
    options = arguments(given)
    with tempfile.TemporaryDirectory() as scratch:
        corpus = (options.corpus or Path(scratch)).resolve()
        names: list[str] = options.targets or list(TARGETS)
        held = [fuzzed(name, options.seconds, sown(name, corpus)) for name in names]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
