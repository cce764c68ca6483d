"""A login as an attacker finds it: a guard, a clock turned by hand, and a count of what was checked."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from authguard_core import Attempt, Decision, Guard, MemoryStorage, Outcome, Reason, Settings, Ticket

SECRET = "a secret for tests of forty-odd characters"
MINUTE = 60.0
DAY = 86_400.0


@dataclass
class Clock:
    """Seconds that pass when they are told to."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Login:
    """A login route without HTTP: the password is right when it is ``right``."""

    guard: Guard
    clock: Clock
    store: MemoryStorage
    checked: Counter[str] = field(default_factory=Counter[str])
    """How many passwords were looked at, by the account's name."""

    def begin(
        self, name: str, *, address: str | None = "203.0.113.1", device: str | None = None
    ) -> Ticket | None:
        """Begin an attempt whose outcome is still open."""
        return self.guard.check(Attempt(identifier=name, peer=address, device=device)).ticket

    def attempt(
        self,
        name: str,
        password: str = "wrong",
        *,
        address: str | None = "203.0.113.1",
        device: str | None = None,
    ) -> Decision:
        """Try one password, and return the refusal or what the settlement says."""
        decision = self.guard.check(Attempt(identifier=name, peer=address, device=device))
        if decision.ticket is None:
            return decision
        self.checked[name] += 1
        return self.guard.settle(decision.ticket, Outcome.SUCCESS if password == "right" else Outcome.FAILURE)

    def exhaust(self, name: str, *, address: str = "203.0.113.1", device: str | None = None) -> None:
        """Guess, waiting as told, until more than waiting is asked for."""
        while (decision := self.attempt(name, address=address, device=device)).reason in {
            Reason.FAILED,
            Reason.DELAYED,
        }:
            self.clock.advance(decision.wait or 0)

    def device_of(self, name: str, *, address: str = "198.51.100.1") -> str:
        """Sign in, and return the device cookie's value."""
        cookie = self.attempt(name, "right", address=address).device
        assert cookie
        return cookie.value


MakeLogin = Callable[..., Login]


def make_login(
    *, preset: str = "standard", trusted_proxies: str = "", max_keys: int = 1_000_000, **login: object
) -> Login:
    """Make a login with these settings of its purpose."""
    clock = Clock()
    settings = Settings.load(secret_key=SECRET, preset=preset, trusted_proxies=trusted_proxies, login=login)
    storage = MemoryStorage(clock=clock, max_keys=max_keys)
    return Login(Guard(settings, storage=storage, clock=clock), clock, storage)
