"""Claims about how settings come in, and how a refusal reads."""

from typing import Annotated, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, PlainValidator, ValidationError, model_validator

from authguard_core import ConfigurationError, PurposeSettings
from authguard_core.settings.input import merge, nested, refusal, refuse_unknown

KNOWN = {
    "secret_key": frozenset[str](),
    "preset": frozenset[str](),
    "login": frozenset(("account_limit", "lock")),
    "purposes": frozenset(("account_limit", "lock")),
}
NAMES = st.text("ab", min_size=1, max_size=2)
TREES = st.recursive(
    st.dictionaries(NAMES, st.integers(), max_size=3), lambda inner: st.dictionaries(NAMES, inner, max_size=3)
)


def test_names_of_either_case_and_depth_are_the_same() -> None:
    """A framework's ``LOGIN__LOCK`` is code's ``login={"lock": ...}``."""
    flat = {"LOGIN__LOCK": "15m", "Login__Account_Limit": "5/15m", "PRESET": "api"}

    assert nested(flat) == {"login": {"lock": "15m", "account_limit": "5/15m"}, "preset": "api"}
    assert nested({"LOGIN": {"LOCK": "15m", "account_limit": "5/15m"}, "preset": "api"}) == nested(flat)


def test_both_spellings_of_one_block_are_laid_together() -> None:
    """A nested block and a joined name of it: the later one wins where they meet."""
    assert nested({"LOGIN": {"LOCK": "15m", "DELAY": "1s"}, "LOGIN__LOCK": "20m"}) == {
        "login": {"lock": "20m", "delay": "1s"}
    }


def test_a_purpose_of_the_application_nests_twice() -> None:
    """``PURPOSES__EXPORT__LOCK`` is the lock of the purpose ``export``."""
    assert nested({"PURPOSES__EXPORT__LOCK": "1h"}) == {"purposes": {"export": {"lock": "1h"}}}


def test_a_model_stands_for_what_was_set_in_it() -> None:
    """Only that: what the model merely defaults to is left to the layers below."""
    model = PurposeSettings(account_limit="7/15m", lock="20m")  # type: ignore[arg-type]

    assert nested({"login": model}) == {"login": {"account_limit": "7/15m", "lock": "20m"}}


def test_a_name_that_is_no_text_is_a_name_all_the_same() -> None:
    """It will be refused as unknown, and doesn't end in a traceback here."""
    assert nested({5: "x"}) == {"5": "x"}  # type: ignore[dict-item]


@given(TREES, TREES)
def test_what_lies_above_wins(below: dict[str, object], above: dict[str, object]) -> None:
    """At every depth the upper layer's value stands, and nothing of it is lost; laid over itself it stays."""
    merged = merge(below, above)

    assert merge(merged, above) == merged
    assert merge(above, above) == above
    assert merged.keys() == below.keys() | above.keys()
    assert {name: merged[name] for name in below.keys() - above.keys()} == {
        name: below[name] for name in below.keys() - above.keys()
    }


def test_merging_changes_neither_layer() -> None:
    """The application's own dictionary is read, never written."""
    below: dict[str, object] = {"login": {"lock": "15m"}}
    above: dict[str, object] = {"login": {"delay": "1s"}, "preset": "api"}

    merge(below, above)

    assert (below, above) == ({"login": {"lock": "15m"}}, {"login": {"delay": "1s"}, "preset": "api"})


def test_a96_a_name_that_is_not_utf_8_is_refused_in_words() -> None:
    """Bytes of another encoding in the name of a purpose, where any name may stand, are told."""
    name = "AUTHGUARD_PURPOSES__CAF\udce9__LOCK"

    with pytest.raises(ConfigurationError, match=r"settings: got .*\\udce9.*, expected a name in UTF-8"):
        refuse_unknown([name], "AUTHGUARD_", KNOWN)
    with pytest.raises(ConfigurationError, match=r"settings: got .*\\udce9.*, expected a name in UTF-8"):
        nested({"purposes": {"caf\udce9": {"lock": "1h"}}})


@pytest.mark.parametrize(
    "name",
    [
        "AUTHGUARD_PRESET",
        "authguard_preset",
        "AuthGuard_Login__Lock",
        "AUTHGUARD_LOGIN",
        "AUTHGUARD_PURPOSES__EXPORT__ACCOUNT_LIMIT",
        "PATH",
        "MY_AUTHGUARD_THING",
        "AUTHGUARDIAN",
    ],
)
def test_a_known_or_a_foreign_name_passes(name: str) -> None:
    """Names of settings in either case, and whatever doesn't begin with the prefix."""
    refuse_unknown([name], "AUTHGUARD_", KNOWN)


