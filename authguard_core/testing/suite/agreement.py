"""The claim that holds all others: whatever happens, a store says what the model says."""

from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Charge,
    Clear,
    Cleared,
    Inspect,
    Inspected,
    Issue,
    Known,
    Op,
    Result,
    Settled,
)
from authguard_core.counting.refusal import Scope
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.model import held
from authguard_core.testing.opening import opened
from authguard_core.testing.reference import ReferenceStorage
from authguard_core.testing.suite.lab import WINDOW, Lab, Running, Suite, charge, key

__all__ = ["AgreementClaims", "Clears", "Ends", "Looks", "Passes", "Retries", "Tries", "agree"]

PLAIN = Rule(5, WINDOW)
GUARDED = Rule(3, WINDOW, 0, 2, 1_000, 4_000, WINDOW, 4 * WINDOW, 7)
ADDRESSES = [charge(f"address {place}", PLAIN, Scope.ADDRESS) for place in range(2)]
ACCOUNTS = [charge(f"account {who}", GUARDED) for who in range(2)]
DEVICES = [charge(f"device {who}", GUARDED, Scope.DEVICE) for who in range(2)]
REGISTRIES = [key(f"registry {who}") for who in range(2)]
NAMES = {repr(PLAIN): "PLAIN", repr(GUARDED): "GUARDED"} | {
    repr(key(name)): name
    for kind in ("address", "account", "device", "registry")
    for name in (f"{kind} 0", f"{kind} 1")
}
COUNTERS = (*ADDRESSES, *ACCOUNTS, *DEVICES)

ONE_OF_TWO = st.integers(0, 1)
LATELY = st.integers(0, 4)
TIMES = [1, 999, 1_000, 4_000, WINDOW - 1, WINDOW, 2 * WINDOW, DAY, 180 * DAY - 1, 180 * DAY]


class Tries(NamedTuple):
    """Somebody tries an account from a place, maybe with the newest proof there is."""

    who: int
    place: int
    known: bool


class Ends(NamedTuple):
    """One of the latest attempts ends: by a right password, or unchecked."""

    lately: int
    checked: bool
    remember: bool


class Retries(NamedTuple):
    """One of the latest attempts comes again, its reply lost."""

    lately: int


class Clears(NamedTuple):
    """An operator unlocks an account, or its owner completes a reset."""

    who: int
    reset: bool


class Passes(NamedTuple):
    """Time passes, in milliseconds."""

    milliseconds: int


class Looks(NamedTuple):
    """Somebody looks at everything."""


Step = Tries | Ends | Retries | Clears | Passes | Looks
STEPS = st.one_of(
    st.builds(Tries, ONE_OF_TWO, ONE_OF_TWO, st.booleans()),
    st.builds(Tries, st.just(0), st.just(0), st.just(value=False)),
    st.builds(Ends, LATELY, st.booleans(), st.booleans()),
    st.builds(Retries, LATELY),
    st.builds(Clears, ONE_OF_TWO, st.booleans()),
    st.builds(Passes, st.sampled_from(TIMES)),
    st.just(Looks()),
)
# A list of lists is longer on the average than a list, and shrinks as well.
STORIES = st.lists(st.lists(STEPS)).map(lambda lists: [step for steps in lists for step in steps])


