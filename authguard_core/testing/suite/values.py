"""Claims about what is there once: values that are put and taken, and numbers that only rise."""

import pytest

from authguard_core.counting.limits import DAY
from authguard_core.counting.ops import Advance, PutOnce, Stored, Take, Taken
from authguard_core.testing.suite.lab import ACCOUNT, Lab, Suite, key

__all__ = ["ValueClaims"]

VALUE = key("value")


class ValueClaims(Suite):
    """A code, a challenge or a token is accepted exactly once."""

    def test_a_value_is_put_once(self, lab: Lab) -> None:
        """The first stays to the millisecond that its time is over; then the key is free again."""
        assert lab.one(PutOnce(VALUE, b"one", 1_000)) == Stored(stored=True)
        lab.pass_time(999)
        assert lab.one(PutOnce(VALUE, b"two", 1_000)) == Stored(stored=False)
        lab.pass_time(1)
        assert lab.one(PutOnce(VALUE, b"three", 1_000)) == Stored(stored=True)
        assert lab.one(Take(VALUE)) == Taken(b"three")

    def test_a_value_is_taken_once(self, lab: Lab) -> None:
        """Whoever comes second, or too late, gets nothing; then the key is free."""
        assert lab.one(Take(VALUE)) == Taken(None)
        lab.one(PutOnce(VALUE, b"one", 1_000))
        assert [lab.one(Take(VALUE)) for _ in range(2)] == [Taken(b"one"), Taken(None)]
        assert lab.one(PutOnce(VALUE, b"two", 1_000)) == Stored(stored=True)
        lab.pass_time(1_000)
        assert lab.one(Take(VALUE)) == Taken(None)

    @pytest.mark.parametrize("data", [b"", b"\0", bytes(range(256)), b"x" * 4_096], ids=len)
    def test_a_value_comes_back_as_it_was_put(self, lab: Lab, data: bytes) -> None:
        """Any bytes; empty ones are a value too."""
        lab.one(PutOnce(VALUE, data, DAY))
        assert lab.one(PutOnce(VALUE, b"other", DAY)) == Stored(stored=False)
        lab.pass_time(DAY - 1)
        assert lab.one(Take(VALUE)) == Taken(data)

    def test_taking_takes_no_count(self, lab: Lab) -> None:
        """Only values are taken."""
        lab.admit(ACCOUNT)
        assert lab.one(Take(ACCOUNT.key)) == Taken(None)
        assert lab.failures(ACCOUNT) == [1]

    @pytest.mark.parametrize("first", [0, 57_000_000, -5, 2**62])
    def test_a_number_only_rises(self, lab: Lab, first: int) -> None:
        """The same one, or an older one, is refused; a later one is accepted once."""
        steps = [0, 0, -1, 1, 0, 1, 5, 4]
        answers = [lab.one(Advance(VALUE, first + step, DAY)) for step in steps]
        accepted = [True, False, False, True, False, False, True, False]
        assert answers == [Stored(stored=answer) for answer in accepted]

    def test_a_number_is_forgotten_when_its_time_is_over(self, lab: Lab) -> None:
        """Each rise keeps it for another while, a refused one doesn't."""
        lab.one(Advance(VALUE, 5, 1_000))
        lab.pass_time(999)
        assert lab.one(Advance(VALUE, 6, 1_000)) == Stored(stored=True)
        lab.pass_time(999)
        assert lab.one(Advance(VALUE, 6, 1_000)) == Stored(stored=False)
        lab.pass_time(1)
        assert lab.one(Advance(VALUE, 1, 1_000)) == Stored(stored=True)

    def test_values_of_different_keys_never_mix(self, lab: Lab) -> None:
        """Each is taken under its own."""
        names = [VALUE, VALUE[:-1], VALUE + b"\0"]
        for number, name in enumerate(names):
            assert lab.one(PutOnce(name, bytes([number]), DAY)) == Stored(stored=True)
        assert [lab.one(Take(name)) for name in names] == [Taken(bytes([number])) for number in range(3)]
