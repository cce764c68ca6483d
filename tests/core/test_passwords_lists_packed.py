"""Claims about packed lists: what they answer, and that no file can hurt whoever opens it."""

import struct
import sys
from hashlib import sha1
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.lists.packed import Layout, PackedList, fingerprint, scrambled
from authguard_core.passwords.lists.packing import pack, pack_digests

WORDS = [f"word{number}" for number in range(3_000)]
RAW = pack((word, rank) for rank, word in enumerate(WORDS, 1))
SMALL = pack([("password", 1), ("qwerty", 2), ("contraseña", 300)])
BUCKET_BITS, TAIL_SIZE, STEPS, FILTER_BITS = 16, 17, 18, 19  # where they stand in the header
INDEX = 32 + 4 * 10  # in SMALL, whose longest word has ten letters


def changed(raw: bytes, at: int, value: bytes) -> bytes:
    return raw[:at] + value + raw[at + len(value) :]


def crafted(tails: bytes, ranks: bytes, sizes: list[int], order: str = "<") -> bytes:
    """A list without histogram and filter whose buckets hold so many of the tails."""
    layout = Layout(0, len(ranks), (len(sizes) - 1).bit_length(), 5, 12, 0)
    starts = [sum(sizes[:bucket]) for bucket in range(len(sizes) + 1)]
    return layout.header() + struct.pack(f"{order}{len(starts)}I", *starts) + tails + ranks


@pytest.mark.parametrize("rank", [1, 2, 3, 10, 100, 1_000, 2_999])
def test_a_word_has_its_rank_within_three_per_cent(rank: int) -> None:
    """A rank in one byte is off by half of a twelfth of an octave at most."""
    assert PackedList(RAW).rank(WORDS[rank - 1]) == pytest.approx(rank, rel=0.03)


def test_every_word_of_a_list_is_found() -> None:
    """None of 3,000 is lost, in whichever bucket it lies."""
    packed = PackedList(RAW)
    assert all(packed.rank(word) for word in WORDS)


@given(st.text(st.characters(codec=None), max_size=20).filter(lambda text: not text.startswith("word")))
def test_another_word_isnt_found(word: str) -> None:
    """Whatever isn't in the list has no rank, lone surrogates and NUL included."""
    assert PackedList(RAW).rank(word) is None


def test_a_word_is_known_as_have_i_been_pwned_knows_it() -> None:
    """The digest is the SHA-1 of the UTF-8, so that a dump of digests can be asked for words."""
    digest = sha1("contraseña".encode(), usedforsecurity=False).digest()
    assert fingerprint("contraseña") == digest
    assert PackedList(pack_digests([(digest, 1)])).rank("contraseña") == 1


def test_a_rank_can_be_asked_for_by_digest() -> None:
    """One hash serves several lists."""
    assert PackedList(SMALL).rank_of_digest(fingerprint("qwerty")) == 2


def test_a_tail_that_lies_across_two_entries_is_passed_over() -> None:
    """What matches between two entries is no match, and what matches behind it is."""
    tail = fingerprint("password")[4:9]
    across = b"\x00" + tail + b"\x00" * 4
    assert PackedList(crafted(across, b"\x00\x00", [2])).rank("password") is None
    assert PackedList(crafted(across + tail, bytes([0, 0, 12]), [3])).rank("password") == 2


def test_a_tail_counts_in_its_own_bucket_alone() -> None:
    """An entry of another bucket isn't taken for the word, though its tail is the same."""
    digest = fingerprint("password")
    sizes = [1, 0] if digest[0] >> 7 else [0, 1]
    assert PackedList(crafted(digest[4:9], b"\x00", sizes)).rank("password") is None
    assert PackedList(crafted(digest[4:9], b"\x00", sizes[::-1])).rank("password") == 1


