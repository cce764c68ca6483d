"""What the tests of the core share."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def no_settings_from_outside() -> Iterator[None]:
    """Whatever the machine sets for a guard of its own, no test reads it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("AUTHGUARD_")]:
            patch.delenv(name)
        yield
