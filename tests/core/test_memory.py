"""Claims about the memory store: bounded, and never to be flooded open.

That it is exact under threads and tasks is in ``test_memory_races.py``.
"""

import pytest

from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Advance,
    Charge,
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
)
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.state import Proof
from authguard_core.errors import ConfigurationError, StorageError
from authguard_core.memory import (
    OVERFLOW_COUNTERS,
    AsyncMemoryStorage,
    MemoryStorage,
    open_async_storage,
    open_storage,
)

WINDOW = 900_000
GUARDED = Rule(5, WINDOW, lock=WINDOW, lock_max=4 * WINDOW, cap=100)
PLAIN = Rule(30, WINDOW)
BUCKET = Rule(60, WINDOW, burst=10)
REGISTRY = b"registry"


def account(number: int, *, group: int = 0) -> Charge:
    """An account. Those of one group would share an overflow counter."""
    return Charge(Scope.ACCOUNT, number.to_bytes(14, "big") + group.to_bytes(2, "big"), GUARDED)


VICTIM = account(0xFFFFFF)


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 86_400.0

    def __call__(self) -> float:
        return self.seconds


class Store(MemoryStorage):
    """A memory store with its clock, driven by one operation at a time."""

    def __init__(self, max_keys: int = 1_000) -> None:
        self.clock = Clock()
        self.attempts = 0
        super().__init__(max_keys=max_keys, clock=self.clock)

    def one(self, op: Op) -> Result:
        return self.execute((op,))[0]

    def ask(self, *charges: Charge, known: Known | None = None) -> Admitted | Refused:
        self.attempts += 1
        result = self.one(Admit(self.attempts, 0, charges, known))
        assert isinstance(result, Admitted | Refused)
        return result

    def admit(self, *charges: Charge, known: Known | None = None) -> Admitted:
        result = self.ask(*charges, known=known)
        assert isinstance(result, Admitted), result
        return result

    def lock(self, charge: Charge) -> None:
        while isinstance(self.ask(charge), Admitted):
            pass

    def sign_in(self, charge: Charge, issue: Issue) -> Result:
        admitted = self.admit(charge)
        return self.one(Settle(self.attempts, 0, admitted.charged, issue=issue))

    def fill(self) -> None:
        """Fill every place with a hot key."""
        number = 1_000
        while not self.admit(account(number, group=number)).shared:
            number += 1


@pytest.fixture
def full() -> Store:
    """A store in which every place is taken by a hot key."""
    store = Store(max_keys=16)
    store.fill()
    return store


# ------------------------------------------------------------ time


def test_a01_a_lock_ends_exactly_at_t() -> None:
    """By the store's own clock."""
    store = Store()
    store.lock(VICTIM)
    store.clock.seconds += 899.999
    assert store.ask(VICTIM) == Refused(((Scope.ACCOUNT, Refusal(Reason.LOCKED, 1)),))
    store.clock.seconds += 0.001
    assert isinstance(store.ask(VICTIM), Admitted)


def test_a61_a_clock_that_goes_back_stands_still() -> None:
    """A lock lasts no longer than its time and the step, and frees nothing."""
    store = Store()
    store.lock(VICTIM)
    store.clock.seconds -= 3_600
    assert store.ask(VICTIM) == Refused(((Scope.ACCOUNT, Refusal(Reason.LOCKED, WINDOW)),))
    store.clock.seconds += 3_600 + 900
    assert isinstance(store.ask(VICTIM), Admitted)


@pytest.mark.parametrize("others", [0, 4])
def test_a61_a_clock_that_swings_frees_one_window_at_most(others: int) -> None:
    """Even if an operator looks at the key, or others need its place, each time that it leaps ahead."""
    store, plain = Store(), Charge(Scope.ADDRESS, b"address", Rule(5, WINDOW))
    admitted = 0
    for turn in range(10):
        admitted += sum(isinstance(store.ask(plain), Admitted) for _ in range(6))
        store.clock.seconds += 3_600
        store.one(Inspect((plain,)))
        for number in range(others):
            store.ask(account(others * turn + number))
        store.clock.seconds -= 3_600
    assert admitted <= 2 * 5


# ------------------------------------------------------------ bounded


def test_a66_a67_flooding_frees_no_locked_key_and_needs_no_more_space() -> None:
    """Twenty thousand unique accounts: the locked one stays locked, and the store stays as small as told."""
    store = Store(max_keys=500)
    store.lock(VICTIM)
    for number in range(20_000):
        store.ask(account(number, group=number % 65_536))
    assert isinstance(store.ask(VICTIM), Refused)
    assert len(store) <= 500 + OVERFLOW_COUNTERS


def test_a66_flooding_takes_no_entry_from_a_window() -> None:
    """A key with one failure in its window has one in it afterwards."""
    store = Store(max_keys=100)
    store.admit(VICTIM)
    for number in range(1_000):
        store.ask(account(number, group=number))
    assert sum(isinstance(store.ask(VICTIM), Admitted) for _ in range(10)) == 4


