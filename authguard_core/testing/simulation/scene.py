"""Who takes part in a simulation, from where, under which rules, and what may go wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from random import Random
from typing import Final

from authguard_core.errors import ConfigurationError
from authguard_core.settings import Settings
from authguard_core.testing.simulation.history import Act, Began, Place

__all__ = ["PROXY", "Faults", "Request", "Scene", "choose_settings"]

PROXY: Final = "10.0.0.1"
"""A trusted proxy, where the settings trust it."""

SECRET: Final = "the secret of simulations guards nothing"  # noqa: S105 - it guards nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong, and how probable it is each time that it may.

    Raises:
        ConfigurationError: a probability outside 0 to 1.

    """

    lost_request: float = 0.03
    """A storage call fails and nothing was carried out."""
    lost_reply: float = 0.03
    """A storage call fails, and was carried out all the same."""
    repeated: float = 0.03
    """A storage call was carried out, its reply is lost, and the driver asks again."""
    crash: float = 0.01
    """A worker's process dies, wherever it is."""
    cancel: float = 0.01
    """A worker's task is cancelled, wherever it waits."""
    clock_forward: float = 0.003
    """The machine's clock is set forward."""
    clock_back: float = 0.006
    """The machine's clock is set back."""
    settle_twice: float = 0.1
    """An outcome is reported a second time."""
    settle_late: float = 0.1
    """An outcome is reported much later."""

    def __post_init__(self) -> None:
        """Refuse what is no probability."""
        for field in fields(self):
            value: float = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise ConfigurationError.of(
                    f"faults {field.name}", got=value, expected="0 to 1", do="Name a probability."
                )


NO_FAULTS: Final = Faults(**dict.fromkeys([field.name for field in fields(Faults)], 0.0))


# Several spellings of one name; nobody has none.
PEOPLE: Final = {
    "alice": ("alice", " Alice", "ALICE", "\uff41lice", "al\u200bice"),
    "bob": ("bob", "Bob "),
    "carol@example.org": ("carol@example.org", "Carol@EXAMPLE.org"),
    "alice2": ("alice2",),
    "stra\u00dfe": ("stra\u00dfe", "STRASSE"),
    "": ("", "  ", "\u200b"),
}
WEIGHTS: Final = (10, 5, 3, 2, 1, 1)

NEIGHBOURS: Final = (
    Place("203.0.113.1", "203.0.113.1", "203.0.113.0/24"),
    Place("::ffff:203.0.113.1", "203.0.113.1", "203.0.113.0/24"),
    Place("203.0.113.2", "203.0.113.2", "203.0.113.0/24"),
    Place("2001:db8:1:1::5", "2001:db8:1:1::/64", "2001:db8:1::/48"),
    Place("2001:db8:1:1:9::1", "2001:db8:1:1::/64", "2001:db8:1::/48"),
    Place("2001:db8:1:2::1", "2001:db8:1:2::/64", "2001:db8:1::/48"),
    Place("198.51.100.7", "198.51.100.7", "198.51.100.0/24"),
)
STRANGERS: Final = 250
"""How many addresses a botnet has, each in a subnet of its own."""


def stranger(number: int) -> Place:
    """Return an address of the botnet."""
    address = f"100.64.{number % STRANGERS}.9"
    return Place(address, address, f"100.64.{number % STRANGERS}.0/24")


def fresh(number: int) -> Place:
    """Return an address where nobody was before."""
    address = f"192.168.{number % 256}.{number // 256 + 1}"
    return Place(address, address, f"192.168.{number % 256}.0/24")


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody is about to do, and how it ends."""

    began: Began
    proxied: bool
    """It comes through the trusted proxy, with an invented address left of the real one."""
    unchecked: bool
    """The secret will never be looked at: every hashing slot is taken."""
    twice: bool
    late: int
    """How many steps pass between the check and the report of its outcome."""


def choose_settings(random: Random) -> Settings:
    """Choose the rules: small and short, so that limits, locks and caps are often met."""
    limit = random.randint(2, 5)
    window = random.choice([20, 60])
    lock = window * random.randint(1, 2)
    return Settings.load(
        secret_key=SECRET,
        preset="standard",
        trusted_proxies="10.0.0.0/8",
        trusted_header="x-forwarded-for",
        cookie_secure=True,
        login={
            "account_limit": f"{limit}/{window}s",
            "device_limit": random.choice(["off", f"2/{window}s", f"4/{window}s", f"4/{window}s"]),
            "ip_limit": random.choice(["off", f"6/{window}s", f"10/{window}s", f"20/{window}s burst 4"]),
            "subnet_limit": random.choice(["off", f"12/{window}s", f"30/{window}s burst 6"]),
            "lock": random.choice(["off", f"{lock}s", f"{lock}s", f"{lock}s"]),
            "lock_max": f"{lock * random.choice([1, 2, 4, 6])}s",
            "delay_after": str(random.randint(1, limit)),
            "delay": random.choice(["off", "1s", "700ms"]),
            "delay_max": f"{random.choice([1, 4, 8])}s",
            "failure_cap": random.choice(["off", "6", "12", "30"]),
            "known_by_address": "false",
        },
    )


class Scene:
    """Chooses who comes next, and what for.

    Args:
        random: the only source of chance.
        faults: how often outcomes are reported late or twice.
        proxied: whether the settings trust :data:`PROXY`.

    """

    def __init__(self, random: Random, faults: Faults, *, proxied: bool) -> None:
        self._random = random
        self._faults = faults
        self._proxied = proxied
        # One seed's attacker has the right password often, another's never; one has many addresses.
        self._rightness = random.choice([0.05, 0.3, 0.6])
        self._strangeness = random.choice([0.1, 0.4, 0.9])

    def _may(self, probability: float) -> bool:
        return self._random.random() < probability

    def next(self, at: int, number: int, cookies: Sequence[str]) -> Request:
        """Choose the next request; ``cookies`` says whose each cookie is that was given so far."""
        random = self._random
        person: str = random.choices(list(PEOPLE), WEIGHTS)[0]
        place = (
            stranger(random.randrange(STRANGERS))
            if self._may(self._strangeness)
            else random.choice(NEIGHBOURS)
        )
        act = Act.SIGN_IN
        if person and self._may(0.05):
            act = random.choice([Act.UNLOCK, Act.UNLOCK_ADDRESS, Act.RESET])
        began = Began(
            at=at,
            number=number,
            act=act,
            person=person,
            spelling=random.choice(PEOPLE[person]),
            place=place,
            cookie=self._cookie(person, cookies) if act is Act.SIGN_IN else None,
            right=bool(person) and self._may(self._rightness),
        )
        return Request(
            began=began,
            proxied=self._proxied and self._may(0.3),
            unchecked=self._may(0.08),
            twice=self._may(self._faults.settle_twice),
            late=random.randint(5, 120) if self._may(self._faults.settle_late) else 0,
        )

    def _cookie(self, person: str, cookies: Sequence[str]) -> int | None:
        """Choose a cookie: most often the owner's newest, sometimes an old or a foreign one, often none."""
        random = self._random
        own = [number for number, owner in enumerate(cookies) if owner == person]
        if own and self._may(0.3):
            return own[-1] if self._may(0.7) else random.choice(own)
        return random.randrange(len(cookies)) if cookies and self._may(0.05) else None
