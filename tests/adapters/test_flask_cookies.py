"""Claims about the cookie that makes a browser known, and the responses that carry it."""

import pytest
from flask import Response, abort, after_this_request
from flask.typing import ResponseReturnValue

from tests.adapters.flask_world import World, device_cookie

# ------------------------------------------------------------------ what it is worth


def test_a40_a_known_browser_gets_in_while_the_account_is_locked() -> None:
    """Its cookie gives it a budget of its own, from any address."""
    world = World()
    cookie = device_cookie(world.post())
    world.lock()
    assert world.post(address="192.0.2.1").status_code == 429
    assert world.post(address="192.0.2.1", headers={"Cookie": f"a=1; {cookie}"}).status_code == 200


@pytest.mark.parametrize(
    "planted", ["{0}; {0}", "{0}; __Host-authguard_device=x", "{0}" + "A" * 512, "a={0}"]
)
def test_a41_a_planted_cookie_makes_nobody_known(planted: str) -> None:
    """Twice, with another beside it, overlong, or under another name: the browser waits like any other."""
    world = World()
    cookie = device_cookie(world.post())
    world.lock()
    assert world.post(headers={"Cookie": planted.format(cookie)}).status_code == 429


# ------------------------------------------------------------------ the response that carries it


def test_two_factors_in_one_request_set_one_cookie() -> None:
    """Of two cookies of one name a browser keeps the last; so does the response (RFC 6265, 4.1.1)."""
    world = World()

    @world.app.post("/both")
    def both() -> ResponseReturnValue:
        for purpose in ("login", "otp"):
            with world.guard.attempt("alice", purpose=purpose) as attempt:
                attempt.succeed()
        return {}

    cookie = device_cookie(world.post(path="/both"))
    world.lock()
    assert world.post(headers={"Cookie": cookie}).status_code == 200


def test_it_reaches_whatever_response_leaves() -> None:
    """One that takes the place of the view's, too."""
    world = World()

    @world.app.post("/replaced")
    def replaced() -> ResponseReturnValue:
        @after_this_request
        def replace(_response: Response) -> Response:
            return Response("other")

        with world.guard.attempt("alice") as attempt:
            attempt.succeed()
        return {}

    answer = world.post(path="/replaced")
    assert (answer.text, answer.headers["Cache-Control"]) == ("other", "no-store")
    assert device_cookie(answer)


@pytest.mark.parametrize(
    ("then", "status"), [("refused", 401), ("second factor", 401), ("barred", 403), ("crash", 500)]
)
def test_a_sign_in_that_ends_in_an_error_makes_no_browser_known(then: str, status: int) -> None:
    """The password was right, but nobody was let in: a second factor was wrong, or the user is barred."""
    world = World()

    @world.app.post("/barred")
    def barred() -> ResponseReturnValue:
        with world.guard.attempt("alice") as attempt:
            attempt.succeed()
            if then == "refused":
                attempt.fail()
        with world.guard.attempt("alice", purpose="otp") as second:
            if then == "second factor":
                second.fail()
        if then == "barred":
            abort(403)
        raise RuntimeError

    answer = world.post(path="/barred")
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (status, [])
    assert answer.headers["Cache-Control"] == "no-store"
