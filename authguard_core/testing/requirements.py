"""Imported first by what needs pytest and Hypothesis: it says what to install."""

from importlib.util import find_spec

__all__ = ["check"]


def check() -> None:
    """Do nothing where all is there.

    Raises:
        ImportError: it names the extra.

    """
    for name in ("hypothesis", "pytest"):
        if find_spec(name) is None:
            raise ImportError(
                f'authguard_core.testing needs {name}. Install it with: pip install "authguard[testing]"',
                name=name,
            )


check()
