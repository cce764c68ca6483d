"""The four mails of the shop, as text.

None of them repeats what a stranger typed into a form: registration would else be a way
to send one's own words to any address.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

__all__ = ["Mail", "address_taken", "confirm_registration", "reset_password", "username_taken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail; every field of it is personal or secret."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    link: str | None = field(default=None, repr=False)


def confirm_registration(to: str, *, base_url: str, token: str) -> Mail:
    """Ask the owner of a new address to confirm it."""
    link = _link(base_url, "/confirm", token)
    text = (
        f"Welcome! Open this link within a day to finish your registration:\n\n{link}\n\n"
        "You didn't register? Then ignore this mail, and nothing will happen."
    )
    return Mail(to=to, subject="Confirm your registration", text=text, link=link)


def username_taken(to: str) -> Mail:
    """Tell that the name is somebody else's; the one place where a name shows as taken."""
    text = (
        "The user name that you asked for is already taken. Please register again with another one.\n\n"
        "You didn't register? Then ignore this mail, and nothing will happen."
    )
    return Mail(to=to, subject="This user name is taken", text=text)


def address_taken(to: str) -> Mail:
    """Tell the owner of an account that somebody tried to register with its address."""
    text = (
        "Somebody tried to register with your address, which already has an account. "
        "Nothing has changed.\n\n"
        "Was it you? Then sign in, or ask for a new password if you don't remember yours."
    )
    return Mail(to=to, subject="You already have an account", text=text)


def reset_password(to: str, *, username: str, base_url: str, token: str) -> Mail:
    """Hand the owner of an account the link to a new password."""
    link = _link(base_url, "/reset/confirm", token)
    text = (
        f"Hello {username},\n\nopen this link within an hour to choose a new password:\n\n{link}\n\n"
        "You didn't ask for it? Then ignore this mail. Your password stays as it is."
    )
    return Mail(to=to, subject="Choose a new password", text=text, link=link)


def _link(base_url: str, path: str, token: str) -> str:
    return f"{base_url.rstrip('/')}{path}?{urlencode({'token': token})}"
