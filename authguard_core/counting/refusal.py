"""Why an attempt is refused, in the words of the audit log. A client never sees them."""

import enum
from typing import NamedTuple

__all__ = ["Reason", "Refusal", "Scope"]


class Scope(enum.Enum):
    """What a counter counts."""

    ADDRESS = "address"
    """One client address: an IPv4 address, or an IPv6 /64."""
    SUBNET = "subnet"
    """The client's neighbourhood: an IPv4 /24, or an IPv6 /48."""
    ACCOUNT = "account"
    """One account, from all sources that aren't known."""
    DEVICE = "device"
    """One known source of an account: it has a budget of its own."""
    SHARED = "shared"
    """Keys that share one counter, because the store is full."""


class Reason(enum.Enum):
    """Why a decision is what it is. Stable: it goes into events and metrics."""

    ADMITTED = "admitted"
    """No limit stands against it; the secret may be checked."""
    LIMITED = "limited"
    """The window is full."""
    DELAYED = "delayed"
    """It came before the progressive delay was over."""
    LOCKED = "locked"
    """The account, or the known source, is locked for a while."""
    CAPPED = "capped"
    """Too many consecutive failures; time alone doesn't end it (NIST SP 800-63B-4, 3.2.2)."""
    UNIDENTIFIED = "unidentified"
    """It names nobody: no identifier, an empty one, or one that is too long."""
    STORAGE_FAILED = "storage_failed"
    """The store, or the ``resolve`` hook, could not answer."""
    SUCCEEDED = "succeeded"
    """The secret was right."""
    FAILED = "failed"
    """The secret was wrong."""
    RELEASED = "released"
    """The secret was never looked at; the attempt is given back."""


class Refusal(NamedTuple):
    """One counter's no."""

    reason: Reason
    wait: int | None
    """Milliseconds until it may be tried again; None where time alone doesn't help."""