class _Pair:
    """A store and the model, asked the same."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.model = ReferenceStorage(lab.clock)
        self.begun: list[tuple[Admit, Running, Running]] = []
        self.known: list[list[Known]] = [[], []]

    def ask(self, op: Op, same: Op | None = None) -> tuple[Result, Result]:
        """Ask both. The model's tickets are its own, so its operation may be another."""
        (says,) = self.model.execute((same or op,))
        told = self.lab.one(op)
        if _comparable(told) != _comparable(says):
            lines = ("to", op), ("the model says", _comparable(says)), ("the store says", _comparable(told))
            raise AssertionError("\n".join([f"{who} {_readable(what)}" for who, what in lines]))
        return told, says

    def take(self, step: Step) -> None:
        """Take a step."""
        match step:
            case Tries(who, place, known):
                self.admit(self.attempt(who, place, known=known))
            case Retries(lately) if lately < len(self.begun):
                op, _, modelled = self.begun[-1 - lately]
                if not self.is_overdue(modelled) and self.is_whole(op, modelled):
                    self.ask(op)
            case Ends(lately, checked, remember) if lately < len(self.begun):
                self.end(*self.begun[-1 - lately], checked=checked, remember=remember)
            case Clears(who, reset):
                told, _ = self.ask(Clear((ACCOUNTS[who],), REGISTRIES[who] if reset else None))
                self.learn(who, told)
            case Passes(milliseconds):
                self.lab.pass_time(milliseconds)
            case Looks():
                self.ask(Inspect(COUNTERS, REGISTRIES[0]))
            case _:
                """An outcome of an attempt that never was."""

    def attempt(self, who: int, place: int, *, known: bool) -> Admit:
        shown = self.known[who][-1] if known and self.known[who] else None
        return self.lab.attempt(ADDRESSES[place], ACCOUNTS[who], source=place, known=shown)

    def admit(self, op: Admit) -> None:
        told, says = self.ask(op)
        if isinstance(told, Admitted) and isinstance(says, Admitted):
            running = [Running(op.attempt, op.source, admitted) for admitted in (told, says)]
            self.begun.append((op, running[0], running[1]))

    def end(self, op: Admit, running: Running, modelled: Running, *, checked: bool, remember: bool) -> None:
        if self.is_overdue(modelled):
            return
        who = ACCOUNTS.index(op.charges[1])
        issue = Issue(REGISTRIES[who], fresh=not running.admitted.known) if remember else None
        ops = [one.settling(checked=checked, issue=issue) for one in (running, modelled)]
        told, _ = self.ask(*ops)
        self.learn(who, told)

    def is_overdue(self, modelled: Running) -> bool:
        charged, observed = modelled.admitted.charged, modelled.admitted.observed
        return any(self.model.is_overdue(one, modelled.attempt) for one in (*charged, *observed))

    def is_whole(self, op: Admit, modelled: Running) -> bool:
        """Say whether all counters hold the attempt, or none: what a retry brings else isn't promised."""
        recorded = [Charge(*one[:3]) for one in modelled.admitted.charged]
        return all(
            len({held(self.model.stands(one), op.attempt) for one in charges}) == 1
            for charges in (op.charges, recorded)
        )

    def learn(self, who: int, told: Result) -> None:
        if isinstance(told, Settled | Cleared) and told.proof:
            self.known[who].append(Known(REGISTRIES[who], told.proof, DEVICES[who]))


def _comparable(result: Result) -> object:
    """Return what of a result is promised: running numbers are the store's own."""
    match result:
        case Admitted(charged, known):
            return known, [one._replace(seq=0) for one in charged]
        case Inspected(views, registry):
            capped = [one.rule.cap > 0 for one in COUNTERS]
            shown = [
                view._replace(consecutive=view.consecutive * cap)
                for view, cap in zip(views, capped, strict=True)
            ]
            return shown, registry
        case _:
            return result


def _readable(value: object) -> str:
    """Show keys and rules by name."""
    text = repr(value)
    for shown, name in NAMES.items():
        text = text.replace(shown, name)
    return text


def agree(lab: Lab, steps: list[Step]) -> None:
    """Take steps with a store and the model side by side, and look at everything in the end."""
    pair = _Pair(lab)
    for step in (*steps, Looks()):
        pair.take(step)


class AgreementClaims(Suite):
    """A store and the model, side by side."""

    @given(steps=STORIES)
    @settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow])
    def test_whatever_happens_the_store_says_what_the_model_says(self, steps: list[Step]) -> None:
        """Attempts, outcomes, retries, clearings and time in any order."""
        clock = FrozenClock()
        with opened(self.open_store, clock) as store:
            agree(Lab(store, clock), steps)
