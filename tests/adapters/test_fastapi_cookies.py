"""Claims about which of FastAPI's responses carries the cookie that makes a browser known."""

import pytest
from fastapi import FastAPI, HTTPException

from authguard_fastapi import LoginGuard, OtpGuard
from tests.adapters.fastapi_world import World
from tests.adapters.support import client

pytestmark = pytest.mark.anyio


async def cookies(app: FastAPI, path: str) -> tuple[int, list[str]]:
    """The status of an answer, and the names of its cookies."""
    async with client(app) as browser:
        answer = await browser.post(path)
    return answer.status_code, [one.partition("=")[0] for one in answer.headers.get_list("set-cookie")]


async def test_two_factors_in_one_request_set_one_cookie() -> None:
    """Of two cookies of one name a browser keeps the last; so does the response (RFC 6265, 4.1.1)."""
    world = World()

    @world.app.post("/both")
    async def both(login_guard: LoginGuard, otp_guard: OtpGuard) -> None:
        for guard in (login_guard, otp_guard):
            async with guard.attempt("alice") as attempt:
                await attempt.succeed()

    assert await cookies(world.app, "/both") == (200, ["__Host-authguard_device"])


@pytest.mark.parametrize(("then", "status"), [("refused", 401), ("second factor", 401), ("barred", 403)])
async def test_a_sign_in_that_ends_in_an_error_makes_no_browser_known(then: str, status: int) -> None:
    """The password was right, but nobody was let in: a second factor was wrong, or the user is barred."""
    world = World()

    @world.app.post("/barred")
    async def barred(login_guard: LoginGuard, otp_guard: OtpGuard) -> None:
        async with login_guard.attempt("alice") as attempt:
            await attempt.succeed()
            if then == "refused":
                attempt.fail()
        async with otp_guard.attempt("alice") as second:
            if then == "second factor":
                second.fail()
        raise HTTPException(403)

    assert await cookies(world.app, "/barred") == (status, [])
