"""The rows of the examples' HTTP contract, as functions from a result to an answer.

Each takes ``html`` (see :mod:`examples.shop.negotiation`) where both a page and data are
offered. Nothing here depends on whether an account exists, except what its owner asked for.
"""

from collections.abc import Sequence
from typing import Final

from examples.shop import pages
from examples.shop.outbox import Message
from examples.shop.pages import Entry, Panel
from examples.shop.passwords import Assessment, Feedback, PasswordLength
from examples.shop.response import GUARDS, Answer, json_answer, problem
from examples.shop.users import User

__all__ = [
    "assessed",
    "confirmed",
    "forbidden",
    "foreign_origin",
    "guard_page",
    "healthz",
    "home",
    "link_not_valid",
    "me",
    "outbox",
    "password_changed",
    "registration_received",
    "registration_refused",
    "request_refused",
    "reset_form",
    "reset_refused",
    "reset_requested",
    "signed_in",
    "signed_out",
    "wrong_credentials",
]

_REGISTERED: Final = "We have sent you a mail. Open the link in it to finish your registration."
_RESET: Final = "If there is such an account, we have sent a mail with a link to a new password."
_CONFIRMED: Final = "Your account is ready. You can sign in now."
_CHANGED: Final = "Your password has changed, and every session has ended. Sign in with the new one."
_WRONG: Final = "User name and password don't match. Check both and try again."
_FAILED: Final = "The user name or password is wrong."
_LINK: Final = "The link has been used, has expired or is incomplete. Ask for a new one."
_INPUT: Final = "This can't be used yet."
_TOO_MANY: Final = "Too many attempts."
_BUSY: Final = "There is too much to do at this moment."
_TITLES: Final = {404: "Not found", 405: "Method not allowed"}
_UNREADABLE: Final = {
    400: "The body is malformed, or gives a field twice.",
    408: "The body took too long.",
    413: "The body is too long.",
    415: "Send JSON or a form, in UTF-8.",
    422: "A field is missing or isn't text.",
}


def healthz() -> Answer:
    """``GET /healthz``."""
    return json_answer(200, {"status": "ok"})


def home(user: User | None, length: PasswordLength) -> Answer:
    """``GET /``: the forms, or the account of who is signed in."""
    return pages.account(user.username) if user else pages.entry(Entry(length=length))


def me(user: User | None) -> Answer:
    """``GET /me``."""
    if user is None:
        return problem(401, "not-signed-in", title="Not signed in", detail="Sign in first.")
    return json_answer(200, {"username": user.username})


def signed_in(user: User, *, set_cookie: str, html: bool) -> Answer:
    """``POST /login`` with the right password. ``set_cookie`` is :meth:`SessionCookie.set`'s."""
    answer = pages.account(user.username) if html else json_answer(200, {"username": user.username})
    return answer.with_header("Set-Cookie", set_cookie)


def signed_out(*, set_cookie: str, html: bool) -> Answer:
    """``POST /logout``: nothing, or for a browser the way home (303)."""
    answer = Answer(status=303).with_header("Location", "/") if html else Answer(status=204)
    return answer.with_header("Set-Cookie", set_cookie)


def wrong_credentials(length: PasswordLength, *, html: bool, username: str = "") -> Answer:
    """``POST /login`` without success, alike for unknown names and wrong passwords.

    As data it is what the guard says of a failed attempt, where the application leaves that to the guard.
    """
    if html:
        return pages.entry(Entry(length=length, error=_WRONG, username=username), status=401)
    return problem(401, "invalid-credentials", title="Unauthorized", detail=_FAILED, family=GUARDS)


def guard_page(status: int, wait: int | None, length: PasswordLength) -> Answer:
    """Give a browser a page in place of one of the guard's problems. It tells no more than that.

    Args:
        status: The problem's.
        wait: Its ``Retry-After`` in seconds, if it has one.
        length: For the forms of a failed sign-in.
    """
    if status == 401:  # noqa: PLR2004 - HTTP's own
        return wrong_credentials(length, html=True)
    if wait is None:
        detail = _UNREADABLE.get(status, _UNREADABLE[400])
        return pages.message("This request can't be read", detail, status=status, good=False)
    reason = _BUSY if status == 503 else _TOO_MANY  # noqa: PLR2004 - HTTP's own
    detail = f"{reason} Try again in {pages.waiting_time(wait)}."
    answer = pages.message("Please wait", detail, status=status, good=False)
    return answer.with_header("Retry-After", str(wait))


