"""Claims about building lists at the command line: what a source may begin with, and what is put where."""

from pathlib import Path

import pytest

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.__main__ import build
from authguard_core.passwords.lists.packed import fingerprint


def test_a_dump_of_padding_isnt_built(tmp_path: Path) -> None:
    """Counts of 0 are no entries."""
    (tmp_path / "dump").write_text(f"{'A' * 40}:0\n")
    with pytest.raises(ConfigurationError, match="got 'nothing to keep'"):
        build([tmp_path / "dump"], tmp_path / "common.bin")
    assert not (tmp_path / "common.bin").exists()


@pytest.mark.parametrize(
    "before", ["", "\n\n", "\ufeff", "\ufeff\r\n", f"{'B' * 40}:0\n", " " * 5_000 + "\n"]
)
def test_a_dump_is_known_whatever_stands_before_it(tmp_path: Path, before: str) -> None:
    """A byte order mark, blank lines or padding: it isn't packed as passwords that nobody has."""
    (tmp_path / "dump").write_text(f"{before}{fingerprint('password').hex().upper()}:5\n", encoding="utf-8")
    assert build([tmp_path / "dump"], tmp_path / "common.bin").rank("password") == 1


def test_a_list_in_use_is_replaced_whole(tmp_path: Path) -> None:
    """Whoever has the old list open keeps it while a new one is built in its place."""
    (tmp_path / "old.txt").write_text("password\n")
    (tmp_path / "new.txt").write_text("qwerty\n")
    old = build([tmp_path / "old.txt"], tmp_path / "common.bin")
    new = build([tmp_path / "new.txt"], tmp_path / "common.bin")
    assert (old.rank("password"), new.rank("password"), new.rank("qwerty")) == (1, None, 1)
