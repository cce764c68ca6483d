"""Makes packed lists. The same words with the same ranks give the same bytes, in whatever order they come."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from math import log2
from operator import itemgetter
from struct import Struct
from typing import Final, NamedTuple
from zlib import crc32

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.lists.packed import (
    BUCKET_BYTES,
    MOST_BUCKET_BITS,
    Layout,
    fingerprint,
    scrambled,
)

__all__ = ["pack", "pack_digests"]

TAIL: Final = 5
"""Bytes: with 64 entries a bucket, one in 1.7 x 10¹⁰ other words is taken for one of the list."""
FULL_BUCKET: Final = 64
MOST_STEPS: Final = 12
"""To an octave: ranks are rounded by 3 %, and a byte reaches to 2.5 million."""
LARGEST_CODE: Final = 255
SPARSE: Final = 6
"""Bits of the filter for each entry, at least: of the words that aren't listed about one in twelve passes."""
LONGEST: Final = 0xFFFF
LARGEST_RANK: Final = 0xFFFF_FFFF
RECORD: Final = Struct(f">{BUCKET_BYTES + TAIL}sIHI")
"""Digest, rank, length, CRC-32: 19 bytes a word, which sort by digest and then by rank."""


class _Entry(NamedTuple):
    digest: bytes
    rank: int
    length: int
    checksum: int


def pack(ranked: Iterable[tuple[str, int]], *, tail: int = TAIL) -> bytes:
    """Return the packed list of words with their ranks, 1 for the most common.

    Args:
        ranked: the words and their ranks.
        tail: how many bytes of each digest are kept beyond the bucket's, at most five. Four make a smaller
            list that takes one in 60 million other words for one of its own.

    Of a word that comes twice the better rank counts. Ranks may be equal and may have gaps.

    Raises:
        ConfigurationError: a word is empty or has over 65,535 characters, or a rank isn't 1 to 4,294,967,295.
    """
    entries = _Entries(_of_word(word, rank) for word, rank in ranked)
    filter_bits = max(3, (SPARSE * len(entries) - 1).bit_length())
    longest = max((entry.length for entry in entries), default=0)
    return _packed(entries, longest=longest, filter_bits=filter_bits if entries else 0, tail=tail)


def pack_digests(ranked: Iterable[tuple[bytes, int]]) -> bytes:
    """Return the packed list of the words that have these SHA-1 digests, as :func:`pack` does.

    It knows nothing of its words' lengths and has no filter.

    Raises:
        ConfigurationError: a digest hasn't 20 bytes, or a rank isn't 1 to 4,294,967,295.
    """
    entries = _Entries(_of_digest(digest, rank) for digest, rank in ranked)
    return _packed(entries, longest=0, filter_bits=0, tail=TAIL)


def _of_word(word: str, rank: int) -> bytes:
    if not 0 < len(word) <= LONGEST:
        raise ConfigurationError.of(
            "word", got=f"{len(word)} characters", expected=f"1 to {LONGEST:,}", do="Leave it out."
        )
    raw = word.encode("utf-8", "surrogatepass")
    return _record(fingerprint(word), rank, len(word), crc32(raw))


def _of_digest(digest: bytes, rank: int) -> bytes:
    if len(digest) != 20:  # noqa: PLR2004 - SHA-1
        raise ConfigurationError.of(
            "digest", got=f"{len(digest)} bytes", expected="the 20 of SHA-1", do="Decode it from hexadecimal."
        )
    return _record(digest, rank, 0, 0)


def _record(digest: bytes, rank: int, length: int, checksum: int) -> bytes:
    if not 0 < rank <= LARGEST_RANK:
        raise ConfigurationError.of(
            "rank", got=rank, expected=f"1 to {LARGEST_RANK:,}", do="Count from 1 for the most common."
        )
    return RECORD.pack(digest[: BUCKET_BYTES + TAIL], rank, length, checksum)


class _Entries:
    """Records in order, one for each digest: 60 bytes a word, where tuples would take 200."""

    def __init__(self, records: Iterable[bytes]) -> None:
        width = BUCKET_BYTES + TAIL
        ordered = sorted(records)
        self._records = [next(same) for _, same in groupby(ordered, key=itemgetter(slice(width)))]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[_Entry]:
        return map(_Entry._make, map(RECORD.unpack, self._records))


def _packed(entries: _Entries, *, longest: int, filter_bits: int, tail: int) -> bytes:
    largest = max((entry.rank for entry in entries), default=1)
    layout = Layout(
        longest=longest,
        entries=len(entries),
        bucket_bits=min(MOST_BUCKET_BITS, (max(len(entries) - 1, 0) // FULL_BUCKET).bit_length()),
        tail_size=tail,
        steps=_steps(largest),
        filter_bits=filter_bits,
    )
    return b"".join(
        (
            layout.header(),
            _histogram(entries, longest),
            _index(entries, layout.bucket_bits),
            b"".join(entry.digest[BUCKET_BYTES : BUCKET_BYTES + tail] for entry in entries),
            bytes(round(log2(entry.rank) * layout.steps) for entry in entries),
            _filter(entries, filter_bits),
        )
    )


def _steps(largest: int) -> int:
    """Return how finely ranks up to the largest fit into a byte."""
    return min(MOST_STEPS, int(LARGEST_CODE / log2(max(largest, 2))))


def _histogram(entries: _Entries, longest: int) -> bytes:
    counts = Counter(entry.length for entry in entries)
    return _little_endian(counts[length] for length in range(1, longest + 1))


def _index(entries: _Entries, bucket_bits: int) -> bytes:
    sizes = [0] * (1 << bucket_bits)
    shift = 8 * BUCKET_BYTES - bucket_bits
    for entry in entries:
        sizes[int.from_bytes(entry.digest[:BUCKET_BYTES], "big") >> shift] += 1
    return _little_endian(accumulate(sizes, initial=0))


def _filter(entries: _Entries, filter_bits: int) -> bytes:
    bits = bytearray(1 << filter_bits >> 3)
    mask = (1 << filter_bits) - 1
    for entry in entries if filter_bits else ():
        for bit in (number & mask for number in scrambled(entry.checksum)):
            bits[bit >> 3] |= 1 << (bit & 7)
    return bytes(bits)


def _little_endian(numbers: Iterable[int]) -> bytes:
    raw = Struct("<I")
    return b"".join(raw.pack(number) for number in numbers)
