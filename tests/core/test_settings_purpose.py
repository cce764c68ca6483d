"""Claims about the settings of one purpose, and of passwords."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from authguard_core import ConfigurationError, PurposeSettings
from authguard_core.counting.limits import Limit, Rule
from authguard_core.passwords import Code
from authguard_core.passwords.lists.packing import pack
from authguard_core.settings import PasswordSettings

ACCOUNT = {"account_limit": "5/15m"}
LIMITS = ["account_limit", "device_limit", "ip_limit", "subnet_limit"]


def made(**values: object) -> PurposeSettings:
    return PurposeSettings.model_validate({**ACCOUNT, **values})


def refusal(**values: object) -> ConfigurationError:
    """The refusal of settings that can't be used."""
    with pytest.raises(ValidationError) as refused:
        made(**values)
    (details,) = refused.value.errors()
    cause = details.get("ctx", {}).get("error")
    assert isinstance(cause, ConfigurationError)
    return cause


def test_a_purpose_needs_no_more_than_an_account_limit() -> None:
    """What isn't set is off: no address, no device, no delay, no lock, no cap."""
    policy = made().policy()

    assert policy.account == Rule(5, 900_000)
    assert (policy.address, policy.subnet, policy.device, policy.known_by_address) == (
        None,
        None,
        None,
        False,
    )


def test_every_setting_reaches_its_rule() -> None:
    """Text in, plain numbers of milliseconds out."""
    policy = made(
        device_limit="6/10m",
        ip_limit="30/15m",
        subnet_limit="300/1h burst 50",
        lock="20m",
        lock_max="2h",
        delay_after="2",
        delay="500ms",
        delay_max="1m",
        failure_cap="50",
        known_by_address="true",
    ).policy()

    guarded = {"delay_after": 2, "delay": 500, "delay_max": 60_000, "lock": 1_200_000, "lock_max": 7_200_000}
    assert policy.account == Rule(5, 900_000, cap=50, **guarded)
    assert policy.device == Rule(6, 600_000, cap=50, **guarded)
    assert policy.address == Rule(30, 900_000)
    assert policy.subnet == Rule(300, 3_600_000, burst=50)
    assert policy.known_by_address


@pytest.mark.parametrize("name", ["lock", "delay"])
def test_what_is_off_leaves_no_number_behind(name: str) -> None:
    """A lock or delay that is off is off whatever its neighbours say."""
    rule = made(**{"lock": "15m", "delay": "1s", name: "off"}).policy().account

    assert {"lock": (rule.lock, rule.lock_max), "delay": (rule.delay, rule.delay_max)}[name] == (0, 0)


@pytest.mark.parametrize("name", ["device_limit", "ip_limit", "subnet_limit", "lock", "delay", "failure_cap"])
@pytest.mark.parametrize("off", ["off", None])
def test_off_switches_a_part_off(name: str, off: str | None) -> None:
    """The word, or None from code, for everything that can be switched off."""
    assert getattr(made(**{name: off}), name) is None


@pytest.mark.parametrize("off", ["off", None])
def test_a96_the_account_limit_is_never_off(off: str | None) -> None:
    """Every purpose has one: without it the next attempt would always be free."""
    assert str(refusal(account_limit=off)).startswith("account_limit: got 'off', expected a limit.")


def test_a_copy_without_an_account_limit_is_no_policy() -> None:
    """A model that got around its own check decides nothing."""
    with pytest.raises(AssertionError):
        made().model_copy(update={"account_limit": None}).policy()


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize(
    "value",
    ["0/15m", "5/0s", "-5/15m", "*", "", "5", "5/", "/15m", "5/15", "five/15m", "5/15m burst 0", "1e3/1h"],
    ids=repr,
)
def test_a96_a_limit_that_limits_nothing_is_refused(name: str, value: str) -> None:
    """Zero, a star, an empty text and half a limit: none of them becomes a rule."""
    assert "got " in str(refusal(**{name: value}))


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", [True, False, 5, 0, 1.5, [], b"5/15m"], ids=repr)
def test_a96_a_limit_is_text(name: str, value: object) -> None:
    """A boolean or a number is no limit: it says no window."""
    assert str(refusal(**{name: value})).startswith(f'limit: got {value!r}, expected text such as "5/15m".')


def test_a_limit_from_code_may_be_a_limit() -> None:
    """What was parsed already is taken as it is."""
    assert made(ip_limit=Limit(count=9, window=1_000)).ip_limit == Limit(count=9, window=1_000)


@pytest.mark.parametrize("name", ["account_limit", "device_limit"])
def test_a_burst_has_no_log_to_lock_by(name: str) -> None:
    """Delay and lock are computed from the log, so account and device limits are exact."""
    assert str(refusal(**{name: "5/15m burst 2"})) == (
        f"{name}: got '5/15m burst 2', expected an exact limit. Lock and delay need the log: drop the burst."
    )


