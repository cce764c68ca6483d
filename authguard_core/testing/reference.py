"""A store that does nothing but ask the model: what every store must answer."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Advance,
    Charge,
    Charged,
    Clear,
    Cleared,
    Inspect,
    Inspected,
    Issue,
    Known,
    Op,
    PutOnce,
    Refused,
    Result,
    Settle,
    Settled,
    Stored,
    Take,
    Taken,
    View,
)
from authguard_core.counting.refusal import Reason, Scope
from authguard_core.counting.state import Proof, Registry
from authguard_core.errors import ConfigurationError
from authguard_core.testing.model import (
    HALF_A_YEAR,
    Happened,
    Standing,
    What,
    held,
    level_at,
    refusal,
    standing,
)

__all__ = ["ReferenceStorage"]

LIVE_SOURCES = 10
OWN = (Scope.ACCOUNT, Scope.DEVICE)
"""What a success clears beyond its own entry."""
TIMED = (What.CHARGE, What.RESET)
"""What a key's time never lies before."""


class ReferenceStorage:
    """A :class:`~authguard_core.storage.Storage` that is slow, unbounded, for one thread, and right.

    It keeps the whole history of every key, and asks
    :mod:`~authguard_core.testing.model` what follows from it.

    Args:
        clock: returns seconds.
        time_per_key: whether each key notices on its own that the clock was set back, as in
            a store on a server. Otherwise the whole store's time stands still until the
            clock has caught up, as in memory.

    """

    def __init__(self, clock: Callable[[], float], *, time_per_key: bool = False) -> None:
        self._clock = clock
        self._time_per_key = time_per_key
        self._now = 0
        self._histories: defaultdict[bytes, list[Happened]] = defaultdict(list)
        self._kept: dict[bytes, tuple[Registry | Proof | bytes | int, int]] = {}

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Say what a store must answer.

        Raises:
            ConfigurationError: a token bucket, which the model doesn't know.

        """
        self._read_clock()
        return [self._answer(op) for op in ops]

    def stands(self, charge: Charge) -> Standing:
        """Say how a key stands now.

        Raises:
            ConfigurationError: a token bucket, which the model doesn't know.

        """
        if charge.rule.burst:
            raise ConfigurationError.of(
                "rule", got="a token bucket", expected="an exact limit", do="Leave out the burst."
            )
        return standing(self._histories[charge.key], charge.rule, self._time(charge.key))

    def is_overdue(self, charged: Charged, attempt: int) -> bool:
        """Say whether an outcome comes so late that what it does is no longer promised.

        Either the attempt is over, window and lock, and nothing came since that would have
        shown it: a store may hold it still or not. Or its key meant nothing for a moment since,
        so that a store may have forgotten it, with the running numbers of its charges.

        Args:
            charged: one of the counters that the attempt was charged to, or that it observed.
            attempt: its id.

        """
        self._read_clock()
        key, rule = charged.key, charged.rule
        history, now = self._histories[key], self._time(key)
        then = max(self._times(key), default=0)
        if held(standing(history, rule, then), attempt) and not held(standing(history, rule, now), attempt):
            return True
        since = [number for number, one in enumerate(history) if one.number == charged.seq]
        moments = [(number, one.when) for number, one in enumerate(history) if one.what in TIMED]
        later = [moment for moment in (*moments, (len(history), now)) if since and moment[0] > since[0]]
        return any(_is_idle(standing(history[:number], rule, when), rule, when) for number, when in later)

    def _read_clock(self) -> None:
        clock = round(self._clock() * 1_000)
        self._now = clock if self._time_per_key else max(self._now, clock)

    def _times(self, key: bytes) -> list[int]:
        return [one.when for one in self._histories[key] if one.what in TIMED]

    def _time(self, key: bytes) -> int:
        """Return a key's time: never before its newest attempt."""
        return max([self._now, *self._times(key)])

    def _answer(self, op: Op) -> Result:
        match op:
            case Admit():
                return self._admit(op)
            case Settle():
                return self._settle(op)
            case Inspect(charges, registry):
                known = self._registry(registry or b"")
                return Inspected(tuple([self._view(charge) for charge in charges]), known)
            case Clear(charges, registry, epoch):
                return self._clear(charges, registry, epoch)
            case _:
                return self._single_use(op)

    # Counters

    def _admit(self, op: Admit) -> Admitted | Refused:
        known = op.known if op.known and self._is_known(op.known) else None
        charges = (known.charge,) if known else op.charges
        accounts = [charge for charge in op.charges if known and charge.scope is Scope.ACCOUNT]
        observed = tuple([self._charged(charge) for charge in accounts if self._histories[charge.key]])
        again = any(held(self.stands(charge), op.attempt) for charge in charges)
        refusals = [(charge.scope, self._view(charge).refusal) for charge in charges]
        refused = tuple([(scope, refusal) for scope, refusal in refusals if refusal])
        if refused and not again:
            return Refused(refused, known is not None)
        if again:
            charged = [self._recalled(charge, op.attempt) for charge in charges]
        else:
            for charge in charges:
                self._happens(What.CHARGE, charge.key, op.attempt, _source(op, charge.scope))
            charged = [self._charged(charge, closes=True) for charge in charges]
        return Admitted(tuple(charged), known is not None, observed)

    def _recalled(self, charge: Charge, attempt: int) -> Charged:
        """Return a counter with the number of an attempt that it was charged with before, 0 if it is gone."""
        charges = [one for one in self._histories[charge.key] if one.what is What.CHARGE]
        numbers = [one.number for one in charges if one.attempt == attempt]
        return Charged(*charge, numbers[-1] if held(self.stands(charge), attempt) else 0)

    def _charged(self, charge: Charge, *, closes: bool = False) -> Charged:
        """Return a counter with the number of its newest charge, and what that closed."""
        refused = self._view(charge).refusal
        reason = refused.reason if closes and refused else None
        shown = reason if reason in {Reason.LOCKED, Reason.CAPPED} else None
        return Charged(*charge, self.stands(charge).charges, shown)

    def _settle(self, op: Settle) -> Settled:
        charges = [Charge(*charged[:3]) for charged in op.charged]
        begun = [charge for charge in charges if held(self.stands(charge), op.attempt)]
        for scope, key, _, number, _ in op.charged:
            right = What.SUCCESS if scope in OWN else What.REFUND
            what = right if op.checked else What.RELEASE
            self._happens(what, key, op.attempt, _source(op, scope), number)
        if not op.checked:
            return Settled()
        for observed in op.observed:
            self._happens(What.FORGET, observed.key, number=observed.seq)
        issues = op.issue and any(charge.scope in OWN for charge in begun)
        return Settled(self._issue(op.issue) if op.issue and issues else None)

    def _clear(self, charges: Sequence[Charge], registry: bytes | None, epoch: int) -> Cleared:
        for charge in charges:
            self._happens(What.RESET, charge.key)
        if not registry:
            return Cleared()
        generation, _, begun = self._registry(registry, epoch)
        first = Registry(generation + 1, 1, begun)
        self._keep(registry, first, HALF_A_YEAR)
        return Cleared(Proof(*first))

    def _view(self, charge: Charge) -> View:
        stands, now = self.stands(charge), self._time(charge.key)
        refused = refusal(stands, charge.rule, now)
        return View(charge.scope, len(stands.entries), len(stands.run), level_at(stands, now), refused)

    def _happens(self, what: What, key: bytes, attempt: int = 0, source: int = 0, number: int = 0) -> None:
        if what is What.CHARGE:
            number = 1 + sum(one.what is What.CHARGE for one in self._histories[key])
        self._histories[key].append(Happened(what, self._time(key), attempt, source, number))

    # Known sources

    def _is_known(self, known: Known) -> bool:
        proof = self._get(known.proof) if isinstance(known.proof, bytes) else known.proof
        generation, newest, epoch = self._registry(known.registry)
        return proof in [Proof(generation, newest - older, epoch) for older in range(LIVE_SOURCES)]

    def _issue(self, issue: Issue) -> Proof | None:
        generation, newest, epoch = self._registry(issue.registry, issue.epoch)
        registry = Registry(generation, newest + issue.fresh, epoch)
        if registry != Registry(epoch=epoch):
            self._keep(issue.registry, registry, HALF_A_YEAR)
        proof = Proof(*registry) if issue.fresh else self._get(issue.proof or b"")
        if issue.proof and isinstance(proof, Proof):
            self._keep(issue.proof, proof, HALF_A_YEAR)
        if issue.fresh and issue.charge:
            self._happens(What.RESET, issue.charge.key)
        return Proof(*registry) if issue.fresh else None

    def _registry(self, key: bytes, epoch: int = 0) -> Registry:
        kept = self._get(key)
        return kept if isinstance(kept, Registry) else Registry(epoch=epoch)

    # Single-use values

    def _single_use(self, op: PutOnce | Advance | Take) -> Stored | Taken:
        kept = self._get(op.key)
        if isinstance(op, Take):
            return Taken(self._take(op.key, kept) if isinstance(kept, bytes) else None)
        if isinstance(op, PutOnce):
            return Stored(kept is None and self._keep(op.key, op.data, op.ttl))
        return Stored(
            (not isinstance(kept, int) or kept < op.number) and self._keep(op.key, op.number, op.ttl)
        )

    def _get(self, key: bytes) -> Registry | Proof | bytes | int | None:
        kept, until = self._kept.get(key, (None, 0))
        return kept if until > self._now else None

    def _keep(self, key: bytes, kept: Registry | Proof | bytes | int, ttl: int) -> bool:
        self._kept[key] = (kept, self._now + ttl)
        return True

    def _take(self, key: bytes, data: bytes) -> bytes:
        del self._kept[key]
        return data


def _source(op: Admit | Settle, scope: Scope) -> int:
    """Return where an attempt comes from: a known source is one, wherever it is."""
    return 0 if scope is Scope.DEVICE else op.source


def _is_idle(stands: Standing, rule: Rule, when: int) -> bool:
    """Say whether a key means no more than one that was never charged."""
    run = stands.run if rule.cap else ()
    return not (stands.entries or run or level_at(stands, when)) and stands.newest + rule.window <= when
