"""Claims about the bounded table: what it keeps, what it drops, and that it keeps pace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.counting import rules, table
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.state import Counter, Entry, Proof, Record, Registry, Value, pack
from authguard_core.counting.table import LIVE_COUNTERS, Table

WINDOW = 1_000
RULE = Rule(5, WINDOW)
LOCKING = Rule(2, WINDOW, lock=WINDOW, lock_max=WINDOW)
CAPPED = Rule(5, WINDOW, cap=100)
NOW = 10 * DAY


def name(number: int) -> bytes:
    return number.to_bytes(16, "big")


def charge(kept: Table, key: bytes, rule: Rule, now: int, attempt: int = 0) -> None:
    """Count one more attempt, as a store does."""
    kept.begin(now)
    record = kept.get(key)
    counter = record if isinstance(record, Counter) else Counter()
    rules.advance(counter, rule, now)
    rules.charge(counter, rule, Entry(now, attempt, 0))
    if counter is not record:
        kept.put(key, counter)


def put(kept: Table, key: bytes, record: Record, until: int, now: int) -> None:
    """Keep a record from now until a time."""
    kept.begin(now)
    kept.put(key, record, until=until)


def get(kept: Table, key: bytes, now: int) -> Record | None:
    """Ask for a record at a time."""
    kept.begin(now)
    return kept.get(key)


def has_room(kept: Table, wanted: int, now: int) -> bool:
    """Ask for room at a time."""
    kept.begin(now)
    return kept.has_room(wanted)


def test_what_was_never_put_is_not_there() -> None:
    """An empty table knows nobody."""
    assert get(Table(10), b"key", NOW) is None
    assert len(Table(10)) == 0


@pytest.mark.parametrize("record", [Value(b"data"), Registry(1, 2), Proof(3, 4)])
def test_a_record_is_there_until_its_time(record: Record) -> None:
    """To the millisecond."""
    kept = Table(10)
    put(kept, b"key", record, NOW + 5, NOW)
    assert get(kept, b"key", NOW + 4) == record
    assert get(kept, b"key", NOW + 5) is None


def test_what_is_removed_is_gone_at_once() -> None:
    """And removing what isn't there is nothing."""
    kept = Table(10)
    put(kept, b"key", Value(b"data"), NOW + 5, NOW)
    kept.remove(b"key")
    kept.remove(b"another")
    assert get(kept, b"key", NOW) is None
    assert get(kept, b"another", NOW) is None


def test_a_key_can_be_used_again_after_it_was_removed() -> None:
    """It takes one place only."""
    kept = Table(10)
    for number in range(5):
        put(kept, b"key", Value(bytes([number])), NOW + 5, NOW)
        assert get(kept, b"key", NOW) == Value(bytes([number]))
        kept.remove(b"key")
    assert len(kept) == 1


# ------------------------------------------------------------ counters, live and packed


def test_a_counter_that_was_packed_counts_on() -> None:
    """More counters than stay unpacked: each remembers its entries, and takes further ones."""
    kept = Table(10 * LIVE_COUNTERS)
    keys = [name(number) for number in range(LIVE_COUNTERS + 500)]
    for attempt in range(3):
        for key in keys:
            charge(kept, key, RULE, NOW + attempt, attempt)
    for key in (keys[0], keys[499], keys[500], keys[-1]):
        counter = get(kept, key, NOW + 3)
        assert isinstance(counter, Counter)
        assert counter.entries == [Entry(NOW + attempt, attempt, 0) for attempt in range(3)]


def test_a_packed_counter_that_expired_is_none() -> None:
    """It would say no more than none."""
    kept = Table(10 * LIVE_COUNTERS)
    for number in range(LIVE_COUNTERS + 2):
        charge(kept, name(number), RULE, NOW)
    assert get(kept, name(0), NOW + WINDOW - 1) is not None
    assert get(kept, name(1), NOW + WINDOW) is None


def test_what_says_nothing_is_dropped_instead_of_packed() -> None:
    """An address whose attempts were all given back; an account's count of failures in a row stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "LIVE_COUNTERS", 0)
        kept = Table(10)
        for key, rule in ((b"address", RULE), (b"account", CAPPED)):
            charge(kept, key, rule, NOW)
            counter = kept.get(key)
            assert isinstance(counter, Counter)
            counter.entries.clear()
        assert get(kept, b"address", NOW) is None
        assert get(kept, b"account", NOW) is not None


def test_a_counter_takes_the_rule_it_is_put_with() -> None:
    """A rule that was changed decides from then on how long it stays."""
    kept = Table(10)
    charge(kept, b"key", RULE, NOW)
    charge(kept, b"key", RULE._replace(window=DAY), NOW)
    for number in range(20):
        charge(kept, name(number), RULE, NOW + WINDOW)
    assert isinstance(get(kept, b"key", NOW + WINDOW), Counter)


MODEL_STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, WINDOW // 2, WINDOW]),
        st.sampled_from(["charge", "charge", "charge", "put", "remove"]),
        st.integers(min_value=0, max_value=12),
    ),
    max_size=120,
)


@given(st.integers(min_value=0, max_value=4), MODEL_STEPS)
def test_a_table_keeps_what_a_dictionary_keeps(live: int, steps: list[tuple[int, str, int]]) -> None:
    """However few counters stay unpacked, and whatever was visited: the living records are all there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "LIVE_COUNTERS", live)
        kept, values, logs = Table(1_000), dict[bytes, tuple[Value, int]](), dict[bytes, list[int]]()
        now = NOW
        for wait, what, number in steps:
            now += wait
            key = name(number)
            if what == "charge":
                charge(kept, key, RULE, now)
                logs[key] = [when for when in logs.get(key, []) if when > now - WINDOW] + [now]
            elif what == "put":
                put(kept, b"v" + key, Value(bytes([number])), now + 700, now)
                values[b"v" + key] = Value(bytes([number])), now + 700
            else:
                kept.remove(b"v" + key)
                values.pop(b"v" + key, None)
            for other, (value, until) in values.items():
                assert get(kept, other, now) == (value if until > now else None)
            for other, log in logs.items():
                record = get(kept, other, now)
                assert record is None or isinstance(record, Counter)
                times = [entry.time for entry in record.entries] if record else []
                assert [when for when in times if when > now - WINDOW] == [
                    when for when in log if when > now - WINDOW
                ]


