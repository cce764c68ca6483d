"""Several lists as one: looked up only where the filter of one of them lets a window pass."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

from authguard_core.passwords.lists.packed import FIRST, SCRAMBLER, SECOND, PackedList, fingerprint

__all__ = ["Sieve", "Span", "Word"]


class Span(NamedTuple):
    """The windows that begin at one place and end at ``first`` to ``last``."""

    start: int
    first: int
    last: int


class Word(NamedTuple):
    """A window of a text that a list holds."""

    start: int
    end: int
    rank: int


class Sieve:
    """Finds the words of several lists in a text. Immutable."""

    def __init__(self, lists: Sequence[PackedList]) -> None:
        self._lists = tuple(lists)
        self._mask = max(one.filter_mask for one in lists)
        self._filter = _united([one.filter for one in lists])

    def words(self, text: str, spans: Iterable[Span]) -> Iterator[Word]:
        """Yield the windows that are words. One step a window, and few look-ups."""
        bits, mask = self._filter, self._mask
        encoded = [character.encode("utf-8", "surrogatepass") for character in text]
        known: dict[int, int | None] = {}
        for start, first, last in spans:
            if first > last:
                continue
            checksum = crc32(b"".join(encoded[start : first - 1]))
            for end in range(first, last + 1):
                checksum = crc32(encoded[end - 1], checksum)
                product = checksum * SCRAMBLER
                place = product >> FIRST & mask
                if not bits[place >> 3] >> (place & 7) & 1:
                    continue
                place = product >> SECOND & mask
                if not bits[place >> 3] >> (place & 7) & 1:
                    continue
                if checksum not in known:
                    known[checksum] = self.rank(text[start:end])
                rank = known[checksum]
                if rank is not None:
                    yield Word(start, end, rank)

    def rank(self, word: str) -> int | None:
        """Return the best rank that a list gives a word."""
        digest = fingerprint(word)
        return min(filter(None, [one.rank_of_digest(digest) for one in self._lists]), default=None)


def _united(filters: Sequence[bytes]) -> bytes:
    """Lay filters over each other. They are addressed by low bits, so that a smaller one repeats itself."""
    size = max(map(len, filters))
    united = 0
    for one in filters:
        united |= int.from_bytes(one * (size // len(one)), "little")
    return united.to_bytes(size, "little")
