"""Claims about what the core asks of a hasher."""

import importlib
import inspect
import subprocess
import sys

import pytest

from authguard_core import hashing
from authguard_core.hashing import AsyncHasher, Hasher, HasherPlugin


class Plain:
    """A hasher of a third party, which knows nothing of authguard."""

    def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the protocol's word
        return hash == password[::-1]

    def hash(self, password: str) -> str:
        return password[::-1]

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the protocol's word
        return not hash

    def close(self) -> None:
        """Holds nothing."""

    @property
    def aio(self) -> "AsyncPlain":
        return AsyncPlain()


class AsyncPlain:
    """Its awaitable flavour."""

    async def verify(self, hash: str | None, password: str) -> bool:  # noqa: A002 - the protocol's word
        return Plain().verify(hash, password)

    async def hash(self, password: str) -> str:
        return Plain().hash(password)

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the protocol's word
        return Plain().needs_rehash(hash)

    async def aclose(self) -> None:
        """Holds nothing."""


@pytest.mark.anyio
async def test_a_class_with_the_methods_is_a_hasher_without_inheriting_anything() -> None:
    """A third party's hasher needs no import of authguard; the type checkers hold this file to it."""
    plugin: HasherPlugin = Plain()
    blocking: Hasher = plugin
    awaitable: AsyncHasher = plugin.aio
    assert await awaitable.verify(blocking.hash("a password"), "a password")


@pytest.mark.parametrize("name", ["verify", "hash", "needs_rehash"])
def test_both_flavours_take_the_same_arguments(name: str) -> None:
    """What a synchronous caller passes, an asynchronous one passes too."""
    assert inspect.signature(getattr(Hasher, name)) == inspect.signature(getattr(AsyncHasher, name))


def test_the_core_names_the_hasher_without_loading_one() -> None:
    """Importing the protocols loads neither argon2-cffi nor anything of authguard but the core."""
    program = f"import sys, {hashing.__name__}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert not {name for name in loaded if "argon2" in name}


def test_every_public_name_is_declared() -> None:
    """``__all__`` names exactly the protocols that the module defines."""
    module = importlib.import_module(hashing.__name__)
    defined = {
        name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
    }
    assert defined == set(module.__all__)
