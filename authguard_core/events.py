"""What happened, as data: every decision carries its events, and the guard hands them to observers.

An event names accounts and addresses by keyed pseudonyms only, so that it can be
logged anywhere.
"""

import enum
from collections.abc import Callable
from typing import NamedTuple

from authguard_core.counting.refusal import Reason, Scope

__all__ = ["Event", "EventKind", "Observer"]


class EventKind(enum.Enum):
    """Every kind of event. Stable names: they go into logs and metrics."""

    ADMITTED = "attempt_admitted"
    REFUSED = "attempt_refused"
    SUCCEEDED = "attempt_succeeded"
    FAILED = "attempt_failed"
    RELEASED = "attempt_released"
    """The secret was never looked at, so the attempt was given back."""
    LOCKED = "locked"
    """This attempt filled the window. If it proves right, the lock is as if it never was."""
    CAPPED = "capped"
    """This attempt was the last that the cap of consecutive failures allows."""
    ADDRESS_SUSPECT = "address_suspect"
    """A trusted proxy sent a forwarding header that can't be read."""
    DEVICE_REJECTED = "device_rejected"
    """A device cookie that isn't one of this account's: forged, foreign or old."""
    DEVICE_KNOWN = "device_known"
    """A source became known."""
    COOKIE_WITHHELD = "cookie_withheld"
    """``COOKIE_SECURE`` is off and the connection comes over a network: no device cookie is read or set."""
    STORE_SHARED = "store_shared"
    """The store is full, and new keys share counters."""
    RECORD_DAMAGED = "record_damaged"
    """A stored counter couldn't be read, and was counted anew."""
    STORAGE_FAILED = "storage_failed"
    """The store couldn't answer, and nobody else could in its stead."""
    STORAGE_DEGRADED = "storage_degraded"
    """The store is out: until it is back, this process decides on its own, by stricter limits."""
    STORAGE_RECOVERED = "storage_recovered"
    """The store is back."""
    DECIDED_LOCALLY = "decided_locally"
    """This attempt was decided while the store was out."""
    RESOLVE_FAILED = "resolve_failed"
    UNLOCKED = "unlocked"
    """An operator's word."""
    RESET_COMPLETED = "reset_completed"


class Event(NamedTuple):
    """One thing that happened."""

    kind: EventKind
    at: float
    """Unix time in seconds, by the application's clock."""
    purpose: str
    """Empty where it is about the store alone."""
    reason: Reason | None = None
    scope: Scope | None = None
    account: str | None = None
    """A keyed pseudonym, the same for all purposes."""
    address: str | None = None
    """A keyed pseudonym, the same for all purposes."""
    attempt: str | None = None


Observer = Callable[[Event], None]
"""Is told every event, in order, on the caller's thread. It should be quick.

One that raises changes no decision: the guard logs the error's type.
"""
