"""Claims about settings out of an application's configuration."""

import pytest
from flask import Flask

from authguard_core import ConfigurationError
from authguard_flask import AuthGuard
from tests.adapters.support import make_settings

KEY = "k" * 32


def test_settings_come_from_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code stands above app.config, that above the environment, nested or joined alike."""
    for name in ("ACCOUNT_LIMIT", "IP_LIMIT", "SUBNET_LIMIT"):
        monkeypatch.setenv(f"AUTHGUARD_LOGIN__{name}", "11/15m")
    app = Flask("shop")
    app.config.update(
        AUTHGUARD_SECRET_KEY=KEY,
        AUTHGUARD_LOGIN__IP_LIMIT="12/15m",
        AUTHGUARD_LOGIN={"ACCOUNT_LIMIT": "12/15m"},
        OTHER="thing",
    )
    guard = AuthGuard(app, {"LOGIN": {"ACCOUNT_LIMIT": "13/15m"}})
    limits = guard.settings.login
    told = [str(limit) for limit in (limits.account_limit, limits.ip_limit, limits.subnet_limit)]
    assert [text.partition("/")[0] for text in told] == ["13", "12", "11"]


def test_a_name_that_sets_nothing_is_refused() -> None:
    """A typing error would switch a limit off."""
    app = Flask("shop")
    app.config.update(AUTHGUARD_SECRET_KEY=KEY, AUTHGUARD_LOGIN__ACOUNT_LIMIT="5/15m")
    with pytest.raises(ConfigurationError, match="ACOUNT_LIMIT"):
        AuthGuard(app)


def test_a_settings_object_leaves_nothing_to_the_configuration() -> None:
    """What nobody would look at is refused by name, and its value isn't shown."""
    app = Flask("shop")
    app.config["AUTHGUARD_SECRET_KEY"] = KEY
    with pytest.raises(ConfigurationError, match="AUTHGUARD_SECRET_KEY") as caught:
        AuthGuard(app, make_settings())
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("key", ["canary", 1_234_567, b"canary" * 6])
def test_a82_a_secret_that_cannot_be_used_is_named_as_in_flask(key: object) -> None:
    """SECRET_KEY alone is Flask's own, which is set as a rule. The refusal shows nothing of the value."""
    app = Flask("shop")
    app.config.update(SECRET_KEY="f" * 32, AUTHGUARD_SECRET_KEY=key)
    with pytest.raises(ConfigurationError, match=r"^AUTHGUARD_SECRET_KEY: got ") as caught:
        AuthGuard(app)
    assert str(key) not in str(caught.value)
    assert "canary" not in str(caught.value)


def test_every_setting_that_cannot_be_used_is_named() -> None:
    """A line each."""
    app = Flask("shop")
    app.config.update(
        AUTHGUARD_SECRET_KEY=KEY, AUTHGUARD_LOGIN={"LOCK": "x"}, AUTHGUARD_COOKIE_SECURE="maybe"
    )
    with pytest.raises(ConfigurationError) as caught:
        AuthGuard(app)
    names = {line.partition(":")[0] for line in str(caught.value).splitlines()}
    assert names == {"AUTHGUARD_LOGIN__LOCK", "AUTHGUARD_COOKIE_SECURE"}


def test_one_mapping_of_all_settings_is_refused() -> None:
    """As Django has it. Here nobody would look at it, and no limit in it would hold."""
    app = Flask("shop")
    app.config.update(AUTHGUARD_SECRET_KEY=KEY, AUTHGUARD={"LOGIN": {"ACCOUNT_LIMIT": "1/15m"}})
    with pytest.raises(ConfigurationError, match=r"app\.config: got 'AUTHGUARD', expected a name for each"):
        AuthGuard(app)
