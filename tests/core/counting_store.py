"""The two kinds of store there can be, at their smallest: one keeps objects, one keeps bytes."""

from authguard_core.counting.apply import apply, keys_of
from authguard_core.counting.limits import DAY, UNRULED, Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Charge,
    Charged,
    Inspect,
    Inspected,
    Issue,
    Known,
    Op,
    Refused,
    Result,
    Settle,
    Settled,
    View,
)
from authguard_core.counting.refusal import Scope
from authguard_core.counting.state import Counter, Proof, Record, pack, unpack

WINDOW = 900_000
NOW = 1_000 * DAY
GUARDED = Rule(5, WINDOW, lock=WINDOW, lock_max=3_600_000, cap=100)
ADDRESS = Charge(Scope.ADDRESS, b"address", Rule(30, WINDOW))
SUBNET = Charge(Scope.SUBNET, b"subnet", Rule(60, WINDOW, burst=10))
ACCOUNT = Charge(Scope.ACCOUNT, b"account", GUARDED)
DEVICE = Charge(Scope.DEVICE, b"device", GUARDED)
EVERYTHING = (ADDRESS, SUBNET, ACCOUNT)
REGISTRY, PROOF = b"registry", b"proof"
HERE, THERE = 1, 2


class Objects:
    """Keeps the records themselves, as memory does for those in use."""

    def __init__(self) -> None:
        self.records: dict[bytes, tuple[Record, int]] = {}
        self.allowed: tuple[bytes, ...] = ()
        self.now = NOW
        self.ids = 0

    # what an operation may ask for

    def get(self, key: bytes, /) -> Record | None:
        assert key in self.allowed
        record, until = self.records.get(key, (None, 0))
        return record if until == 0 or until > self.now else None

    def put(self, key: bytes, record: Record, /, *, until: int = 0) -> None:
        assert key in self.allowed
        assert isinstance(record, Counter) == (until == 0), "a counter has a rule, everything else an end"
        assert not isinstance(record, Counter) or record.rule is not UNRULED
        self.records[key] = (self.kept(record), until)

    def remove(self, key: bytes, /) -> None:
        assert key in self.allowed
        del self.records[key]

    def kept(self, record: Record) -> Record:
        return record

    # how the claims drive it

    def execute(self, op: Op) -> Result:
        self.allowed = keys_of(op)
        return apply(op, self, self.now)

    def ask(
        self, *charges: Charge, source: int = HERE, known: Known | None = None, attempt: int | None = None
    ) -> Admitted | Refused:
        """Ask for admission, with a new attempt's id unless one is given."""
        self.ids += 1
        op = Admit(self.ids if attempt is None else attempt, source, charges or EVERYTHING, known)
        result = self.execute(op)
        assert isinstance(result, Admitted | Refused)
        return result

    def admit(self, *charges: Charge, source: int = HERE, known: Known | None = None) -> "Ticket":
        """Be admitted."""
        result = self.ask(*charges, source=source, known=known)
        assert isinstance(result, Admitted), result
        return Ticket(self, self.ids, source, result)

    def view(self, charge: Charge) -> View:
        """Look at one counter."""
        result = self.execute(Inspect((charge,)))
        assert isinstance(result, Inspected)
        return result.views[0]

    def failures(self) -> tuple[int, int]:
        """Return the surviving entries of address and account."""
        return self.view(ADDRESS).failures, self.view(ACCOUNT).failures


class Bytes(Objects):
    """Keeps packed records, hands out new ones, and writes the counters among them back, as databases do."""

    def __init__(self) -> None:
        super().__init__()
        self.handed: dict[bytes, Record] = {}

    def get(self, key: bytes, /) -> Record | None:
        if key not in self.handed and (record := super().get(key)) is not None:
            self.handed[key] = unpack(pack(record))
        return self.handed.get(key)

    def execute(self, op: Op) -> Result:
        self.handed.clear()
        result = super().execute(op)
        for key, record in self.handed.items():
            if isinstance(record, Counter):
                self.records[key] = (self.kept(record), 0)
        return result

    def put(self, key: bytes, record: Record, /, *, until: int = 0) -> None:
        super().put(key, record, until=until)
        self.handed.pop(key, None)

    def remove(self, key: bytes, /) -> None:
        super().remove(key)
        self.handed.pop(key, None)

    def kept(self, record: Record) -> Record:
        return unpack(pack(record))


class Ticket:
    """An admitted attempt, to be settled."""

    def __init__(self, store: Objects, attempt: int, source: int, admitted: Admitted) -> None:
        self.store, self.attempt, self.source, self.admitted = store, attempt, source, admitted

    def settle(self, *, checked: bool = True, issue: Issue | None = None) -> Proof | None:
        """Report a right password, or, unless it was checked, that nobody looked at it."""
        charged, observed = self.admitted.charged, self.admitted.observed
        settled = self.store.execute(Settle(self.attempt, self.source, charged, observed, checked, issue))
        assert isinstance(settled, Settled)
        return settled.proof

    def charged(self, scope: Scope) -> Charged:
        return next(charged for charged in self.admitted.charged if charged.scope is scope)
