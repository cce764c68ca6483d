"""Claims about records and their packed form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.counting.state import (
    NO_DEVICES,
    Counter,
    Entry,
    Proof,
    Record,
    Registry,
    Value,
    pack,
    unpack,
)

NUMBERS = st.integers(min_value=0, max_value=2**63 - 1)
SMALL = st.integers(min_value=0, max_value=2**32 - 1)


@st.composite
def counters(draw: st.DrawFn) -> Counter:
    """Any counter that could be stored."""
    counter = Counter()
    entries = draw(st.lists(st.builds(Entry, NUMBERS, NUMBERS, NUMBERS), max_size=8))
    counter.entries = entries
    counter.level = draw(st.integers(min_value=0, max_value=30))
    counter.level_at, counter.last = draw(NUMBERS), draw(NUMBERS)
    counter.total, counter.cleared = draw(NUMBERS), draw(NUMBERS)
    return counter


RECORDS = (
    counters()
    | st.builds(Registry, SMALL, SMALL, SMALL)
    | st.builds(Proof, SMALL, SMALL, SMALL)
    | st.builds(Value, st.binary(max_size=40))
)


def fields(record: Record) -> object:
    """What a record holds, comparable."""
    if isinstance(record, Counter):
        return {name: getattr(record, name) for name in Counter.__slots__}
    return (type(record), *record)


@given(RECORDS)
def test_a_record_survives_being_packed(record: Record) -> None:
    """Nothing of a record is lost or changed on its way through bytes."""
    assert fields(unpack(pack(record))) == fields(record)


@given(RECORDS, RECORDS)
def test_different_records_have_different_bytes(one: Record, other: Record) -> None:
    """A record of one kind is never read as another kind's."""
    assert (pack(one) == pack(other)) == (fields(one) == fields(other))


def test_a_counter_packs_as_small_as_it_says() -> None:
    """A cold counter costs 38 bytes and 24 for each entry."""
    counter = Counter()
    assert len(pack(counter)) == 38
    counter.entries = [Entry(1, 3, 5), Entry(2, 4, 6)]
    assert len(pack(counter)) == 38 + 2 * 24


def test_a_log_of_any_length_that_a_limit_may_have_can_be_packed() -> None:
    """A limit of a hundred thousand fits into the record as well."""
    counter = Counter()
    counter.entries = [Entry(number, number, number) for number in range(100_000)]
    assert fields(unpack(pack(counter))) == fields(counter)


def test_a_new_account_has_no_known_sources() -> None:
    """Where no registry is stored, the first generation is empty."""
    assert Registry(generation=0, serial=0) == NO_DEVICES


@given(st.binary(max_size=80))
def test_bytes_that_are_none_of_ours_are_a_value_error_and_nothing_else(data: bytes) -> None:
    """Whatever a store holds under a key, reading it fails in one way only."""
    try:
        record = unpack(data)
    except ValueError:
        return
    assert pack(record) == data


@given(counters(), st.integers(min_value=0, max_value=300))
def test_a_truncated_counter_is_refused(counter: Counter, length: int) -> None:
    """Half a log would be half a lock."""
    data = pack(counter)
    with pytest.raises(ValueError, match="not a record of this version"):
        unpack(data[: min(length, len(data) - 1)])


@pytest.mark.parametrize("extra", [8, 16])
def test_a_counter_with_part_of_an_entry_is_refused(extra: int) -> None:
    """An entry needs its time, its attempt and its source."""
    counter = Counter()
    counter.entries = [Entry(1, 2, 3)]
    with pytest.raises(ValueError, match="not a record of this version"):
        unpack(pack(counter) + bytes(extra))


def test_a_counter_with_another_number_of_entries_than_it_says_is_refused() -> None:
    """A whole entry too many, or too few, is damage, too."""
    counter = Counter()
    counter.entries = [Entry(1, 2, 3), Entry(4, 5, 6)]
    for damaged in (pack(counter) + bytes(24), pack(counter)[:-24]):
        with pytest.raises(ValueError, match="not a record of this version"):
            unpack(damaged)


def test_another_version_is_refused() -> None:
    """The first byte says the kind and version."""
    with pytest.raises(ValueError, match="not a record of this version"):
        unpack(b"\xff" + pack(Counter())[1:])


@given(counters())
def test_what_is_done_to_a_copy_leaves_the_counter_alone(counter: Counter) -> None:
    """It says the same, and from then on each goes its way."""
    before, other = pack(counter), counter.copy()
    assert pack(other) == before
    other.entries.append(Entry(1, 2, 3))
    other.level += 1
    assert pack(counter) == before
