"""What the examples read from the environment besides ``AUTHGUARD_*``.

``DEMO_DATA_DIR``
    The directory of users, sessions and outbox. It survives restarts. Without
    it a private temporary directory is used, and removed when the shop closes.
``DEMO_ARGON2``
    The cost of a password hash as ``time/KiB/lanes``, so that tests can be
    quick. Without it the hasher's own default holds.
``DEMO_PORT``
    Where mailed links lead, on this machine. Without it to 8000. ``--port`` is
    stronger: it is for servers that don't tell the application their port.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Argon2Cost", "DataDirectory", "SettingError", "argon2_cost", "data_directory", "link_port"]

# RFC 9106, section 3.1: at least eight blocks of one KiB for each lane.
_KIB_PER_LANE = 8
_DIGITS = 8
_PORT = 8000
_PORTS = range(1, 65_536)


class SettingError(ValueError):
    """A ``DEMO_*`` variable can't be used: what was got, what was expected, what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Cost:
    """The cost of one password hash (RFC 9106): passes, memory in KiB, lanes."""

    time: int
    memory_kib: int
    lanes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDirectory:
    """Where the shop keeps its file, and whether it goes with the shop."""

    path: Path
    temporary: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Remove the directory if it was a temporary one. Harmless when repeated."""
        if self.temporary is not None:
            self.temporary.cleanup()


def argon2_cost(environ: Mapping[str, str]) -> Argon2Cost | None:
    """Read ``DEMO_ARGON2``; ``None`` when it is unset or empty.

    Raises:
        SettingError: It isn't three whole numbers that Argon2 can work with.
    """
    text = environ.get("DEMO_ARGON2", "")
    if not text:
        return None
    numbers = [_whole(part) for part in text.split("/")]
    match numbers:
        case [int(time), int(memory), int(lanes)] if time and lanes and memory >= _KIB_PER_LANE * lanes:
            return Argon2Cost(time=time, memory_kib=memory, lanes=lanes)
        case _:
            raise SettingError(
                f"DEMO_ARGON2: got {text!r}, expected time/KiB/lanes, three whole numbers above zero with "
                f"at least {_KIB_PER_LANE} KiB a lane. Write for example DEMO_ARGON2=1/1024/1, or unset it."
            )


def data_directory(environ: Mapping[str, str]) -> DataDirectory:
    """Open the directory of ``DEMO_DATA_DIR``, made if it is missing, or a temporary one.

    Both are readable by their owner alone. A temporary one goes when
    :meth:`DataDirectory.close` is called, at the latest when the process ends.

    Raises:
        SettingError: The path can't be a directory.
    """
    text = environ.get("DEMO_DATA_DIR", "")
    if not text:
        temporary = tempfile.TemporaryDirectory(prefix="authguard-demo-", ignore_cleanup_errors=True)
        return DataDirectory(path=Path(temporary.name), temporary=temporary)
    path = Path(text).expanduser()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"DEMO_DATA_DIR: got {text!r}, expected a directory that is there or can be made "
            f"({error.strerror}). Name another one, or unset it for a temporary one."
        ) from error
    return DataDirectory(path=path)


def link_port(environ: Mapping[str, str]) -> int:
    """Read ``DEMO_PORT``.

    Raises:
        SettingError: It is no port.
    """
    text = environ.get("DEMO_PORT", "")
    port = _whole(text) if text else _PORT
    if port is None or port not in _PORTS:
        raise SettingError(
            f"DEMO_PORT: got {text!r}, expected a whole number from 1 to 65535. "
            "Name the port that the server listens on, or unset it for 8000."
        )
    return port


def _whole(text: str) -> int | None:
    """Read a plain decimal: ``int`` alone would take ``1_0``, blanks and other scripts' digits."""
    readable = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if readable else None
