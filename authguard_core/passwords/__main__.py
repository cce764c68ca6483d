"""Passwords at the command line: assess one, build a list of common ones, and say what a list is worth.

::

    python -m authguard_core.passwords check --username ann
    python -m authguard_core.passwords build --output common.bin --entries 1000000 pwned-passwords-sha1.txt
    python -m authguard_core.passwords about common.bin

A password is asked for at the terminal, without echo. It is never taken from the arguments, which other users
of the machine can read and shells remember, nor from a pipe. The status is 0 for yes, 1 for no, 2 for misuse.
"""

import argparse
import getpass
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final, TextIO

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.assessment import Assessment
from authguard_core.passwords.context import PasswordContext
from authguard_core.passwords.folding import fold
from authguard_core.passwords.lists.files import common_passwords, open_list
from authguard_core.passwords.lists.merging import Vote, merge
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack, pack_digests
from authguard_core.passwords.lists.reading import (
    first_line,
    is_dump,
    is_hash,
    most_common_digests,
    passwords,
)
from authguard_core.passwords.policy import PasswordPolicy

__all__ = ["about", "ask_password", "build", "main", "report", "suffices"]

ASVS_ENTRIES: Final = 3_000
ENTRIES: Final = 1_000_000
PLAIN: Final = "plain"
HIBP: Final = "hibp"
AUTO: Final = "auto"
NIST_LENGTH: Final = 15
SCORES: Final = ("guessed at once", "very weak", "weak", "strong", "very strong")
REFUSED: Final = 1
MISUSED: Final = 2
INTERRUPTED: Final = 130
YEAR: Final = 365 * 86_400
MOST_DIGITS: Final = 9
LINE: Final = 4_096
"""Bytes. No line is longer by which a form is told."""
UNITS: Final = ((YEAR, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute"))

Ask = Callable[[], str]


def ask_password(prompt: str = "Password: ") -> str:
    """Ask for a password at the terminal, without showing it.

    Raises:
        ConfigurationError: there is no terminal to ask at, or it can't hide what is typed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)  # raised before anything could be shown
        try:
            return getpass.getpass(prompt)
        except (getpass.GetPassWarning, EOFError):
            raise ConfigurationError.of(
                "password",
                got="no answer from a terminal",
                expected="one to ask at",
                do="Run it at a terminal, without a pipe.",
            ) from None


def report(assessment: Assessment) -> str:
    """Return what a policy says about a password, for a person at a terminal."""
    times = assessment.crack_times
    verdict = "Accepted" if assessment.ok else "Refused"
    score = f"score {assessment.score} of 4, {SCORES[assessment.score]}"
    lines = [
        f"{verdict}: {score}, about 10^{assessment.guesses_log10:.1f} guesses",
        *(f"  {'refused' if found.blocks else 'noticed'}: {found.text}" for found in assessment.findings),
        *(f"  advice: {advice.text}" for advice in assessment.advice),
        "Guessed after about:",
        f"  through a guarded login: {_duration(times.online_throttled)}",
        f"  from a stolen slow hash, as Argon2id: {_duration(times.offline_slow)}",
        f"  from a stolen fast hash, as SHA-256: {_duration(times.offline_fast)}",
    ]
    return "\n".join(lines)


def _duration(seconds: float) -> str:
    if seconds >= 1_000 * YEAR:
        return "over 1,000 years"
    for length, unit in UNITS:
        if seconds >= length:
            count = int(seconds / length)
            return f"{count} {unit}{'s' * (count > 1)}"
    return "less than a minute"


def build(
    sources: Sequence[Path], output: Path, *, entries: int = ENTRIES, form: str = AUTO, min_length: int = 1
) -> PackedList:
    """Build a packed list from lists of passwords, or from dumps of Have I Been Pwned, and open it.

    Args:
        sources: lists with one password a line, the most common first, which are merged; or dumps with
            ``SHA-1:COUNT`` in each line, in any order, which are taken as one.
        output: where the list is put, at once and complete.
        entries: how many to keep, the most common.
        form: ``plain``, ``hibp``, or ``auto`` to see by the first line that isn't blank.
        min_length: in characters; shorter ones are left out. Not for a dump, which doesn't tell lengths.

    Raises:
        ConfigurationError: a source is missing or malformed, the sources are of two forms or hold nothing to
            keep, or the output can't be written. An old list stays as it was.
    """
    if output.is_dir():
        raise ConfigurationError.of(
            "output", got=f"the directory {output}", expected="a file", do="Add a name for the list to it."
        )
    try:
        with ExitStack() as opened:
            form = _form(sources) if form == AUTO else form
            files = [opened.enter_context(source.open("rb")) for source in sources]
            raw = _filled(_packed(files, entries, form, min_length))
            _put(raw, output)
    except OSError as error:
        raise ConfigurationError.of(
            str(error.filename), got=error.strerror, expected="a file", do="Correct the path or its rights."
        ) from error
    return open_list(output)


def _form(sources: Iterable[Path]) -> str:
    forms = {_form_of(source) for source in sources}
    if len(forms) > 1:
        raise ConfigurationError.of(
            "sources", got=sorted(forms), expected="one form", do="Build a list of each."
        )
    return forms.pop()


def _form_of(source: Path) -> str:
    with source.open("rb") as file:
        line = first_line(iter(partial(file.readline, LINE), b""))
    if is_dump(line):
        return HIBP
    if is_hash(line):
        raise ConfigurationError.of(
            str(source),
            got="hashes",
            expected="passwords, or SHA-1:COUNT as in Have I Been Pwned's dump of SHA-1 digests",
            do="Take that dump, or say --format plain if these are passwords.",
        )
    return PLAIN


def _packed(files: Sequence[Iterable[bytes]], entries: int, form: str, min_length: int) -> bytes:
    if form == HIBP:
        if min_length > 1:
            raise ConfigurationError.of(
                "min_length",
                got=min_length,
                expected="none for a dump",
                do="Leave it out: hashes have no length.",
            )
        digests = most_common_digests(chain.from_iterable(files), entries)
        return pack_digests((digest, rank) for rank, digest in enumerate(digests, 1))
    words = merge(Vote(_folded(file, min_length)) for file in files)
    return pack((word, rank) for rank, word in enumerate(islice(words, entries), 1))


def _folded(lines: Iterable[bytes], min_length: int) -> Iterator[str]:
    return (word for word in map(fold, passwords(lines)) if len(word) >= min_length)


def _filled(raw: bytes) -> bytes:
    """Refuse what would take an old list's place and refuse no password any more."""
    if not len(PackedList(raw)):
        raise ConfigurationError.of(
            "sources",
            got="nothing to keep",
            expected="at least one entry",
            do="Name a list that isn't empty.",
        )
    return raw


def _put(raw: bytes, output: Path) -> None:
    """Write beside and rename: whoever has the old list mapped keeps it whole."""
    fresh = output.with_name(f"{output.name}.new")
    fresh.write_bytes(raw)
    fresh.replace(output)


def about(packed: PackedList, min_length: int = NIST_LENGTH) -> str:
    """Return what a list is worth to a policy with this minimum length, for a person at a terminal."""
    matching = packed.entries_of_at_least(min_length)
    count, enough = "not known: it was made from hashes", "not known"
    if matching is not None:
        count, enough = f"{matching:,}", "yes" if matching >= ASVS_ENTRIES else "no"
    mistakes = f"one of {1 / packed.false_positives:.0e} passwords" if len(packed) else "none"
    lines = [
        f"{len(packed):,} entries",
        f"  of {min_length} or more characters: {count}",
        f"  taken for one of them by mistake: {mistakes}",
        f"  the {ASVS_ENTRIES:,} of OWASP ASVS 5.0, 6.2.4: {enough}",
    ]
    return "\n".join(lines)


def suffices(packed: PackedList, min_length: int = NIST_LENGTH) -> bool:
    """Whether a list is known to hold 3,000 passwords that a policy's minimum length lets through.

    OWASP ASVS 5.0, 6.2.4: shorter ones are refused anyway, so a comparison with them is worth nothing.
    """
    return (packed.entries_of_at_least(min_length) or 0) >= ASVS_ENTRIES


def _run_check(arguments: argparse.Namespace, out: TextIO, ask: Ask) -> int:
    policy = PasswordPolicy(
        min_length=arguments.min_length, common=open_list(arguments.list) if arguments.list else None
    )
    context = PasswordContext(
        username=arguments.username, email=arguments.email, names=arguments.name, words=arguments.word
    )
    assessment = policy.check(ask(), context=context)
    out.write(f"{report(assessment)}\n")
    return 0 if assessment.ok else REFUSED


def _run_build(arguments: argparse.Namespace, out: TextIO, _: Ask) -> int:
    packed = build(
        arguments.sources,
        arguments.output,
        entries=arguments.entries,
        form=arguments.format,
        min_length=arguments.min_length,
    )
    out.write(f"{about(packed)}\n")
    return 0


def _run_about(arguments: argparse.Namespace, out: TextIO, _: Ask) -> int:
    packed = open_list(arguments.list) if arguments.list else common_passwords()
    out.write(f"{about(packed, arguments.min_length)}\n")
    return 0 if suffices(packed, arguments.min_length) else REFUSED


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text)):
        raise argparse.ArgumentTypeError(f"a whole number above 0 is wanted, of at most {MOST_DIGITS} digits")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m authguard_core.passwords", description="Passwords, and lists of common ones."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_check(commands.add_parser("check", help="assess a password, which is asked for at the terminal"))
    _add_build(commands.add_parser("build", help="build a packed list of common passwords"))
    _add_about(commands.add_parser("about", help="say what a packed list is worth"))
    return parser


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--username", default="", help="whose password it is to be")
    parser.add_argument("--email", default="", help="their e-mail address")
    parser.add_argument("--name", action="append", default=[], help="a name of theirs; may be repeated")
    parser.add_argument("--word", action="append", default=[], help="a word to expect; may be repeated")
    parser.add_argument("--min-length", type=_positive, default=NIST_LENGTH, metavar="N")
    parser.add_argument(
        "--list", type=Path, metavar="FILE", help="a packed list in place of the built-in one"
    )
    parser.set_defaults(run=_run_check)


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources", type=Path, nargs="+", metavar="SOURCE", help="a ranked list, or a dump of hashes"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--entries", type=_positive, default=ENTRIES, metavar="N", help="the most common to keep"
    )
    parser.add_argument("--format", choices=(AUTO, PLAIN, HIBP), default=AUTO, help="hibp: SHA-1:COUNT lines")
    parser.add_argument(
        "--min-length", type=_positive, default=1, metavar="N", help="leave out what is shorter"
    )
    parser.set_defaults(run=_run_build)


def _add_about(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("list", type=Path, nargs="?", metavar="LIST", help="the built-in one by default")
    parser.add_argument(
        "--min-length", type=_positive, default=NIST_LENGTH, metavar="N", help="of your policy"
    )
    parser.set_defaults(run=_run_about)


def main(arguments: Sequence[str] | None = None, *, ask: Ask = ask_password) -> int:
    """Run a command, print its answer, and return the status to exit with.

    Args:
        arguments: of the command line, without the program's name; the process's own by default.
        ask: asks for the password; at the terminal by default.
    """
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed, sys.stdout, ask))
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return MISUSED
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
