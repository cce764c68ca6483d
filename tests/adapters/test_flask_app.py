"""Claims about installing the guard in Flask applications, and about what it answers there."""

import importlib
import logging
import sys
from typing import Any

import pytest
from asgiref.wsgi import WsgiToAsgi
from flask import Blueprint, Flask, Response
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from authguard_core import ConfigurationError
from authguard_core.answers import Answer
from authguard_flask import AttemptHTTPException, AuthGuard
from tests.adapters.flask_world import World
from tests.adapters.support import RIGHT, WRONG, client, make_hasher, make_settings

KEY = "k" * 32
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


# ------------------------------------------------------------------ installation


def test_a_second_guard_is_refused() -> None:
    """Two would charge each attempt twice."""
    app = Flask("shop")
    guard = AuthGuard(app, make_settings())
    with pytest.raises(ConfigurationError, match="init_app: got 'an application with a guard'"):
        guard.init_app(app)


def test_a_limit_that_no_body_can_meet_is_refused() -> None:
    """It shows when the guard is made."""
    with pytest.raises(ConfigurationError, match="max_body: got 0"):
        AuthGuard(max_body=0)


def test_without_flask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    module = sys.modules["authguard_flask.backend"]
    with pytest.raises(ImportError, match=r'pip install "authguard\[flask\]"'):
        importlib.reload(module)
    monkeypatch.undo()
    importlib.reload(module)


# ------------------------------------------------------------------ several applications


def make_app(guard: AuthGuard, limit: str) -> Flask:
    """An application with limits of its own."""
    app = Flask("shop")
    app.config.update(AUTHGUARD_SECRET_KEY=KEY, AUTHGUARD_LOGIN={"ACCOUNT_LIMIT": limit, "DELAY_AFTER": 9})
    guard.init_app(app)

    @app.post("/login")
    def login() -> ResponseReturnValue:
        with guard.attempt("alice") as attempt:
            attempt.fail()

    return app


def test_each_application_has_a_guard_of_its_own() -> None:
    """One extension object, two applications: neither settings nor counters are shared."""
    guard = AuthGuard(hasher=make_hasher())
    apps = [make_app(guard, limit) for limit in ("1/15m", "2/15m")]
    statuses = [[app.test_client().post("/login").status_code for _ in range(3)] for app in apps]
    assert statuses == [[401, 429, 429], [401, 401, 429]]
    with pytest.raises(ConfigurationError, match="a guard of 2 applications"):
        guard.describe()
    with apps[1].app_context():
        assert "each account: at most 2" in guard.describe()


def test_outside_of_an_application_the_only_guard_is_meant() -> None:
    """A module may hash a password before any request; without any application there is no guard."""
    guard = AuthGuard()
    with pytest.raises(ConfigurationError, match="a guard of 0 applications"):
        guard.describe()
    app = Flask("shop")
    app.config["AUTHGUARD_SECRET_KEY"] = KEY
    guard.init_app(app)
    assert guard.hasher.verify(None, WRONG) is False


def test_another_applications_guard_is_refused() -> None:
    """A guard that isn't installed here would count elsewhere."""
    guard, other = AuthGuard(hasher=make_hasher()), AuthGuard(hasher=make_hasher())
    app = make_app(guard, "5/15m")
    make_app(other, "5/15m")
    with app.app_context(), pytest.raises(ConfigurationError, match="an application without this guard"):
        other.describe()
    with Flask("bare").app_context(), pytest.raises(ConfigurationError, match="without this guard"):
        guard.describe()


# ------------------------------------------------------------------ answers


