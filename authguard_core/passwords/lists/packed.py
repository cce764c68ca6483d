"""A packed list: hashed words with their ranks, looked up where they lie, without unpacking.

The file holds no word, only a part of each one's SHA-1 digest, so it can lie in a wheel or a repository. But
it is no secret: whoever has a word can ask for it. All numbers are little endian:

=========  ======================  =========================================================================
section    size in bytes           what
=========  ======================  =========================================================================
header     32                      ``magic`` 8, ``version`` u16, ``longest`` u16, ``entries`` u32,
                                   ``bucket_bits`` u8, ``tail_size`` u8, ``steps`` u8, ``filter_bits`` u8,
                                   and 12 zeros
histogram  4 x longest             u32: how many words have 1, 2 ... ``longest`` code points; empty where
                                   the list was made from digests
index      4 x (2^bucket_bits+1)   u32: at which entry each bucket begins, and the number of entries
tails      tail_size x entries     of each entry the digest's bytes from the fifth on, bucket by bucket
ranks      entries                 u8: ``round(log2(rank) x steps)``, in the order of the tails
filter     2^filter_bits / 8       two bits for each entry, numbered by the low bits of :func:`scrambled` for
                                   the word's CRC-32; absent where ``filter_bits`` is 0
=========  ======================  =========================================================================

The bucket of a word is the first ``bucket_bits`` of its digest. Two words are confused if they share bucket
and tail: :attr:`PackedList.false_positives` says how likely that is.
"""

import sys
from array import array
from hashlib import sha1
from itertools import islice, starmap
from math import ldexp
from operator import sub
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from authguard_core.errors import ConfigurationError

if TYPE_CHECKING:
    from mmap import mmap

__all__ = ["FIRST", "SCRAMBLER", "SECOND", "Layout", "PackedList", "fingerprint", "scrambled"]

MAGIC: Final = b"\x89AGLIST\n"  # not text, and damaged where line ends were converted
VERSION: Final = 1
HEADER: Final = Struct("<8sHHIBBBB12x")
BUCKET_BYTES: Final = 4
"""What the bucket is taken from; the tail follows it."""
MOST_BUCKET_BITS: Final = 24
MOST_TAIL: Final = 16
MOST_FILTER_BITS: Final = 32
FULLEST_BUCKET: Final = 4_096
"""Entries. A file with a fuller one was made to be slow: at 64 on average SHA-1 fills none with 200."""
NUMBER: Final = 4  # bytes
SCRAMBLER: Final = 0x9E3779B1
"""A prime near 2^32 divided by the golden ratio (Knuth, The Art of Computer Programming, 6.4)."""
FIRST: Final = 12
SECOND: Final = 32
"""Where the two numbers begin in the product."""
UNSIGNED: Final = next(code for code in "IL" if array(code).itemsize == NUMBER)


class Layout(NamedTuple):
    """The header, and where the sections lie."""

    longest: int
    entries: int
    bucket_bits: int
    tail_size: int
    steps: int
    filter_bits: int

    @property
    def index_at(self) -> int:
        """Where the index begins."""
        return HEADER.size + NUMBER * self.longest

    @property
    def tails_at(self) -> int:
        """Where the tails begin."""
        return self.index_at + NUMBER * ((1 << self.bucket_bits) + 1)

    @property
    def ranks_at(self) -> int:
        """Where the ranks begin."""
        return self.tails_at + self.tail_size * self.entries

    @property
    def filter_at(self) -> int:
        """Where the filter begins."""
        return self.ranks_at + self.entries

    @property
    def size(self) -> int:
        """How many bytes there are in all."""
        return self.filter_at + (1 << self.filter_bits >> 3)

    def header(self) -> bytes:
        """Return the header's bytes."""
        return HEADER.pack(MAGIC, VERSION, *self)


def scrambled(checksum: int) -> tuple[int, int]:
    """Return the two numbers by which a filter knows a CRC-32, which is linear and so confuses digits."""
    product = checksum * SCRAMBLER
    return product >> FIRST, product >> SECOND


def fingerprint(word: str) -> bytes:
    """Return the SHA-1 digest by which a list knows a word: that of its UTF-8, as at Have I Been Pwned."""
    return _digest(word.encode("utf-8", "surrogatepass"))


def _digest(raw: bytes) -> bytes:
    return sha1(raw, usedforsecurity=False).digest()