def test_a67_the_space_is_used_again() -> None:
    """When the flood's windows are over, keys have places of their own, and nothing is shared any more."""
    store = Store(max_keys=100)
    for number in range(1_000):
        store.ask(account(number, group=number))
    store.clock.seconds += 200 * 86_400
    for number in range(1_000):
        assert not store.ask(account(number, group=number)).shared
        store.clock.seconds += 200 * 86_400
    assert len(store) <= 100


@pytest.mark.parametrize("rule", [GUARDED, PLAIN, BUCKET], ids=["lock", "log", "bucket"])
def test_a67_nobody_is_unlimited_in_a_full_store(full: Store, rule: Rule) -> None:
    """A key without a place of its own is held to the same limit, and the answer says that it was shared."""
    charge = Charge(Scope.ADDRESS, b"new", rule)
    results = [full.ask(charge) for _ in range(40)]
    assert sum(isinstance(result, Admitted) for result in results) == (rule.burst or rule.limit)
    assert all(result.shared for result in results)


def test_a_key_with_a_place_of_its_own_keeps_it_in_a_full_store(full: Store) -> None:
    """Only keys that come later share."""
    assert not full.ask(account(1_000, group=1_000)).shared


def test_keys_of_one_overflow_counter_share_its_budget(full: Store) -> None:
    """So flooding can only make it stricter."""
    assert sum(isinstance(full.ask(account(number)), Admitted) for number in range(20)) == 5
    assert isinstance(full.ask(account(1, group=1)), Admitted)


def test_a_key_that_shared_gets_no_fresh_budget_when_there_is_room_again(full: Store) -> None:
    """It stays with its overflow counter until that is quiet."""
    full.clock.seconds += 600
    for _ in range(3):
        full.admit(VICTIM)
    full.clock.seconds += 200 * 86_400 - 600
    for _ in range(3):
        full.admit(VICTIM)
    full.clock.seconds += 300
    assert sum(isinstance(full.ask(VICTIM), Admitted) for _ in range(10)) == 2


def test_a_locked_overflow_counter_stays_locked_when_there_is_room_again(full: Store) -> None:
    """Until its lock and its level are over; then the key has a place of its own."""
    full.clock.seconds += 880
    full.lock(VICTIM)
    full.clock.seconds += 890
    assert full.ask(VICTIM) == Refused(((Scope.SHARED, Refusal(Reason.LOCKED, 10_000)),), shared=True)
    full.clock.seconds += 10 + 2 * 86_400
    assert not full.ask(VICTIM).shared


def test_a_success_in_an_overflow_counter_gives_back_its_own_entry_only(full: Store) -> None:
    """The failures of strangers there stay."""
    for number in range(3):
        full.admit(account(number))
    admitted = full.admit(account(4))
    full.one(Settle(full.attempts, 0, admitted.charged))
    assert sum(isinstance(full.ask(account(5)), Admitted) for _ in range(10)) == 2


def test_the_cap_does_not_apply_to_a_shared_counter(full: Store) -> None:
    """Strangers together can't bring about what no time would end."""
    capped = Charge(Scope.ACCOUNT, b"capped", Rule(50, WINDOW, cap=10))
    results = [full.ask(capped) for _ in range(60)]
    assert sum(isinstance(result, Admitted) for result in results) == 50
    assert results[-1] == Refused(((Scope.SHARED, Refusal(Reason.LIMITED, WINDOW)),), shared=True)


def test_keys_of_different_rules_never_share(full: Store) -> None:
    """An address's window or burst can't cut an account's lock short."""
    full.lock(VICTIM)
    for rule in (Rule(30, 1_000), BUCKET):
        full.clock.seconds += 2
        full.admit(Charge(Scope.ACCOUNT, account(7).key, rule))
        full.admit(Charge(Scope.ADDRESS, account(7).key, rule))
    assert full.ask(VICTIM) == Refused(((Scope.SHARED, Refusal(Reason.LOCKED, WINDOW - 4_000)),), shared=True)


def test_the_counters_of_one_attempt_never_share_one_another(full: Store) -> None:
    """One attempt is one entry, even where all its keys fall together."""
    charges = [Charge(scope, b"the same place", PLAIN) for scope in (Scope.ADDRESS, Scope.SUBNET)]
    admitted = full.admit(*charges)
    assert len({charged.key for charged in admitted.charged}) == 2


def test_a_known_source_shares_in_a_full_store_too(full: Store) -> None:
    """It is still charged instead of the account, and told that it was shared."""
    assert full.one(Clear((), REGISTRY)) == Cleared(Proof(1, 1))
    known = Known(REGISTRY, Proof(1, 1), Charge(Scope.DEVICE, b"device", GUARDED))
    results = [full.ask(VICTIM, known=known) for _ in range(6)]
    assert [result.shared and result.known for result in results] == [True] * 6
    assert isinstance(results[-1], Refused)
    assert isinstance(full.ask(VICTIM), Admitted)


def test_a_full_store_shows_an_operator_the_shared_counter(full: Store) -> None:
    """What the next attempt would be told, and no cap."""
    full.lock(VICTIM)
    inspected = full.one(Inspect((VICTIM,)))
    assert isinstance(inspected, Inspected)
    (view,) = inspected.views
    assert (view.scope, view.failures, view.refusal) == (Scope.SHARED, 5, Refusal(Reason.LOCKED, WINDOW))


