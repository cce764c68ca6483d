"""Claims about the model of all settings: where they come from and what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from authguard_core import ConfigurationError, PurposeSettings, Settings
from authguard_core.counting.limits import Rule
from tests.core.scene import OLD_SECRET, SECRET

SET = {"secret_key": SECRET}
LOCKED = {"delay_after": 3, "delay": 1_000, "delay_max": 30_000, "lock": 900_000, "lock_max": 3_600_000}


def loaded(mapping: dict[str, Any] | None = None, **code: Any) -> Settings:  # noqa: ANN401 - any setting
    return Settings.load(mapping, **{**SET, **code})


def refusal(mapping: dict[str, Any] | None = None, **code: Any) -> str:  # noqa: ANN401 - any setting
    """What a developer reads whose settings can't be used."""
    with pytest.raises(ConfigurationError) as refused:
        loaded(mapping, **code)
    return str(refused.value)


def limit_of(settings: Settings, purpose: str = "login") -> int:
    return settings.policy().purposes[purpose].account.limit


# The defaults


def test_a_secret_is_all_that_must_be_set() -> None:
    """Safe defaults: memory, no proxy, a secure cookie, and the five purposes."""
    settings = loaded()

    assert (settings.storage_url, settings.trusted_proxies, settings.cookie_secure) == ("memory://", (), True)
    assert settings.resolve_timeout_seconds == settings.storage_timeout_seconds == 0.25
    assert settings.policy().purposes.keys() == {"login", "otp", "reset", "register", "meter"}


def test_the_login_defaults_are_those_of_the_standard() -> None:
    """5/15m an account and a device, lock and delay; 30/15m an address, 300/15m a subnet; at most 100."""
    policy = loaded().policy().purposes["login"]

    assert policy.account == policy.device == Rule(5, 900_000, cap=100, **LOCKED)
    assert (policy.address, policy.subnet) == (Rule(30, 900_000), Rule(300, 900_000))
    assert not policy.known_by_address


def test_a43_purposes_that_send_limit_what_is_sent() -> None:
    """Five an hour to one recipient, without lock, delay or cap, and nobody is known."""
    policy = loaded().policy()

    assert policy.purposes["reset"].account == policy.purposes["register"].account == Rule(5, 3_600_000)
    assert policy.purposes["reset"].device is None
    assert policy.purposes["register"].address == Rule(100, 3_600_000)


def test_assessing_a_password_while_it_is_typed_has_a_wide_limit_of_its_own() -> None:
    """A hundred and twenty in five minutes for a visitor, without lock, delay or cap; it can be set."""
    assert loaded().policy().purposes["meter"].account == Rule(120, 300_000)
    assert loaded(meter={"account_limit": "9/1m"}).policy().purposes["meter"].account == Rule(9, 60_000)


@pytest.mark.parametrize(
    ("preset", "address", "subnet", "by_address"),
    [("standard", 30, 300, False), ("large", 100, 1_000, False), ("api", 30, 300, True)],
)
def test_a_preset_changes_what_checks_a_secret(
    preset: str, address: int, subnet: int, *, by_address: bool
) -> None:
    """Login and one-time codes and the application's own purposes; what is sent stays limited as it was."""
    policy = loaded(preset=preset, purposes={"export": {}}).policy()

    for name in ("login", "otp", "export"):
        rules = policy.purposes[name]
        assert rules.address == Rule(address, 900_000)
        assert rules.subnet == Rule(subnet, 900_000)
        assert rules.known_by_address == by_address
    assert policy.purposes["reset"].address == Rule(30, 3_600_000)
    assert not policy.purposes["reset"].known_by_address


def test_a_setting_stands_above_its_preset() -> None:
    """A preset is a set of defaults, whatever layer names it."""
    rules = loaded({"LOGIN__IP_LIMIT": "50/15m"}, preset="large").policy().purposes["login"]

    assert (rules.address, rules.subnet) == (Rule(50, 900_000), Rule(1_000, 900_000))


# Precedence


def test_code_stands_above_mapping_above_environment_above_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting comes from the highest layer that has it, within one block too."""
    for name in ("ACCOUNT_LIMIT", "DEVICE_LIMIT", "IP_LIMIT"):
        monkeypatch.setenv(f"AUTHGUARD_LOGIN__{name}", "7/15m")
    settings = loaded({"LOGIN": {"DEVICE_LIMIT": "8/15m", "IP_LIMIT": "8/15m"}}, login={"ip_limit": "9/15m"})
    rules = settings.policy().purposes["login"]

    assert rules.account.limit == 7
    assert rules.device
    assert rules.device.limit == 8
    assert rules.address == Rule(9, 900_000)
    assert rules.subnet == Rule(300, 900_000)


def test_the_layers_of_registering_are_laid_together_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one purpose whose name the model can't bear: each layer counts, under either of its names."""
    monkeypatch.setenv("AUTHGUARD_REGISTER__ACCOUNT_LIMIT", "7/1h")
    monkeypatch.setenv("AUTHGUARD_REGISTER__IP_LIMIT", "7/1h")
    settings = loaded({"REGISTER": {"IP_LIMIT": "8/1h"}}, registration={"subnet_limit": "9/1h"})
    rules = settings.policy().purposes["register"]

    assert (rules.account.limit, rules.address, rules.subnet) == (7, Rule(8, 3_600_000), Rule(9, 3_600_000))


