"""A request that isn't guarded: what the middleware costs it."""

import asyncio
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from tests.benchmarks.harness import cpu_seconds, frozen, interleave, median_difference
from tests.benchmarks.on_fastapi import App, Receive, Scope, Send, add_middleware, get
from tests.benchmarks.report import Report, Target

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of peers, which are imported there

CALLS, ROUNDS = 200, 31
OK = 200


class NoOp:
    """A middleware that does nothing."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def bare() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def home() -> dict[str, str]:
        return {"hello": "world"}

    return app


def no_op() -> FastAPI:
    app = bare()
    app.add_middleware(NoOp)
    return app


def guarded() -> FastAPI:
    app = bare()
    add_middleware(app)
    return app


PAGES: dict[str, Callable[[], App]] = {
    "no middleware": bare,
    "a middleware that does nothing": no_op,
    "authguard, AuthGuardMiddleware": guarded,
}


def _timed(runner: asyncio.Runner, app: App) -> Callable[[], float]:
    """Make one round out of one call."""

    async def several() -> None:
        for _ in range(CALLS):
            status = await get(app, "/")
            if status != OK:
                raise AssertionError(status)

    return lambda: cpu_seconds(lambda: runner.run(several()))


def test_an_unguarded_route(report: Report) -> None:
    """What the middleware costs a route that it doesn't guard."""
    with asyncio.Runner() as runner:
        runs = {name: _timed(runner, make()) for name, make in PAGES.items()}
        with frozen():
            interleave(runs, rounds=2)
            taken = interleave(runs, rounds=ROUNDS)
    base = taken["no middleware"]
    added = {name: median_difference(times, base) / CALLS * 1e6 for name, times in taken.items()}
    bare_time = sorted(base)[ROUNDS // 2] / CALLS * 1e6
    rows = [(name, f"{bare_time + more:.1f}", f"{more:+.1f}") for name, more in added.items()]
    report.add_table("page", ("GET / on FastAPI", "µs", "added"), rows)
    beyond = added["authguard, AuthGuardMiddleware"] - added["a middleware that does nothing"]
    what = "AuthGuardMiddleware on an unguarded route, beyond a middleware that does nothing"
    report.targets.append(Target(what, 5, "µs", beyond))
