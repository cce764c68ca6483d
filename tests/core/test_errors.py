"""Claims about errors: their family, and the one shape of their messages."""

import pytest

from authguard_core.errors import AuthGuardError, ConfigurationError, HasherBusy, StorageError


@pytest.mark.parametrize("error", [ConfigurationError, StorageError, HasherBusy])
def test_every_error_has_the_one_root(error: type[Exception]) -> None:
    """One except clause catches whatever authguard raises."""
    assert issubclass(error, AuthGuardError)


def test_misuse_is_a_value_error_too() -> None:
    """Pydantic and plain callers understand it without knowing authguard."""
    assert issubclass(ConfigurationError, ValueError)


def test_an_outage_is_not_misuse() -> None:
    """Who handles a store's outage must not swallow a wrong setting."""
    assert not issubclass(StorageError, ConfigurationError)
    assert not issubclass(ConfigurationError, StorageError)


def test_a_refused_setting_says_what_was_got_expected_and_to_be_done() -> None:
    """All refusals share one shape."""
    error = ConfigurationError.of("LOCK", got="5x", expected="a duration", do="Write 5s.")
    assert str(error) == "LOCK: got '5x', expected a duration. Write 5s."


def test_a_refusal_can_be_retold_under_the_name_that_the_user_knows() -> None:
    """Only the name changes, even where the rest holds a colon."""
    error = ConfigurationError.of("limit", got="a: b", expected="c", do="d: e.")
    assert str(error.renamed("LOGIN__IP_LIMIT")) == "LOGIN__IP_LIMIT: got 'a: b', expected c. d: e."
