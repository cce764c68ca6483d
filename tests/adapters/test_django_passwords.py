"""The password policy as one of AUTH_PASSWORD_VALIDATORS."""

from collections.abc import Generator
from types import SimpleNamespace

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.test.utils import override_settings
from django.utils import translation
from django.utils.translation import gettext

from authguard_core import ConfigurationError
from authguard_core.passwords.findings import FINDINGS
from authguard_django.validators import AuthGuardPasswordValidator
from tests.adapters.django_world import World, opened

GOOD = "umbrella fjord quartz lantern"


@pytest.fixture
def world() -> Generator[World]:
    with opened() as made:
        yield made


def refusal(password: str, user: object = None, **options: object) -> dict[str, str]:
    """Return why a password is refused: codes and messages."""
    validator = AuthGuardPasswordValidator(**options)  # type: ignore[arg-type]  # the options of a test
    try:
        validator.validate(password, user)
    except ValidationError as error:
        return {str(one.code): one.messages[0] for one in error.error_list}
    return {}


def test_a_good_password_is_accepted(world: World) -> None:
    """Django's own function asks the validator, and is content."""
    validate_password(GOOD, world.alice)
    assert refusal(GOOD) == {}


def test_each_finding_has_its_code_and_its_sentence(world: World) -> None:
    """The reasons come first, with their numbers filled in."""
    with pytest.raises(ValidationError) as caught:
        validate_password("Password1", world.alice)
    codes = [one.code for one in caught.value.error_list]
    assert codes[:2] == ["too_short", "too_common"]
    assert caught.value.messages[0] == "Use at least 15 characters."


def test_what_the_user_is_called_is_refused(world: World) -> None:
    """Name, e-mail address and further fields are what an attacker tries first."""
    world.alice.username, world.alice.first_name = "katharina", "Wilhelmina"
    world.alice.email = "burgermeister@example.com"
    assert "contains_username" in refusal("katharina-katharina", world.alice)
    assert "contains_name" in refusal("wilhelmina wilhelmina", world.alice)
    assert "contains_email" in refusal("burgermeister2024!", world.alice)
    world.alice.last_name = "unusual"
    user = SimpleNamespace(get_username=lambda: None, company="Quasarworks")
    assert "contains_word" in refusal("quasarworks quasarworks", user, user_attributes=("company",))


def test_the_settings_of_the_guard_hold(world: World) -> None:
    """AUTHGUARD['PASSWORD'] sets the length for the validator too."""
    assert "too_short" in refusal("Vexing7!Quokka")
    with opened_anew({"PASSWORD": {"MIN_LENGTH": 12}}, world):
        assert "too_short" not in refusal("Vexing7!Quokka")


def opened_anew(more: dict[str, object], world: World) -> override_settings:
    return override_settings(AUTHGUARD={**world.setting, **more})


def test_a_preset_takes_the_settings_place(world: World) -> None:
    """An unknown one is refused."""
    assert refusal("short", preset="legacy_8")["too_short"] == "Use at least 8 characters."
    with pytest.raises(ConfigurationError):
        AuthGuardPasswordValidator(preset="nothing")
    assert world.told.kinds["attempt_admitted"] == 0


def test_with_a_second_factor_eight_characters_are_enough(world: World) -> None:
    """NIST asks for fifteen where the password stands alone."""
    assert refusal("short", second_factor=True)["too_short"] == "Use at least 8 characters."
    assert "at least 8 characters" in AuthGuardPasswordValidator(second_factor=True).get_help_text()
    assert world.told.kinds["attempt_admitted"] == 0


def test_the_help_text_says_what_is_asked(world: World) -> None:
    """Django's forms show it."""
    (told,) = password_validators_help_texts()
    assert told.startswith("Your password must have at least 15 characters.")
    assert world.told.kinds["attempt_admitted"] == 0


def test_sentences_go_through_gettext(world: World) -> None:
    """A language that comes with authguard is spoken as soon as it is active."""
    with translation.override("de"):
        assert refusal("short")["too_short"] == "Verwenden Sie mindestens 15 Zeichen."
        assert "mindestens 15 Zeichen" in AuthGuardPasswordValidator().get_help_text()
        assert all(gettext(wording.message) != wording.message for wording in FINDINGS.values())
    assert world.told.kinds["attempt_admitted"] == 0
