"""Claims about what is kept in Redis: under which keys, for how long, how much, and by how many calls."""

import re
from base64 import b64encode
from typing import Any

import pytest

from authguard_core import Attempt, Guard, Outcome, Settings
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import (
    Admit,
    Advance,
    Charge,
    Clear,
    Inspect,
    Inspected,
    Issue,
    Known,
    Op,
    PutOnce,
    Stored,
    Take,
    Taken,
)
from authguard_core.counting.refusal import Scope
from authguard_core.counting.state import Proof, Registry
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.suite.lab import (
    ACCOUNT,
    ADDRESS,
    DEVICE,
    EVERYTHING,
    SUBNET,
    WINDOW,
    Lab,
    charge,
    key,
)
from tests.adapters.redis_stores import ALONE, KINDS, client, frozen, key_name, lab
from tests.servers import shared

SLACK = 1_000
HALF_A_YEAR = 180 * DAY
BUCKET = charge("subnet bucket", Rule(60, WINDOW, burst=5), Scope.SUBNET)
REGISTRY, PROOF = key("registry"), key("proof")
NAME, PLACE = "alice.liddell@example.org", "203.0.113.77"


def asking(kind: str) -> Any:  # noqa: ANN401 - the driver's clients have no common type
    """Return a client for the tests' own questions about a kind of store."""
    return client("threads, Cluster" if "Cluster" in kind else "threads")


def kept(kind: str, prefix: str) -> dict[str, int]:
    """Return every key of a store, and in how many milliseconds it goes by itself."""
    with asking(kind) as server:
        names = [name.decode() for name in server.scan_iter(f"{prefix}*", count=1_000)]
        return {name: server.pttl(name) for name in names}


def live(driven: Lab) -> None:
    """Let everything happen that a store is asked for."""
    for source in range(4):
        driven.admit(*EVERYTHING, BUCKET, source=source)
    running = driven.admit(*EVERYTHING, BUCKET)
    driven.settle(running, issue=Issue(REGISTRY, fresh=True, proof=PROOF, charge=DEVICE))
    driven.settle(driven.admit(*EVERYTHING, known=Known(REGISTRY, PROOF, DEVICE)))
    driven.settle(driven.admit(ADDRESS, charge("account 2", ACCOUNT.rule)), checked=False)
    driven.lock(charge("account 3", ACCOUNT.rule))
    driven.one(Clear((charge("account 4", ACCOUNT.rule), SUBNET), key("registry 4")))
    driven.one(PutOnce(key("value"), b"code", WINDOW))
    driven.one(Advance(key("number"), 57_000_000, WINDOW))
    driven.one(PutOnce(key("taken"), b"code", WINDOW))
    driven.one(Take(key("taken")))
    driven.one(Inspect((charge("account 5", ACCOUNT.rule),), key("registry 5")))


@pytest.mark.parametrize("kind", KINDS)
def test_a67_every_key_goes_by_itself(kind: str) -> None:
    """Whatever has happened: nothing is kept for longer than half a year and a second."""
    prefix = shared.prefix()
    with lab(kind, prefix=prefix) as driven:
        live(driven)
    found = kept(kind, prefix)
    assert len(found) == 13
    assert all(0 < lifetime <= HALF_A_YEAR + SLACK for lifetime in found.values())


