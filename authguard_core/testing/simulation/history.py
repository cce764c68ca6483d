"""What happened in a simulation, as plain values: people, places, outcomes and the store's answers.

Nothing in here is random by itself: attempts, cookies and counters are numbered in the order
of their appearance, so equal seeds tell equal stories.
"""

import enum
from typing import NamedTuple

from authguard_core.counting.limits import Rule
from authguard_core.counting.refusal import Reason, Scope

__all__ = [
    "Act",
    "Began",
    "Checked",
    "Counted",
    "Decided",
    "Disturbed",
    "Entry",
    "Executed",
    "Faulted",
    "Generation",
    "Got",
    "History",
    "Operation",
    "Place",
    "Refusing",
    "Returned",
    "Rules",
    "Viewed",
    "label_of",
]


class Act(enum.Enum):
    """What somebody wants."""

    SIGN_IN = "signs in as"
    UNLOCK = "unlocks"
    UNLOCK_ADDRESS = "unlocks the address of"
    RESET = "completes a reset of"


class Operation(enum.Enum):
    """What the store was asked to do."""

    ADMIT = "admit"
    SETTLE = "settle"
    RELEASE = "release"
    CLEAR = "clear"


class Place(NamedTuple):
    """Where a request comes from, and the network and subnet that this is."""

    address: str
    network: str
    subnet: str


class Rules(NamedTuple):
    """What the counters are held to; None where there is none."""

    address: Rule | None
    subnet: Rule | None
    account: Rule
    device: Rule | None

    def of(self, scope: Scope) -> Rule | None:
        """Return the rule of a scope; None too for a counter that keys share."""
        rules = {
            Scope.ADDRESS: self.address,
            Scope.SUBNET: self.subnet,
            Scope.ACCOUNT: self.account,
            Scope.DEVICE: self.device,
        }
        return rules.get(scope)


class Began(NamedTuple):
    """Somebody came."""

    at: int
    number: int
    act: Act
    person: str
    """Whose account it really is; empty for somebody who names nobody."""
    spelling: str
    place: Place
    cookie: int | None
    """The device cookie that was sent, by its number."""
    right: bool
    """Whether the password is right."""

    def __str__(self) -> str:
        cookie = "" if self.cookie is None else f" with cookie {self.cookie}"
        password = "" if self.act is not Act.SIGN_IN else f", {'right' if self.right else 'wrong'} password"
        return f"{self.act.value} {self.spelling!r} from {self.place.address}{cookie}{password}"


def label_of(scope: Scope, began: Began) -> str:
    """Return whose counter it must be, by what is true and not by what the library makes of it."""
    match scope:
        case Scope.ADDRESS:
            return f"address {began.place.network}"
        case Scope.SUBNET:
            return f"subnet {began.place.subnet}"
        case Scope.ACCOUNT:
            return f"account {began.person}"
        case _:
            return f"device {began.cookie} of {began.person}"


class Refusing(NamedTuple):
    """A counter's no."""

    scope: Scope
    reason: Reason
    wait: int | None


class Counted(NamedTuple):
    """A counter that an operation was about: who it is for, and the number of its key."""

    scope: Scope
    label: str
    key: int


class Executed(NamedTuple):
    """The store carried an operation out, whether or not its reply arrived."""

    at: int
    number: int
    now: int
    """The store's time: the latest that the machine's clock showed to it."""
    operation: Operation
    counted: tuple[Counted, ...]
    refusals: tuple[Refusing, ...] = ()
    """Of an admission: why not. None: it was admitted."""
    known: bool = False
    """Of an admission: it was charged to a known device."""
    issued: bool = False
    """A device became known."""
    shared: bool = False
    """The store is full: keys share counters."""

    def __str__(self) -> str:
        said = ", ".join(
            f"{one.scope.value} {one.reason.value}" + ("" if one.wait is None else f" {one.wait} ms")
            for one in self.refusals
        )
        marks = [word for word in ("known", "issued", "shared") if getattr(self, word)]
        return " ".join(["store:", self.operation.value, *([f"refused ({said})"] if said else []), *marks])


class Decided(NamedTuple):
    """The guard's answer reached whoever asked."""

    at: int
    number: int
    verdict: str
    reason: str

    def __str__(self) -> str:
        return f"is told {self.verdict} ({self.reason})"


class Checked(NamedTuple):
    """The secret was looked at."""

    at: int
    number: int

    def __str__(self) -> str:
        return "has the password checked"


class Got(NamedTuple):
    """A device cookie reached its browser."""

    at: int
    number: int
    cookie: int

    def __str__(self) -> str:
        return f"gets cookie {self.cookie}"


class Faulted(NamedTuple):
    """Something went wrong on purpose."""

    at: int
    number: int | None
    what: str

    def __str__(self) -> str:
        return f"fault: {self.what}"


class Disturbed(NamedTuple):
    """A settlement changed counters that were none of its business."""

    at: int
    number: int
    labels: tuple[str, ...]

    def __str__(self) -> str:
        return f"changed {', '.join(self.labels)}"


class Returned(NamedTuple):
    """After the faults have stopped: an owner with the right password, who waits as told."""

    at: int
    number: int
    person: str
    refusals: int
    signed_in: bool

    def __str__(self) -> str:
        return f"{self.person} {'is in' if self.signed_in else 'is not in'} after {self.refusals} refusals"


class Viewed(NamedTuple):
    """What a look at a counter says at the end."""

    at: int
    number: int | None
    now: int
    """The store's time."""
    scope: Scope
    label: str
    failures: int
    consecutive: int
    level: int
    reason: Reason | None
    wait: int | None

    def __str__(self) -> str:
        why = "open" if self.reason is None else f"{self.reason.value}, {self.wait} ms"
        return (
            f"{self.label}: {self.failures} failures, {self.consecutive} in a row, level {self.level}, {why}"
        )


class Generation(NamedTuple):
    """How often an account's known devices were ended, as a look at the end says."""

    at: int
    number: int | None
    person: str
    generation: int

    def __str__(self) -> str:
        return f"{self.person}: generation {self.generation}"


Entry = Began | Checked | Decided | Disturbed | Executed | Faulted | Generation | Got | Returned | Viewed
"""One thing that happened: when by the machine's clock, in milliseconds, and in which attempt, if in one."""


class History(NamedTuple):
    """Everything that happened, in order."""

    seed: int
    rules: Rules
    entries: tuple[Entry, ...]
    time_per_key: bool = False
    """Each key notices on its own that the clock was set back; otherwise the whole store does."""
    bounded: bool = False
    """The store may have become full, so that keys shared counters."""

    def story(self, last: int | None = None) -> str:
        """Tell it, a line an entry; with ``last`` only the end of it."""
        told = self.entries if last is None else self.entries[-last:]
        return "\n".join(_line(entry) for entry in told)


def _line(entry: Entry) -> str:
    who = "" if entry.number is None else f"#{entry.number}"
    return f"{entry.at / 1_000:14.3f} s  {who:>5}  {entry}"
