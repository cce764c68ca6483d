"""Claims about records that somebody else wrote, cut or spoiled."""

import struct
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import pytest

from authguard_core import Attempt, EventKind, Guard, Settings
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import (
    Admitted,
    Advance,
    Charge,
    Clear,
    Cleared,
    Inspect,
    Issue,
    Known,
    PutOnce,
    Refused,
    Settled,
    Stored,
    Take,
    Taken,
)
from authguard_core.counting.refusal import Scope
from authguard_core.counting.state import Proof
from authguard_core.testing.suite.lab import ACCOUNT, ADDRESS, DEVICE, SUBNET, WINDOW, Lab, charge, key
from tests.adapters.redis_stores import KINDS, client, key_name, lab
from tests.servers import shared

NOW = 1_700_000_000_000
MOST = 2**48 - 1
REGISTRY, VALUE = key("registry"), key("value")
COUNTERS = {
    "account": ACCOUNT,
    "address": charge("address log", Rule(5, WINDOW), Scope.ADDRESS),
    "bucket": charge("subnet bucket", Rule(60, WINDOW, burst=5), Scope.SUBNET),
}
T = TypeVar("T")


def counter(
    *entries: int, level: int = 0, level_at: int = 0, last: int = NOW, total: int = NOW, cleared: int = NOW
) -> bytes:
    """Return a counter's record, whose numbers needn't make sense."""
    numbers = [number.to_bytes(6, "big") for number in (level_at, last, total, cleared)]
    log = [when.to_bytes(6, "big") + b"attempt.source.." for when in entries]
    return bytes((0x11, level)) + b"".join([*numbers, *log])


def known(kind: int, *numbers: int, till: int = MOST) -> bytes:
    """Return the record of a registry, or of a stored proof."""
    return bytes((kind,)) + struct.pack(">III", *numbers) + till.to_bytes(6, "big")


NOISE = {
    "nothing": b"",
    "zero": b"\0",
    "text": b"hello",
    "noise": bytes(range(0x30, 0xB0)),
    "a kind alone": b"\x11",
    "half a counter": counter(NOW)[:20],
    "a counter without its end": counter(NOW)[:-1],
    "a counter and a byte": counter(NOW) + b"\0",
    "half a registry": known(0x12, 1, 1, 1)[:10],
    "a registry and a byte": known(0x12, 1, 1, 1) + b"\0",
    "half a value": b"\x14\0\0\0",
    "another layout": b"\x21" + counter(NOW)[1:],
    "memory's layout": b"\x20" + bytes(37),
    "a megabyte": b"\x11" * 1_000_001,
    "the greatest numbers": b"\x11" + b"\xff" * 25,
    "a level above all": counter(NOW, level=31),
    "a level for ever": counter(level=1, level_at=MOST),
    "a time to come": counter(last=MOST),
    "an attempt to come": counter(NOW, MOST),
    "more cleared than counted": counter(cleared=NOW + 1),
    "no more numbers": counter(total=MOST, cleared=MOST),
    "a token in 8,000 years": counter(total=MOST, cleared=0),
    "the greatest registry": known(0x12, 2**32 - 1, 2**32 - 1, 2**32 - 1),
}
TYPES = ["list", "hash", "set", "sorted set", "stream"]
SPOILT: dict[str, str | bytes] = {**NOISE, **{kind: kind for kind in TYPES}}


class Server(NamedTuple):
    """A store, and its server as whoever spoils its records reaches it."""

    lab: Lab
    client: Any
    prefix: str

    def name(self, name: bytes) -> str:
        """Return how a key of the core's is called there."""
        return key_name(self.prefix, name)

    def spoil(self, name: bytes, what: str | bytes) -> None:
        """Put something else in a record's place."""
        there = self.name(name)
        self.client.delete(there)
        match what:
            case bytes():
                self.client.set(there, what, px=DAY)
            case "list":
                self.client.rpush(there, "x")
            case "hash":
                self.client.hset(there, "x", "y")
            case "set":
                self.client.sadd(there, "x")
            case "sorted set":
                self.client.zadd(there, {"x": 1})
            case _:
                self.client.xadd(there, {"x": "y"})


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A store of each kind."""
    kind, prefix = request.param, shared.prefix()
    asking = client("threads, Cluster" if "Cluster" in kind else "threads")
    with lab(kind, prefix=prefix) as driven, asking:
        yield Server(driven, asking, prefix)


def each(story: Callable[[str, str | bytes], T]) -> dict[str, T]:
    """Let a story happen with everything that can stand in a record's place, under names of its own."""
    return {name: story(name, what) for name, what in SPOILT.items()}


def always(what: T) -> dict[str, T]:
    """Say that the same is expected whatever stands there."""
    return dict.fromkeys(SPOILT, what)


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
def test_a68_a_spoilt_counter_is_counted_anew_and_said_to_be(server: Server, counter: Charge) -> None:
    """Whatever stands there: no error, the whole budget and no more, and an end of its life."""

    def story(name: str, what: str | bytes) -> tuple[object, ...]:
        mine = counter._replace(key=key(f"{counter.scope.value} {name}"))
        server.spoil(mine.key, what)
        first = server.lab.ask(mine)
        expires = server.client.pttl(server.name(mine.key)) > 0
        return isinstance(first, Admitted), first.damaged, expires, server.lab.admitted(mine, of=7)

    assert each(story) == always((True, True, True, 4))


