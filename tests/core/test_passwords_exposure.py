"""Claims about what a look-up of breached passwords can say."""

from authguard_core.passwords import Exposure


def test_the_values_are_stable() -> None:
    """A cache or a form of the application may hold them."""
    assert [exposure.value for exposure in Exposure] == [
        "unasked",
        "clear",
        "breached",
        "unknown",
        "unchecked",
    ]