def test_the_layers_of_a_purpose_of_the_application_are_laid_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """AUTHGUARD_PURPOSES__EXPORT__... is the environment's layer of the purpose ``export``."""
    monkeypatch.setenv("AUTHGUARD_PURPOSES__EXPORT__ACCOUNT_LIMIT", "7/15m")
    monkeypatch.setenv("AUTHGUARD_PURPOSES__EXPORT__IP_LIMIT", "7/15m")
    settings = loaded({"PURPOSES": {"EXPORT": {"IP_LIMIT": "8/15m"}}})
    rules = settings.policy().purposes["export"]

    assert rules.account == Rule(7, 900_000, cap=100, **LOCKED)
    assert rules.address == Rule(8, 900_000)


def test_a_model_from_code_hides_no_other_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PurposeSettings doesn't set still comes from mapping, environment and defaults."""
    monkeypatch.setenv("AUTHGUARD_LOGIN__LOCK", "30m")
    mine = PurposeSettings.model_validate({"account_limit": "7/15m", "device_limit": "off"})
    rules = loaded({"LOGIN__SUBNET_LIMIT": "70/15m"}, login=mine).policy().purposes["login"]

    assert rules.account == Rule(7, 900_000, cap=100, **{**LOCKED, "lock": 1_800_000})
    assert (rules.device, rules.address, rules.subnet) == (None, Rule(30, 900_000), Rule(70, 900_000))


def test_settings_can_be_made_of_settings() -> None:
    """The blocks of one model are good values for another: nothing changes its meaning on the way."""
    settings = loaded(login={"lock": "20m"}, purposes={"export": {"lock": "2h", "lock_max": "2h"}})

    assert (
        loaded(login=settings.login, purposes=settings.purposes).policy().purposes
        == settings.policy().purposes
    )


