"""Claims about passwords at the command line."""

import io
import os
import pty
import runpy
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE

import pytest

from authguard_core.errors import ConfigurationError
from authguard_core.passwords import __main__ as program
from authguard_core.passwords.__main__ import about, ask_password, build, main, report, suffices
from authguard_core.passwords.assessment import Assessment, CrackTimes
from authguard_core.passwords.findings import Advice, AdviceCode, Code, Finding
from authguard_core.passwords.lists.files import common_passwords, open_list
from authguard_core.passwords.lists.packed import PackedList, fingerprint
from authguard_core.passwords.lists.packing import pack, pack_digests

COMMAND = [sys.executable, "-m", "authguard_core.passwords"]
PASSPHRASE = "lantern orchid gravel tundra mosaic"
DAY = 86_400.0

Terminal = tuple[int, int]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Both ends of a real pseudo-terminal: the person's, and the program's."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


@pytest.fixture
def no_terminal_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a session of its own: there is no /dev/tty, so standard input is all there is."""
    opened = os.open

    def without_tty(path: str, *args: int) -> int:
        if path == "/dev/tty":
            raise OSError
        return opened(path, *args)

    monkeypatch.setattr(os, "open", without_tty)


def shown_at(terminal: Terminal) -> str:
    """What a terminal shows that nobody has read yet."""
    ours, theirs = terminal
    os.write(theirs, b"$")  # so that there is something
    return os.read(ours, 4_096).decode().strip().removesuffix("$")


def check_at(terminal: Terminal, typed: bytes, *arguments: str) -> tuple[int, str, str]:
    """Run ``check`` at a terminal, type when asked: status, output, and what the terminal showed."""
    ours, theirs = terminal
    command = [*COMMAND, "check", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=PIPE, stderr=theirs, start_new_session=True) as run:
        shown = ""
        while not shown.endswith("Password: "):
            assert select.select([ours], [], [], 30)[0], shown
            shown += os.read(ours, 1_024).decode()
        os.write(ours, typed)
        output, _ = run.communicate(timeout=30)
    return run.returncode, output.decode(), shown + shown_at(terminal)


def test_a_password_typed_at_a_terminal_is_assessed_and_not_shown(terminal: Terminal) -> None:
    """A common one is refused with status 1 and a reason, and nowhere is it repeated."""
    status, output, shown = check_at(terminal, b"qwertyuiopasdfgh\n")
    assert status == 1
    assert output.startswith("Refused: score ")
    assert "qwerty" not in output + shown


def test_a_good_passphrase_typed_at_a_terminal_is_accepted(terminal: Terminal) -> None:
    """Status 0, and how long it withstands."""
    status, output, _ = check_at(terminal, PASSPHRASE.encode() + b"\n", "--username", "ann")
    assert (status, output.partition(":")[0]) == (0, "Accepted")
    assert "through a guarded login: " in output


def test_a_password_in_a_pipe_is_refused_unread() -> None:
    """Without a terminal the program says so, with status 2, and reads nothing."""
    run = subprocess.run(
        [*COMMAND, "check"],
        input="secret\n",
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert "at a terminal, without a pipe" in run.stderr
    assert "secret" not in run.stderr


def test_a_password_in_the_arguments_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no argument that takes one."""
    with pytest.raises(SystemExit) as left:
        main(["check", "--", "password"])
    assert left.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


class Person(io.StringIO):
    """A screen before which somebody sits who answers what it asks."""

    def __init__(self, keyboard: int, answer: bytes) -> None:
        super().__init__()
        self.keyboard = keyboard
        self.answer = answer

    def write(self, text: str) -> int:
        if text == "? ":
            os.write(self.keyboard, self.answer)
        return super().write(text)


