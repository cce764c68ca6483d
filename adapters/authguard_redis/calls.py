"""A call of a script: which keys it reaches, and what it is told."""

from binascii import b2a_base64
from collections.abc import Sequence
from typing import NamedTuple

from authguard_redis.script import Script

__all__ = ["Call", "Places"]

GROUP_CHARACTERS = 8
"""The six bytes that keys of one group begin with, in base64."""


class Call(NamedTuple):
    """One EVALSHA: the script, the keys, and after clock and slack one argument for each operation."""

    script: Script
    keys: Sequence[bytes]
    args: Sequence[bytes]

    def by_name(self, time: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return the command for a server that knows the script."""
        return (b"EVALSHA", self.script.sha, b"%d" % len(self.keys), *self.keys, *time, *self.args)

    def in_full(self, time: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return the command for one that doesn't; afterwards it does."""
        return (b"EVAL", self.script.source, *self.by_name(time)[2:])


class Places:
    """The keys of one call. An operation names each by its place among them, which begins at 1.

    In Redis a key is ``prefix:1:{group}rest``: a Cluster keeps what stands in braces on one node.
    Both parts are base64, so that no byte of a key ends the braces. 1 is the layout of the records.
    """

    __slots__ = ("_places", "_prefix", "names")

    def __init__(self, prefix: bytes) -> None:
        self._prefix = prefix
        self._places: dict[bytes, int] = {}
        self.names: list[bytes] = []

    def of(self, key: bytes) -> int:
        """Return the place of a key of the core's."""
        place = self._places.get(key)
        if place is None:
            text = b2a_base64(key, newline=False)
            self.names.append(b"%b{%b}%b" % (self._prefix, text[:GROUP_CHARACTERS], text[GROUP_CHARACTERS:]))
            place = self._places[key] = len(self.names)
        return place

    def of_optional(self, key: bytes | None) -> int:
        """Return the place of a key, or 0 for none."""
        return 0 if key is None else self.of(key)