@pytest.mark.parametrize("name", ["AUTHGUARD_PRESET", "authguard_preset", "AuthGuard_Preset"])
def test_the_case_of_a_name_in_the_environment_makes_no_difference(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As everywhere with pydantic-settings."""
    monkeypatch.setenv(name, "large")

    assert loaded().preset == "large"


def test_joined_names_work_in_code_too() -> None:
    """One spelling for all layers, and in the constructor."""
    assert limit_of(loaded(login__account_limit="7/15m")) == 7
    assert limit_of(Settings(secret_key=SECRET, LOGIN__ACCOUNT_LIMIT="7/15m")) == 7


# Lists


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("", ()),
        (" , ", ()),
        ("10.0.0.0/8", ("10.0.0.0/8",)),
        (" 10.0.0.0/8 ,unix,", ("10.0.0.0/8", "unix")),
    ],
)
def test_a_list_in_the_environment_is_split_at_commas(
    monkeypatch: pytest.MonkeyPatch, text: str, networks: tuple[str, ...]
) -> None:
    """One value is a list of one, and space around a value is none of it."""
    monkeypatch.setenv("AUTHGUARD_TRUSTED_PROXIES", text)

    assert loaded().trusted_proxies == networks


def test_a_list_from_code_is_a_list() -> None:
    """Or one text, as in the environment."""
    assert loaded(trusted_proxies=["unix"]).trusted_proxies == loaded(trusted_proxies="unix").trusted_proxies


def test_a78_secrets_rotate_by_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first signs; a former one still verifies."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", f"{SECRET}, {OLD_SECRET}")
    now, before = Settings.load().policy().keys, loaded(secret_key=OLD_SECRET).policy().keys

    assert now.verify(before.sign("a"), "a")
    assert not before.verify(now.sign("a"), "a")


def test_a_secret_model_field_is_a_good_secret() -> None:
    """What another model holds as SecretStr needs no unwrapping."""
    assert loaded(secret_key=loaded().secret_key[0]).secret_key == loaded().secret_key


def test_a_secret_that_isn_t_utf_8_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any bytes that the environment can hold will do."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", "\udcff" * 32)

    assert len(Settings.load().policy().keys.key("a")) == 16


# Refusals


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ({"secret_key": ()}, "SECRET_KEY: got '0 secrets of [] bytes', expected one or more of at least 32"),
        ({"secret_key": "canary"}, "SECRET_KEY: got '1 secrets of [6] bytes', expected one or more"),
        ({"secret_key": [SECRET, "canary"]}, "SECRET_KEY: got '2 secrets of [50, 6] bytes', expected"),
        ({"secret_key": 5}, "SECRET_KEY: got 'int', expected text or a list of texts. "),
        ({"secret_key": b"canary" * 6}, "SECRET_KEY: got 'bytes', expected text or a list of texts. "),
        ({"trusted_proxies": None}, "TRUSTED_PROXIES: got 'NoneType', expected text or a list of texts. "),
        ({"trusted_proxies": "*"}, "TRUSTED_PROXIES: got '*', expected an address, a network"),
        ({"trusted_proxies": "0.0.0.0/0"}, "TRUSTED_PROXIES: got '0.0.0.0/0', expected "),
        ({"trusted_proxies": ["10.0.0.0/8", "::/0"]}, "TRUSTED_PROXIES: got '::/0', expected "),
        ({"trusted_header": "x-real-ip"}, "TRUSTED_HEADER: got 'x-real-ip', expected 'x-forwarded-for' or"),
        ({"preset": "huge"}, "PRESET: got 'huge', expected one of ['standard', 'large', 'api']."),
        ({"preset": ["large"]}, "PRESET: got ['large'], expected one of "),
        ({"cookie_secure": "maybe"}, "COOKIE_SECURE: got 'maybe', expected a valid boolean"),
        ({"resolve_timeout": "0ms"}, "RESOLVE_TIMEOUT: got '0ms', expected a positive duration"),
        ({"resolve_timeout": True}, "RESOLVE_TIMEOUT: got True, expected a positive duration"),
        ({"storage_url": 5}, "STORAGE_URL: got 5, expected a valid string."),
        (
            {"login": {"account_limit": "0/15m"}},
            "LOGIN__ACCOUNT_LIMIT: got 0, expected a whole number from 1",
        ),
        ({"login": {"account_limit": "*"}}, "LOGIN__ACCOUNT_LIMIT: got '*', expected a limit such as"),
        ({"otp": {"account_limit": "off"}}, "OTP__ACCOUNT_LIMIT: got 'off', expected a limit."),
        (
            {"login": {"account_limit": "5/15m burst 2"}},
            "LOGIN__ACCOUNT_LIMIT: got '5/15m burst 2', expected an",
        ),
        (
            {"login": {"lock": "5m"}},
            "LOGIN__LOCK: got '5m', expected at least the window of account_limit, 15m.",
        ),
        ({"login": {"lock": "2h"}}, "LOGIN__LOCK_MAX: got '1h', expected at least lock, 2h."),
        ({"login": {"delay_after": True}}, "LOGIN__DELAY_AFTER: got True, expected a whole number."),
        ({"login": {"failure_cap": 101}}, "LOGIN__FAILURE_CAP: got 101, expected 1 to 100."),
        ({"register": {"ip_limit": "0/1h"}}, "REGISTER__IP_LIMIT: got 0, expected a whole number from 1"),
        ({"registration": {"lock": "1m"}}, "REGISTER__LOCK: got '1m', expected at least the window"),
        ({"purposes": {"export": {"lock": "1m"}}}, "PURPOSES__EXPORT__LOCK: got '1m', expected at least"),
        (
            {"password": {"min_length": 7}},
            "PASSWORD__MIN_LENGTH: got 7, expected greater than or equal to 8.",
        ),
        (
            {"password": {"min_length": 200}},
            "PASSWORD__MAX_LENGTH: got 128, expected at least min_length, 200.",
        ),
        ({"password": "x"}, "PASSWORD: got 'x', expected "),
    ],
    ids=lambda case: str(case)[:40],
)
def test_a96_a_setting_that_can_t_be_used_is_refused_by_name(code: dict[str, Any], text: str) -> None:
    """The refusal says what was got and what was expected, under the name that the user wrote."""
    assert refusal(**code).startswith(text)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("AUTHGUARD_SECRET_KEY", "", "SECRET_KEY: got '0 secrets of [] bytes'"),
        ("AUTHGUARD_PRESET", "", "PRESET: got '', expected one of"),
        ("AUTHGUARD_COOKIE_SECURE", "", "COOKIE_SECURE: got '', expected a valid boolean"),
        ("AUTHGUARD_LOGIN__ACCOUNT_LIMIT", "", "LOGIN__ACCOUNT_LIMIT: got '', expected a limit"),
        ("AUTHGUARD_LOGIN__LOCK", "", "LOGIN__LOCK: got '', expected a positive duration"),
        ("AUTHGUARD_LOGIN__FAILURE_CAP", "", "LOGIN__FAILURE_CAP: got '', expected 1 to 100."),
        ("AUTHGUARD_REGISTER__LOCK", "1m", "REGISTER__LOCK: got '1m', expected at least the window"),
        (
            "AUTHGUARD_LOGIN",
            "5/15m",
            "LOGIN: got 'str', expected settings below it. Set LOGIN__ACCOUNT_LIMIT,",
        ),
        ("AUTHGUARD_LOGIN", "", "LOGIN: got 'str', expected settings below it."),
        ("AUTHGUARD_REGISTER", "5/1h", "REGISTER: got 'str', expected settings below it."),
        (
            "AUTHGUARD_PURPOSES",
            "export",
            "PURPOSES: got 'str', expected settings below it. Set PURPOSES__EXPORT__",
        ),
        ("AUTHGUARD_PURPOSES__EXPORT", "5/15m", "PURPOSES__EXPORT: got 'str', expected settings below it."),
        (
            "AUTHGUARD_LOGNI__LOCK",
            "1h",
            "environment: got 'AUTHGUARD_LOGNI__LOCK', expected the name of a setting.",
        ),
        ("AUTHGUARD_REGISTRATION__LOCK", "1h", "environment: got 'AUTHGUARD_REGISTRATION__LOCK', expected"),
    ],
)
def test_a96_a_variable_that_can_t_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, text: str
) -> None:
    """An empty variable is no value, and one that sets nothing is no setting."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", SECRET)
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError) as refused:
        Settings.load()

    assert str(refused.value).startswith(text)


