"""Finds the words of a list in a text: every window is sifted, and few are looked up."""

from collections.abc import Iterable, Iterator
from zlib import crc32

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.lists.packed import FIRST, SCRAMBLER, SECOND, PackedList, fingerprint

__all__ = ["Sieve", "Span", "Word"]

Span = tuple[int, int, int]
"""The windows that begin at the first number and end at the second to the third. Plain, since many."""

Word = tuple[int, int, int]
"""A window that is a word: where it begins, the place after it, its rank."""


class Sieve:
    """Finds the words of a list in a text. Immutable.

    Raises:
        ConfigurationError: the list has no filter.
    """

    def __init__(self, words: PackedList) -> None:
        if not words.has_filter:
            raise ConfigurationError.of(
                "words", got="a list of digests", expected="a list of words", do="Make it with pack()."
            )
        self._rank = words.rank_of_digest
        self._mask = words.filter_mask
        self._filter = words.filter

    def words(self, text: str, spans: Iterable[Span]) -> Iterator[Word]:
        """Yield the windows that are words."""
        bits, mask = self._filter, self._mask
        raw = text.encode("utf-8", "surrogatepass")
        if len(raw) == len(text):
            encoded = [raw[place : place + 1] for place in range(len(raw))]
        else:
            encoded = [character.encode("utf-8", "surrogatepass") for character in text]
        known: dict[str, int | None] = {}
        for start, first, last in spans:
            checksum = crc32(b"".join(encoded[start : first - 1]))
            for end in range(first, last + 1):
                checksum = crc32(encoded[end - 1], checksum)
                # What PackedList.may_hold does, without a call for each window.
                product = checksum * SCRAMBLER
                place = product >> FIRST & mask
                if not bits[place >> 3] >> (place & 7) & 1:
                    continue
                place = product >> SECOND & mask
                if not bits[place >> 3] >> (place & 7) & 1:
                    continue
                window = text[start:end]
                if window not in known:
                    known[window] = self._rank(fingerprint(window))
                rank = known[window]
                if rank is not None:
                    yield start, end, rank
