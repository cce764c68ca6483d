"""Finds a PostgreSQL server: on PATH, where Debian puts it, or in the pgserver wheel (16.2)."""

import os
import shutil
import stat
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "TESTS_POSTGRES"
DEBIAN = Path("/usr/lib/postgresql")
UNPRIVILEGED = "nobody"


def binary() -> Path | None:
    """Return the server to run, or None where there is none."""
    return next(iter(binaries()), None)


@cache
def binaries() -> tuple[Path, ...]:
    """Return every server that there is, the best first, or only the one that ``TESTS_POSTGRES`` names."""
    if named := os.environ.get(VARIABLE):
        return (Path(named).resolve(),)
    # A link on PATH leads to where the server's other programs are.
    found = (path.resolve() for path in (*_on_path(), *_of_debian(), *_in_wheel()))
    return tuple(dict.fromkeys(path for path in found if path.is_file()))


def _on_path() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found)


def _of_debian() -> Iterator[Path]:
    """Yield those of all installed versions, the newest first: Debian puts none of them on PATH."""
    yield from sorted(DEBIAN.glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]), reverse=True)


def _in_wheel() -> Iterator[Path]:
    if (wheel := find_spec("pgserver")) and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin" / "postgres"


def account() -> int | None:
    """Return the user whose rights the server gets, as it refuses root's; None means those of the tests."""
    if os.geteuid():
        return None
    import pwd  # noqa: PLC0415 - other systems have no such module

    return pwd.getpwnam(UNPRIVILEGED).pw_uid


def within_reach(server: Path, directory: Path) -> Path:
    """Return the server, or a copy of it in the directory if other users can't get to where it is."""
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in server.parents):
        return server
    installed = server.parents[1]
    copy = directory / "programs" / installed.parent.name / installed.name
    shutil.copytree(installed, copy, symlinks=True)
    libraries = installed.parents[1] / "pgserver.libs"  # the wheel's programs look for them at this distance
    if libraries.is_dir():
        shutil.copytree(libraries, copy.parents[1] / libraries.name)
    return copy / server.relative_to(installed)
