"""The storage operations: a small closed set of atomic steps, and their results, as data.

A plan is a tuple of these. Every store carries them out in the same way, because
:mod:`authguard_core.counting.apply` says, purely, what each of them does to the records.
Durations are milliseconds and stay durations, so two clocks are never compared.
"""

from typing import NamedTuple

from authguard_core.counting.limits import Rule
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.state import Proof, Registry

__all__ = [
    "Admit",
    "Admitted",
    "Advance",
    "Charge",
    "Charged",
    "Clear",
    "Cleared",
    "Inspect",
    "Inspected",
    "Issue",
    "Known",
    "Op",
    "PutOnce",
    "Refused",
    "Result",
    "Settle",
    "Settled",
    "Stored",
    "Take",
    "Taken",
    "View",
]


class Charge(NamedTuple):
    """One counter that an attempt is charged to."""

    scope: Scope
    key: bytes
    rule: Rule


class Known(NamedTuple):
    """A source that claims to be known, and the budget of its own that it then has."""

    registry: bytes
    proof: Proof | bytes
    """What its signed cookie says, or the key of the stored proof."""
    charge: Charge


class Admit(NamedTuple):
    """Charge an attempt to all its counters at once, or, if any of them refuses, to none.

    A known source is charged to its own counter alone. Idempotent by attempt id.
    Answered by :class:`Admitted` or :class:`Refused`.
    """

    attempt: int
    source: int
    charges: tuple[Charge, ...]
    known: Known | None = None
    registry: bytes | None = None
    """Where the account's known sources are kept, if a success may make this one known."""
    local: tuple[Charge, ...] = ()
    """What this process charges on its own while the store is out: the same counters under stricter rules."""


class Charged(NamedTuple):
    """A counter that was charged, or, for a known source, the account's that was only looked at."""

    scope: Scope
    key: bytes
    rule: Rule
    seq: int
    """The counter's running number right after it."""
    closes: Reason | None = None
    """``LOCKED`` or ``CAPPED`` where this very charge filled it."""


class Admitted(NamedTuple):
    """The secret may be checked."""

    charged: tuple[Charged, ...]
    known: bool = False
    """A known source was charged, and nobody else."""
    observed: tuple[Charged, ...] = ()
    """The account's counter, where a known source was charged in its stead."""
    shared: bool = False
    """The store is full: a counter was shared with other keys."""
    generation: int = 0
    """The generation of the account's known sources, if it was asked for."""
    local: bool = False
    """The store was out, and this process decided on its own."""
    damaged: bool = False
    """A record couldn't be read, and was counted anew."""


class Refused(NamedTuple):
    """Nothing was charged."""

    refusals: tuple[tuple[Scope, Refusal], ...]
    known: bool = False
    shared: bool = False
    local: bool = False
    damaged: bool = False


class Issue(NamedTuple):
    """Make a source known from now on, or keep it known."""

    registry: bytes
    fresh: bool
    """Give it a new place; otherwise only keep the registry for another lifetime."""
    proof: bytes | None = None
    """Where to store the proof, for a source that has no cookie."""
    charge: Charge | None = None
    """The counter of a source that has no cookie: when it becomes known, it has its whole budget."""
    epoch: int = 0
    """The epoch of the registry, where it begins with this source: Unix time in seconds."""
    generation: int | None = None
    """When the attempt began: nobody becomes known in a later one. None: whichever it is."""


class Settle(NamedTuple):
    """Give back what an attempt's outcome gives back. Idempotent. Answered by :class:`Settled`.

    A success gives an address and its subnet the attempt's own entry back, an account
    or a known source also the older entries of the same source and the consecutive
    count. One whose secret was never looked at gives its own entries back, and clears
    nothing.
    """

    attempt: int
    source: int
    charged: tuple[Charged, ...]
    observed: tuple[Charged, ...] = ()
    """Counters whose consecutive count begins anew: the account's, when a known source signed in."""
    checked: bool = True
    """Whether the secret was right; otherwise it was never looked at."""
    issue: Issue | None = None
    local: bool = False
    """The attempt was charged in this process alone, while the store was out."""


class Settled(NamedTuple):
    """What the store says to a settled attempt."""

    proof: Proof | None = None


class Inspect(NamedTuple):
    """Look at counters without changing them. Answered by :class:`Inspected`."""

    charges: tuple[Charge, ...]
    registry: bytes | None = None


class View(NamedTuple):
    """What one counter says at this moment."""

    scope: Scope
    failures: int
    """Surviving entries in the window."""
    consecutive: int
    level: int
    refusal: Refusal | None
    """What the next attempt would be told."""


class Inspected(NamedTuple):
    """The views, in the order of the charges, and the account's known sources."""

    views: tuple[View, ...]
    registry: Registry


class Clear(NamedTuple):
    """Give counters their whole budget back; an operator's or a completed reset's word.

    With ``registry`` a new generation begins, and one source becomes known in it.
    Answered by :class:`Cleared`.
    """

    charges: tuple[Charge, ...]
    registry: bytes | None = None
    epoch: int = 0
    """The epoch of the registry, where it begins here: Unix time in seconds."""


class Cleared(NamedTuple):
    """What was cleared, and the new generation's first proof."""

    proof: Proof | None = None


class PutOnce(NamedTuple):
    """Store a value unless the key holds one. Answered by :class:`Stored`."""

    key: bytes
    data: bytes
    ttl: int


class Advance(NamedTuple):
    """Store a number if it is greater than the one there. Answered by :class:`Stored`."""

    key: bytes
    number: int
    ttl: int


class Stored(NamedTuple):
    """Whether the value was stored: exactly one of any number of rivals is told yes."""

    stored: bool


class Take(NamedTuple):
    """Remove a value and return it: exactly one of any number of rivals gets it."""

    key: bytes


class Taken(NamedTuple):
    """The value, or None."""

    data: bytes | None


Op = Admit | Settle | Inspect | Clear | PutOnce | Advance | Take
Result = Admitted | Refused | Settled | Inspected | Cleared | Stored | Taken
