"""Claims about Flask-Login beside the guard."""

import pytest
from flask import Request, g, render_template_string
from flask.typing import ResponseReturnValue
from flask_login import (  # type: ignore[import-untyped]  # it brings no types
    LoginManager,
    current_user,
    login_required,
    login_user,
)

from authguard_core.answers import Answer
from tests.adapters.flask_world import HASHES, World
from tests.adapters.support import RIGHT, WRONG


class User:
    """Somebody with an account, as Flask-Login knows people."""

    is_active = is_authenticated = True
    is_anonymous = False

    def __init__(self, name: str) -> None:
        self.id = name

    def get_id(self) -> str:
        return self.id


def world_with_flask_login() -> World:
    """An application whose sessions are Flask-Login's, for forms and for HTTP basic authentication."""
    world = World()
    world.app.secret_key = "s" * 32
    manager = LoginManager(world.app)

    def load(name: str) -> User | None:
        return User(name) if name in HASHES else None

    def load_by_password(request: Request) -> User | None:
        told = request.authorization
        if told is None or not told.username or "tried" in g:
            return None
        g.tried = True
        with world.guard.attempt(told.username) as attempt:
            if not world.is_right(told.username, told.password or ""):
                attempt.fail()
            attempt.succeed()
        return User(told.username)

    @world.app.post("/enter")
    def enter() -> ResponseReturnValue:
        fields = world.guard.read()
        with world.guard.attempt(fields.identity) as attempt:
            world.try_out(attempt, fields)
        login_user(User(fields.identity), remember=True)
        return {}

    def me() -> ResponseReturnValue:
        return {"username": current_user.id}

    manager.user_loader(load)
    manager.request_loader(load_by_password)
    world.app.add_url_rule("/me", view_func=login_required(me))
    return world


# Flask-Login 0.6 asks datetime for what Python 3.12 deprecates.
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_flask_login_starts_its_session_after_the_attempt() -> None:
    """Both set their cookies on one response, and the session knows who signed in."""
    world = world_with_flask_login()
    client = world.app.test_client()
    answer = client.post("/enter", json={"username": "alice", "password": RIGHT})
    names = {line.partition("=")[0] for line in answer.headers.getlist("Set-Cookie")}
    assert names == {"session", "remember_token", "__Host-authguard_device"}
    assert client.get("/me").get_json() == {"username": "alice"}


def test_a_refused_attempt_starts_no_session() -> None:
    """401, then 429, and nobody is signed in."""
    world = world_with_flask_login()
    client = world.app.test_client()
    wrong = {"username": "alice", "password": WRONG}
    assert [client.post("/enter", json=wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert client.post("/enter", json={**wrong, "password": RIGHT}).status_code == 429
    assert client.get("/me").status_code == 401


def test_a_page_that_asks_for_the_user_makes_no_second_attempt() -> None:
    """Flask-Login hands current_user to each template, so the page of a refusal asks the loader again."""
    world = world_with_flask_login()

    @world.guard.page
    def page(answer: Answer) -> str:
        return render_template_string("{{ answer.status }} {{ current_user.is_anonymous }}", answer=answer)

    client = world.app.test_client(use_cookies=False)
    for status in (401, 401, 401, 429):
        told = client.get("/me", auth=("alice", WRONG), headers={"Accept": "text/html"})
        assert (told.status_code, told.text) == (status, f"{status} True")
    assert world.calls == 3


def test_a34_a_request_loader_is_guarded_like_a_form() -> None:
    """Guesses by HTTP basic authentication on any route are counted with those of the form."""
    world = world_with_flask_login()
    client = world.app.test_client(use_cookies=False)
    statuses = [client.get("/me", auth=("alice", WRONG)).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    assert world.post(path="/enter").status_code == 429
    assert client.get("/me", auth=("bob", RIGHT)).get_json() == {"username": "bob"}
