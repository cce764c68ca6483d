"""Imported first, to explain the absence of anyio."""

from importlib.util import find_spec

__all__: list[str] = []

if find_spec("anyio") is None:
    raise ImportError(
        'authguard_asgi needs anyio. Install it with: pip install "authguard[asgi]"', name="anyio"
    )