@pytest.mark.parametrize(
    ("value", "milliseconds"),
    [
        ("20m", 1_200_000),
        ("1h", 3_600_000),
        (1_200, 1_200_000),
        (1200.5, 1_200_500),
        (timedelta(hours=1), 3_600_000),
    ],
    ids=str,
)
def test_a_duration_is_text_seconds_or_a_timedelta(value: object, milliseconds: int) -> None:
    """From the environment it is text; code may use what Python has."""
    assert made(lock=value).lock == milliseconds


@pytest.mark.parametrize("name", ["lock", "lock_max", "delay", "delay_max"])
@pytest.mark.parametrize(
    "value",
    [
        "0s",
        "0",
        "",
        "-1s",
        "15",
        "1w",
        "*",
        True,
        False,
        0,
        -1,
        float("nan"),
        float("inf"),
        timedelta(0),
        [],
        b"1s",
    ],
    ids=repr,
)
def test_a96_a_duration_that_is_none_is_refused(name: str, value: object) -> None:
    """Zero, a sign, no unit, a boolean: none of them becomes a duration."""
    assert str(refusal(**{name: value})).startswith(f"duration: got {value!r}, expected ")


def test_a96_lock_max_can_t_be_off() -> None:
    """Every timed lock ends."""
    assert str(refusal(lock_max="off")).startswith("duration: got 'off'")


@pytest.mark.parametrize("name", ["account_limit", "device_limit"])
def test_a_lock_shorter_than_its_window_is_refused(name: str) -> None:
    """It would end while the window is still full; the refusal names both."""
    values: dict[str, object] = {
        "account_limit": "5/1m",
        "device_limit": "5/1m",
        "lock": "10m",
        name: "5/15m",
    }

    assert str(refusal(**values)) == (
        f"lock: got '10m', expected at least the window of {name}, 15m. Raise the one or lower the other."
    )


def test_a_lock_as_long_as_its_window_is_legal() -> None:
    """The bound itself is within."""
    assert made(lock="15m", lock_max="15m").policy().account.lock == 900_000


def test_a_longest_lock_shorter_than_the_first_is_refused() -> None:
    """LOCK_MAX below LOCK would end every lock too soon."""
    assert str(refusal(lock="1h", lock_max="30m")) == (
        "lock_max: got '30m', expected at least lock, 1h. Raise the one or lower the other."
    )


def test_a_longest_delay_shorter_than_the_first_is_refused() -> None:
    """So would DELAY_MAX below DELAY."""
    assert str(refusal(delay="10s", delay_max="5s")) == (
        "delay_max: got '5s', expected at least delay, 10s. Raise the one or lower the other."
    )


@pytest.mark.parametrize("value", [1, "1", 100, "100"], ids=repr)
def test_a_cap_is_at_most_a_hundred(value: object) -> None:
    """From one to a hundred consecutive failures, as text or number."""
    assert made(failure_cap=value).failure_cap == int(str(value))


@pytest.mark.parametrize(
    "value", [0, "0", 101, "101", -1, "", "*", "1.5", 1.0, True, "\u0661", [], "9" * 4_000], ids=repr
)
def test_a96_a_cap_beyond_the_standard_is_refused(value: object) -> None:
    """NIST SP 800-63B-4, 3.2.2: no more than a hundred, and zero would shut everybody out."""
    assert str(refusal(failure_cap=value)).startswith(f"cap: got {value!r}, expected 1 to 100.")


@pytest.mark.parametrize("value", [0, "0", -1, "", "x", "1.5", None, "off"], ids=repr)
def test_a96_delay_after_is_a_whole_number_from_one(value: object) -> None:
    """A delay before any failure would hold everybody up."""
    with pytest.raises(ValidationError):
        made(delay_after=value)


@pytest.mark.parametrize("value", [True, False])
def test_a96_a_boolean_is_no_number(value: bool) -> None:
    """``delay_after=True`` doesn't quietly mean one."""
    assert str(refusal(delay_after=value)) == f"number: got {value}, expected a whole number. Write digits."


def test_delay_after_beyond_the_limit_is_legal() -> None:
    """That is how delays are switched off while their lengths stay written down."""
    assert made(delay="1s", delay_after=5).policy().account.delay_after == 5


@pytest.mark.parametrize("value", ["maybe", "", 2, None, []], ids=repr)
def test_a96_a_switch_is_on_or_off(value: object) -> None:
    """What is neither true nor false is refused, not guessed at."""
    with pytest.raises(ValidationError):
        made(known_by_address=value)