@pytest.mark.parametrize(
    ("mapping", "got", "meant"),
    [
        ({"LOGNI": {}}, "LOGNI", "LOGIN"),
        ({"LOGIN": {"ACOUNT_LIMIT": "5/15m"}}, "LOGIN__ACOUNT_LIMIT", "LOGIN__ACCOUNT_LIMIT"),
        ({"REGISTER": {"ACOUNT_LIMIT": "5/1h"}}, "REGISTER__ACOUNT_LIMIT", "REGISTER__ACCOUNT_LIMIT"),
        ({"PURPOSES__EXPORT__LOKC": "1h"}, "PURPOSES__EXPORT__LOKC", "PURPOSES__EXPORT__LOCK"),
        ({"PASSWORD__MIN_LENGHT": 15}, "PASSWORD__MIN_LENGHT", "PASSWORD__MIN_LENGTH"),
        ({"STORAGE_URI": "canary"}, "STORAGE_URI", "STORAGE_URL"),
    ],
)
def test_a96_a_name_in_a_mapping_that_sets_nothing_is_refused(
    mapping: dict[str, Any], got: str, meant: str
) -> None:
    """With the name that was probably meant, and without the value."""
    assert refusal(mapping) == (
        f"settings: got '{got}', expected the name of a setting. Did you mean {meant}?"
    )


@pytest.mark.parametrize("name", ["login", "otp", "reset", "register", "meter"])
def test_a96_a_purpose_of_the_application_replaces_none_of_ours(name: str) -> None:
    """``purposes={"login": ...}`` would quietly outvote LOGIN__..."""
    assert refusal(purposes={name: {"account_limit": "999/15m"}}) == (
        f"PURPOSES: got '{name}', expected a name of your own. Set {name.upper()}__ACCOUNT_LIMIT and the like"
        " in its stead."
    )


@pytest.mark.parametrize("value", [None, "5/15m", 5, True, []], ids=str)
def test_a96_a_block_is_no_value(value: object) -> None:
    """A limit in the place of a block would be dropped, and the default would stand in silence."""
    assert refusal(otp=value) == (
        f"OTP: got '{type(value).__name__}', expected settings below it. Set OTP__ACCOUNT_LIMIT, for example."
    )


def test_every_fault_is_named_at_once() -> None:
    """One line each."""
    lines = refusal(login={"lock": "1m"}, otp={"account_limit": "x"}, preset="large").splitlines()

    assert [line.partition(":")[0] for line in lines] == ["LOGIN__LOCK", "OTP__ACCOUNT_LIMIT"]


def test_settings_can_t_be_changed_afterwards() -> None:
    """What was validated stays valid."""
    with pytest.raises(ValidationError, match="frozen"):
        loaded().preset = "api"


def test_the_limit_of_the_login_says_how_long_guessing_takes() -> None:
    """Five guesses in a quarter of an hour, beside ten thousand a second at a slow hash."""
    times = loaded().password_policy().check("password").crack_times
    assert times.online_throttled == pytest.approx(times.offline_slow * 10_000 * 900 / 5)


def test_the_password_settings_are_the_policys() -> None:
    """Under ``PASSWORD__``, as every other block."""
    policy = loaded(password={"min_length": "20", "site_words": "shop"}).password_policy()
    assert policy.length.minimum == 20
    assert policy.check("shop-tiger-salmon-bucket-winter").findings
