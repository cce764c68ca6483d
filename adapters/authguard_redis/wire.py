"""Commands as they go over the wire (RESP), and what is made of the driver's errors.

The store sends finished bytes over the driver's connections: of the driver's own way to run a command,
retries and statistics take as long as the server does.
"""

import struct
from collections.abc import Sequence
from typing import Any

from redis.exceptions import NoScriptError, ReadOnlyError, RedisClusterException, RedisError, ResponseError

from authguard_core.errors import ConfigurationError, StorageError

__all__ = [
    "IDLE",
    "OUTAGES",
    "PATIENCE",
    "is_answer",
    "most_connections",
    "outage",
    "pack",
    "refuse_decoding",
]

IDLE = 1.0
"""Seconds after which a connection is looked at before it is used: a server closes those that are idle."""
PATIENCE = 1.0
"""Seconds to wait for a connection where all are at work."""
MOST = 100
"""Connections to a node, where a Cluster's client says nothing else: the driver's own default."""

OUTAGES = (
    RedisError,
    RedisClusterException,
    OSError,
    struct.error,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What the driver raises when the server is down, slow, full, a replica, starting, or says no; and what
reading a reply raises that isn't one of the script's: then the connection carried somebody else's bytes."""


def pack(command: Sequence[bytes]) -> bytes:
    """Return a command as it is sent."""
    parts = [b"*%d\r\n" % len(command)]
    parts += [b"$%d\r\n%b\r\n" % (len(part), part) for part in command]
    return b"".join(parts)


def is_answer(error: BaseException) -> bool:
    """Say whether the server itself answered with an error, so that its connection is still good.

    One that has become a replica answers so, too, and must be left: elsewhere there is a new master.
    """
    return isinstance(error, ResponseError) and not isinstance(error, ReadOnlyError)


def outage(error: BaseException) -> StorageError:
    """Return the failure under its type's name: its text may hold a host, a user or a key."""
    name = "NoScriptError twice" if isinstance(error, NoScriptError) else type(error).__name__
    return StorageError(f"redis: {name}")


def refuse_decoding(client: Any) -> None:  # noqa: ANN401 - the driver's clients have no common type
    """Refuse a client that makes text of what the server answers.

    Raises:
        ConfigurationError: it does.

    """
    if client.get_encoder().decode_responses:
        raise ConfigurationError.of(
            "client", got="decode_responses=True", expected="one that returns bytes", do="Leave it out."
        )


def most_connections(client: Any) -> int:  # noqa: ANN401 - see above
    """Return how many connections a Cluster's client opens to a node."""
    return client.get_connection_kwargs().get("max_connections") or MOST
