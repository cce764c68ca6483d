"""What the shop wants to know about a new password, and from whom: a policy that is given to it.

NIST SP 800-63B-4, 3.1.1.2: who is refused a password is told the reason, and guided to a better one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypedDict

__all__ = [
    "Advice",
    "Assessment",
    "Feedback",
    "Finding",
    "PasswordLength",
    "Passwords",
    "feedback_of",
    "text_of",
]


class Feedback(TypedDict):
    """One reason why an input can't be used: a stable code and a sentence for its author."""

    code: str
    message: str


class Advice(TypedDict):
    """One thing that makes a password better: a stable code, a few words and a sentence."""

    code: str
    title: str
    message: str


class Finding(Advice):
    """One thing that is wrong with a password, and whether it is refused for it."""

    blocks: bool


class Assessment(TypedDict):
    """All that is said about a password. It holds nothing of it."""

    ok: bool
    score: int
    """0 to 4."""
    findings: list[Finding]
    advice: list[Advice]


class Passwords(Protocol):
    """Assesses new passwords."""

    def assess(self, password: str, *, username: str, email: str) -> Assessment:
        """Assess a password of somebody with this name and address. Takes any text, and is quick."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordLength:
    """How long a new password must and may be, in code points after NFC: what the forms say."""

    minimum: int
    maximum: int


def feedback_of(assessment: Assessment) -> list[Feedback]:
    """Return the reasons of a refusal and what explains them; nothing if it is accepted."""
    told = [] if assessment["ok"] else assessment["findings"]
    return [Feedback(code=finding["code"], message=finding["message"]) for finding in told]


def text_of(fields: Mapping[str, object], name: str) -> str:
    """Return a field that may be missing. What is no text is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""
