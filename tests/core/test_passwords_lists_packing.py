"""Claims about how packed lists are made."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.lists.packed import PackedList, fingerprint
from authguard_core.passwords.lists.packing import pack, pack_digests

WORD = st.text(st.characters(codec=None), min_size=1, max_size=12)


@given(st.dictionaries(WORD, st.integers(1, 2_000_000), max_size=40))
def test_what_is_packed_is_found_with_its_rank(ranked: dict[str, int]) -> None:
    """Any words, lone surrogates included, with any ranks: all of them, each within five per cent."""
    packed = PackedList(pack(ranked.items()))
    assert len(packed) == len(ranked)
    assert {word: packed.rank(word) for word in ranked} == {
        word: pytest.approx(rank, rel=0.05) for word, rank in ranked.items()
    }


@given(st.dictionaries(WORD, st.integers(1, 2_000_000), min_size=1, max_size=40))
def test_lengths_are_counted(ranked: dict[str, int]) -> None:
    """The file knows how many words have how many code points."""
    packed = PackedList(pack(ranked.items()))
    counted = [packed.entries_of_at_least(length) for length in range(1, 14)]
    assert counted == [sum(len(word) >= length for word in ranked) for length in range(1, 14)]
    assert packed.longest == max(map(len, ranked))


def test_the_same_words_give_the_same_bytes_in_any_order() -> None:
    """A list can be built anew and compared."""
    ranked = [(f"word{rank}", rank) for rank in range(1, 500)]
    shuffled = random.Random(1).sample(ranked, len(ranked))
    assert pack(ranked) == pack(shuffled)


def test_of_a_word_that_comes_twice_the_better_rank_counts() -> None:
    """It is one entry, counted once, whichever comes first."""
    packed = PackedList(pack([("password", 9), ("password", 2), ("qwerty", 1)]))
    assert (len(packed), packed.rank("password"), packed.entries_of_at_least(1)) == (2, 2, 2)


@pytest.mark.parametrize("largest", [1, 2, 4_000_000, 20_000_000, 4_294_967_295])
def test_larger_ranks_are_rounded_more_so_that_they_fit(largest: int) -> None:
    """A list of twenty million ranks its last word right, to five per cent."""
    packed = PackedList(pack([("first", 1), ("last", largest)]))
    assert packed.rank("last") == pytest.approx(largest, rel=0.05)
    assert packed.rank("first") == 1


@pytest.mark.parametrize("entries", [1, 64, 65, 5_000])
def test_an_entry_takes_few_bytes_and_is_hardly_ever_confused(entries: int) -> None:
    """About seven bytes a word and the filter's bits; less than one false answer in ten thousand million."""
    raw = pack((f"word{rank}", rank) for rank in range(1, entries + 1))
    assert len(raw) < 100 + 8 * entries
    assert PackedList(raw).false_positives < 1e-10


def test_no_word_stands_in_the_file() -> None:
    """The list holds hashes alone."""
    assert b"password" not in pack([("password", 1)])


def test_digests_are_packed_as_words_are() -> None:
    """The digests of a dump answer for the words, but know no lengths and have no filter."""
    words = [f"word{rank}" for rank in range(1, 200)]
    packed = PackedList(pack_digests((fingerprint(word), rank) for rank, word in enumerate(words, 1)))
    ranks = [packed.rank(word) for word in words]
    assert ranks == [pytest.approx(rank, rel=0.05) for rank in range(1, 200)]
    assert (packed.longest, packed.has_filter, packed.entries_of_at_least(1)) == (0, False, None)


def test_nothing_can_be_packed() -> None:
    """A list of nothing finds nothing."""
    packed = PackedList(pack([]))
    assert (len(packed), packed.rank("password"), packed.has_filter) == (0, None, False)


@pytest.mark.parametrize("rank", [0, -1, 2**32])
def test_a_rank_that_isnt_one_is_refused(rank: int) -> None:
    """Ranks are counted from 1 and fit into 32 bits."""
    with pytest.raises(ConfigurationError, match=f"rank: got {rank},"):
        pack([("password", rank)])


@pytest.mark.parametrize(("word", "length"), [("", 0), ("secret!" * 10_000, 70_000)])
def test_a_word_of_no_possible_length_is_refused_without_showing_it(word: str, length: int) -> None:
    """The complaint names the length alone."""
    with pytest.raises(ConfigurationError, match=f"word: got '{length} characters'") as refusal:
        pack([(word, 1)])
    assert "secret" not in str(refusal.value)


def test_a_digest_of_another_size_is_refused_without_showing_it() -> None:
    """An NTLM digest, or one that is still hexadecimal, is no SHA-1 digest."""
    with pytest.raises(ConfigurationError, match="digest: got '16 bytes'") as refusal:
        pack_digests([(b"secret" + bytes(10), 1)])
    assert "secret" not in str(refusal.value)