# ------------------------------------------------------------ keeping pace


@given(st.integers(min_value=1, max_value=60), st.lists(st.booleans(), min_size=60, max_size=60))
def test_a67_dead_keys_are_gone_after_as_many_new_ones(dead: int, removed: list[bool]) -> None:
    """Each new key visits three others, so clean-up outpaces growth, without a scan."""
    kept, new = Table(1_000), range(dead, 2 * dead)
    for number in range(dead):
        put(kept, name(number), Value(b""), NOW + 1, NOW)
        if removed[number]:
            kept.remove(name(number))
    for number in new:
        put(kept, name(number), Value(b""), NOW + DAY, NOW + 1)
    assert len(kept) == len(new)
    assert all(get(kept, name(number), NOW + 1) for number in new)


@pytest.mark.parametrize("lifetimes", [[1], [10], [100], [1_000], [1, 10, 500]], ids=str)
def test_a67_a_table_never_holds_many_more_keys_than_live(lifetimes: list[int]) -> None:
    """However many came and went: a hundred thousand need less than three times the places of the living."""
    kept, most = Table(10**9), 0
    for number in range(100_000):
        lifetime = lifetimes[number % len(lifetimes)]
        put(kept, name(number), Value(b""), NOW + number + lifetime, NOW + number)
        most = max(most, len(kept))
    living = sum(lifetimes) / len(lifetimes)
    assert most <= 3 * living + 3


# ------------------------------------------------------------ when it is full


def test_a66_hot_keys_never_give_way() -> None:
    """Entries in their window, locks and values stay, so a full table has no room for others."""
    kept = Table(30)
    for number in range(10):
        charge(kept, name(number), RULE, NOW)
        charge(kept, name(10 + number), LOCKING, NOW)
        charge(kept, name(10 + number), LOCKING, NOW)
        put(kept, name(20 + number), Value(b""), NOW + DAY, NOW)
    assert not any(has_room(kept, 1, NOW + 1) for _ in range(20))
    assert all(get(kept, name(number), NOW + 1) for number in range(30))


def test_a66_keys_that_are_not_hot_give_way_when_it_is_full_and_only_then() -> None:
    """A few failures of long ago are remembered for the cap, but not at the price of a lock."""
    kept = Table(20)
    for number in range(19):
        charge(kept, name(number), CAPPED, NOW)
    charge(kept, b"locked", LOCKING, NOW + 2 * WINDOW - 1)
    charge(kept, b"locked", LOCKING, NOW + 2 * WINDOW - 1)
    later = NOW + 2 * WINDOW
    assert has_room(kept, 0, later)
    assert len(kept) == 20
    assert has_room(kept, 8, later)
    assert len(kept) < 20
    assert isinstance(get(kept, b"locked", later), Counter)


def test_there_is_room_up_to_the_last_place() -> None:
    """And not for one more."""
    kept = Table(3)
    for number in range(2):
        put(kept, name(number), Value(b""), NOW + DAY, NOW)
    assert has_room(kept, 1, NOW)
    assert not has_room(kept, 2, NOW)


def test_asking_a_table_for_more_than_it_can_ever_hold_is_answered() -> None:
    """An empty one has nobody to ask to leave."""
    assert not has_room(Table(3), 4, NOW)


def test_asking_for_room_costs_the_same_however_full_it_is() -> None:
    """Of a thousand dead keys only a few are visited at once."""
    kept = Table(1_000)
    for number in range(1_000):
        put(kept, name(number), Value(b""), NOW + 1, NOW)
    assert has_room(kept, 1, NOW + 1)
    assert 1_000 - len(kept) == table.VISITS_WHEN_FULL


def test_a_key_that_comes_and_goes_is_kept_once() -> None:
    """Dropped, put again, packed and dropped again: no trace of it piles up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "LIVE_COUNTERS", 2)
        kept, now = Table(100), NOW
        for turn in range(50):
            now += 2 * WINDOW
            for number in range(5):
                charge(kept, name(number), RULE, now, turn)
        assert len(kept) <= 5
        counter = get(kept, name(4), now)
        assert isinstance(counter, Counter)
        assert [entry.attempt for entry in counter.entries] == [49]
        assert len(pack(counter)) < 100
