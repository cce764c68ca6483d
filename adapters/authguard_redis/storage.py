"""The store in Redis, for threads."""

from collections.abc import Callable, Sequence
from typing import Self

from redis import RedisCluster
from redis.exceptions import NoScriptError

from authguard_core.counting.ops import Op, Result
from authguard_core.errors import ConfigurationError
from authguard_core.facts import Fact
from authguard_redis.asking import ask
from authguard_redis.calls import Call
from authguard_redis.links import Client, link_to
from authguard_redis.place import PREFIX, Place
from authguard_redis.wire import OUTAGES, outage

__all__ = ["RedisStorage"]


class RedisStorage:
    """A :class:`~authguard_core.storage.Storage` in Redis 6.2 or newer: one, Sentinel, or a Cluster.

    ::

        guard = Guard(storage=RedisStorage(Redis.from_url("redis://localhost", socket_timeout=1)))

    Args:
        client: the driver's client, or a function that makes it when it is first needed. It must not
            decode responses; give it time-outs.
        prefix: what every key begins with.
        clustered: whether the function makes a Cluster's client; a client itself tells.
        clock: for tests: returns seconds. By default the server's own clock counts.

    Raises:
        ConfigurationError: the client decodes responses, or the prefix can't be used.

    """

    def __init__(
        self,
        client: "Client | Callable[[], Client]",
        *,
        prefix: str = PREFIX,
        clustered: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        clustered = clustered or isinstance(client, RedisCluster)
        self._place = Place.of(prefix=prefix, clustered=clustered, clock=clock)
        self._client = client
        self._link = link_to(client)

    def __repr__(self) -> str:
        return f"<RedisStorage: {self._place.prefix.decode()}>"

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        """Carry the operations out: on one server in one call of one script.

        Raises:
            StorageError: whatever the driver raises, or a reply that can't be read.
            ConfigurationError: a client that the function made can't be used.

        """
        try:
            trip = self._place.trip(ops)
            replies = self._run(next(trip))
            while True:
                replies = self._run(trip.send(replies))
        except StopIteration as done:
            results: list[Result] = done.value
            return results
        except ConfigurationError:
            raise
        except OUTAGES as error:
            raise outage(error) from None

    def _run(self, call: Call) -> Sequence[bytes]:
        time = self._place.time()
        try:
            return self._link.run(call.by_name(time))
        except NoScriptError:
            # It was restarted, or this is the first call.
            return self._link.run(call.in_full(time))

    def facts(self) -> Sequence[Fact]:
        """Say how the server stands, or all masters of a Cluster: for an operator, not for each request.

        The commands it takes are INFO, CONFIG GET, TIME and CLUSTER INFO. What this user may not ask is
        unknown, and a server that doesn't answer is a fact, too.
        """
        return ask(self._client)

    def close(self) -> None:
        """Close the connections."""
        self._link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
