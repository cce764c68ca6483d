"""The calls that a trip consists of, without making them: the same for both kinds of store.

A trip is a generator: it yields a call, is sent the replies, and returns the results.
"""

from collections.abc import Callable, Generator, Sequence

from authguard_core.counting.ops import Op, Result
from authguard_redis.calls import Call, Places
from authguard_redis.decoding import decode
from authguard_redis.encoding import encode
from authguard_redis.script import script_for

__all__ = ["Plan", "Trip", "together"]

Trip = Generator[Call, Sequence[bytes], list[Result]]
Plan = Callable[[bytes, Sequence[Op]], Trip]
"""Plans a trip, for keys with a prefix."""


def together(prefix: bytes, ops: Sequence[Op]) -> Trip:
    """One call for all operations: the keys of a server that stands alone are all in one place."""
    places = Places(prefix)
    args = [encode(op, places) for op in ops]
    replies = yield Call(script_for(ops), places.names, args)
    return [decode(op, reply) for op, reply in zip(ops, replies, strict=True)]