def test_a_machine_of_the_other_byte_order_swaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numbers stand the other way round in memory, those of the file are turned."""
    tails = fingerprint("password")[4:9] + b"\xff" * 5
    turned = crafted(tails, b"\x00\x00", [2], ">" if sys.byteorder == "little" else "<")
    monkeypatch.setattr(sys, "byteorder", "big" if sys.byteorder == "little" else "little")
    assert PackedList(turned).rank("password") == 1


def test_the_filter_passes_every_word_and_few_others() -> None:
    """No word of the list is sifted out, and at most one in eight others passes."""
    packed = PackedList(RAW)
    assert packed.has_filter
    assert all(packed.may_hold(crc32(word.encode())) for word in WORDS)
    assert sum(packed.may_hold(crc32(b"other%d" % number)) for number in range(3_000)) < 375


def test_the_filter_can_be_read_without_a_call() -> None:
    """``filter`` and ``filter_mask`` give the same answers as ``may_hold``."""
    packed = PackedList(RAW)

    def is_set(bit: int) -> bool:
        return bool(packed.filter[bit >> 3] >> (bit & 7) & 1)

    mask = packed.filter_mask
    checksums = range(0, 1 << 32, 12_345_677)
    inlined = [all(is_set(number & mask) for number in scrambled(one)) for one in checksums]
    assert inlined == [packed.may_hold(checksum) for checksum in checksums]


def test_without_a_filter_every_word_may_be_held() -> None:
    """A list of digests has none, so nothing is sifted out."""
    packed = PackedList(pack_digests([(fingerprint("password"), 1)]))
    assert not packed.has_filter
    assert packed.filter == b""
    assert packed.may_hold(7)


@pytest.mark.parametrize(
    ("length", "count"), [(-1, 3), (0, 3), (1, 3), (6, 3), (7, 2), (9, 1), (10, 1), (11, 0), (99, 0)]
)
def test_entries_are_counted_by_length_in_code_points(length: int, count: int) -> None:
    """``contraseña`` has ten characters though eleven bytes."""
    assert PackedList(SMALL).entries_of_at_least(length) == count


def test_lengths_arent_known_of_digests() -> None:
    """A list of hashes says that it doesn't know; an empty one has no word of any length."""
    assert PackedList(pack_digests([(fingerprint("password"), 1)])).entries_of_at_least(1) is None
    assert PackedList(pack([])).entries_of_at_least(1) == 0


def test_a_list_tells_its_size() -> None:
    """Entries, longest word, and how likely another word is taken for one of it."""
    packed = PackedList(RAW)
    assert (len(packed), packed.longest) == (3_000, 8)
    assert packed.false_positives == 3_000 / 2 ** (6 + 8 * 5)


def test_the_repr_shows_counts_alone() -> None:
    """Neither a word nor a byte of a digest."""
    assert repr(PackedList(SMALL)) == "PackedList(entries=3, longest=10, has_filter=True)"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        SMALL[:31],
        SMALL[:-1],
        SMALL + b"\0",
        b"password\n123456\n" * 9,
        changed(SMALL, 0, b"X"),
        changed(SMALL, 8, b"\x02"),
        changed(SMALL, 10, b"\x09"),
        changed(SMALL, 12, b"\x04"),
        changed(SMALL, BUCKET_BITS, b"\x19"),
        changed(SMALL, TAIL_SIZE, b"\x00"),
        changed(SMALL, TAIL_SIZE, b"\x11"),
        changed(SMALL, STEPS, b"\x00"),
        changed(SMALL, FILTER_BITS, b"\x02"),
        changed(SMALL, FILTER_BITS, b"\xff"),
        changed(SMALL, 32, b"\x01"),
        changed(SMALL, INDEX, b"\x01"),
        changed(SMALL, INDEX + 4, b"\x02"),
        crafted(bytes(25_000), bytes(5_000), [5_000]),
    ],
    ids=range(19),
)
def test_what_isnt_a_whole_list_is_refused(raw: bytes) -> None:
    """Cut, lengthened, of another kind or version, inconsistent, or made to be slow: refused when opened."""
    with pytest.raises(ConfigurationError, match=r"^list: got .* Build it anew"):
        PackedList(raw)


def test_an_index_that_goes_back_is_refused() -> None:
    """Buckets that overlap would let one look-up search the whole file."""
    good = crafted(bytes(10), bytes(2), [1, 1])
    with pytest.raises(ConfigurationError, match="index"):
        PackedList(changed(good, 32 + 4, struct.pack("<I", 3)))


@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=8), st.text(max_size=8))
def test_a_damaged_list_is_refused_or_answers(at: int, damage: bytes, word: str) -> None:
    """Whatever bytes stand in the file, opening refuses it or look-ups give a number or None."""
    try:
        packed = PackedList(changed(SMALL, at, damage)[: len(SMALL)])
    except ConfigurationError:
        return
    for asked in (word, "password"):
        assert (packed.rank(asked) or 1) >= 1
        packed.may_hold(crc32(asked.encode()))
    assert isinstance(packed.entries_of_at_least(3), int)
