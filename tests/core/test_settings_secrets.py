"""Claims about secrets among the settings: nothing shows them."""

import traceback
from typing import Any

import pytest

from authguard_core import ConfigurationError, Settings
from tests.core.scene import SECRET


def loaded(**code: Any) -> Settings:  # noqa: ANN401 - any setting
    return Settings.load(**{"secret_key": SECRET, **code})


def test_a82_settings_show_no_secret() -> None:
    """Neither the key nor the password in a storage URL is in a repr."""
    settings = loaded(secret_key="canary" * 6, storage_url="redis://:canary@localhost")

    assert "canary" not in f"{settings!r}{settings}"


@pytest.mark.parametrize(
    "code",
    [
        {"secret_key": "canary"},
        {"secret_key": [SECRET, "canary"]},
        {"secret_key": ["canary" * 6, 5]},
        {"secret_key": {"canary": "canary"}},
        {"secret_key": b"canary" * 6},
        {"secret_key": "canary" * 6, "preset": "huge"},
        {"secret_key": "canary" * 6, "login": {"lock": "1m"}},
        {"secret_key": "canary" * 6, "secret_keys": "canary"},
        {"storage_url": ["redis://:canary@localhost"]},
        {"storage_url": "redis://:canary@localhost", "login": {"lock": "1m"}},
    ],
    ids=repr,
)
def test_a82_a_refusal_repeats_no_secret(code: dict[str, Any]) -> None:
    """Not in its text, not in its traceback's, whatever else is wrong."""
    with pytest.raises(ConfigurationError) as refused:
        loaded(**code)

    assert "canary" not in f"{refused.value!r}{''.join(traceback.format_exception(refused.value))}"
