"""Claims about the named policies: each asks for what its standard asks for."""

import pytest

from authguard_core.passwords.presets import PRESETS


def test_nist_asks_for_fifteen_characters() -> None:
    """SP 800-63B-4, 3.1.1.2: where the password is the only factor."""
    assert PRESETS["nist"].min_length == 15


@pytest.mark.parametrize("name", ["asvs_l1", "legacy_8"])
def test_the_others_ask_for_eight(name: str) -> None:
    """OWASP ASVS 5.0, 6.2.1, and SP 800-63B of 2017, 5.1.1.2."""
    assert PRESETS[name].min_length == 8


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_permits_64_characters(name: str) -> None:
    """SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2.9."""
    assert PRESETS[name].max_length >= 64
