"""Imported first, to explain the absence of redis-py."""

from importlib.util import find_spec

__all__: list[str] = []

if find_spec("redis") is None:
    raise ImportError(
        'authguard_redis needs redis-py. Install it with: pip install "authguard[redis]"', name="redis"
    )
