"""The asynchronous contenders: each library's own way on an event loop, otherwise as in ``contenders``.

Nothing in them waits for anything, so a run never gives the loop a turn. That spares ``limits`` its
clean-up task, which would run in between.
"""

import asyncio
from typing import ClassVar

from limits.aio.storage import MemoryStorage as LimitsStorage
from limits.aio.strategies import MovingWindowRateLimiter
from throttled import RateLimiterType
from throttled.asyncio import MemoryStore, Throttled

from authguard_core import AsyncGuard, AsyncMemoryStorage, Attempt, MemoryStorage, Outcome
from tests.benchmarks.contenders import ACCOUNT, ADDRESS, BIG, SETTINGS, Clock, per_name, quota, require
from tests.benchmarks.harness import KEYS, AsyncContender, Contender, Key


class AsyncWhole(AsyncContender):
    """The whole asynchronous guard."""

    name: ClassVar[str] = "authguard, the whole guard"

    async def begin(self) -> None:
        self._clock = Clock()
        storage = AsyncMemoryStorage(MemoryStorage(clock=self._clock))
        self._guard = AsyncGuard(SETTINGS, storage=storage, observers=[lambda _event: None])

    def wait(self, seconds: float) -> None:
        self._clock.ahead += seconds

    async def fail_once(self, key: Key) -> None:
        decision = await self._guard.check(Attempt(identifier=key.user, peer=key.address))
        if decision.ticket is None:
            raise AssertionError(decision.reason)
        await self._guard.settle(decision.ticket, Outcome.FAILURE)

    async def wrong(self, one: int) -> None:
        await self.fail_once(KEYS[one])

    async def right(self, one: int) -> None:
        key = KEYS[one]
        decision = await self._guard.check(Attempt(identifier=key.user, peer=key.address))
        if decision.ticket is None:
            raise AssertionError(decision.reason)
        await self._guard.settle(decision.ticket, Outcome.SUCCESS, remember=False)

    async def blocked(self, one: int) -> None:
        key = KEYS[one]
        require(not (await self._guard.check(Attempt(identifier=key.user, peer=key.address))).allowed)


class AsyncLimits(AsyncContender):
    """``limits.aio``: ask both windows, verify, then hit both where it was wrong."""

    name: ClassVar[str] = "limits, moving window"

    async def begin(self) -> None:
        self._limiter = MovingWindowRateLimiter(LimitsStorage())
        # Its clean-up task fails on a key that clear() has removed meanwhile; that shall not fill the output.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)

    async def fail_once(self, key: Key) -> None:
        limiter = self._limiter
        require(await limiter.test(ADDRESS, "ip", key.address))
        require(await limiter.test(ACCOUNT, "user", key.user))
        await limiter.hit(ADDRESS, "ip", key.address)
        await limiter.hit(ACCOUNT, "user", key.user)

    async def wrong(self, one: int) -> None:
        await self.fail_once(KEYS[one])

    async def right(self, one: int) -> None:
        key, limiter = KEYS[one], self._limiter
        require(await limiter.test(ADDRESS, "ip", key.address))
        require(await limiter.test(ACCOUNT, "user", key.user))
        await limiter.clear(ACCOUNT, "user", key.user)

    async def blocked(self, one: int) -> None:
        key, limiter = KEYS[one], self._limiter
        require(await limiter.test(ADDRESS, "ip", key.address))
        require(not await limiter.test(ACCOUNT, "user", key.user))


class AsyncThrottledPy(AsyncContender):
    """``throttled.asyncio``: peek at both, verify, then take from both where it was wrong."""

    name: ClassVar[str] = "throttled-py, sliding window"

    async def begin(self) -> None:
        store = MemoryStore(options={"MAX_SIZE": BIG})
        using = RateLimiterType.SLIDING_WINDOW.value
        self._address = Throttled(using=using, quota=quota(30), store=store, key_prefix="ip")
        self._account = Throttled(using=using, quota=quota(5), store=store, key_prefix="user")

    async def fail_once(self, key: Key) -> None:
        require((await self._address.peek(key.address)).remaining)
        require((await self._account.peek(key.user)).remaining)
        await self._address.limit(key.address)
        await self._account.limit(key.user)

    async def wrong(self, one: int) -> None:
        await self.fail_once(KEYS[one])

    async def right(self, one: int) -> None:
        key = KEYS[one]
        require((await self._address.peek(key.address)).remaining)
        require((await self._account.peek(key.user)).remaining)

    async def blocked(self, one: int) -> None:
        key = KEYS[one]
        require((await self._address.peek(key.address)).remaining)
        require(not (await self._account.peek(key.user)).remaining)


class AsyncPyrate(AsyncContender):
    """``pyrate-limiter``: take from both, before it is known whether the password is wrong."""

    name: ClassVar[str] = "pyrate-limiter, log"

    async def begin(self) -> None:
        self._address, self._account = per_name(30), per_name(5)

    async def fail_once(self, key: Key) -> None:
        require(await self._address.try_acquire_async(key.address, blocking=False))
        require(await self._account.try_acquire_async(key.user, blocking=False))

    async def wrong(self, one: int) -> None:
        await self.fail_once(KEYS[one])

    async def right(self, one: int) -> None:
        await self.fail_once(KEYS[one])

    async def blocked(self, one: int) -> None:
        key = KEYS[one]
        require(await self._address.try_acquire_async(key.address, blocking=False))
        require(not await self._account.try_acquire_async(key.user, blocking=False))

    def close(self) -> None:
        self._address.bucket_factory.close()
        self._account.bucket_factory.close()
        super().close()


ASYNC: tuple[type[Contender], ...] = (AsyncLimits, AsyncWhole, AsyncThrottledPy, AsyncPyrate)
