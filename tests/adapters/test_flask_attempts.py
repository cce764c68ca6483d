"""Claims about attempts in Flask's views."""

import logging
from collections.abc import Sequence

import pytest
from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

from authguard_core import (
    ConfigurationError,
    HasherBusy,
    MemoryStorage,
    Settings,
    StorageError,
    Verdict,
)
from authguard_core.counting.ops import Op, Result, Settle
from authguard_flask import AttemptHTTPException, AuthGuard
from tests.adapters.flask_world import World, device_cookie
from tests.adapters.support import WRONG, make_hasher

PATHS = ["/login", "/async", "/api/login/garden", "/api/async", "/api/class"]
every_view = pytest.mark.parametrize("path", PATHS)


# ------------------------------------------------------------------ every kind of view


@every_view
def test_the_right_password_gets_in_and_makes_the_browser_known(path: str) -> None:
    """200, with a device cookie that nobody stores."""
    answer = World().post(path=path)
    assert answer.status_code == 200
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert device_cookie(answer).startswith("__Host-authguard_device=")


@every_view
def test_a_wrong_password_is_the_uniform_401(path: str) -> None:
    """A known and an unknown name get the same bytes, at the same cost."""
    world = World()
    known, unknown = world.post("alice", WRONG, path=path), world.post("nobody", WRONG, path=path)
    assert (known.status_code, known.content_type) == (401, "application/problem+json")
    assert (list(known.headers), known.data) == (list(unknown.headers), unknown.data)
    assert world.hashed == 2


