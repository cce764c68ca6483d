"""The setting ``AUTHGUARD``, and the guards that are made from it: one for threads, one for event loops."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, cast

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from authguard_core import AsyncGuard, AsyncMemoryStorage, ConfigurationError, Guard, MemoryStorage, Settings
from authguard_core.answers import Answer
from authguard_django import identity
from authguard_django.guards import AsyncDjangoGuard, DjangoGuard

__all__ = ["Runtime", "current", "forget", "get_async_guard", "get_guard"]

Respond = Callable[[HttpRequest, Answer], HttpResponse | None]
"""Makes the response in place of an answer of the guard; None where the guard's own is to be sent."""
Named = Callable[[Mapping[str, object]], str | None]
"""Finds the name in the credentials that were handed to ``authenticate()``."""

_OWN: Final = frozenset({"CLOCK", "IDENTITY", "OBSERVERS", "RESOLVE", "RESPOND", "STORAGE"})
"""What the setting may hold besides the settings of the core."""


class Runtime(NamedTuple):
    """What one process works with."""

    guard: DjangoGuard
    aguard: AsyncDjangoGuard
    resolve: identity.Resolve
    named: Named
    respond: Respond | None


def get_guard() -> Guard:
    """Return the guard of this process, for synchronous code: to inspect or unlock an account, say.

    Raises:
        ConfigurationError: The setting ``AUTHGUARD`` can't be used.
    """
    return current().guard


def get_async_guard() -> AsyncGuard:
    """Return the guard of this process for an event loop. It counts together with the other one.

    Raises:
        ConfigurationError: The setting ``AUTHGUARD`` can't be used.
    """
    return current().aguard


class _Holder:
    """Makes the runtime once: two threads that come first must not get two memories."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runtime: Runtime | None = None

    def get(self) -> Runtime:
        with self._lock:
            if self._runtime is None:
                self._runtime = _make(_mapping())
            return self._runtime

    def forget(self) -> None:
        with self._lock:
            self._runtime = None


_holder: Final = _Holder()
current = _holder.get
forget = _holder.forget


def _mapping() -> dict[str, Any]:
    given: object = getattr(django_settings, "AUTHGUARD", {})
    if not isinstance(given, Mapping):
        raise ConfigurationError.of(
            "AUTHGUARD", got=type(given).__name__, expected="a dictionary", do='{"SECRET_KEY": ...}, say.'
        )
    return dict(cast("Mapping[str, Any]", given))


def _make(mapping: Mapping[str, Any]) -> Runtime:
    own = {name.upper(): _loaded(value) for name, value in mapping.items() if name.upper() in _OWN}
    rest = {name: value for name, value in mapping.items() if name.upper() not in _OWN}
    settings = Settings.load(rest)
    resolve = identity.Resolve(own.get("RESOLVE"))
    shared: dict[str, Any] = {
        "observers": [_loaded(observer) for observer in own.get("OBSERVERS", ())],
        "clock": own.get("CLOCK", time.time),
    }
    guard = DjangoGuard(settings, storage=_memory(own.get("STORAGE")), resolve=resolve.find, **shared)
    # One memory for both. Any other store is shared by its server.
    storage = AsyncMemoryStorage(guard.storage) if isinstance(guard.storage, MemoryStorage) else None
    aguard = AsyncDjangoGuard(settings, storage=storage, resolve=resolve, **shared)
    return Runtime(guard, aguard, resolve, own.get("IDENTITY", identity.name_of), own.get("RESPOND"))


def _loaded(value: object) -> Any:  # noqa: ANN401 - what a dotted path names may be anything
    try:
        return import_string(value) if isinstance(value, str) else value
    except ImportError as error:
        do = "Correct the path, or hand the object itself over."
        raise ConfigurationError.of("AUTHGUARD", got=value, expected="a dotted path", do=do) from error


def _memory(storage: object) -> MemoryStorage | None:
    if storage is None or isinstance(storage, MemoryStorage):
        return storage
    raise ConfigurationError.of(
        "AUTHGUARD['STORAGE']",
        got=type(storage).__name__,
        expected="a MemoryStorage",
        do="Name any other store in STORAGE_URL: threads and event loops each need a client of their own.",
    )
