"""Claims about the defaults: each is at least what the standard it cites asks for."""

import pytest

from authguard_core.counting.limits import Limit, parse_duration
from authguard_core.presets import PRESETS, PURPOSES, defaults

SECRET_PURPOSES = ["login", "otp", "a user's own"]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("purpose", SECRET_PURPOSES)
def test_every_default_of_a_secret_is_within_the_standard(preset: str, purpose: str) -> None:
    """At most 100 consecutive failures, waits of 30 s to 1 h (NIST SP 800-63B-4, 3.2.2)."""
    chosen = defaults(preset, purpose)
    assert int(chosen["failure_cap"]) <= 100
    assert parse_duration("30s") <= parse_duration(chosen["lock"])
    assert parse_duration(chosen["lock"]) <= parse_duration(chosen["lock_max"]) <= parse_duration("1h")


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("purpose", SECRET_PURPOSES)
def test_no_preset_loosens_the_account(preset: str, purpose: str) -> None:
    """Whatever is known of the addresses, the account and its known sources get five tries."""
    chosen = defaults(preset, purpose)
    assert chosen["account_limit"] == chosen["device_limit"] == "5/15m"


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("purpose", [*SECRET_PURPOSES, "reset", "register", "meter"])
def test_a_lock_is_never_shorter_than_its_window(preset: str, purpose: str) -> None:
    """A shorter one would end while the window is still full."""
    chosen = defaults(preset, purpose)
    if chosen["lock"] != "off":
        assert parse_duration(chosen["lock"]) >= Limit.parse(chosen["account_limit"]).window


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("purpose", [*SECRET_PURPOSES, "reset", "register", "meter"])
def test_every_purpose_limits_account_address_and_subnet(preset: str, purpose: str) -> None:
    """No default leaves one of them unlimited, and a subnet allows more than one of its addresses."""
    chosen = defaults(preset, purpose)
    account, address, subnet = (
        Limit.parse(chosen[name]) for name in ("account_limit", "ip_limit", "subnet_limit")
    )
    assert account.count < address.count < subnet.count
    assert account.window == address.window == subnet.window


def test_the_large_preset_gives_shared_addresses_more() -> None:
    """A campus behind a few addresses gets a hundred tries from each."""
    chosen = defaults("large", "login")
    assert (chosen["ip_limit"], chosen["subnet_limit"]) == ("100/15m", "1000/15m")


def test_the_api_preset_knows_sources_by_address() -> None:
    """Clients without cookies have no other way to be known."""
    assert defaults("api", "login")["known_by_address"] == "true"
    assert "known_by_address" not in defaults("standard", "login")


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("purpose", ["reset", "register", "meter"])
def test_a_preset_changes_no_purpose_without_a_secret(preset: str, purpose: str) -> None:
    """Mails to one recipient stay limited however many share an address."""
    assert defaults(preset, purpose) == dict(PURPOSES[purpose])


@pytest.mark.parametrize("purpose", ["reset", "register", "meter"])
def test_a_purpose_without_a_secret_neither_locks_nor_delays_nor_caps(purpose: str) -> None:
    """Nobody guesses there; a lock would only keep the owner from a reset."""
    chosen = defaults("standard", purpose)
    assert {chosen[name] for name in ("lock", "delay", "failure_cap", "device_limit")} == {"off"}


def test_a_purpose_of_the_users_own_begins_like_login() -> None:
    """The strict defaults are those of whoever says nothing."""
    assert defaults("standard", "door code") == defaults("standard", "login")


def test_defaults_can_not_be_changed_through_what_is_returned() -> None:
    """Who changes the answer changes nobody else's defaults."""
    defaults("standard", "reset")["account_limit"] = "1000/1s"
    defaults("standard", "login")["account_limit"] = "1000/1s"
    assert defaults("standard", "reset")["account_limit"] == "5/1h"
    assert defaults("standard", "login")["account_limit"] == "5/15m"
