"""Claims about new passwords and completed resets in Flask's views."""

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from authguard_core.passwords import Exposure, PasswordContext
from authguard_flask import AuthGuard, PasswordHTTPException
from tests.adapters.flask_world import World, device_cookie
from tests.adapters.support import RIGHT, make_hasher, make_settings

GOOD = "four walnut lanterns under ice"


class Breaches:
    """Knows one password, and remembers what it was asked."""

    def __init__(self, known: str = "") -> None:
        self.known = known
        self.asked: list[str] = []

    def lookup(self, password: str) -> Exposure:
        self.asked.append(password)
        return Exposure.BREACHED if password == self.known else Exposure.CLEAR


def make_guard(breaches: Breaches | None = None) -> tuple[Flask, AuthGuard]:
    app = Flask("shop")
    guard = AuthGuard(app, make_settings(), hasher=make_hasher(), pwned=breaches)

    @app.post("/register")
    def register() -> ResponseReturnValue:
        form = request.get_json()
        guard.passwords.require(form["password"], context=PasswordContext(username=form["username"]))
        return {}, 202

    return app, guard


def test_a_weak_password_is_refused_with_its_reasons() -> None:
    """A 422 problem with feedback, never with the password."""
    app, _ = make_guard()
    answer = app.test_client().post("/register", json={"username": "ann", "password": "hunter-canary"})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.get_json()["feedback"][0]["code"] == "too_short"
    assert "hunter-canary" not in answer.text


def test_a_good_password_is_accepted() -> None:
    """The view goes on, and its context counts."""
    app, _ = make_guard()
    assert app.test_client().post("/register", json={"username": "ann", "password": GOOD}).status_code == 202
    assert app.test_client().post("/register", json={"username": GOOD, "password": GOOD}).status_code == 422


def test_breaches_are_asked_for_what_the_policy_accepts() -> None:
    """Composed as it is hashed; a weak password goes nowhere."""
    breaches = Breaches("caf\u00e9 lanterns beneath a bridge")
    _, guard = make_guard(breaches)
    assert not guard.passwords.check("short").ok
    assert breaches.asked == []
    with pytest.raises(PasswordHTTPException) as caught:
        guard.passwords.require("cafe\u0301 lanterns beneath a bridge")
    assert [reason.code.value for reason in caught.value.assessment.reasons] == ["breached"]
    assert guard.passwords.require(GOOD).ok
    assert breaches.asked == [breaches.known, GOOD]


def test_beside_a_second_factor_a_shorter_one_will_do() -> None:
    """As the policy says."""
    _, guard = make_guard()
    shorter = "vK8#qzL!wp2"
    assert not guard.passwords.check(shorter).ok
    assert guard.passwords.check(shorter, second_factor=True).ok
    assert guard.passwords.policy.length.minimum == 15


def test_a_completed_reset_ends_the_lock_and_makes_its_browser_known() -> None:
    """The new cookie is worth a budget of its own, the old one nothing any more."""
    world = World()

    @world.app.post("/reset")
    def reset() -> ResponseReturnValue:
        world.guard.reset_completed("alice")
        return {}

    old = device_cookie(world.post())
    world.lock()
    new = device_cookie(world.post(path="/reset"))
    assert world.post(password=RIGHT).status_code == 200
    world.lock()
    assert world.post(headers={"Cookie": old}).status_code == 429
    assert world.post(headers={"Cookie": new}).status_code == 200


def test_a_script_completes_a_reset_too() -> None:
    """Without a request the lock ends, and there is nowhere to set a cookie."""
    world = World()
    world.lock()
    world.guard.reset_completed("alice")
    assert world.guard.inspect("alice").generation == 1
    assert world.post().status_code == 200
