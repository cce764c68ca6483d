"""Opens packed lists: the two that come with the library, and any other."""

from functools import cache
from mmap import ACCESS_READ, mmap
from os import PathLike
from pathlib import Path
from typing import Final

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.lists.packed import PackedList

__all__ = ["common_passwords", "common_words", "open_list"]

DATA: Final = Path(__file__).parents[1] / "data"


@cache
def common_passwords() -> PackedList:
    """Return the built-in list of the most common passwords, folded by NFKC and case."""
    return open_list(DATA / "common-passwords.bin")


@cache
def common_words() -> PackedList:
    """Return the built-in list of what passwords are made of, folded by NFKC and case.

    It holds words and names of many languages, and common passwords of up to 16 characters.
    """
    return open_list(DATA / "common-words.bin")


def open_list(path: str | PathLike[str]) -> PackedList:
    """Map a packed list into memory. All processes of a machine share it.

    Replace the file by renaming another onto it, never in place.

    Raises:
        ConfigurationError: it isn't there, can't be read, or is no packed list.
    """
    file = Path(path)
    try:
        return PackedList(_mapped(file))
    except ConfigurationError as refusal:
        raise refusal.renamed(str(file)) from None
    except OSError as error:
        raise _unusable(file, error.strerror or type(error).__name__) from error


def _mapped(path: Path) -> "bytes | mmap":
    if not path.is_file():  # to open a pipe would wait for its other end
        raise _unusable(path, "no file" if not path.exists() else "no ordinary file")
    with path.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ) if path.stat().st_size else b""


def _unusable(path: Path, got: str) -> ConfigurationError:
    return ConfigurationError.of(
        str(path),
        got=got,
        expected="a packed list",
        do="Correct the path, or build one: python -m authguard_core.passwords build --output FILE SOURCE.",
    )
