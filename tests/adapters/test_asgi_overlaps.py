"""Claims about requests that may be either of two guarded routes."""

import json
from itertools import permutations

import pytest

from authguard_asgi import AuthGuardMiddleware, GuardedRoute, LoginRoute, ResetRoute, SendRoute
from authguard_asgi.routes import Match, RouteTable
from authguard_core import ConfigurationError
from tests.adapters.asgi_world import World, answering, failures
from tests.adapters.support import Wire, body_messages, scope_of

pytestmark = pytest.mark.anyio

TENANT = LoginRoute("POST", "/{tenant}/login", success={200})
ADMIN = LoginRoute("POST", "/admin/login", identity="email", success={200})
ALIKE = LoginRoute("POST", "/shop/login", success=[200], refused=lambda _scope, _answer: None)
ORDERS = list(permutations([TENANT, ADMIN, ALIKE]))


def find(routes: tuple[GuardedRoute, ...], path: str, method: str = "POST", **more: object) -> Match:
    match = RouteTable(routes).find(scope_of(path, method, **more))
    assert match is not None
    return match


@pytest.mark.parametrize("routes", ORDERS)
def test_a37_a_literal_segment_goes_before_a_parameter_in_any_order(routes: tuple[GuardedRoute, ...]) -> None:
    """The account that is charged is the one that the more literal route reads."""
    assert find(routes, "/admin/login") == Match(ADMIN, exact=True)
    assert find(routes, "/acme/login") == Match(TENANT, exact=True)
    assert find(routes, "/shop/login") == Match(ALIKE, exact=True)


async def test_a37_the_other_routes_field_is_no_way_past_the_limit() -> None:
    """Twenty-five names in the field of the one route are guesses at one account of the other."""
    world = World(delay_after="5")
    app = AuthGuardMiddleware(answering(401), world.guard, [TENANT, ADMIN])
    statuses: list[int] = []
    for number in range(25):
        body = {"username": f"nobody {number}", "email": "alice", "password": "x"}
        wire = Wire(*body_messages(json.dumps(body).encode()))
        await app(scope_of("/admin/login"), wire.receive, wire.send)
        statuses.append(wire.status)
    assert (statuses.count(401), await failures(world)) == (5, 5)


@pytest.mark.parametrize("path", ["/ADMIN/login", "/admin;x/login", "/x/../admin/login", "/%61dmin/login"])
@pytest.mark.parametrize("routes", ORDERS)
async def test_a37_what_may_be_either_of_two_different_routes_goes_no_further(
    routes: tuple[GuardedRoute, ...], path: str
) -> None:
    """One application would take the one name, another one the other: nobody's is counted, its address is."""
    world = World(ip_limit="1/15m")
    statuses: list[int] = []
    for _ in range(2):
        wire = Wire(*body_messages(b'{"username": "alice", "email": "alice", "password": "x"}'))
        await AuthGuardMiddleware(answering(200), world.guard, routes)(
            scope_of(path), wire.receive, wire.send
        )
        statuses.append(wire.status)
    assert (statuses, await failures(world)) == ([400, 429], 0)


@pytest.mark.parametrize("path", ["/SHOP/login", "/shop;x/login", "//shop/login"])
def test_what_may_be_either_of_two_like_routes_is_counted(path: str) -> None:
    """Either stands for both."""
    match = find((TENANT, ALIKE), path)
    assert not match.ambiguous


def test_below_a_mount_a_parameter_is_no_rival() -> None:
    """A path that is the one route below its mount isn't held to be the other one above it."""
    login = LoginRoute("POST", "/login", identity="email", success={200})
    assert find((TENANT, login), "/api/login", root_path="/api") == Match(login, exact=True)


DIFFERENT = [
    LoginRoute("POST", "/acme/{page}", identity="email", success={200}),
    LoginRoute("POST", "/acme/{page}", secrets=("pin",), success={200}),
    LoginRoute("POST", "/acme/{page}", success={303}),
    LoginRoute("POST", "/acme/{page}", purpose="otp", success={200}),
    SendRoute("POST", "/acme/{page}", purpose="login"),
]


@pytest.mark.parametrize("other", DIFFERENT)
def test_a37_two_routes_of_one_path_are_told_apart_or_refused(other: GuardedRoute) -> None:
    """/acme/login is both, and neither is more literal: which of them counts would be a guess."""
    for routes in ([TENANT, other], [other, TENANT]):
        with pytest.raises(ConfigurationError, match=r"routes: got .*literal wherever the other is"):
            RouteTable(routes)


def test_two_like_routes_may_share_a_path() -> None:
    """Counted alike, it doesn't matter which of them it is; nor do routes of two methods meet."""
    like = LoginRoute("POST", "/acme/{page}", success={200})
    put = LoginRoute("PUT", "/acme/{page}", identity="email", success={200})
    assert find((TENANT, like, put), "/acme/login").exact


def test_a_redemption_with_a_literal_segment_goes_before_one_with_a_parameter() -> None:
    """What doesn't count is told apart in the same way."""

    def nobody(_token: str) -> None:
        """Find nobody."""

    one = ResetRoute("POST", "/reset/{step}", account=nobody, success={200})
    other = ResetRoute("POST", "/reset/confirm", account=nobody, success={200}, token="code")
    assert find((one, other), "/reset/confirm").route is other


# ------------------------------------------------------------------ two methods

CODE = LoginRoute("PUT", "/login", purpose="otp", success={200})
LOGIN = LoginRoute("POST", "/login", success={200})


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("POST", {"query_string": b"_method=PUT"}),
        ("POST", {"headers": [(b"x-http-method-override", b"PUT")]}),
        ("GET", {"query_string": b"_method=PUT"}),
    ],
)
def test_a37_an_override_can_not_choose_between_two_counters(method: str, more: dict[str, object]) -> None:
    """A code that is posted as a password would have the password's budget."""
    assert find((LOGIN, CODE), "/login", method, **more).ambiguous
    assert not find((LOGIN, CODE), "/login", "PUT").ambiguous


@pytest.mark.parametrize(("more", "status"), [({"_method": "PUT"}, 400), ({}, 401)])
async def test_a37_nor_can_a_field_of_the_body(more: dict[str, str], status: int) -> None:
    """Refused, and charged to nobody; without the field it is the sign-in."""
    world = World()
    body = json.dumps({"username": "alice", "password": "x", **more}).encode()
    wire = Wire(*body_messages(body))
    await world.guarding(answering(401), LOGIN, CODE)(scope_of(), wire.receive, wire.send)
    assert (wire.status, await failures(world)) == (status, int(status == 401))
