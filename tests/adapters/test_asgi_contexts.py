"""Claims about attempts that a handler makes itself."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authguard_asgi import (
    AttemptContext,
    AttemptError,
    AuthGuardMiddleware,
    LoginRoute,
    RunningAttempt,
    attempt_of,
    client_address_of,
    device_headers,
)
from authguard_core import (
    AsyncGuard,
    ConfigurationError,
    HasherBusy,
    Outcome,
    Verdict,
)
from authguard_core.answers import BUSY, FAILED
from tests.adapters.support import ASGIApp, Clock, Told, client, make_settings, make_storage, scope_of

pytestmark = pytest.mark.anyio


def make_guard(resolve: Callable[[str], str | None] | None = None, **login: str) -> AsyncGuard:
    return AsyncGuard(
        make_settings(login), storage=make_storage(Clock()), resolve=resolve, observers=[Told()]
    )


def attempting(guard: AsyncGuard, identifier: str = "alice") -> AttemptContext:
    return AttemptContext(guard, attempt_of(guard, scope_of(), identifier))


async def failures(guard: AsyncGuard) -> int:
    return (await guard.inspect("alice")).failures


async def test_a_success_gives_back_and_makes_the_browser_known() -> None:
    """The decision is complete and carries the cookie for the handler to set."""
    guard = make_guard()
    async with attempting(guard) as attempt:
        decision = await attempt.succeed()
    assert decision.verdict is Verdict.COMPLETE
    assert device_headers(decision)[0][1].startswith(b"__Host-authguard_device=")
    assert await failures(guard) == 0


async def test_a_success_may_leave_the_browser_unknown() -> None:
    """While another factor is due, no cookie is given."""
    async with attempting(make_guard()) as attempt:
        decision = await attempt.succeed(remember=False)
    assert device_headers(decision) == []


async def test_a_success_is_told_once() -> None:
    """Said again, it is the same decision, and its cookie is set once."""
    told: list[object] = []
    guard = make_guard()
    context = AttemptContext(guard, attempt_of(guard, scope_of(), "alice"), on_success=told.append)
    async with context as attempt:
        assert await attempt.succeed() is await attempt.succeed()
    assert len(told) == 1


async def test_a_failure_is_the_uniform_answer() -> None:
    """It ends the block with the one 401, and stays counted."""
    guard = make_guard()
    with pytest.raises(AttemptError) as error:
        async with attempting(guard) as attempt:
            attempt.fail()
    assert error.value.answer is FAILED
    assert str(error.value) == "answered with 401"
    assert await failures(guard) == 1


async def test_g2_an_attempt_without_a_word_stays_counted() -> None:
    """Leaving the block without an outcome is a failure."""
    guard = make_guard()
    async with attempting(guard):
        pass
    assert await failures(guard) == 1


async def test_a16_an_error_within_stays_counted() -> None:
    """The handler's own error goes on its way."""
    guard = make_guard()
    with pytest.raises(LookupError):
        async with attempting(guard):
            raise LookupError
    assert await failures(guard) == 1


async def test_a16_a_cancellation_within_stays_counted() -> None:
    """A task that is cancelled while it checks gives nothing back."""
    guard = make_guard()
    checking = asyncio.Event()

    async def check() -> None:
        async with attempting(guard):
            checking.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(check())
    await checking.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await failures(guard) == 1


async def test_a75_a_full_hasher_gives_the_attempt_back() -> None:
    """Nothing was hashed: 503, and nothing is counted."""
    guard = make_guard()
    with pytest.raises(AttemptError) as error:
        async with attempting(guard):
            raise HasherBusy
    assert error.value.answer is BUSY
    assert await failures(guard) == 0


async def test_a_refused_attempt_never_enters() -> None:
    """The refusal is raised before anything inside the block runs."""
    guard = make_guard(delay_after="5", account_limit="1/15m")
    async with attempting(guard):
        pass
    with pytest.raises(AttemptError) as error:
        async with attempting(guard):
            pytest.fail("the block ran")
    assert error.value.answer.status == 429


async def test_a_context_that_was_refused_can_be_left() -> None:
    """Leaving without having entered reports nothing and raises nothing."""
    guard = make_guard()
    await attempting(guard).__aexit__(None, None, None)
    assert await failures(guard) == 0


async def test_a_report_after_the_end_is_refused() -> None:
    """An attempt that was counted as failed can't be turned into a success later."""
    guard = make_guard()
    async with attempting(guard) as attempt:
        pass
    with pytest.raises(ConfigurationError, match="got 'a report after the end'"):
        await attempt.succeed()
    assert await failures(guard) == 1


async def test_a18_the_account_that_signs_in_is_the_one_that_was_counted() -> None:
    """With a resolve hook, success for another account is a bug that must show, and clears nothing."""
    guard = make_guard(resolve={"alice": "1"}.get)
    with pytest.raises(ConfigurationError, match="another account") as error:
        async with attempting(guard) as attempt:
            await attempt.succeed("secret-2")
    assert "secret-2" not in str(error.value)
    assert await failures(guard) == 1


