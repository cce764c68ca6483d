"""Claims about the names that ``authguard_core`` itself offers."""

import pytest

import authguard_core


def test_every_public_name_is_listed_and_there() -> None:
    """Whoever asks ``dir`` sees them all, and each loads on first use."""
    assert set(authguard_core.__all__) <= set(dir(authguard_core))
    assert all(getattr(authguard_core, name) for name in authguard_core.__all__)


def test_a_name_that_is_not_there_is_said_to_be_missing() -> None:
    """As any module says it."""
    with pytest.raises(AttributeError, match="no attribute 'Gaurd'"):
        _ = authguard_core.Gaurd
