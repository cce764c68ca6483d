"""A pytest plugin: every test begins with empty caches.

Which tests can notice a mutant is learnt by watching which functions each test calls. A cache that an earlier
test filled would hide the call, and keep the right answer where the mutant would have given a wrong one.
"""

import functools
from collections.abc import Callable
from typing import Any, cast
from weakref import WeakSet

_caches: WeakSet[Any] = WeakSet()
_lru_cache: Callable[..., Any] = functools.lru_cache


def _watched(cache: Callable[..., Any]) -> Callable[..., Any]:
    _caches.add(cache)
    return cache


def _watched_lru_cache(maxsize: object = 128, typed: object = False) -> Callable[..., Any]:
    """Do as ``functools.lru_cache``, with or without arguments, and remember the cache."""
    made = _lru_cache(maxsize, typed)
    return _watched(made) if callable(maxsize) else lambda function: _watched(made(function))


functools.lru_cache = cast("Any", _watched_lru_cache)


def pytest_runtest_setup() -> None:
    """Forget what earlier tests had cached."""
    for cache in list(_caches):
        cache.cache_clear()
