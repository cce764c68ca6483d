"""One counter with its clock, driven as a store drives it: what the claims about the arithmetic share."""

from dataclasses import dataclass, field

from authguard_core.counting import rules
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.refusal import Refusal
from authguard_core.counting.state import Counter, Entry, pack, unpack

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
WINDOW = 15 * MINUTE
PLAIN = Rule(5, WINDOW)
LOGIN = Rule(
    5,
    WINDOW,
    delay_after=3,
    delay=SECOND,
    delay_max=30 * SECOND,
    lock=WINDOW,
    lock_max=HOUR,
    cap=100,
)
LOCKING = Rule(5, WINDOW, lock=WINDOW, lock_max=HOUR)
CAPPED = Rule(1_000, WINDOW, cap=10)
START = 1_000 * DAY
HERE, THERE = 1, 2


@dataclass
class Key:
    """One counter, a clock that may go anywhere, and what a counter need not remember."""

    rule: Rule
    clock: int = START
    counter: Counter = field(default_factory=Counter)
    charged: list[int] = field(default_factory=list)
    """The key's time of each charge; its place is the attempt's id, and its running number minus one."""

    @property
    def now(self) -> int:
        return rules.tick(self.counter, self.clock)

    def ask(self) -> Refusal | None:
        """Say what the next attempt would be told. As a store does it: nothing is kept of a refusal."""
        draft = unpack(pack(self.counter))
        assert isinstance(draft, Counter)
        refusal = rules.stand(draft, self.rule, self.clock)
        if refusal is None:
            self.counter = draft
        return refusal

    def attempt(self, source: int = HERE) -> Refusal | None:
        """Admit and charge, or refuse."""
        refusal = self.ask()
        if refusal is None:
            self.charged.append(self.now)
            rules.charge(self.counter, self.rule, Entry(self.clock, len(self.charged) - 1, source))
        return refusal

    def attempts(self, count: int, source: int = HERE) -> None:
        """Admit so many, a minute apart, so that no delay refuses one."""
        for _ in range(count):
            assert self.attempt(source) is None
            self.clock += MINUTE

    def succeed(self, attempt: int, source: int = HERE) -> None:
        rules.succeed(self.counter, attempt, source, self.number(attempt))

    def number(self, attempt: int) -> int:
        """Return an attempt's running number: they begin with the time of the first."""
        return self.charged[0] + attempt + 1

    @property
    def surviving(self) -> list[int]:
        """The attempts whose entries survive, oldest first."""
        return [entry.attempt for entry in self.counter.entries]

    def release(self, attempt: int) -> None:
        rules.release(self.counter, attempt, self.number(attempt))

    def lock(self) -> int:
        """Fill the window, and return when the lock ends."""
        while self.attempt() is None:
            self.clock += MINUTE
        return rules.lock_end(self.counter, self.rule)
