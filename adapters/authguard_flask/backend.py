"""Imported first, to explain the absence of Flask."""

from importlib.util import find_spec

__all__: list[str] = []

if find_spec("flask") is None:
    raise ImportError(
        'authguard_flask needs Flask. Install it with: pip install "authguard[flask]"', name="flask"
    )
