"""The claims of the conformance suites, a subject a module. Use them through ``testing.conformance``."""

import authguard_core.testing.requirements  # noqa: F401 # pyright: ignore[reportUnusedImport] - it says what to install

# isort: split
import pytest

CLAIMS = (
    "agreement",
    "bounded",
    "buckets",
    "counters",
    "failing",
    "lab",
    "outcomes",
    "races",
    "sources",
    "values",
)

# So that a claim that fails shows both sides, as it does in the tests' own modules.
pytest.register_assert_rewrite(*[f"{__name__}.{name}" for name in CLAIMS])
