"""The example's secret key: made once and kept beside its data, so that cookies survive a restart."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["secret_key"]

_BYTES = 32


def secret_key(directory: Path) -> str:
    """Return the key kept in a directory, made if there is none. Readable by its owner alone.

    Workers that start at the same moment get the same one. A real application takes its key
    from a secret store, never from beside its data.
    """
    path = directory / "secret.key"
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii")


def _make(path: Path) -> None:
    """Write a key unless another process is quicker: under its name it appears all at once."""
    with TemporaryDirectory(dir=path.parent) as private:
        draft = Path(private) / path.name
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(_BYTES), encoding="ascii")
        with suppress(FileExistsError):
            os.link(draft, path)