@pytest.mark.usefixtures("no_terminal_of_our_own")
def test_a_terminal_is_asked_with_echo_off(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed is returned, and the terminal shows nothing of it."""
    ours, theirs = terminal
    with open(os.dup(theirs), encoding="utf-8") as keyboard:  # noqa: PTH123 - a descriptor
        monkeypatch.setattr(sys, "stdin", keyboard)
        monkeypatch.setattr(sys, "stderr", Person(ours, "café\n".encode()))
        assert ask_password("? ") == "café"
    assert shown_at(terminal) == ""


@pytest.mark.usefixtures("no_terminal_of_our_own")
@pytest.mark.parametrize("at_hand", ["nothing", "pipe"])
def test_without_a_terminal_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at_hand: str
) -> None:
    """A file on standard input is left unread, since what it holds might be shown."""
    (tmp_path / "input").write_text("secret\n" if at_hand == "pipe" else "")
    with (tmp_path / "input").open() as keyboard:
        monkeypatch.setattr(sys, "stdin", keyboard)
        with pytest.raises(ConfigurationError, match="without a pipe"):
            ask_password()
        assert keyboard.tell() == 0


def answer(password: str) -> Callable[[], str]:
    return lambda: password


def test_who_the_password_belongs_to_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """User name, e-mail, names and words are what it may not be made of."""
    words = ["--username", "anneliese", "--email", "ann@example.org", "--name", "Ann", "--word", "Acme"]
    assert main(["check", *words], ask=answer("anneliese-anneliese")) == 1
    assert "user name" in capsys.readouterr().out


def test_the_minimum_length_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    """It is that of the application's own policy."""
    assert main(["check", "--min-length", "40"], ask=answer(PASSPHRASE)) == 1
    assert "at least 40 characters" in capsys.readouterr().out


def test_another_list_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What it holds is refused as too common."""
    (tmp_path / "own.bin").write_bytes(pack([(PASSPHRASE, 1)]))
    assert main(["check", "--list", str(tmp_path / "own.bin")], ask=answer(PASSPHRASE)) == 1
    assert "Many people use this password" in capsys.readouterr().out


def test_to_interrupt_the_question_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl+C gives the status that shells expect, and no traceback."""

    def interrupted() -> str:
        raise KeyboardInterrupt

    assert main(["check"], ask=interrupted) == 130
    assert capsys.readouterr() == ("", "")


def test_a_report_says_verdict_reasons_advice_and_times() -> None:
    """One line each, the reasons of a refusal told from what was only noticed."""
    assessment = Assessment(
        ok=False,
        score=1,
        guesses_log10=4.26,
        crack_times=CrackTimes(online_throttled=2.5 * DAY, offline_slow=61.0, offline_fast=0.0),
        findings=(Finding(code=Code.TOO_COMMON, blocks=True), Finding(code=Code.DATE)),
        advice=(Advice(code=AdviceCode.ADD_WORDS),),
    )
    assert report(assessment).splitlines() == [
        "Refused: score 1 of 4, very weak, about 10^4.3 guesses",
        "  refused: Many people use this password, so it is tried first.",
        "  noticed: Dates and years are easy to guess.",
        "  advice: Add another word or two, the less common the better.",
        "Guessed after about:",
        "  through a guarded login: 2 days",
        "  from a stolen slow hash, as Argon2id: 1 minute",
        "  from a stolen fast hash, as SHA-256: less than a minute",
    ]


@pytest.mark.parametrize("seconds", [1e12, float("inf")])
def test_a_report_counts_no_millennia(seconds: float) -> None:
    """Beyond a thousand years, and for ever, it says so."""
    times = CrackTimes(online_throttled=seconds, offline_slow=400 * DAY, offline_fast=7_200.0)
    lines = report(Assessment(ok=True, score=4, guesses_log10=11, crack_times=times)).splitlines()
    assert [line.partition(": ")[2] for line in lines[-3:]] == ["over 1,000 years", "1 year", "2 hours"]


def test_a_plain_list_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its first lines, folded, with their places as ranks; the command says what came out."""
    (tmp_path / "ranked.txt").write_bytes(b"123456\r\nPassword\n\nqwerty\nrare\n")
    output = tmp_path / "common.bin"
    assert main(["build", "--output", str(output), "--entries", "3", str(tmp_path / "ranked.txt")]) == 0
    packed = open_list(output)
    assert [packed.rank(word) for word in ("123456", "password", "qwerty", "rare")] == [1, 2, 3, None]
    assert capsys.readouterr().out.startswith("3 entries\n  of 15 or more characters: 0\n")


def test_several_lists_are_merged(tmp_path: Path) -> None:
    """What both hold comes first, and what is too short is left out."""
    (tmp_path / "one.txt").write_text("dragon\npassword\nabc\n")
    (tmp_path / "other.txt").write_text("monkey\npassword\nabc\n")
    packed = build([tmp_path / "one.txt", tmp_path / "other.txt"], tmp_path / "common.bin", min_length=4)
    assert [packed.rank(word) for word in ("password", "dragon", "monkey", "abc")] == [1, 2, 3, None]


def test_dumps_of_hashes_are_built_into_one_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their form is seen by the first line, and the most frequent of all come first."""
    for name, word, count in (("one", "password", 5), ("other", "qwerty", 7)):
        (tmp_path / name).write_text(f"{fingerprint(word).hex().upper()}:{count}\n")
    arguments = ["--output", str(tmp_path / "common.bin"), str(tmp_path / "one"), str(tmp_path / "other")]
    assert main(["build", *arguments]) == 0
    packed = open_list(tmp_path / "common.bin")
    assert (packed.rank("qwerty"), packed.rank("password")) == (1, 2)
    assert "not known: it was made from hashes" in capsys.readouterr().out


def test_lists_and_dumps_dont_mix(tmp_path: Path) -> None:
    """A dump has counts and a list has none, so they can't be merged."""
    (tmp_path / "one").write_text("password\n")
    (tmp_path / "other").write_text(f"{'A' * 40}:1\n")
    with pytest.raises(ConfigurationError, match=r"got \['hibp', 'plain'\], expected one form"):
        build([tmp_path / "one", tmp_path / "other"], tmp_path / "common.bin")


def test_a_list_taken_for_a_dump_is_refused_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line's number is named, its content isn't, and no list is left behind."""
    (tmp_path / "ranked.txt").write_text("secret\n")
    output = tmp_path / "common.bin"
    assert main(["build", "--format", "hibp", "--output", str(output), str(tmp_path / "ranked.txt")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("line 1: got 'something else'")
    assert "secret" not in error
    assert [path.name for path in tmp_path.iterdir()] == ["ranked.txt"]


@pytest.mark.parametrize("raw", [b"", b"\n\r\n", b"\xef\xbb\xbf\n\r\n", b"abc\n"])
@pytest.mark.parametrize("form", ["auto", "plain"])
def test_a_list_that_would_be_empty_isnt_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raw: bytes, form: str
) -> None:
    """An empty download, or nothing long enough: status 2, and the old list stays as it was."""
    (tmp_path / "ranked.txt").write_bytes(raw)
    output = tmp_path / "common.bin"
    output.write_bytes(pack([("password", 1)]))
    arguments = ["--min-length", "4", "--format", form, "--output", str(output), str(tmp_path / "ranked.txt")]
    assert main(["build", *arguments]) == 2
    assert capsys.readouterr().err.startswith("sources: got 'nothing to keep', expected at least one entry")
    assert open_list(output).rank("password") == 1
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("output", [".", "..", "/"])
def test_a_list_isnt_put_in_place_of_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    """The complaint says that a name is missing, before anything is read or written."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with pytest.raises(
        ConfigurationError, match=r"^output: got 'the directory .*', expected a file. Add a name"
    ):
        build([Path("missing.txt")], Path(output))
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]


