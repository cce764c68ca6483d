"""The public vocabulary: what goes into the guard, and what comes out of it."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from authguard_core.counting.ops import Charged
from authguard_core.counting.refusal import Reason
from authguard_core.device import Device, DeviceCookie, Subject
from authguard_core.events import Event

__all__ = ["Attempt", "Decision", "Outcome", "Ticket", "Verdict"]

RETRY_STEPS = (1, 2, 4, 8, 15, 30, 60, 300, 900, 3_600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody wants to try a secret.

    No field of it reaches its repr: all of them may be personal data.
    """

    identifier: str | None = field(repr=False)
    """The user name or e-mail as submitted. Nothing usable in it: refused, and charged to the address."""
    peer: str | None = field(default=None, repr=False)
    """The address of the connection's other end, as the server saw it. None where there
    is no connection (a script, a task): then the account alone is counted."""
    headers: Iterable[tuple[str, str]] = field(default=(), repr=False)
    """The request's headers, or at least its forwarding headers. Read only if the peer is a trusted proxy."""
    purpose: str = "login"
    device: str | None = field(default=None, repr=False)
    """The device cookie's value, as received."""


class Verdict(enum.Enum):
    """What to do now."""

    ALLOW = "allow"
    """Check the secret, then settle the ticket."""
    REFUSE = "refuse"
    """Don't look at the secret; answer that it can be tried again later."""
    COMPLETE = "complete"
    """The secret was right and nothing else is due: sign in."""


class Outcome(enum.Enum):
    """What became of an admitted attempt. One left without an outcome counts as failed."""

    SUCCESS = "success"
    """The secret was right."""
    FAILURE = "failure"
    """The secret was wrong, or the attempt was given up."""
    UNCHECKED = "unchecked"
    """The secret was certainly never looked at (every hashing slot was taken, say):
    the attempt is given back, and clears nothing."""


# No tuples: whoever writes a tuple out, as JSON say, writes its fields, whatever its repr hides.


@dataclass(frozen=True, slots=True)
class Ticket:
    """The receipt of an admitted attempt, to be settled once its outcome is known."""

    attempt: int = field(repr=False)
    purpose: str
    subject: Subject
    source: int = field(repr=False)
    charged: tuple[Charged, ...] = field(repr=False)
    observed: tuple[Charged, ...] = field(repr=False)
    generation: int = field(repr=False)
    """Of the account's known sources, when the attempt began."""
    known: bool
    """Whether the attempt came from a known source, which has a budget of its own."""
    device: Device | None = field(repr=False)
    """The known device that was charged in the account's stead."""
    network: str | None = field(repr=False)
    cookies: bool
    """Whether a device cookie may be set on this connection."""
    account: str
    """The account's pseudonym."""
    address: str | None
    """The address's pseudonym."""
    ref: str
    """The attempt's id as events show it."""
    local: bool = False
    """Whether it was charged in this process alone, while the store was out."""

    def fits(self, account_id: object) -> bool:
        """Whether the attempt was counted under this account: one that was counted by its name fits all.

        Else another account's limit was charged than the one that is entered.
        """
        space, counted = self.subject
        return account_id is None or space != "account" or str(account_id) == counted


@dataclass(frozen=True, slots=True)
class Decision:
    """What the guard says: the same for an existing and an unknown account, given equal histories."""

    verdict: Verdict
    reason: Reason
    """For the audit log. Never show it: it tells which limit fired."""
    wait: float | None = None
    """The exact seconds until it may be tried again; None where time alone doesn't help."""
    ticket: Ticket | None = None
    device: DeviceCookie | None = None
    """A cookie to set, after a success or a completed reset."""
    events: tuple[Event, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the secret may be checked now."""
        return self.verdict is Verdict.ALLOW

    @property
    def retry_after(self) -> int:
        """The Retry-After header's seconds: rounded up, so that they don't tell which limit fired."""
        if self.wait is None:
            return RETRY_STEPS[-1]
        return next((step for step in RETRY_STEPS if step >= self.wait), RETRY_STEPS[-1])