def test_g4_clearing_an_account_in_a_full_store_frees_it_and_no_stranger(full: Store) -> None:
    """An operator's word, or a reset that an attacker completed, reaches its own account alone."""
    full.lock(VICTIM)
    mine = account(3)
    assert isinstance(full.ask(mine), Refused)
    assert full.one(Clear((mine,), REGISTRY)) == Cleared(Proof(1, 1))
    assert isinstance(full.ask(mine), Admitted)
    assert isinstance(full.ask(VICTIM), Refused)


def test_a_sign_in_to_a_full_store_succeeds_but_makes_no_source_known(full: Store) -> None:
    """It neither fails nor grows the store beyond what it may hold."""
    before = len(full)
    results = [
        full.sign_in(
            account(number, group=number), Issue(b"registry %d" % number, True, b"proof %d" % number)
        )
        for number in range(50)
    ]
    assert results[-40:] == [Settled(None)] * 40
    assert len(full) < before + 50 + 8


def test_an_account_with_known_sources_can_have_more_in_a_full_store() -> None:
    """Its registry has its place already."""
    store, issue = Store(max_keys=16), Issue(REGISTRY, True)
    assert store.sign_in(VICTIM, issue) == Settled(Proof(0, 1))
    store.fill()
    assert store.sign_in(VICTIM, issue) == Settled(Proof(0, 2))


def crowded() -> Store:
    """A store in which values take every place."""
    store = Store(max_keys=8)
    store.execute([PutOnce(b"value %d" % number, b"data", 60_000) for number in range(8)])
    return store


def test_a_sign_in_where_not_one_place_is_left_succeeds_all_the_same() -> None:
    """The browser stays unknown, and no value gives way."""
    store = crowded()
    before = len(store)
    assert store.sign_in(VICTIM, Issue(REGISTRY, True)) == Settled(None)
    assert len(store) == before + 1


@pytest.mark.parametrize(
    "op", [PutOnce(b"new", b"", 1_000), Advance(b"new", 1, 1_000)], ids=["put", "advance"]
)
def test_a_full_store_refuses_new_values_rather_than_forget_others(op: Op) -> None:
    """Forgetting one would let a code or a challenge be used twice."""
    store = crowded()
    with pytest.raises(StorageError, match=r"^the memory store is full$"):
        store.one(op)
    assert len(store) == 8
    store.clock.seconds += 60
    assert store.one(op) == Stored(True)


def test_a_full_store_still_answers_for_the_values_it_holds() -> None:
    """Rivals are told no, the winner takes, and a number advances."""
    store = crowded()
    assert store.one(PutOnce(b"value 0", b"other", 1_000)) == Stored(False)
    assert store.one(Take(b"value 0")) == Taken(b"data")
    assert store.one(Advance(b"value 1", 2**62, 1_000)) == Stored(True)


# ------------------------------------------------------------ opening


def test_a_store_of_too_few_keys_is_refused() -> None:
    """One attempt alone needs several."""
    with pytest.raises(ConfigurationError, match=r"^max_keys: got 7, expected at least 8"):
        MemoryStorage(max_keys=7)


@pytest.mark.parametrize(
    ("url", "places"), [("memory://", "1000000"), ("memory://?max_keys=100", "100"), ("memory:", "1000000")]
)
def test_a_url_opens_both_kinds_of_store(url: str, places: str) -> None:
    """The number of keys is all that can be said."""
    assert repr(open_storage(url)) == f"<MemoryStorage: 0 of {places} keys>"
    assert repr(open_async_storage(url)) == f"<AsyncMemoryStorage: 0 of {places} keys>"


@pytest.mark.parametrize(
    "url",
    [
        "memory://user:hunter2@localhost",
        "memory:///hunter2",
        "memory://?password=hunter2",
        "memory://?max_keys=hunter2",
        "memory://?max_keys=",
        "memory://?max_keys=-1",
        "memory://?max_keys=\u0661\u0660\u0660",
        "memory://?max_keys=" + "9" * 5_000,
        "memory://#hunter2",
    ],
    ids=lambda url: url[:40],
)
def test_another_url_is_refused_without_being_repeated(url: str) -> None:
    """One that was meant for another store may hold its password."""
    with pytest.raises(ConfigurationError, match=r"^STORAGE_URL: got .+, expected memory://") as refused:
        open_storage(url)
    assert "hunter2" not in str(refused.value)


def test_a_repr_counts_keys_and_names_none() -> None:
    """Logs may show a store."""
    store = Store()
    store.admit(Charge(Scope.ACCOUNT, b"alice", GUARDED))
    assert repr(store) == "<MemoryStorage: 1 of 1000 keys>"


@pytest.mark.anyio
async def test_threads_and_tasks_can_share_a_store() -> None:
    """One that is still empty too."""
    store = MemoryStorage()
    shared = AsyncMemoryStorage(store)
    assert shared.storage is store
    await shared.execute((PutOnce(b"key", b"data", 1_000),))
    assert list(store.execute((Take(b"key"),))) == [Taken(b"data")]