def test_a_browser_gets_the_applications_page() -> None:
    """Where Accept asks for HTML; status, wait and caching stay the guard's, whatever the page says."""
    world = World()

    @world.guard.page
    async def page(answer: Answer) -> ResponseReturnValue | None:
        return f"<p>{answer.status}", 200, {"Cache-Control": "public", "X-Own": "1"}

    wrong = world.post(password=WRONG, headers=HTML)
    assert (wrong.status_code, wrong.text, wrong.content_type) == (401, "<p>401", "text/html; charset=utf-8")
    world.lock("bob")
    refused = world.post("bob", headers=HTML)
    assert (refused.status_code, refused.text, refused.headers["Retry-After"]) == (429, "<p>429", "1")
    assert (refused.headers.getlist("Cache-Control"), refused.headers["X-Own"]) == (["no-store"], "1")
    broken = world.post(data=b"", headers=HTML, content_type="text/plain")
    assert (broken.status_code, broken.text) == (415, "<p>415")


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/html;q=0.5,*/*", "text/html;q=x"])
def test_who_asks_for_data_gets_a_problem(accept: str) -> None:
    """The page is for who prefers HTML."""
    world = World()
    world.guard.page(lambda _answer: "page")
    answer = world.post(password=WRONG, headers={"Accept": accept})
    assert answer.content_type == "application/problem+json"


def test_a_page_that_is_none_leaves_the_problem() -> None:
    """The hook may choose."""
    world = World()
    world.guard.page(lambda _answer: None)
    assert world.post(password=WRONG, headers=HTML).content_type == "application/problem+json"


def test_an_error_handler_of_the_applications_own_stays() -> None:
    """Registered before the guard or after it; one for all HTTP errors takes none of the guard's."""

    def own(error: AttemptHTTPException) -> ResponseReturnValue:
        return "own", error.answer.status

    def general(_error: HTTPException) -> ResponseReturnValue:
        return "general", 500

    before, after, beside = Flask("before"), Flask("after"), Flask("beside")
    before.register_error_handler(AttemptHTTPException, own)
    beside.register_error_handler(HTTPException, general)
    guard = AuthGuard(settings={"SECRET_KEY": KEY}, hasher=make_hasher())
    for app in (before, after, beside):
        guard.init_app(app)

        @app.post("/login")
        def login() -> ResponseReturnValue:
            with guard.attempt("alice") as attempt:
                attempt.fail()

    after.register_error_handler(AttemptHTTPException, own)
    answers = [app.test_client().post("/login") for app in (before, after, beside)]
    assert [(one.status_code, one.text) for one in answers[:2]] == [(401, "own")] * 2
    assert (answers[2].status_code, answers[2].content_type) == (401, "application/problem+json")
    assert {one.headers["Cache-Control"] for one in answers} == {"no-store"}


def test_a_blueprints_handler_for_all_http_errors_is_the_applications_choice() -> None:
    """Flask asks a blueprint first; its page can be made from the answer that it is given."""
    world = World()
    blueprint = Blueprint("own", "own")

    @blueprint.errorhandler(HTTPException)
    def own(error: HTTPException) -> Response:
        return Response("own", error.code)

    @blueprint.post("/own")
    def login() -> ResponseReturnValue:
        with world.guard.attempt("alice") as attempt:
            attempt.fail()

    world.app.register_blueprint(blueprint)
    answer = world.post(path="/own")
    assert (answer.status_code, answer.text, answer.headers["Cache-Control"]) == (401, "own", "no-store")


# ------------------------------------------------------------------ deployments


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def fixed(world: World) -> None:
    world.app.wsgi_app = ProxyFix(world.app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it


def test_a27_proxy_fix_lets_nobody_choose_an_address(caplog: pytest.LogCaptureFixture) -> None:
    """It believes whoever connects; the guard counts the peer that it replaced, and says once what to set."""
    world = World({"ip_limit": "3/15m", "delay_after": "5"})
    fixed(world)
    told = [{"X-Forwarded-For": f"192.0.2.{number}"} for number in range(5)]
    names = ["a", "b", "c", "d", "e"]
    statuses = [world.post(name, headers=line).status_code for name, line in zip(names, told, strict=True)]
    assert statuses == [401, 401, 401, 429, 429]
    [warning] = warnings(caplog)
    assert "ProxyFix" in warning
    assert "AUTHGUARD_TRUSTED_PROXIES" in warning


def test_behind_a_named_proxy_proxy_fix_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    """The header is walked as without it, and there is nothing to say."""
    world = World({"ip_limit": "1/15m"}, trusted=["10.0.0.0/24"])
    fixed(world)
    for number in (1, 2):
        headers = {"X-Forwarded-For": f"1.1.1.1, 198.51.{number}.7"}
        statuses = [
            world.post(name, WRONG, address="10.0.0.9", headers=headers).status_code for name in ("x", "y")
        ]
        assert statuses == [401, 429]
    assert warnings(caplog) == []


def test_a_store_that_processes_do_not_share_is_pointed_out(caplog: pytest.LogCaptureFixture) -> None:
    """Once: with memory:// each process counts for itself."""
    world = World()
    client = world.app.test_client()
    for _ in range(2):
        client.post("/login", environ_overrides={"wsgi.multiprocess": True})
    [warning] = warnings(caplog)
    assert "memory://" in warning


@pytest.mark.anyio
async def test_behind_an_asgi_server_views_of_both_kinds_are_guarded() -> None:
    """WsgiToAsgi runs def views in a thread, async def ones on the server's own loop; the budget is one."""
    world = World()
    bridge: Any = WsgiToAsgi  # it has no types
    async with client(bridge(world.app)) as browser:
        guesses = [
            await browser.post(path, json={"username": "alice", "password": WRONG})
            for path in ("/login", "/async", "/api/async", "/login")
        ]
        entered = await browser.post("/async", json={"username": "bob", "password": RIGHT})
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429]
    assert entered.headers["set-cookie"].startswith("__Host-authguard_device=")
