"""What Django's page shows is an installation that guards."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test.utils import override_settings

from authguard_django import checks
from tests.adapters.django_world import Client, log_in, opened
from tests.adapters.support import RIGHT, WRONG
from tests.docs.test_snippets import ROOT, run

PAGE = "docs/guides/django.md"
VALIDATOR = {"NAME": "authguard_django.validators.AuthGuardPasswordValidator"}


@pytest.fixture(params=[PAGE, "README.md"])
def settings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A page's settings, but for the list of apps: that of the tests holds more."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", "0123456789abcdef" * 4)
    names = run(request.param)
    shown = {name: value for name, value in names.items() if name.isupper() and name != "INSTALLED_APPS"}
    # The README leaves out what isn't authguard's business.
    return {"AUTH_PASSWORD_VALIDATORS": [VALIDATOR], **shown}


def test_the_settings_of_the_page_guard_the_admin(settings: dict[str, object]) -> None:
    """No check has anything to say, and the fourth guess in a row is refused."""
    with opened(), override_settings(**settings):
        assert not [message for message in run_checks() if str(message.id).startswith("authguard.")]
        browser = Client()
        words = [WRONG, WRONG, WRONG, RIGHT]
        assert [log_in(browser, "ann", word, "/admin/login/").status_code for word in words] == [
            200,
            200,
            200,
            429,
        ]


def test_the_page_lists_every_check() -> None:
    """An id that the code knows is explained, and no other."""
    source = Path(checks.__file__).read_text(encoding="utf-8")
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    known = {word.split('"')[0] for word in source.split('id="')[1:]}
    assert known == {word.split("`")[0] for word in page.split("| `")[1:] if word.startswith("authguard.")}
