"""Claims about what is known of an account."""

from authguard_core.passwords import PasswordContext


def test_a82_a_context_shows_nothing_of_a_person() -> None:
    """It holds names and addresses, so its repr is empty."""
    context = PasswordContext(
        username="canary", email="canary@example.org", names=["Canary"], words=["canary"]
    )
    assert repr(context) == "PasswordContext()"


def test_nothing_need_be_known() -> None:
    """Every part may be left out."""
    context = PasswordContext()
    assert (context.username, context.email, context.names, context.words) == ("", "", (), ())