@pytest.mark.parametrize(
    "line", [f"{'A' * 32}:5", f"\ufeff\n{'a' * 64}:1", f"{'A' * 40}:{'9' * 19}", "0" * 40]
)
def test_hashes_of_another_kind_arent_taken_for_passwords(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    """An NTLM dump would find nothing: status 2, and nothing is built. Who means it can say so."""
    (tmp_path / "dump").write_text(f"{line}\n", encoding="utf-8")
    arguments = ["build", "--output", str(tmp_path / "common.bin"), str(tmp_path / "dump")]
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert "dump: got 'hashes', expected passwords, or SHA-1:COUNT" in error
    assert line not in error
    assert not (tmp_path / "common.bin").exists()
    assert main([*arguments, "--format", "plain"]) == 0


@pytest.mark.parametrize(
    ("source", "output"), [("missing.txt", "common.bin"), ("ranked.txt", "missing/common.bin")]
)
def test_a_path_that_isnt_there_is_named(tmp_path: Path, source: str, output: str) -> None:
    """A source or a directory that is missing is a ConfigurationError, no traceback."""
    (tmp_path / "ranked.txt").write_text("password\n")
    with pytest.raises(ConfigurationError, match=r"missing.*got 'No such file or directory'"):
        build([tmp_path / source], tmp_path / output)


def test_the_built_in_list_says_that_it_suffices(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 3,000 of its entries have the 15 characters that NIST asks for (OWASP ASVS 5.0, 6.2.4)."""
    assert main(["about"]) == 0
    assert suffices(common_passwords(), 15)
    assert "the 3,000 of OWASP ASVS 5.0, 6.2.4: yes" in capsys.readouterr().out


def test_a_list_that_is_too_small_for_the_policy_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three thousand short entries suffice for a policy of eight characters and not for one of fifteen."""
    path = tmp_path / "own.bin"
    path.write_bytes(pack((f"word{number:04}", number) for number in range(1, 3_001)))
    assert main(["about", str(path), "--min-length", "8"]) == 0
    assert main(["about", str(path)]) == 1
    assert capsys.readouterr().out.endswith("6.2.4: no\n")


def test_a_list_of_hashes_cant_say_that_it_suffices() -> None:
    """Lengths aren't known, so nothing is promised, and nothing denied."""
    packed = PackedList(pack_digests([(fingerprint("password"), 1)]))
    assert not suffices(packed)
    assert "of 15 or more characters: not known" in about(packed)
    assert about(packed).endswith("6.2.4: not known")


def test_an_empty_list_says_that_it_is_worth_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has no entries, mistakes nothing, and doesn't suffice."""
    (tmp_path / "empty.bin").write_bytes(pack([]))
    assert main(["about", str(tmp_path / "empty.bin")]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "0 entries",
        "  of 15 or more characters: 0",
        "  taken for one of them by mistake: none",
        "  the 3,000 of OWASP ASVS 5.0, 6.2.4: no",
    ]


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5", "²", "1000000000", "000000000"])
def test_a_number_that_isnt_one_is_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Lengths and entries are whole and above 0."""
    with pytest.raises(SystemExit):
        main(["about", f"--min-length={number}"])
    assert "a whole number above 0 is wanted, of at most 9 digits" in capsys.readouterr().err


def test_a_dump_isnt_cut_by_length(tmp_path: Path) -> None:
    """A hash has no length that could be too short, so to ask for one is refused."""
    (tmp_path / "dump").write_text(f"{'A' * 40}:1\n")
    with pytest.raises(ConfigurationError, match="min_length: got 8, expected none for a dump"):
        build([tmp_path / "dump"], tmp_path / "common.bin", min_length=8)


def test_the_program_exits_with_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a program, it hands the shell what ``main`` returns."""
    monkeypatch.setattr(sys, "argv", ["passwords", "about", "--min-length", "128"])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(program.__file__, run_name="__main__")
    assert left.value.code == 1


def test_the_program_runs_by_its_name() -> None:
    """``python -m authguard_core.passwords about`` answers and exits with the status."""
    run = subprocess.run([*COMMAND, "about"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.partition(" ")[2].partition("\n")[0]) == (0, "entries")
