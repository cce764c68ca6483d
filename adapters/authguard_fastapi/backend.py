"""Imported first, to explain the absence of FastAPI."""

from importlib.util import find_spec

__all__: list[str] = []

if find_spec("fastapi") is None:
    raise ImportError(
        'authguard_fastapi needs FastAPI. Install it with: pip install "authguard[fastapi]"', name="fastapi"
    )
