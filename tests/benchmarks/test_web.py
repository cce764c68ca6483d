"""A request: what a guard adds to an unguarded route, and to a login, in the process itself."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.benchmarks import web
from tests.benchmarks.harness import Key, frozen, interleave, median_difference
from tests.benchmarks.plot import Bar, Mark, bars
from tests.benchmarks.races import MANY_ADDRESSES, ONE_ADDRESS, Gate
from tests.benchmarks.report import Report, Target, named

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of peers

CALLS, PAGE_ROUNDS, LOGIN_ROUNDS = 200, 31, 15
OK, UNAUTHORISED, TOO_MANY = 200, 401, 429
LIMIT = 5

PAGES: dict[str, Callable[[], web.App]] = {
    "no middleware": web.bare,
    "a middleware that does nothing": web.no_op,
    "authguard, AuthGuardMiddleware": web.middleware,
}
LOGINS: dict[str, Callable[..., web.App]] = {
    "no guard": web.bare,
    "authguard, LoginGuard": web.dependency,
    "authguard, AuthGuardMiddleware": web.middleware,
    "fastapi-limiter, dependency": web.fastapi_limiter,
    "slowapi, ASGI middleware": web.slowapi_asgi,
    "slowapi, decorator": web.slowapi_decorator,
    "slowapi, SlowAPIMiddleware": web.slowapi_base,
    "limits, in the handler": web.limits_by_hand,
}
OURS = "authguard"


def _timed(
    runner: asyncio.Runner, call: Callable[[web.App], Coroutine[Any, Any, int]], app: web.App, status: int
) -> Callable[[], None]:
    """Make one round of calls out of one call."""

    async def several() -> None:
        for _ in range(CALLS):
            got = await call(app)
            if got != status:
                raise AssertionError(got)

    return lambda: runner.run(several())


def _added(taken: dict[str, list[float]], base: str) -> dict[str, float]:
    """Return the median microseconds that each adds to the base."""
    return {name: median_difference(times, taken[base]) / CALLS * 1e6 for name, times in taken.items()}


def test_an_unguarded_route(report: Report) -> None:
    """What the middleware costs a route that it doesn't guard."""

    async def page(app: web.App) -> int:
        return await web.get(app, "/")

    with asyncio.Runner() as runner:
        runs = {name: _timed(runner, page, make(), OK) for name, make in PAGES.items()}
        with frozen():
            interleave(runs, rounds=2)
            taken = interleave(runs, rounds=PAGE_ROUNDS)
    added = _added(taken, "no middleware")
    base = sorted(taken["no middleware"])[PAGE_ROUNDS // 2] / CALLS * 1e6
    rows = [(name, f"{base + more:.1f}", f"{more:+.1f}") for name, more in added.items()]
    report.add_table("page", ("GET / on FastAPI", "µs", "added"), rows)
    beyond = added["authguard, AuthGuardMiddleware"] - added["a middleware that does nothing"]
    what = "AuthGuardMiddleware on an unguarded route, beyond a middleware that does nothing"
    report.targets.append(Target(what, 5, "µs", beyond))


def _login(password: str) -> Callable[[web.App], Coroutine[Any, Any, int]]:
    numbers = itertools.count()

    async def login(app: web.App) -> int:
        """Sign in as somebody new from somewhere new, the dearest case for all."""
        one = next(numbers)
        address = f"10.{one >> 16 & 255}.{one >> 8 & 255}.{one & 255}"
        return await web.post(app, Key(f"user{one}@example.org", address), password)

    return login


def _logins(password: str, status: int) -> tuple[float, dict[str, float]]:
    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(lambda _loop, _context: None)  # limits' clean-up may fail
        runs = {name: _timed(runner, _login(password), make(), status) for name, make in LOGINS.items()}
        with frozen():
            interleave(runs, rounds=2)
            taken = interleave(runs, rounds=LOGIN_ROUNDS)
    return sorted(taken["no guard"])[LOGIN_ROUNDS // 2] / CALLS * 1e6, _added(taken, "no guard")


async def _race(make: Callable[..., web.App], keys: list[Key]) -> int:
    """Send fifty wrong passwords at once; return how many were checked."""
    gate = Gate()

    async def verify(_password: str) -> bool:
        await gate.verify()
        return False

    ours = make in {web.dependency, web.middleware}
    app = make(verify, delay_after=LIMIT) if ours else make(verify, limit=LIMIT)

    async def refused(key: Key) -> bool:
        return await web.post(app, key, "wrong") == TOO_MANY

    return await gate.race(refused, keys)


def _guessed(name: str) -> tuple[str, str]:
    if name == "no guard":
        return "50", "50"
    checked = [asyncio.run(_race(LOGINS[name], keys)) for keys in (ONE_ADDRESS, MANY_ADDRESSES)]
    if name.startswith(OURS):
        assert checked == [LIMIT, LIMIT]
    sign = "" if name.startswith((OURS, "limits")) else " †"
    return f"{checked[0]}{sign}", f"{checked[1]}{sign}"


HEAD = (
    "POST /login on FastAPI",
    "right, µs",
    "added",
    "wrong, µs",
    "added",
    "50 at once",
    "from 50 addresses",
)


def test_a_guarded_login(report: Report) -> None:
    """What a guard adds to a login, and what it is worth."""
    right_base, right = _logins(web.RIGHT, OK)
    wrong_base, wrong = _logins("wrong", UNAUTHORISED)
    guessed = {name: _guessed(name) for name in LOGINS}
    rows = [
        (
            name if name == "no guard" else named(name),
            f"{right_base + right[name]:.0f}",
            f"{right[name]:+.0f}",
            f"{wrong_base + wrong[name]:.0f}",
            f"{wrong[name]:+.0f}",
            *guessed[name],
        )
        for name in LOGINS
    ]
    report.add_table("login", HEAD, rows)
    for name in LOGINS:
        if name.startswith(OURS):
            guard = name.removeprefix("authguard, ")
            report.targets.append(Target(f"{guard} on a login with a right password", 100, "µs", right[name]))
            report.targets.append(Target(f"{guard} on a login with a wrong password", 100, "µs", wrong[name]))
    report.images["benchmarks-web"] = _plot(right, guessed)


def _plot(added: dict[str, float], guessed: dict[str, tuple[str, str]]) -> str:
    rows = [
        Bar(named(name), more, f"{more:.0f} µs, {guessed[name][1].removesuffix(' †')} of 50")
        for name, more in added.items()
        if name != "no guard"
    ]
    return bars(
        "A login on FastAPI: µs added, and the guesses checked of 50 at once, limit 5",
        "A right password. The 50 guesses come from 50 addresses.",
        rows,
        mark=Mark(100, "target"),
    )