@pytest.mark.parametrize("values", [{"acount_limit": "5/15m"}, {"window": 5}])
def test_a96_a_name_that_no_setting_has_is_refused(values: dict[str, object]) -> None:
    """A misspelt limit would limit nothing."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        made(**values)


def test_a_purpose_can_t_be_changed_afterwards() -> None:
    """The models are frozen: what was validated stays valid."""
    with pytest.raises(ValidationError, match="frozen"):
        made().lock = 1


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "device_limit": st.sampled_from(["off", "7/15m", Limit(count=3, window=1_234)]),
            "ip_limit": st.sampled_from(["off", "1000/15m burst 50"]),
            "lock": st.sampled_from(["off", "15m", 1_000, timedelta(minutes=20)]),
            "delay": st.sampled_from(["off", "1500ms"]),
            "failure_cap": st.sampled_from(["off", 7]),
            "delay_after": st.integers(1, 9),
            "known_by_address": st.booleans(),
        },
    )
)
def test_what_is_written_out_reads_back(values: dict[str, object]) -> None:
    """A dump is text that gives the same settings: bare milliseconds would be read as seconds."""
    assume(not values.get("known_by_address") or values.get("device_limit", "off") != "off")
    purpose = made(**values)

    assert PurposeSettings.model_validate(purpose.model_dump()) == purpose
    assert PurposeSettings.model_validate_json(purpose.model_dump_json()) == purpose


def test_a_known_address_needs_a_budget() -> None:
    """Without one it would silently never be known."""
    assert "known_by_address: got True, expected a device_limit" in str(
        refusal(known_by_address=True, device_limit="off")
    )


def test_password_lengths_are_those_of_the_standard() -> None:
    """Fifteen to 128 code points, unless set."""
    settings = PasswordSettings()
    assert (settings.min_length, settings.max_length, settings.min_score) == (15, 128, 3)


def test_a_preset_of_passwords_fills_in_what_is_not_set() -> None:
    """Eight characters of level 1 of OWASP ASVS, or whatever is set beside it."""
    assert PasswordSettings(preset="asvs_l1").min_length == 8
    assert PasswordSettings(preset="legacy_8", min_length=10, min_score=4).model_dump() == {
        "preset": "legacy_8",
        "min_length": 10,
        "max_length": 128,
        "min_score": 4,
        "site_words": (),
        "strict": False,
        "truncates_at": None,
        "common_list": None,
    }


def test_password_settings_read_back_what_they_write() -> None:
    """A dump is settings again."""
    settings = PasswordSettings(preset="asvs_l1", site_words=("shop",))
    assert PasswordSettings.model_validate(settings.model_dump()) == settings
    assert PasswordSettings.model_validate_json(settings.model_dump_json()) == settings


def test_a96_password_settings_are_settings_by_name() -> None:
    """One value in their place is refused."""
    with pytest.raises(ValidationError):
        PasswordSettings.model_validate("15")


def test_site_words_are_separated_by_commas() -> None:
    """One text from the environment, or a list from code."""
    assert PasswordSettings.model_validate({"site_words": "shop, example,"}).site_words == ("shop", "example")
    assert PasswordSettings(site_words=("shop",)).site_words == ("shop",)


def test_the_policy_is_what_was_set(tmp_path: Path) -> None:
    """Lengths, score, site words, strictness and the list reach it."""
    (tmp_path / "own.bin").write_bytes(pack([("tiger salmon bucket winter", 1)]))
    settings = PasswordSettings(
        min_length=20, min_score=4, site_words=("shop",), strict=True, common_list=tmp_path / "own.bin"
    )
    policy = settings.policy(guesses_per_second=1)
    assert (policy.length.minimum, policy.min_score) == (20, 4)
    assert policy.check("tiger salmon bucket winter").reasons[0].code is Code.TOO_COMMON
    assert policy.check("rivers shop along wooden planets").reasons[0].code is Code.CONTAINS_SITE


def test_a72_settings_tell_where_a_hash_stops_reading() -> None:
    """For those whose hashes are bcrypt's."""
    policy = PasswordSettings(truncates_at=72).policy(guesses_per_second=1)
    assert policy.check("tiger salmon bucket winter " * 3).reasons[0].code is Code.TRUNCATED


def test_a96_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With its path, and not at the first registration only."""
    with pytest.raises(ValidationError, match=r"none\.bin: got 'no file'"):
        PasswordSettings(common_list=tmp_path / "none.bin")


@pytest.mark.parametrize(
    "values",
    [
        {"min_length": 7},
        {"preset": "weak"},
        {"min_score": 5},
        {"min_score": -1},
        {"min_length": True},
        {"max_length": 63},
        {"max_length": True},
        {"min_lenght": 15},
    ],
)
def test_a96_password_lengths_below_the_standard_are_refused(values: dict[str, object]) -> None:
    """Never shorter than eight, and 64 always pass (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, V6.2.9)."""
    with pytest.raises(ValidationError):
        PasswordSettings.model_validate(values)


def test_a96_lengths_that_no_password_has_are_refused() -> None:
    """A shortest length above the longest would refuse every password."""
    with pytest.raises(ValidationError, match="max_length: got 128, expected at least min_length, 129"):
        PasswordSettings(min_length=129)


def test_one_length_may_be_the_only_one() -> None:
    """The bounds may meet."""
    assert PasswordSettings(min_length=128).min_length == 128


def test_a82_a_validation_error_repeats_no_input() -> None:
    """Pydantic doesn't show what came in: a secret in the wrong place stays one."""
    with pytest.raises(ValidationError) as refused:
        PurposeSettings.model_validate({**ACCOUNT, "secret_key": "canary", "delay_after": "canary"})

    assert "canary" not in str(refused.value)
