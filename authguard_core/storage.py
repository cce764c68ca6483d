"""The storage port: one method over the closed set of operations.

A backend is a module, named by its URL's scheme in the entry-point group
``authguard.storage``. It offers ``open_storage(url)`` and ``open_async_storage(url)``.

What a store may offer besides: ``close()`` (``aclose()``), and ``facts()``, which tells an operator how its
servers stand, see :mod:`authguard_core.facts`.
"""

from collections.abc import Sequence
from typing import Protocol

from authguard_core.counting.ops import Op, Result

__all__ = ["AsyncStorage", "Backend", "Storage"]


class Storage(Protocol):
    """Where counters live."""

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Carry out each operation atomically, in order, and return their results.

        Raises:
            StorageError: they could not be carried out. No operation may be half done.

        """
        ...


class AsyncStorage(Protocol):
    """Where counters live, for an event loop."""

    async def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Carry out each operation atomically, in order, and return their results.

        Raises:
            StorageError: they could not be carried out. No operation may be half done.

        """
        ...


class Backend(Protocol):
    """What the module behind an ``authguard.storage`` entry point offers."""

    def open_storage(self, url: str, /) -> Storage:
        """Open the store that a URL names."""
        ...

    def open_async_storage(self, url: str, /) -> AsyncStorage:
        """Open the store that a URL names, for an event loop."""
        ...
