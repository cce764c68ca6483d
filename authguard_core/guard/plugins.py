"""Find storage backends and the hasher among what is installed, by entry point."""

from importlib.metadata import EntryPoint, entry_points

from authguard_core.errors import ConfigurationError
from authguard_core.hashing import HasherPlugin
from authguard_core.storage import Backend

__all__ = ["backend", "hasher", "is_memory"]

STORAGE_GROUP = "authguard.storage"
HASHER_GROUP = "authguard.hasher"


def backend(url: str) -> Backend:
    """Return the backend for a storage URL's scheme.

    Raises:
        ConfigurationError: no installed package offers that scheme.

    """
    scheme = url.partition(":")[0]
    if is_memory(url):
        from authguard_core import memory  # noqa: PLC0415 - it needs no entry point, and not everybody needs it

        return memory
    offered = {point.name: point for point in entry_points(group=STORAGE_GROUP)}
    point = offered.get(scheme)
    if point is None:
        # A malformed URL may begin with the password.
        shown = f"{scheme}:..." if scheme.replace("+", "").isalnum() and scheme != url else "no scheme"
        raise ConfigurationError.of(
            "STORAGE_URL",
            got=shown,
            expected=f"one of the schemes {sorted({'memory', *offered})}",
            do="Install the extra that brings the backend.",
        )
    loaded: Backend = point.load()
    return loaded


def is_memory(url: str) -> bool:
    """Say whether a URL names this process' own memory, which can be neither slow nor out."""
    return url.partition(":")[0] == "memory"


def hasher() -> HasherPlugin:
    """Make the installed hasher.

    Raises:
        ConfigurationError: none is installed, or several are.

    """
    points: list[EntryPoint] = list(entry_points(group=HASHER_GROUP))
    if len(points) != 1:
        raise ConfigurationError.of(
            "hasher",
            got=f"{[point.name for point in points]} installed",
            expected="exactly one password hasher",
            do='Run pip install "authguard[argon2]", or hand one to the guard.',
        )
    made: HasherPlugin = points[0].load()()
    return made