def _numbers(raw: bytes) -> "array[int]":
    """Return little-endian 32-bit numbers."""
    numbers = array(UNSIGNED, raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class PackedList:
    """Words with ranks. Immutable, and shared by any number of threads.

    A look-up takes a few microseconds whatever is asked and however long the list is.

    Args:
        buffer: the file's bytes, or a map of it. A mapped file must not be changed in place: rename a new one
            onto it.

    Raises:
        ConfigurationError: it is no such list, of another version, cut or damaged.
    """

    __slots__ = (
        "_buffer",
        "_index",
        "_layout",
        "_lengths",
        "_ranks",
        "_ranks_of",
        "_shift",
        "_tail",
        "_tail_size",
        "_tails",
        "filter",
        "filter_mask",
        "has_filter",
        "longest",
    )

    filter: bytes
    """A bit for each word, for a loop that can't afford a call: see :meth:`may_hold`. May be empty."""
    filter_mask: int
    """What a CRC-32 is masked with to get the number of its bit."""
    has_filter: bool
    longest: int
    """Code points of the longest word; 0 where the list was made from digests."""

    def __init__(self, buffer: "bytes | mmap") -> None:
        layout = _layout(buffer)
        self._buffer = buffer
        self._layout = layout
        self._lengths = _lengths(buffer, layout)
        self._index = _index(buffer, layout)
        self._shift = 8 * BUCKET_BYTES - layout.bucket_bits
        self._tails, self._ranks, self._tail_size = layout.tails_at, layout.ranks_at, layout.tail_size
        self._ranks_of = [round(2 ** (code / layout.steps)) for code in range(256)]
        self._tail = slice(BUCKET_BYTES, BUCKET_BYTES + layout.tail_size)
        self.longest = layout.longest
        self.has_filter = bool(layout.filter_bits)
        self.filter = buffer[layout.filter_at : layout.size]
        self.filter_mask = (1 << layout.filter_bits) - 1

    def rank(self, word: str) -> int | None:
        """Return how common a word is, 1 for the most common, or None if it isn't in the list.

        Ranks are rounded to steps of a few per cent. The list knows words as they were put in: fold before.
        """
        raw = word.encode("utf-8", "surrogatepass")
        return self.rank_of_digest(_digest(raw)) if self.may_hold(crc32(raw)) else None

    def rank_of_digest(self, digest: bytes) -> int | None:
        """Return the rank of the word that has this SHA-1 digest, as :meth:`rank` does."""
        bucket = int.from_bytes(digest[:BUCKET_BYTES], "big") >> self._shift
        first, size, tail = self._index[bucket], self._tail_size, digest[self._tail]
        tails = self._buffer[self._tails + size * first : self._tails + size * self._index[bucket + 1]]
        found = tails.find(tail)
        while found > 0 and found % size:  # across two tails
            found = tails.find(tail, found + 1)
        if found < 0:
            return None
        return self._ranks_of[self._buffer[self._ranks + first + found // size]]

    def may_hold(self, checksum: int) -> bool:
        """Whether a word with this CRC-32 of its UTF-8 can be in the list. If not, it isn't.

        The filter lets about one in twenty of the other words pass. ``zlib.crc32(more, checksum)`` extends a
        checksum, so the windows of a text are sifted with one step each, and :meth:`rank` is asked for few.
        Such a loop saves the call by ``filter[bit >> 3] >> (bit & 7) & 1``, where ``bit`` is each of
        ``scrambled(checksum)`` and ``filter_mask``. Where there is no filter, every word may be held.
        """
        if not self.has_filter:
            return True
        product, mask, bits = checksum * SCRAMBLER, self.filter_mask, self.filter
        first, second = product >> FIRST & mask, product >> SECOND & mask
        return bool(bits[first >> 3] >> (first & 7) & bits[second >> 3] >> (second & 7) & 1)

    def entries_of_at_least(self, length: int) -> int | None:
        """Return how many words have so many code points or more; None for a list made from digests."""
        known = self._lengths or not len(self)
        return sum(self._lengths[max(length, 1) - 1 :]) if known else None

    @property
    def false_positives(self) -> float:
        """How likely a word that isn't in the list is found in it all the same."""
        return ldexp(len(self), -self._layout.bucket_bits - 8 * self._layout.tail_size)

    def __len__(self) -> int:
        return self._layout.entries

    def __repr__(self) -> str:
        return f"PackedList(entries={len(self)}, longest={self.longest}, has_filter={self.has_filter})"


def _layout(buffer: "bytes | mmap") -> Layout:
    """Read the header, and check that the sections are all there."""
    if len(buffer) < HEADER.size:
        raise _malformed(f"{len(buffer)} bytes", "a packed list")
    magic, version, *fields = HEADER.unpack(buffer[: HEADER.size])
    if magic != MAGIC:
        raise _malformed("something else", "a packed list")
    if version != VERSION:
        raise _malformed(f"version {version}", f"version {VERSION}")
    layout = Layout(*fields)
    if not _possible(layout):
        raise _malformed(layout, "a header that can be")
    if len(buffer) != layout.size:
        raise _malformed(f"{len(buffer)} bytes", f"{layout.size} bytes")
    return layout


def _possible(layout: Layout) -> bool:
    return (
        layout.bucket_bits <= MOST_BUCKET_BITS
        and 0 < layout.tail_size <= MOST_TAIL
        and layout.steps > 0
        and (not layout.filter_bits or 3 <= layout.filter_bits <= MOST_FILTER_BITS)  # noqa: PLR2004 - a whole byte
    )


def _lengths(buffer: "bytes | mmap", layout: Layout) -> "array[int]":
    lengths = _numbers(buffer[HEADER.size : layout.index_at])
    if lengths and sum(lengths) != layout.entries:
        raise _malformed(f"lengths of {sum(lengths)} words", f"those of {layout.entries}")
    return lengths


def _index(buffer: "bytes | mmap", layout: Layout) -> "array[int]":
    """Read the index, and check it: a look-up then stays within the tails, and within a few of them."""
    index = _numbers(buffer[layout.index_at : layout.tails_at])
    sizes = list(starmap(sub, zip(islice(index, 1, None), index, strict=False)))
    if index[0] or index[-1] != layout.entries or min(sizes) < 0 or max(sizes) > FULLEST_BUCKET:
        raise _malformed("an index out of order", "one that ascends in small steps")
    return index


def _malformed(got: object, expected: str) -> ConfigurationError:
    return ConfigurationError.of(
        "list", got=got, expected=expected, do="Build it anew: python -m authguard_core.passwords build."
    )
