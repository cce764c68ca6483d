"""Claims about routes that are about no account: each address stands for itself."""

import json
from typing import cast

import pytest
from starlette.responses import JSONResponse

from authguard_asgi import LoginRoute, ThrottledRoute
from authguard_core import ConfigurationError, HasherBusy
from tests.adapters.asgi_world import LOGIN, World, answering
from tests.adapters.support import WRONG, Wire, body_messages, scope_of

pytestmark = pytest.mark.anyio

ASSESS = ThrottledRoute("POST", "/assess", purpose="meter", fields=("password",))
LIMIT = 120
"""Posts of one address in five minutes, by default."""


class Application:
    """Answers everything alike, and counts."""

    def __init__(self, status: int = 200) -> None:
        self.calls = 0
        self._status = status

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        self.calls += 1
        await JSONResponse({"score": 3}, self._status)(scope, receive, send)  # type: ignore[arg-type]  # as ASGI passes them


async def post(app: object, body: object, *, address: str = "203.0.113.7", path: str = "/assess") -> Wire:
    wire = Wire(*body_messages(json.dumps(body).encode()))
    await app(scope_of(path, client=(address, 50_000)), wire.receive, wire.send)  # type: ignore[operator]  # an ASGI application
    return wire


@pytest.mark.parametrize("status", [200, 303, 422, 503])
async def test_every_post_counts_whatever_is_answered(status: int) -> None:
    """Over the limit of its purpose the application isn't asked, and the answer says when to come back."""
    application = Application(status)
    app = World().guarding(application, ASSESS)
    wires = [await post(app, {"password": WRONG}) for _ in range(LIMIT + 1)]
    assert [wire.status for wire in wires] == [status] * LIMIT + [429]
    assert application.calls == LIMIT
    assert 0 < int(dict(wires[-1].headers)["retry-after"]) <= 300


async def test_each_address_is_counted_for_itself() -> None:
    """Whatever names the body holds; of an IPv6 network all addresses together."""
    app = World().guarding(Application(), ASSESS)
    for number in range(LIMIT):
        await post(app, {"password": WRONG, "username": f"name {number}"})
        await post(app, {"password": WRONG, "username": "ann"}, address=f"2001:db8::{number:x}")
    assert (await post(app, {"password": WRONG})).status == 429
    assert (await post(app, {"password": WRONG}, address="2001:db8::ffff")).status == 429
    assert (await post(app, {"password": WRONG}, address="203.0.113.8")).status == 200


async def test_it_uses_nothing_up_of_anybodys_sign_in() -> None:
    """A purpose of its own has budgets of its own: for the address too."""
    app = World().guarding(Application(), ASSESS, LOGIN)
    for _ in range(LIMIT + 1):
        await post(app, {"password": WRONG})
    assert (await post(app, {"username": "ann", "password": WRONG}, path="/login")).status == 200


async def test_a_body_without_its_fields_is_refused() -> None:
    """As on every guarded route."""
    app = World().guarding(answering(200), ASSESS)
    assert (await post(app, {"secret": WRONG})).status == 422
    assert (await post(app, {"password": [WRONG]})).status == 422


async def test_further_fields_are_asked_for_too() -> None:
    """All that are named must be there as text."""
    route = ThrottledRoute("POST", "/assess", purpose="meter", fields=("password", "hint"))
    app = World().guarding(answering(200), route)
    assert (await post(app, {"password": WRONG})).status == 422
    assert (await post(app, {"password": WRONG, "hint": ""})).status == 200


async def test_a_full_hasher_gives_nothing_back() -> None:
    """The work was asked for."""

    async def busy(_scope: object, _receive: object, _send: object) -> None:
        raise HasherBusy

    app = World().guarding(busy, ASSESS)
    statuses = [(await post(app, {"password": WRONG})).status for _ in range(LIMIT + 1)]
    assert statuses == [503] * LIMIT + [429]


@pytest.mark.parametrize("fields", [(), ("password", "password"), ("",)], ids=repr)
def test_fields_that_no_body_can_have_are_refused(fields: tuple[str, ...]) -> None:
    """At least one, each named once."""
    with pytest.raises(ConfigurationError, match="fields"):
        ThrottledRoute("POST", "/assess", purpose="meter", fields=fields)


@pytest.mark.parametrize("fields", ["password", ""], ids=repr)
def test_one_text_in_place_of_names_is_refused(fields: object) -> None:
    """It would be read as names of one letter each."""
    with pytest.raises(ConfigurationError, match=r"ThrottledRoute\.fields: got '.*a tuple of names, such as"):
        ThrottledRoute("POST", "/assess", purpose="meter", fields=cast("tuple[str, ...]", fields))


def test_it_is_counted_in_another_way_than_a_sign_in() -> None:
    """Two routes that one path may be are told apart by it."""
    login = LoginRoute("POST", "/assess", purpose="meter", success={200})
    assert ASSESS.counted_by != login.counted_by
