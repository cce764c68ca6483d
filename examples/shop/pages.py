"""The HTML pages. They work without JavaScript; with it they get quicker and talk more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from examples.shop.assets import asset_url
from examples.shop.outbox import Message
from examples.shop.passwords import Feedback, PasswordLength
from examples.shop.response import Answer

__all__ = ["PAGE_HEADERS", "Entry", "Panel", "account", "entry", "message", "outbox", "reset", "waiting_time"]

PAGE_HEADERS: Final = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    # Never a path or a token in a Referer, not even to ourselves. "no-referrer" would do the
    # same, but make browsers send "Origin: null" with a plain form post (Fetch, "append a request
    # Origin header"), which can't be told from a hostile one.
    ("Referrer-Policy", "strict-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)

_OUTBOX_SHOWN = 100

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_SHARED: Final = {"asset_url": asset_url}


class Panel(Enum):
    """The forms of the entry page."""

    SIGN_IN = "sign-in"
    REGISTER = "register"
    RESET = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the entry page shows: which form is open, what was typed, what was wrong with it."""

    length: PasswordLength
    panel: Panel = Panel.SIGN_IN
    error: str = ""
    username: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    feedback: Sequence[Feedback] = ()


def entry(shown: Entry, *, status: int = 200) -> Answer:
    """Show the forms to sign in, register and ask for a new password."""
    return _page("entry.html", status, shown=shown)


def account(username: str, *, status: int = 200) -> Answer:
    """Show who is signed in, with the way out."""
    return _page("account.html", status, username=username)


def message(title: str, text: str, *, status: int = 200, good: bool) -> Answer:
    """Show one sentence and the way back."""
    return _page("message.html", status, title=title, text=text, good=good)


def reset(
    token: str, username: str, length: PasswordLength, *, feedback: Sequence[Feedback] = (), status: int = 200
) -> Answer:
    """Show the form for a new password; the mailed token goes with it in a hidden field.

    The user name is there for the browser's password manager.
    """
    return _page("reset.html", status, token=token, username=username, length=length, feedback=feedback)


def outbox(messages: Sequence[Message]) -> Answer:
    """Show the demo's newest mail."""
    return _page("outbox.html", 200, messages=messages[:_OUTBOX_SHOWN], total=len(messages))


def waiting_time(seconds: int) -> str:
    """Put a wait into words: whole hours and minutes as such, all else in seconds."""
    for length, name in ((3600, "hour"), (60, "minute"), (1, "second")):
        count, rest = divmod(seconds, length)
        if count and not rest:
            return f"{count} {name}" + ("s" if count > 1 else "")
    return "a moment"


def _page(template: str, status: int, **values: object) -> Answer:
    html = _ENVIRONMENT.get_template(template, globals=_SHARED).render(values)
    return Answer(
        status=status, body=html.encode(), media_type="text/html; charset=utf-8", headers=PAGE_HEADERS
    )
