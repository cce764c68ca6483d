"""What the guard answers over HTTP, as values: adapters only translate them.

Errors are RFC 9457 problem details with a stable ``type``. None of them hints at which
limit fired or whether an account exists, and none of them may be cached.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from authguard_core.attempt import Decision
from authguard_core.counting.refusal import Reason
from authguard_core.errors import ConfigurationError

__all__ = [
    "BUSY",
    "FAILED",
    "NO_STORE",
    "PROBLEM_TYPE",
    "Answer",
    "problem",
    "refused",
    "unreadable",
    "unusable_password",
]

PROBLEM_TYPE = "application/problem+json"
NO_STORE = ("Cache-Control", "no-store")
URN = "urn:authguard:problem:"
BUSY_WAIT = 1

MEDIA_TYPES = "Send application/json or application/x-www-form-urlencoded, in UTF-8."
UNREADABLE = {
    400: ("malformed-body", "Bad Request", "The request body can't be read."),
    408: ("slow-body", "Request Timeout", "The request body took too long."),
    413: ("body-too-large", "Content Too Large", "The request body is too large."),
    415: ("unsupported-media-type", "Unsupported Media Type", MEDIA_TYPES),
    422: ("unreadable-body", "Unprocessable Content", "The request body lacks a field, or one isn't text."),
}


class Answer(NamedTuple):
    """A whole response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def content(self) -> dict[str, object]:
        """The body, as the object it spells."""
        decoded: dict[str, object] = json.loads(self.body)
        return decoded

    @property
    def retry_after(self) -> int | None:
        """The seconds of its Retry-After, None where waiting doesn't help."""
        return next((int(value) for name, value in self.headers if name == "Retry-After"), None)


def problem(
    status: int,
    kind: str,
    title: str,
    detail: str,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    extra: Mapping[str, object] | None = None,
) -> Answer:
    """Return a problem details answer (RFC 9457); ``extra`` are members of its own."""
    body = {"type": URN + kind, "title": title, "status": status, "detail": detail, **(extra or {})}
    fixed = (("Content-Type", PROBLEM_TYPE), NO_STORE)
    return Answer(status, (*fixed, *headers), json.dumps(body).encode())


FAILED = problem(401, "invalid-credentials", "Unauthorized", "The user name or password is wrong.")
"""The one answer to a wrong password, an unknown user and every other failure."""

BUSY = problem(
    503,
    "busy",
    "Service Unavailable",
    "Too busy to check a password. Try again in a moment.",
    headers=(("Retry-After", str(BUSY_WAIT)),),
)
"""Every hashing slot is taken; nothing was hashed."""


def refused(decision: Decision) -> Answer:
    """Return the answer to a refused attempt: 429, 503 where the store failed, 422 where nobody is named."""
    if decision.reason is Reason.UNIDENTIFIED:
        return unreadable(422)
    wait = (("Retry-After", str(decision.retry_after)),)
    if decision.reason is Reason.STORAGE_FAILED:
        detail = "Sign-in is unavailable for a moment. Try again."
        return problem(503, "unavailable", "Service Unavailable", detail, headers=wait)
    detail = "Too many attempts. Try again later."
    return problem(429, "too-many-attempts", "Too Many Requests", detail, headers=wait)


def unreadable(status: int) -> Answer:
    """Return the answer to a body that can't be read: 400, 408, 413, 415 or 422.

    Raises:
        ConfigurationError: Another status.
    """
    if status not in UNREADABLE:
        expected = f"one of {sorted(UNREADABLE)}"
        do = "Answer yourself what is wrong with something else than the body."
        raise ConfigurationError.of("status", got=status, expected=expected, do=do)
    kind, title, detail = UNREADABLE[status]
    return problem(status, kind, title, detail)


def unusable_password(feedback: Sequence[Mapping[str, str]]) -> Answer:
    """Return the answer to a new password that the policy refuses.

    NIST SP 800-63B-4, 3.1.1.2: the reason is told, and another password asked for.

    Args:
        feedback: The reasons, an assessment's own ``feedback``: each a stable code and a sentence.
    """
    return problem(
        422,
        "unusable-password",
        "Unprocessable Content",
        "Choose another password.",
        extra={"feedback": [dict(reason) for reason in feedback]},
    )