def assessed(assessment: Assessment) -> Answer:
    """``POST /password/assess``: what the page's meter shows."""
    return json_answer(200, assessment)


def registration_received(*, html: bool) -> Answer:
    """``POST /register``, whether or not name and address are taken."""
    return _accepted("Check your mail", _REGISTERED, html=html)


def registration_refused(
    feedback: Sequence[Feedback], length: PasswordLength, *, html: bool, username: str = "", email: str = ""
) -> Answer:
    """``POST /register`` with something that nobody could register."""
    if html:
        entry = Entry(length=length, panel=Panel.REGISTER, username=username, email=email, feedback=feedback)
        return pages.entry(entry, status=422)
    return _feedback(feedback)


def confirmed(*, html: bool) -> Answer:
    """``GET /confirm`` with a link that works."""
    return _done("Welcome", _CONFIRMED, html=html)


def link_not_valid(*, html: bool, status: int = 422) -> Answer:
    """Refuse a link that is used, expired, forged or foreign, all alike."""
    title = "This link doesn't work"
    if html:
        return pages.message(title, _LINK, status=status, good=False)
    return problem(status, "link-not-valid", title=title, detail=_LINK)


def reset_requested(*, html: bool) -> Answer:
    """``POST /reset``, whether or not there is such an account, and over its limit too."""
    return _accepted("Check your mail", _RESET, html=html)


def reset_form(token: str, user: User | None, length: PasswordLength) -> Answer:
    """``GET /reset/confirm``: the form, if ``user`` says that the token still stands for one."""
    return pages.reset(token, user.username, length) if user else link_not_valid(html=True)


def reset_refused(
    feedback: Sequence[Feedback], user: User, length: PasswordLength, *, token: str, html: bool
) -> Answer:
    """``POST /reset/confirm`` with a password that can't be used; the link still works.

    ``user`` is :meth:`Accounts.reset_token_user`'s: a link that doesn't work is refused first.
    """
    if html:
        return pages.reset(token, user.username, length, feedback=feedback, status=422)
    return _feedback(feedback)


def password_changed(*, set_cookie: str, html: bool) -> Answer:
    """``POST /reset/confirm`` done. ``set_cookie`` is :meth:`SessionCookie.clear`'s."""
    return _done("Password changed", _CHANGED, html=html).with_header("Set-Cookie", set_cookie)


def outbox(messages: Sequence[Message], *, html: bool) -> Answer:
    """``GET /outbox``, from this machine only."""
    return pages.outbox(messages) if html else json_answer(200, messages)


def request_refused(status: int) -> Answer:
    """Refuse what no route takes: a path that isn't there, a method that it doesn't have."""
    title = _TITLES.get(status, "Request refused")
    return problem(status, "refused", title=title, detail=f"{title}.")


def foreign_origin(*, html: bool) -> Answer:
    """Refuse a post that another site's page has sent."""
    return _forbidden("foreign-origin", "This request came from another site.", html=html)


def forbidden(*, html: bool) -> Answer:
    """Refuse what only this machine may see."""
    return _forbidden("forbidden", "Only this machine may see that.", html=html)


def _forbidden(name: str, detail: str, *, html: bool) -> Answer:
    title = "Not allowed"
    if html:
        return pages.message(title, detail, status=403, good=False)
    return problem(403, name, title=title, detail=detail)


def _accepted(title: str, text: str, *, html: bool) -> Answer:
    return pages.message(title, text, status=202, good=True) if html else json_answer(202, {"detail": text})


def _done(title: str, text: str, *, html: bool) -> Answer:
    return pages.message(title, text, good=True) if html else json_answer(200, {"detail": text})


def _feedback(feedback: Sequence[Feedback]) -> Answer:
    return problem(
        422, "unusable-input", title="Input refused", detail=_INPUT, extra={"feedback": list(feedback)}
    )
