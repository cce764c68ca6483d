"""An answer as a value, for any framework to send."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

__all__ = ["GUARDS", "PROBLEM", "Answer", "json_answer", "problem"]

PROBLEM: Final = "application/problem+json"

GUARDS: Final = "urn:authguard:problem:"
"""How the ``type`` of the guard's own problems begins."""

_TYPE: Final = "urn:authguard:example:"
_HEADERS: Final = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers and body. ``headers`` leave ``Content-Type`` to ``media_type``."""

    status: int
    body: bytes = field(default=b"", repr=False)
    media_type: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=_HEADERS, repr=False)

    def with_header(self, name: str, value: str) -> "Answer":
        """Return the answer with one header more. ``Set-Cookie`` may be added several times."""
        return replace(self, headers=(*self.headers, (name, value)))


def json_answer(status: int, value: object) -> Answer:
    """Answer with JSON in plain ASCII."""
    return Answer(status=status, body=json.dumps(value).encode(), media_type="application/json")


def problem(
    status: int,
    name: str,
    *,
    title: str,
    detail: str,
    extra: Mapping[str, object] | None = None,
    family: str = _TYPE,
) -> Answer:
    """Answer with a problem (RFC 9457).

    Args:
        status: The HTTP status.
        name: The last part of the stable ``type``.
        title: What kind of problem it is; the same for every occurrence.
        detail: What the reader can do.
        extra: Members of its own, such as ``feedback``.
        family: How the ``type`` begins.
    """
    members = {"type": family + name, "title": title, "status": status, "detail": detail, **(extra or {})}
    return Answer(status=status, body=json.dumps(members).encode(), media_type=PROBLEM)
