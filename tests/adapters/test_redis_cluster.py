"""Claims about a Cluster: an attempt's counters stand on several nodes, and no step reaches them all."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Clear,
    Cleared,
    Inspect,
    Inspected,
    Issue,
    Known,
    PutOnce,
    Refused,
    Settled,
    Stored,
    Take,
    Taken,
)
from authguard_core.counting.refusal import Reason, Scope
from authguard_core.counting.state import Proof, Registry
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
from authguard_redis import AsyncRedisStorage
from tests.adapters.redis_stores import KINDS, client, lab
from tests.servers import shared

BUCKET = charge("address bucket", Rule(60, WINDOW, burst=5), Scope.ADDRESS)
SUBNET_BUCKET = charge("subnet bucket", Rule(60, WINDOW, burst=5), Scope.SUBNET)
REGISTRY = key("registry")
ELSEWHERE = b"former" + REGISTRY[6:]
"""Where another secret keeps the registry."""


@pytest.fixture(params=KINDS)
def driven(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A store of each kind: what holds for a Cluster holds for one server just the same."""
    with lab(request.param) as running:
        yield running


def tokens(driven: Lab, bucket: Any) -> int:  # noqa: ANN401 - a charge
    """Return how many attempts a bucket of five admits now."""
    return driven.admitted(bucket, of=6)


# Admission


def test_a_refusal_by_the_account_leaves_nothing_at_the_address(driven: Lab) -> None:
    """Else whoever guesses at a locked account would lock his neighbours out."""
    driven.lock(ACCOUNT)
    for _ in range(10):
        assert isinstance(driven.ask(ADDRESS, SUBNET, ACCOUNT), Refused)
    assert driven.failures(ADDRESS, SUBNET, ACCOUNT) == [0, 0, 5]


@pytest.mark.parametrize(
    "counters",
    [(BUCKET,), (BUCKET, SUBNET_BUCKET), (BUCKET, SUBNET), (ADDRESS, BUCKET)],
    ids=["bucket", "buckets", "bucket and log", "log and bucket"],
)
def test_a_refusal_by_the_account_leaves_every_token_at_the_address(driven: Lab, counters: Any) -> None:  # noqa: ANN401 - charges
    """A bucket knows no attempts: the refused one's token is given back all the same."""
    driven.lock(ACCOUNT)
    for _ in range(10):
        assert isinstance(driven.ask(*counters, ACCOUNT), Refused)
    assert tokens(driven, BUCKET) == 5


def test_a_refusal_by_the_address_leaves_nothing_at_the_account(driven: Lab) -> None:
    """Else whoever has used his address up would lock the account's owner out."""
    driven.admitted(BUCKET, of=5)
    for _ in range(10):
        assert isinstance(driven.ask(BUCKET, ACCOUNT), Refused)
    assert driven.failures(ACCOUNT) == [0]


def test_every_counter_that_refuses_is_named(driven: Lab) -> None:
    """Whichever node it is on: the longest wait of all is told."""
    driven.admitted(BUCKET, of=5)
    driven.lock(ACCOUNT)
    result = driven.ask(BUCKET, SUBNET, ACCOUNT)
    assert isinstance(result, Refused)
    assert [(scope, refusal.reason) for scope, refusal in result.refusals] == [
        (Scope.ADDRESS, Reason.LIMITED),
        (Scope.ACCOUNT, Reason.LOCKED),
    ]


def test_counters_come_back_in_the_order_in_which_they_were_asked(driven: Lab) -> None:
    """Though each group is asked on its own."""
    counters = (ACCOUNT, ADDRESS, DEVICE, SUBNET)
    assert [one.key for one in driven.admit(*counters).admitted.charged] == [one.key for one in counters]


def test_an_attempt_that_counts_nowhere_is_admitted(driven: Lab) -> None:
    """As where every limit is off."""
    assert driven.one(Admit(1, 0, ())) == Admitted(())


@pytest.mark.parametrize("kind", ["event loop", "event loop, Cluster"])
def test_a16_a_worker_that_dies_on_the_way_leaves_an_attempt_that_counts(kind: str) -> None:
    """At the address alone, or everywhere, as far as it had come; never at the account alone."""
    store = AsyncRedisStorage(client(kind), prefix=shared.prefix())

    async def dies_after(steps: int) -> tuple[int, ...]:
        address, account = charge(f"address {steps}", ADDRESS.rule), charge(f"account {steps}", ACCOUNT.rule)
        task = asyncio.ensure_future(store.execute([Admit(1, 0, (address, account))]))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        (seen,) = await store.execute([Inspect((address, account))])
        assert isinstance(seen, Inspected)
        return tuple(view.failures for view in seen.views)

    async def story() -> set[tuple[int, ...]]:
        await store.execute([Inspect(())])
        found = {await dies_after(steps) for steps in range(60)}
        await store.aclose()
        return found

    partly = {(1, 0)} if "Cluster" in kind else set()
    assert {(0, 0), (1, 1)} <= asyncio.run(story()) <= {(0, 0), (1, 1)} | partly


# Outcomes


def test_an_account_vouches_for_the_token_of_an_address(driven: Lab) -> None:
    """A success gives it back once, though the bucket doesn't know whose it was."""
    running = driven.admit(BUCKET, ACCOUNT)
    driven.admitted(BUCKET, of=4)
    for _ in range(3):
        driven.settle(running)
    assert tokens(driven, BUCKET) == 1


def test_a_token_is_given_back_when_nobody_looked(driven: Lab) -> None:
    """As after a success."""
    running = driven.admit(BUCKET, ACCOUNT)
    driven.admitted(BUCKET, of=4)
    driven.settle(running, checked=False)
    assert tokens(driven, BUCKET) == 1


