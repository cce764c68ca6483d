"""The logins that are attacked."""

import pytest

from tests.attacks.world import Login, make_login


@pytest.fixture
def login() -> Login:
    """The defaults: five in fifteen minutes, delays from the third, a lock of fifteen minutes."""
    return make_login()


@pytest.fixture
def undelayed() -> Login:
    """The defaults without progressive delays, so that exactly five guesses reach the check at once."""
    return make_login(delay_after=5)
