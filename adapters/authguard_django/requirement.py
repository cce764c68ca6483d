"""Imported first, to explain the absence of Django."""

from importlib.util import find_spec

__all__: list[str] = []

if find_spec("django") is None:
    raise ImportError(
        'authguard_django needs Django. Install it with: pip install "authguard[django]"', name="django"
    )