@pytest.mark.parametrize("account_id", [1, "1", None], ids=repr)
async def test_a18_the_resolved_account_may_sign_in(account_id: object) -> None:
    """An id is compared as text, and may be left out."""
    guard = make_guard(resolve={"alice": "1"}.get)
    async with attempting(guard) as attempt:
        await attempt.succeed(account_id)
    assert await failures(guard) == 0


async def test_without_a_resolve_hook_any_account_id_will_do() -> None:
    """An identifier that nobody resolved says nothing about account ids."""
    async with attempting(make_guard()) as attempt:
        assert (await attempt.succeed(7)).verdict is Verdict.COMPLETE


async def test_an_outcome_is_reported_once() -> None:
    """Closing an attempt that has its outcome changes nothing."""
    guard = make_guard()
    async with attempting(guard) as attempt:
        await attempt.succeed()
        await attempt.close(Outcome.FAILURE)
    assert await failures(guard) == 0


# ------------------------------------------------------------------ in handlers


def application(guard: AsyncGuard, handler: Callable[[Request], Response | Awaitable[Response]]) -> ASGIApp:
    """A Starlette application whose one handler guards itself."""
    guarded = Middleware(
        AuthGuardMiddleware, guard=guard, routes=[LoginRoute("POST", "/login", success={200})]
    )
    return Starlette(routes=[Route("/own", handler, methods=["POST"])], middleware=[guarded])


async def test_an_answer_out_of_a_handler_is_sent_by_the_middleware() -> None:
    """On a route that the middleware doesn't guard, the handler's own attempt is answered all the same."""
    guard = make_guard(delay_after="1", delay="1s")

    async def handler(request: Request) -> Response:
        async with AttemptContext(guard, attempt_of(guard, request.scope, "alice")) as attempt:
            attempt.fail()

    async with client(application(guard, handler)) as browser:
        answers = [await browser.post("/own") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 429]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


async def test_a_synchronous_handler_uses_a_plain_with() -> None:
    """In a worker thread the same context does the same: success, failure, refusal."""
    guard = make_guard(delay_after="1", delay="1s")
    secrets = iter(["right", "wrong", "right"])

    def handler(request: Request) -> Response:
        with AttemptContext(guard, attempt_of(guard, request.scope, "alice")) as attempt:
            if next(secrets) == "wrong":
                attempt.fail()
            decision = attempt.succeed()
        return Response(str(decision.verdict.value))

    async with client(application(guard, handler)) as browser:
        answers = [await browser.post("/own") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 401, 429]
    assert answers[0].text == "complete"


async def test_a_plain_with_on_the_event_loop_is_refused_before_anything_is_charged() -> None:
    """The synchronous form would block the loop that it waits for."""
    guard = make_guard()
    with pytest.raises(RuntimeError), attempting(guard):
        pytest.fail("the block ran")
    assert await failures(guard) == 0


# ------------------------------------------------------------------ who it is


@pytest.mark.parametrize(
    ("client_of", "network"),
    [
        (("203.0.113.7", 1), "203.0.113.7"),
        (("2001:db8::1", 1), "2001:db8::/64"),
        (None, "unix"),
    ],
)
async def test_the_peer_is_the_connections_other_end(client_of: tuple[str, int] | None, network: str) -> None:
    """A socket without an address is counted under its own name."""
    scope = scope_of(client=client_of)
    assert client_address_of(make_guard(), scope).network.startswith(network.partition("/")[0][:9])


async def test_a26_forwarding_headers_of_strangers_change_nothing() -> None:
    """Without trusted proxies the address is the peer's, whatever the headers say."""
    headers = [(b"X-Forwarded-For", b"198.51.100.1"), (b"forwarded", b"for=198.51.100.1")]
    found = client_address_of(make_guard(), scope_of(headers=headers))
    assert found == client_address_of(make_guard(), scope_of())


async def test_a26_a_trusted_proxy_names_the_client() -> None:
    """Behind a proxy of the settings the rightmost untrusted address counts."""
    guard = AsyncGuard(make_settings(trusted=["203.0.113.7"]), storage=make_storage(Clock()))
    headers = [(b"x-forwarded-for", b"192.0.2.66, 198.51.100.1")]
    found = client_address_of(guard, scope_of(headers=headers))
    assert found == client_address_of(guard, scope_of(client=("198.51.100.1", 1)))


def test_a_running_attempt_shows_nothing_of_itself() -> None:
    """G13: no identifier in the repr of what handlers hold."""
    guard = make_guard()
    assert "alice" not in repr(attempting(guard))
    assert RunningAttempt.__repr__ is object.__repr__