def test_nobody_vouches_for_an_attempt_that_a_reset_has_ended(driven: Lab) -> None:
    """Then its token comes back with time alone."""
    running = driven.admit(BUCKET, ACCOUNT)
    driven.admitted(BUCKET, of=4)
    driven.one(Clear((ACCOUNT,)))
    driven.settle(running)
    assert tokens(driven, BUCKET) == 0


def test_a_success_makes_known_and_clears_on_every_node(driven: Lab) -> None:
    """The account, the address and the registry."""
    running = driven.admit(*EVERYTHING)
    assert driven.settle(running, issue=Issue(REGISTRY, fresh=True)) == Settled(Proof(0, 1))
    assert driven.failures(*EVERYTHING) == [0, 0, 0]


# Known sources


def test_a_registry_that_stands_elsewhere_still_knows_its_sources(driven: Lab) -> None:
    """As that of a former secret: its browsers count in budgets of their own."""
    driven.settle(
        driven.admit(charge("former", ACCOUNT.rule)._replace(key=b"former" + ACCOUNT.key[6:])), issue=None
    )
    proof = driven.one(Clear((), ELSEWHERE))
    assert proof == Cleared(Proof(1, 1))
    known = Known(ELSEWHERE, Proof(1, 1), DEVICE)
    running = driven.admit(*EVERYTHING, known=known)
    assert running.admitted.known
    assert driven.failures(*EVERYTHING, DEVICE) == [0, 0, 0, 1]
    driven.settle(running)
    assert driven.failures(DEVICE) == [0]


def test_a_registry_that_stands_elsewhere_ends_them_too(driven: Lab) -> None:
    """A reset, or ten newer ones; and a forged number is none."""
    driven.one(Clear((), ELSEWHERE))
    shown = [Proof(1, 1), Proof(1, 2), Proof(2, 1), Proof(2**32, 1)]
    known = [driven.ask(ACCOUNT, known=Known(ELSEWHERE, proof, DEVICE)).known for proof in shown]
    assert known == [True, False, False, False]
    driven.one(Clear((), ELSEWHERE))
    assert not driven.ask(known=Known(ELSEWHERE, Proof(1, 1), DEVICE)).known


def test_a_known_source_is_refused_by_its_own_budget_alone(driven: Lab) -> None:
    """It isn't moved to the account's."""
    driven.one(Clear((), ELSEWHERE))
    for registry in (ELSEWHERE, REGISTRY):
        driven.one(Clear((), registry))
    driven.lock(DEVICE)
    for registry, generation in ((ELSEWHERE, 2), (REGISTRY, 1)):
        result = driven.ask(*EVERYTHING, known=Known(registry, Proof(generation, 1), DEVICE))
        assert (isinstance(result, Refused), result.known) == (True, True)
    assert driven.failures(*EVERYTHING) == [0, 0, 0]


def test_a_success_of_a_known_source_ends_the_accounts_run(driven: Lab) -> None:
    """Where the account stood is noted in the same step."""
    driven.one(Clear((), REGISTRY))
    driven.fail(ACCOUNT, times=3)
    running = driven.admit(*EVERYTHING, known=Known(REGISTRY, Proof(1, 1), DEVICE))
    assert [one.key for one in running.admitted.observed] == [ACCOUNT.key]
    driven.settle(running)
    view = driven.view(ACCOUNT)
    assert (view.failures, view.consecutive) == (3, 0)


# Operators' verbs, and several at once


def test_a_look_reaches_every_node(driven: Lab) -> None:
    """Counters in any order, with a registry beside them or alone."""
    driven.admit(*EVERYTHING)
    driven.one(Clear((), ELSEWHERE))
    seen = driven.one(Inspect((ACCOUNT, ADDRESS), ELSEWHERE))
    assert isinstance(seen, Inspected)
    assert ([view.scope for view in seen.views], seen.registry) == (
        [Scope.ACCOUNT, Scope.ADDRESS],
        Registry(1, 1),
    )
    assert driven.one(Inspect((), REGISTRY)) == Inspected((), Registry())
    assert driven.one(Inspect((ADDRESS,))) == Inspected(tuple(seen.views[1:]), Registry())


def test_clearing_reaches_every_node(driven: Lab) -> None:
    """And answers with the proof of the registry, wherever that stands."""
    driven.admit(*EVERYTHING)
    assert driven.one(Clear(EVERYTHING, ELSEWHERE)) == Cleared(Proof(1, 1))
    assert driven.failures(*EVERYTHING) == [0, 0, 0]
    assert driven.one(Clear(EVERYTHING)) == Cleared()


def test_operations_of_every_kind_make_one_trip_in_their_order(driven: Lab) -> None:
    """Each finds what those before it have done."""
    value = key("value")
    begun = Admit(1, 0, EVERYTHING)
    results = driven.store.execute(
        [
            PutOnce(value, b"code", WINDOW),
            begun,
            Inspect(EVERYTHING),
            Take(value),
            Take(value),
            Clear((ACCOUNT,), REGISTRY),
            Inspect(EVERYTHING, REGISTRY),
        ]
    )
    stored, admitted, seen, taken, gone, cleared, after = results
    assert isinstance(seen, Inspected)
    assert isinstance(after, Inspected)
    assert (stored, taken, gone) == (Stored(stored=True), Taken(b"code"), Taken(None))
    assert (isinstance(admitted, Admitted), cleared) == (True, Cleared(Proof(1, 1)))
    assert [[view.failures for view in one.views] for one in (seen, after)] == [[1, 1, 1], [1, 1, 0]]
    assert after.registry == Registry(1, 1)
    assert driven.store.execute([]) == []
