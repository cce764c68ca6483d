"""Claims about what the examples wire: the policy as the shop asks it, and the settings."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_argon2 import MAX_PASSWORD_BYTES
from authguard_core import Settings
from authguard_core.identity import canonical
from authguard_core.passwords import PasswordPolicy
from examples.shop import open_shop
from examples.shop.passwords import Assessment, PasswordLength, feedback_of
from examples.wiring import PolicyPasswords, load_settings, password_length

GOOD = "four walnut lanterns under ice"
PASSWORDS = PolicyPasswords(PasswordPolicy(site_words=["authguard"]))


def assessed(password: str, *, username: str = "", email: str = "") -> Assessment:
    return PASSWORDS.assess(password, username=username, email=email)


def codes(password: str, *, username: str = "", email: str = "") -> list[str]:
    return [reason["code"] for reason in feedback_of(assessed(password, username=username, email=email))]


def settings(**values: dict[str, object]) -> Settings:
    return Settings.load(secret_key="k" * 32, **values)


@pytest.mark.parametrize("password", [GOOD, "a long enough passphrase", "каждый охотник желает знать"])
def test_a_good_passphrase_is_accepted(password: str) -> None:
    """Without a reason against it, and without advice that nobody needs."""
    found = assessed(password, username="ann", email="ann@example.org")
    assert (found["ok"], feedback_of(found)) == (True, [])
    assert found["score"] >= 3


def test_a_refusal_is_told_with_what_explains_it() -> None:
    """The reason first, then the remark; what helps is told to who is typing."""
    found = assessed("sunshine and moonlight")
    assert [one["blocks"] for one in found["findings"]] == [True, False]
    assert [reason["code"] for reason in feedback_of(found)] == ["too_weak", "dictionary_word"]
    assert [one["code"] for one in found["advice"]] == ["add_words"]
    assert all(one["title"] and one["message"] for one in (*found["findings"], *found["advice"]))


def test_the_owner_and_the_site_are_no_secret() -> None:
    """Name, address and what the page calls itself are tried first."""
    assert codes("HansFlorianZimmer", username="HansFlorianZimmer") == ["contains_username"]
    assert codes("annabelle.winter1", email="annabelle.winter@example.org") == ["contains_email"]
    assert codes("authguardauthguard1") == ["contains_site"]


@pytest.mark.parametrize("password", [f"{GOOD} " * 5, "a\u0301\u0300" * 1_000_000])
def test_a71_long_passwords_are_refused_not_cut(password: str) -> None:
    """A password above the limit is refused whatever its size."""
    assert codes(password) == ["too_long"]


@pytest.mark.parametrize("password", [f"{GOOD}\ud800", "\udfff" * 20])
def test_a76_half_characters_are_refused(password: str) -> None:
    """A lone surrogate can't be encoded, so it can't be hashed."""
    assert codes(password) == ["unusable"]


@given(st.text(alphabet=st.characters(), max_size=200), st.text(alphabet=st.characters(), max_size=20))
def test_any_text_is_assessed(password: str, name: str) -> None:
    """Whatever is typed, of whomever, there is an answer, and it is sent as JSON."""
    found = assessed(password, username=name, email=name)
    assert found["ok"] is not bool(feedback_of(found))


def test_the_form_promises_no_more_than_is_hashed_whole() -> None:
    """However long a password the settings allow, what the form says fits the hasher in any script."""
    assert password_length(settings()) == PasswordLength(minimum=15, maximum=128)
    longest = password_length(settings(password={"max_length": 99_999})).maximum
    assert len(("\U0001f642" * longest).encode()) == MAX_PASSWORD_BYTES


def test_a71_what_no_hasher_hashes_whole_is_refused() -> None:
    """However long a password the settings allow."""
    policy = settings(password={"max_length": 99_999}).password_policy()
    found = PolicyPasswords(policy).assess(f"{GOOD} " * 200, username="", email="")
    assert [reason["code"] for reason in feedback_of(found)] == ["truncated"]


def test_an_example_knows_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word about it in the environment; with one, that is what counts, and all else stays."""
    monkeypatch.setenv("AUTHGUARD_PASSWORD__MIN_LENGTH", "20")
    shop = open_shop({"DEMO_DATA_DIR": str(tmp_path)}, canonical=canonical)
    assert load_settings({}, shop).password.site_words == ("authguard",)
    assert load_settings({}, shop).password.min_length == 20
    told = {"AUTHGUARD_PASSWORD__SITE_WORDS": "corner shop", "AUTHGUARD_SECRET_KEY": "k" * 32}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert load_settings(told, shop).password.site_words == ("corner shop",)
    shop.close()
