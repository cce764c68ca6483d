"""The example's secret key: made once and kept beside its data, so that cookies survive a restart."""

import os
import secrets
from pathlib import Path

__all__ = ["secret_key"]

_BYTES = 32


def secret_key(directory: Path) -> str:
    """Return the key kept in a directory, made if there is none. Readable by its owner alone.

    A real application takes its key from a secret store, never from beside its data.
    """
    path = directory / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES))
    return path.read_text(encoding="ascii")
