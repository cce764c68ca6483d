"""What every test shares."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "default"))


# Whatever guard the shell is set up for, the tests say themselves what they want.
for name in [name for name in os.environ if name.startswith("AUTHGUARD_")]:
    del os.environ[name]


MEASURED = [Path(__file__).parent / name for name in ("core", "adapters")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measure coverage by the modules' own tests alone: searches and simulations take twice as long under it.

    The marker of pytest-cov does the same, but not in the processes of xdist, where a second tracer goes on.
    """
    own = any(item.path.is_relative_to(directory) for directory in MEASURED)
    if own or not item.config.pluginmanager.hasplugin("_cov"):
        return (yield)
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio."""
    return "asyncio"
