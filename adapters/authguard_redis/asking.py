"""Asks servers how they stand: one interview, held by threads and by event loops.

An interview is a generator: it yields a question, is sent the answer, or None where it was refused, and
returns what it was told.
"""

import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any

from redis import Redis, RedisCluster
from redis import asyncio as aioredis
from redis.asyncio.sentinel import SentinelConnectionPool as AsyncSentinelConnectionPool
from redis.exceptions import ResponseError
from redis.sentinel import SentinelConnectionPool

from authguard_core.facts import Fact
from authguard_redis.aiolinks import AsyncClient
from authguard_redis.facts import Told, facts_of
from authguard_redis.links import Client
from authguard_redis.wire import OUTAGES

__all__ = ["ask", "ask_async"]

Clock = Callable[[], float]
Interview = Generator[tuple[str, ...], Any, Told]
MICROSECONDS = 1_000_000


def interview(clock: Clock, *, clustered: bool, watched: bool) -> Interview:
    """Ask one server everything."""
    info = yield ("INFO",)
    save = yield ("CONFIG GET", "save")
    fsync = yield ("CONFIG GET", "appendfsync")
    before = clock()
    told = yield ("TIME",)
    after = clock()
    cluster = (yield ("CLUSTER INFO",)) if clustered else None
    return Told(
        info=info,
        save=save and save.get("save"),
        fsync=fsync and fsync.get("appendfsync"),
        ahead=told and _ahead(told[0] + told[1] / MICROSECONDS, before, after),
        cluster=cluster and cluster.get("cluster_state"),
        clustered=clustered,
        watched=watched,
    )


def _ahead(theirs: float, before: float, after: float) -> float:
    """Return by how much their clock is ahead for certain: it was read at some moment in between."""
    return max(theirs - after, min(theirs - before, 0.0))


# For threads


def ask(client: "Client | Callable[[], Client]", *, clock: Clock = time.time) -> list[Fact]:
    """Say how the servers of a client stand, or of one that is made for it and closed again."""
    try:
        if isinstance(client, Redis | RedisCluster):
            return facts_of(_hear(client, clock))
        with client() as made:
            return facts_of(_hear(made, clock))
    except OUTAGES as error:
        return facts_of([Told.nothing(error)])


def _hear(client: Client, clock: Clock) -> list[Told]:
    if isinstance(client, Redis):
        watched = isinstance(client.connection_pool, SentinelConnectionPool)
        return [_hold(interview(clock, clustered=False, watched=watched), client)]
    nodes: list[Any] = [client.get_redis_connection(node) for node in client.get_primaries()]
    return [_hold(interview(clock, clustered=True, watched=True), node) for node in nodes]


def _hold(questions: Interview, server: Any) -> Told:  # noqa: ANN401 - the driver's types say nothing of it
    try:
        question = next(questions)
        while True:
            question = questions.send(_answer(server, question))
    except StopIteration as done:
        told: Told = done.value
        return told
    except OUTAGES as error:
        return Told.nothing(error)


def _answer(server: Any, question: tuple[str, ...]) -> object:  # noqa: ANN401 - see above
    try:
        return server.execute_command(*question)
    except ResponseError:
        return None  # not allowed, or renamed, or unknown to it


# For an event loop


async def ask_async(
    client: "AsyncClient | Callable[[], AsyncClient]", *, clock: Clock = time.time
) -> list[Fact]:
    """Say how the servers of a client stand, or of one that is made for it and closed again."""
    try:
        if isinstance(client, aioredis.Redis | aioredis.RedisCluster):
            return facts_of(await _hear_async(client, clock))
        async with client() as made:
            return facts_of(await _hear_async(made, clock))
    except OUTAGES as error:
        return facts_of([Told.nothing(error)])


async def _hear_async(client: AsyncClient, clock: Clock) -> list[Told]:
    if isinstance(client, aioredis.Redis):
        watched = isinstance(client.connection_pool, AsyncSentinelConnectionPool)
        return [await _hold_async(interview(clock, clustered=False, watched=watched), client)]
    cluster = await client.initialize()
    nodes: list[Any] = cluster.get_primaries()
    return [await _hold_async(interview(clock, clustered=True, watched=True), node) for node in nodes]


async def _hold_async(questions: Interview, server: Any) -> Told:  # noqa: ANN401 - see above
    try:
        question = next(questions)
        while True:
            question = questions.send(await _answer_async(server, question))
    except StopIteration as done:
        told: Told = done.value
        return told
    except OUTAGES as error:
        return Told.nothing(error)


async def _answer_async(server: Any, question: tuple[str, ...]) -> object:  # noqa: ANN401 - see above
    asking: Awaitable[object] = server.execute_command(*question)
    try:
        return await asking
    except ResponseError:
        return None  # not allowed, or renamed, or unknown to it