LIFETIMES = {
    "log": (ADDRESS, 1, WINDOW),
    "bucket": (BUCKET, 2, 2 * WINDOW // 60),
    "account without a cap": (charge("account", Rule(5, WINDOW, lock=WINDOW, lock_max=WINDOW)), 1, WINDOW),
    "account with a cap": (ACCOUNT, 1, HALF_A_YEAR),
    "lock": (charge("account", Rule(5, WINDOW, lock=WINDOW, lock_max=WINDOW)), 5, WINDOW + DAY),
}


@pytest.mark.parametrize(("counter", "times", "lifetime"), LIFETIMES.values(), ids=LIFETIMES)
@pytest.mark.parametrize("kind", ALONE)
def test_a69_a_counter_is_kept_for_as_long_as_it_says_something(
    kind: str, counter: Charge, times: int, lifetime: int
) -> None:
    """Not shorter, or Redis would free somebody; and a second longer, for clocks tick apart."""
    prefix = shared.prefix()
    with lab(kind, prefix=prefix) as driven:
        driven.fail(counter, times=times)
    (left,) = kept(kind, prefix).values()
    assert lifetime < left + 60_000 <= lifetime + SLACK + 60_000


@pytest.mark.parametrize("kind", ALONE)
def test_a_success_leaves_an_address_for_a_window_at_most(kind: str) -> None:
    """Its counter is empty, and stays for its time alone, which must not go back."""
    prefix = shared.prefix()
    with lab(kind, prefix=prefix) as driven:
        driven.settle(driven.admit(ADDRESS, SUBNET))
    assert all(lifetime <= WINDOW + SLACK for lifetime in kept(kind, prefix).values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_prefix_layout_group_and_rest(kind: str) -> None:
    """What stands in braces keeps an address with its subnet, an account with its browsers, on one node."""
    prefix = shared.prefix()
    with lab(kind, prefix=prefix) as driven:
        live(driven)
    form = re.compile(re.escape(prefix) + r":1:\{([A-Za-z0-9+/]{8})\}[A-Za-z0-9+/]{24}")
    groups = [found[1] for name in kept(kind, prefix) if (found := form.fullmatch(name))]
    assert len(groups) == 13
    assert set(groups) == {b64encode(one.key[:6]).decode() for one in (ADDRESS, ACCOUNT)}


def guard(kind: str, prefix: str, **settings: Any) -> Guard:  # noqa: ANN401 - any setting
    """Return a guard over a store of a kind for threads."""
    server = shared.cluster() if "Cluster" in kind else shared.redis()
    url = f"{server.url}?prefix={prefix}"
    secret = "nobody signs anything real with this one"
    return Guard(Settings.load(secret_key=secret, storage_url=url, storage_timeout="20s", **settings))


@pytest.mark.parametrize("kind", ["threads", "threads, Cluster"])
def test_nothing_in_redis_names_a_person_or_a_place(kind: str) -> None:
    """Keys and values are numbers, keyed hashes and random ids."""
    prefix = shared.prefix()
    made = guard(kind, prefix, preset="api")
    for outcome in (Outcome.FAILURE, Outcome.SUCCESS):
        ticket = made.check(Attempt(identifier=NAME, peer=PLACE)).ticket
        assert ticket
        made.settle(ticket, outcome)
    made.close()
    with asking(kind) as server:
        names = list(server.scan_iter(f"{prefix}*"))
        told = b"".join([part for name in names for part in (name, server.get(name))])
    assert names
    assert not any(word in told for word in (b"alice", b"liddell", b"203.0", bytes((203, 0, 113))))


@pytest.mark.parametrize("kind", ALONE)
def test_a67_an_account_with_five_attempts_takes_at_most_320_bytes(kind: str) -> None:
    """With its key, and all that Redis itself needs for it."""
    prefix = shared.prefix()
    with lab(kind, prefix=prefix) as driven:
        driven.fail(ACCOUNT, times=5)
    (name,) = kept(kind, prefix)
    with asking(kind) as server:
        assert server.memory_usage(name) <= 320


def calls(kind: str) -> int:
    """Return how many scripts were run so far."""
    with asking(kind) as server:
        if "Cluster" in kind:
            nodes = [*server.info("commandstats", target_nodes=server.ALL_NODES).values()]
        else:
            nodes = [server.info("commandstats")]
    names = ("cmdstat_eval", "cmdstat_evalsha")
    return sum(node[name]["calls"] for node in nodes for name in names if name in node)


FOURTH = charge("account for a code", ACCOUNT.rule)
COUNTERS = [EVERYTHING[:1], EVERYTHING[:2], EVERYTHING, (*EVERYTHING, FOURTH)]


@pytest.mark.parametrize("counters", COUNTERS, ids=len)
@pytest.mark.parametrize("kind", KINDS)
def test_an_attempt_is_one_call_whatever_the_number_of_its_limits(
    kind: str, counters: tuple[Charge, ...]
) -> None:
    """In a Cluster one for each of its two groups; a success takes as many more."""
    prefix = shared.prefix()
    groups = len({one.key[:6] for one in counters}) if "Cluster" in kind else 1
    with lab(kind, prefix=prefix) as driven:
        driven.settle(driven.admit(*counters))  # from now on the server knows the scripts
        before = calls(kind)
        running = driven.admit(*counters)
        admitted = calls(kind)
        driven.settle(running, issue=Issue(REGISTRY, fresh=True, proof=PROOF, charge=DEVICE))
        assert (admitted - before, calls(kind) - admitted) == (groups, groups)


@pytest.mark.parametrize("kind", ALONE)
def test_several_operations_are_one_call(kind: str) -> None:
    """Of whatever kinds they are."""
    ops: list[Op] = [
        Admit(1, 0, EVERYTHING, Known(REGISTRY, Proof(0, 1), DEVICE), REGISTRY),
        PutOnce(key("value"), b"code", WINDOW),
        Take(key("value")),
        Advance(key("number"), 1, WINDOW),
        Clear((ACCOUNT,), REGISTRY),
        Inspect(EVERYTHING, REGISTRY),
    ]
    with lab(kind) as driven:
        driven.store.execute(ops)
        before = calls(kind)
        driven.store.execute(ops)
        assert calls(kind) == before + 1


def test_a_wrong_password_is_one_call_and_a_right_one_two() -> None:
    """Of the guard itself: what fails needn't be reported to the store."""
    made = guard("threads", shared.prefix())
    spent: list[int] = []
    for outcome in (Outcome.FAILURE, Outcome.SUCCESS) * 2:
        before = calls("threads")
        ticket = made.check(Attempt(identifier=NAME, peer=PLACE)).ticket
        assert ticket
        made.settle(ticket, outcome)
        spent.append(calls("threads") - before)
    made.close()
    assert spent[2:] == [1, 2]


NOW = "018bcfe56800"  # 1,700,000,000,000 ms, at which the clock stands still
LATER = (1_700_000_000_000 + HALF_A_YEAR).to_bytes(6, "big").hex()
ENTRY = NOW + "00000000000000a1 00000000000000b2"
RECORDS = {
    ACCOUNT.key: "11 00 000000000000"
    + NOW
    + "018bcfe56801"
    + NOW
    + NOW
    + "00000000000000a1 00000000000000b2",
    REGISTRY: "12 00000000 00000001 00000005" + LATER,
    PROOF: "13 00000000 00000001 00000005" + LATER,
    key("value"): "14" + LATER + "636f6465",
    key("number"): "14" + LATER + "00000000000003e8",
}


def write(driven: Lab) -> None:
    """Let a record of each kind be written."""
    running = driven.admit(charge("account 2", ACCOUNT.rule))
    driven.settle(running, issue=Issue(REGISTRY, fresh=True, proof=PROOF, epoch=5))
    driven.one(Admit(0xA1, 0xB2, (ACCOUNT,)))
    driven.one(PutOnce(key("value"), b"code", HALF_A_YEAR))
    driven.one(Advance(key("number"), 1_000, HALF_A_YEAR))


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_layout_is_written_and_read_as_it_always_was(kind: str) -> None:
    """Whoever changes a record takes another number into its keys: old and new processes share a server."""
    with frozen(kind, FrozenClock(), prefix=(prefix := shared.prefix())) as driven, asking(kind) as server:
        write(driven)
        written = {name: server.get(key_name(prefix, name)).hex() for name in RECORDS}
        assert written == {name: record.replace(" ", "") for name, record in RECORDS.items()}
    with frozen(kind, FrozenClock(), prefix=(prefix := shared.prefix())) as driven, asking(kind) as server:
        for name, record in RECORDS.items():
            server.set(key_name(prefix, name), bytes.fromhex(record), px=DAY)
        view = driven.view(ACCOUNT)
        assert (view.failures, view.consecutive) == (1, 1)
        assert driven.ask(ACCOUNT, known=Known(REGISTRY, PROOF, DEVICE)).known
        assert driven.one(Inspect((), REGISTRY)) == Inspected((), Registry(0, 1, 5))
        assert driven.one(Take(key("value"))) == Taken(b"code")
        assert driven.one(Advance(key("number"), 1_000, DAY)) == Stored(stored=False)