def test_a68_damage_is_told_whichever_counter_has_it(server: Server) -> None:
    """Also beside others, and whether the attempt is admitted or refused."""
    driven = server.lab
    told: list[bool] = []
    for what in (b"hello", "list"):
        for spoilt in (ADDRESS, ACCOUNT):
            server.spoil(spoilt.key, what)
            told.append(driven.ask(ADDRESS, SUBNET, ACCOUNT).damaged)
    assert told == [True] * 4
    assert not driven.ask(ADDRESS, SUBNET, ACCOUNT).damaged


def test_a68_damage_is_told_to_whoever_is_refused(server: Server) -> None:
    """The address is spoilt, and the account is locked."""
    driven = server.lab
    driven.lock(ACCOUNT)
    server.spoil(ADDRESS.key, b"hello")
    result = driven.ask(ADDRESS, ACCOUNT)
    assert (isinstance(result, Refused), result.damaged) == (True, True)


def test_a68_outcomes_and_operators_get_past_spoilt_counters(server: Server) -> None:
    """A success has nothing to clear there; a look sees nothing; to clear it makes it whole."""
    driven = server.lab

    def story(name: str, what: str | bytes) -> tuple[object, ...]:
        mine = charge(f"account {name}", ACCOUNT.rule)
        running = driven.admit(ADDRESS, mine)
        server.spoil(mine.key, what)
        settled = driven.settle(running, issue=Issue(REGISTRY, fresh=True))
        server.spoil(mine.key, what)
        seen = driven.failures(ADDRESS, mine)
        driven.one(Clear((mine,)))
        return settled, seen, driven.ask(mine).damaged

    assert each(story) == always((Settled(), [0, 0], False))


def test_a68_a_spoilt_registry_knows_nobody(server: Server) -> None:
    """Its account counts, and a reset makes it whole: with another epoch, so that no old proof fits."""
    driven = server.lab

    def story(name: str, what: str | bytes) -> tuple[object, ...]:
        mine, registry = charge(f"account {name}", ACCOUNT.rule), key(f"registry {name}")
        issued = driven.settle(driven.admit(mine), issue=Issue(registry, fresh=True, epoch=1))
        server.spoil(registry, what)
        shown = Known(registry, issued.proof or b"", DEVICE)
        result = driven.ask(mine, known=shown)
        renewed = driven.one(Clear((mine,), registry, epoch=2))
        return result.known, result.damaged, renewed, driven.admit(mine, known=shown).admitted.known

    renewed = Cleared(Proof(1, 1, 2))
    # Of a key that is only read nobody hears that it is of another type.
    assert each(story) == {name: (False, name in NOISE, renewed, False) for name in SPOILT}


def test_a68_a_spoilt_proof_makes_nobody_known(server: Server) -> None:
    """That an address has signed in before is forgotten with it, until it signs in once more."""
    driven = server.lab

    def story(name: str, what: str | bytes) -> tuple[object, ...]:
        registry, proof = key(f"registry {name}"), key(f"proof {name}")
        mine = charge(f"account {name}", ACCOUNT.rule)
        issue = Issue(registry, fresh=True, proof=proof, charge=DEVICE)
        shown = Known(registry, proof, DEVICE)
        driven.settle(driven.admit(mine), issue=issue)
        before = driven.ask(mine, known=shown).known
        server.spoil(proof, what)
        result = driven.ask(mine, known=shown)
        driven.settle(driven.admit(mine), issue=issue)
        return before, result.known, result.damaged, driven.ask(mine, known=shown).known

    assert each(story) == {name: (True, False, name in NOISE, True) for name in SPOILT}


def test_a68_a_spoilt_value_never_becomes_good_again(server: Server) -> None:
    """A code that was used stays used, and one that can't be read is none."""
    driven = server.lab

    def story(name: str, what: str | bytes) -> list[object]:
        value = key(f"value {name}")
        driven.one(PutOnce(value, b"used", DAY))
        server.spoil(value, what)
        ops = (PutOnce(value, b"again", DAY), Advance(value, 2**62, DAY), Take(value))
        return [driven.one(op) for op in ops]

    assert each(story) == always([Stored(stored=False), Stored(stored=False), Taken(None)])


def test_a68_a_number_of_another_length_never_becomes_good_again(server: Server) -> None:
    """As after a value was put in its place."""
    server.lab.one(PutOnce(VALUE, b"1234567", DAY))
    assert server.lab.one(Advance(VALUE, 2**62, DAY)) == Stored(stored=False)


def test_a68_a_look_leaves_damage_where_it_is(server: Server) -> None:
    """Whoever wants to know what happened finds it."""
    server.spoil(ACCOUNT.key, b"hello")
    server.lab.one(Inspect((ACCOUNT,), REGISTRY))
    assert server.client.get(server.name(ACCOUNT.key)) == b"hello"


def test_a68_a_guard_tells_its_observers_of_damage() -> None:
    """An event of its own, beside the decision."""
    events: list[EventKind] = []
    prefix = shared.prefix()
    settings = Settings.load(
        secret_key="nobody signs anything real with this one",
        storage_url=f"{shared.redis().url}?prefix={prefix}",
        storage_timeout="20s",
    )
    guard = Guard(settings, observers=[lambda event: events.append(event.kind)])
    assert guard.check(Attempt(identifier="alice", peer="192.0.2.1")).allowed
    with client("threads") as asking:
        for name in asking.keys(f"{prefix}*"):
            asking.set(name, b"hello", px=DAY)
    assert guard.check(Attempt(identifier="alice", peer="192.0.2.1")).allowed
    assert EventKind.RECORD_DAMAGED in events
    guard.close()