@pytest.mark.parametrize(
    ("name", "do"),
    [
        ("AUTHGUARD_PRSET", "Did you mean AUTHGUARD_PRESET?"),
        ("authguard_prset", "Did you mean AUTHGUARD_PRESET?"),
        ("AUTHGUARD_LOGIN__ACOUNT_LIMIT", "Did you mean AUTHGUARD_LOGIN__ACCOUNT_LIMIT?"),
        ("AUTHGUARD_LOGIN_LOCK", "Did you mean AUTHGUARD_LOGIN__LOCK?"),
        ("AUTHGUARD_LOGIN__LOCK__LOCK", "Did you mean AUTHGUARD_LOGIN__LOCK?"),
        ("AUTHGUARD_PRESET__LOCK", "Did you mean AUTHGUARD_PRESET?"),
        ("AUTHGUARD_SECRET_KEYS", "Did you mean AUTHGUARD_SECRET_KEY?"),
        ("AUTHGUARD_PURPOSES__EXPORT__LOCKS", "Did you mean AUTHGUARD_PURPOSES__EXPORT__LOCK?"),
        ("AUTHGUARD_PURPOSES__EXPORT__LOCK__X", "Did you mean AUTHGUARD_PURPOSES__EXPORT__LOCK?"),
        ("AUTHGUARD_", "Did you mean AUTHGUARD_LOGIN?"),
        ("AUTHGUARD_QQQQQQQQQQQQQQQQQQQQ", "Remove it, or look the name up in the settings' reference."),
    ],
)
def test_a96_a_name_in_the_environment_that_sets_nothing_is_refused(name: str, do: str) -> None:
    """It is shown as it was written, with the name that was probably meant."""
    with pytest.raises(ConfigurationError) as refused:
        refuse_unknown(["PATH", name], "AUTHGUARD_", KNOWN)

    assert str(refused.value) == f"environment: got '{name}', expected the name of a setting. {do}"


def check_kind(value: object) -> object:
    if value == "bad":
        raise ConfigurationError.of("duration", got=value, expected="a duration", do="Write one.")
    return value


class Inner(BaseModel, extra="forbid"):
    """A block of settings."""

    lock: int = Field(default=1, ge=1)
    delay: Annotated[object, PlainValidator(check_kind)] = None

    @model_validator(mode="after")
    def check_order(self) -> Self:
        if self.lock == 13:
            raise ConfigurationError.of("lock", got=13, expected="luck", do="Choose another.")
        return self


class Outer(BaseModel, extra="forbid", hide_input_in_errors=True):
    """All settings."""

    preset: int = 0
    secret_key: tuple[int, ...] = ()
    login: Inner = Inner()
    register_it: Inner = Field(default=Inner(), validation_alias="AUTHGUARD_REGISTER")

    @model_validator(mode="after")
    def check_all(self) -> Self:
        if self.preset == 13:
            raise ConfigurationError.of("PRESET", got=13, expected="luck", do="Choose another.")
        return self


def text(**values: object) -> str:
    """The refusal of values that the models above don't take."""
    with pytest.raises(ValidationError) as refused:
        Outer.model_validate(values)
    return str(refusal(refused.value, KNOWN))


def test_a_refusal_names_got_and_expected() -> None:
    """Pydantic's finding in the one shape of all refusals, under the setting's name."""
    assert text(preset="x").startswith("PRESET: got 'x', expected a valid integer, ")
    assert text(preset="x").endswith(". Correct the setting.")
    assert text(login={"lock": 0}) == (
        "LOGIN__LOCK: got 0, expected greater than or equal to 1. Correct the setting."
    )


def test_a_setting_is_named_as_the_user_wrote_it() -> None:
    """Not as the model spells it."""
    assert text(AUTHGUARD_REGISTER={"lock": 0}).startswith("REGISTER__LOCK: got 0")


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"login": {"delay": "bad"}}, "LOGIN__DELAY: got 'bad', expected a duration. Write one."),
        ({"login": {"lock": 13}}, "LOGIN__LOCK: got 13, expected luck. Choose another."),
        ({"preset": 13}, "PRESET: got 13, expected luck. Choose another."),
    ],
    ids=["about one value", "about a block", "about all settings"],
)
def test_a_refusal_of_our_own_gets_the_full_name(values: dict[str, object], line: str) -> None:
    """What knows a value, or its block, needn't know where that stands."""
    assert text(**values) == line


def test_what_is_no_plain_value_is_told_by_its_type() -> None:
    """A mapping or list could hold anything."""
    assert text(preset=["canary"]).startswith("PRESET: got 'list', expected a valid integer")


def test_a82_a_secret_is_told_by_its_type() -> None:
    """Nothing that was given as a secret is repeated, in a list neither."""
    assert text(secret_key=["canary"]).startswith("SECRET_KEY: got 'str', expected ")
    assert text(secret_key="canary").startswith("SECRET_KEY: got 'str', expected ")


def test_every_fault_has_a_line_of_its_own() -> None:
    """All of them at once, so that nobody mends one after the other, and none of them twice."""
    lines = text(preset="x", login={"lock": 0}, secret_key=["a", "b"]).splitlines()

    assert [line.partition(":")[0] for line in lines] == ["PRESET", "SECRET_KEY", "LOGIN__LOCK"]


@pytest.mark.parametrize(
    ("values", "got", "do"),
    [
        ({"prset": 1}, "PRSET", "Did you mean PRESET?"),
        ({"login": {"lokc": 1}}, "LOGIN__LOKC", "Did you mean LOGIN__LOCK?"),
        ({"qqqqqqqq": "canary"}, "QQQQQQQQ", "Remove it, or look the name up in the settings' reference."),
    ],
)
def test_a96_a_name_from_code_that_sets_nothing_is_refused(
    values: dict[str, object], got: str, do: str
) -> None:
    """As in the environment: with the name that was probably meant, and without its value."""
    assert text(**values) == f"settings: got '{got}', expected the name of a setting. {do}"