@every_view
def test_over_the_limit_nobody_looks_at_the_password(path: str) -> None:
    """429 with Retry-After before the view checks anything, the right password too."""
    world = World()
    world.lock()
    checked = world.calls
    answer = world.post(path=path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("application/problem+json", "no-store")
    assert world.calls == checked


def test_all_views_have_one_budget() -> None:
    """Guesses through different views add up."""
    world = World({"delay_after": "5"})
    assert [world.post(password=WRONG, path=path).status_code for path in PATHS] == [401] * 5
    assert {world.post(path=path).status_code for path in PATHS} == {429}


def test_a_purpose_has_a_budget_of_its_own() -> None:
    """A locked one-time code locks no password; the decorator reads the fields it is told."""
    world = World()
    codes = [{"username": "alice", "code": code} for code in ("1", "2", "3", "123456")]
    statuses = [world.post(path="/api/otp", json=code).status_code for code in codes]
    assert statuses == [401, 401, 401, 429]
    assert world.post().status_code == 200
    world.clock.advance(3_600)
    assert world.post(path="/api/otp", json=codes[-1]).status_code == 200


def test_what_the_guard_was_not_asked_about_stays_as_it_is() -> None:
    """Other responses keep what they say about caching."""
    answer = World().app.test_client().get("/")
    assert answer.headers["Cache-Control"] == "public"
    assert "Set-Cookie" not in answer.headers


# ------------------------------------------------------------------ outcomes


def test_a_forgotten_outcome_is_a_failure() -> None:
    """A view that answers 200 without a word has used an attempt up."""
    world = World()
    assert [world.post(path="/forgotten").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_an_exception_is_a_failure() -> None:
    """An abort, and an error that becomes a 500, stay counted; in async views too."""
    world = World({"delay_after": "5"})

    @world.app.post("/aborted")
    def aborted() -> ResponseReturnValue:
        with world.guard.attempt("alice"):
            abort(418)

    @world.app.post("/broken")
    async def broken() -> ResponseReturnValue:
        with world.guard.attempt("alice"):
            raise RuntimeError

    statuses = [world.post(path=path).status_code for path in ["/aborted", "/broken"] * 3]
    assert statuses == [418, 500, 418, 500, 418, 429]
    assert world.post().status_code == 429


def test_a_success_gives_the_attempt_back_and_may_be_said_twice() -> None:
    """The second word changes nothing and returns the same decision."""
    world, said = World(), []

    @world.app.post("/twice")
    def twice() -> ResponseReturnValue:
        with world.guard.attempt("alice") as attempt:
            said.extend([attempt.succeed(), attempt.succeed()])
        return {}

    for _ in range(5):
        assert len(world.post(path="/twice").headers.getlist("Set-Cookie")) == 1
    assert {decision.verdict for decision in said} == {Verdict.COMPLETE}
    assert said[0] is said[1]


def test_with_another_factor_due_the_browser_stays_unknown() -> None:
    """remember=False sets no cookie."""
    world = World()

    @world.app.post("/first")
    def first() -> ResponseReturnValue:
        with world.guard.attempt("alice") as attempt:
            attempt.succeed(remember=False)
        return {}

    assert "Set-Cookie" not in world.post(path="/first").headers


def test_a_late_report_is_refused() -> None:
    """After the block the attempt has failed, whatever is said."""
    world = World()
    with world.app.test_request_context("/"), world.guard.attempt("alice") as attempt:
        pass
    with pytest.raises(ConfigurationError, match=r"attempt\.succeed: got 'a report after the end'"):
        attempt.succeed()


def test_success_for_another_account_is_refused() -> None:
    """With a resolve hook the account that enters is the one that was counted."""
    world = World(resolve={"alice": "7"}.get)
    with world.app.test_request_context("/"):
        with pytest.raises(ConfigurationError, match="another account"), world.guard.attempt("alice") as one:
            one.succeed("8")
        with world.guard.attempt("alice") as other:
            assert other.succeed(7).verdict is Verdict.COMPLETE


def test_a_busy_hasher_gives_the_attempt_back() -> None:
    """503 with Retry-After, as often as it happens, out of an attempt and elsewhere."""
    world = World()

    @world.app.post("/busy")
    def busy() -> ResponseReturnValue:
        with world.guard.attempt("alice"):
            raise HasherBusy

    @world.app.post("/registration")
    def registration() -> ResponseReturnValue:
        raise HasherBusy

    for path in ["/busy", "/registration"] * 5:
        answer = world.post(path=path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert world.post().status_code == 200


@pytest.mark.parametrize("sent", [None, 5, True, [], ["alice"], {"alice": 1}, "", " ", "\ud800"], ids=repr)
def test_a76_what_is_no_name_is_refused_and_charged(sent: object) -> None:
    """A view may hand on what its body holds in the name's place."""
    world = World({"ip_limit": "1/15m"})

    @world.app.post("/own")
    def own() -> ResponseReturnValue:
        with world.guard.attempt(request.get_json()["username"]):
            raise AssertionError

    assert [world.post(path="/own", json={"username": sent}).status_code for _ in range(2)] == [422, 429]


# ------------------------------------------------------------------ stores that fail


class Breaking:
    """A store that breaks: for settling only, or for everything."""

    def __init__(self, error: Exception, kind: type[object] = Settle) -> None:
        self._inner = MemoryStorage()
        self._error = error
        self._kind = kind

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        if any(isinstance(op, self._kind) for op in ops):
            raise self._error
        return self._inner.execute(ops)


def test_a_right_password_stays_right_whatever_the_store_raises(caplog: pytest.LogCaptureFixture) -> None:
    """A store that breaks its contract while it settles costs a line in the log, without its text."""
    answer = World(storage=Breaking(OSError("alice"))).post()
    assert answer.status_code == 200
    assert [record.getMessage() for record in caplog.records] == ["settling failed: OSError"]


def test_an_outage_is_a_503(caplog: pytest.LogCaptureFixture) -> None:
    """Never a 500: in an attempt, and in a view that asks the store itself."""
    world = World(storage=Breaking(StorageError("down"), object))

    @world.app.post("/unlock")
    def unlock() -> ResponseReturnValue:
        world.guard.unlock("alice")
        return {}

    with caplog.at_level(logging.ERROR):
        answers = [world.post(path=path) for path in ("/login", "/unlock")]
    assert [(one.status_code, "Retry-After" in one.headers) for one in answers] == [(503, True)] * 2
    assert "the store failed outside of an attempt: StorageError" in caplog.text


# ------------------------------------------------------------------ without a request


def test_a_script_counts_the_account_alone() -> None:
    """Outside of a request there is no address to charge and no cookie to set."""
    world = World()
    for _ in range(3):
        with pytest.raises(AttemptHTTPException) as caught, world.guard.attempt("alice") as attempt:
            attempt.fail()
        assert caught.value.code == 401
    with pytest.raises(AttemptHTTPException) as caught, world.guard.attempt("alice"):
        raise AssertionError
    assert caught.value.answer.status == 429
    world.clock.advance(30)
    with world.guard.attempt("alice") as attempt:
        assert attempt.succeed().verdict is Verdict.COMPLETE


def test_the_address_can_stand_for_the_account() -> None:
    """What costs work and opens nothing is counted for each address."""
    app = Flask("shop")
    settings = Settings.load(secret_key="k" * 32, meter={"account_limit": "2/5m"})
    guard = AuthGuard(app, settings, hasher=make_hasher())

    @app.post("/assess")
    def assess() -> ResponseReturnValue:
        with guard.attempt_by_address(purpose="meter"):
            return {}

    def ask(address: str) -> int:
        overrides = {"REMOTE_ADDR": address}
        return app.test_client().post("/assess", environ_overrides=overrides).status_code

    assert [ask("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert ask("192.0.2.2") == 200


def test_the_core_is_at_hand() -> None:
    """An operator's verbs, what is promised, and the settings, without a detour."""
    world = World()
    world.lock()
    assert world.guard.inspect("alice").failures == 3
    world.guard.unlock("alice")
    world.guard.unlock_address("198.51.0.1")
    assert world.guard.inspect("alice").failures == 0
    assert "each account: at most 5 in any 15m" in world.guard.describe()
    assert world.guard.settings is world.guard.core.settings
