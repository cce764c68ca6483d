"""Claims about which requests the middleware takes for sign-ins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_asgi import GuardedRoute, LoginRoute
from authguard_asgi.routes import RouteTable
from authguard_core import ConfigurationError
from tests.adapters.support import Scope, scope_of

LOGIN = LoginRoute("POST", "/login", success={200})
TENANT = LoginRoute("POST", "/{tenant}/login", success={200})
TABLE = RouteTable([LOGIN])


def found(table: RouteTable, scope: Scope) -> GuardedRoute | None:
    """The route of a request, exact or not."""
    match = table.find(scope)
    return match.route if match else None


def is_exact(table: RouteTable, scope: Scope) -> bool:
    """Whether a request is a route's to the letter."""
    match = table.find(scope)
    return match is not None and match.exact


VARIANTS = [
    "/login",
    "/login/",
    "//login",
    "/login//",
    "/./login",
    "/login/.",
    "/x/../login",
    "/../login",
    "/LOGIN",
    "/Login",
    "/login;x",
    "/login;jsessionid=1",
    "/;x/login",
    "/.;x/login",
    "/x/..;/login",
    "/%6cogin",
    "/%256cogin",
    "/%2flogin",
    "/%5clogin",
    "\\login",
    "/\\login",
    "/login%20",
    "/login ",
    "/login\x00",
    "/login\u200b",
    "/login?x",
    "/login#x",
    "/login?x/y",
    "/login/?x=/../..",
    "/login%3fx",
    "/login%2523x",
    "/\uff4c\uff4f\uff47\uff49\uff4e",
]


@pytest.mark.parametrize("path", VARIANTS)
def test_a37_every_lenient_reading_of_a_path_is_the_route(path: str) -> None:
    """Case, slashes, dots, parameters, one more decoding: all of them count."""
    assert found(TABLE, scope_of(path)) is LOGIN


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/logins",
        "/logi",
        "/login/x",
        "/x/login",
        "/login/..",
        "/log/in",
        "/%25256cogin",
        "/" + "x" * 10_000,
    ],
)
def test_other_paths_are_not_the_route(path: str) -> None:
    """What no lenient application would take for the sign-in passes."""
    assert found(TABLE, scope_of(path)) is None


@pytest.mark.parametrize(
    "path",
    [
        "/acme/login",
        "//login",
        "/a;b/login",
        "/;/login",
        "/../login",
        "/./login",
        "/a\\b/login",
        "/%2e/login",
        "/a%2fb/login",
        "/é/LOGIN/",
    ],
)
def test_a37_a_parameter_takes_whatever_stands_there(path: str) -> None:
    """A segment that is a parameter is never normalised away."""
    assert found(RouteTable([TENANT]), scope_of(path)) is TENANT


@given(st.text(max_size=40), st.text(max_size=40))
def test_a37_no_path_makes_the_look_up_raise(path: str, root_path: str) -> None:
    """Whatever a client sends, the answer is a route or none."""
    assert found(TABLE, scope_of(path, root_path=root_path)) in {LOGIN, None}


@given(st.text(alphabet=st.characters(exclude_characters="/\\%"), min_size=1, max_size=40))
def test_a37_any_tenant_is_counted(tenant: str) -> None:
    """Whatever an application's parameter could match is the route."""
    assert found(RouteTable([TENANT]), scope_of(f"/{tenant}/login")) is TENANT


@pytest.mark.parametrize(
    ("path", "root_path", "is_found"),
    [
        ("/api/login", "/api", True),  # servers since ASGI 2.4: the path has the mount in it
        ("/login", "/api", True),  # servers before
        ("/api/login", "", False),
        ("/other/login", "/api", False),
    ],
)
def test_a37_a_mounted_application_is_found_below_its_mount(
    path: str, root_path: str, *, is_found: bool
) -> None:
    """With a root path the route is looked for with and without it."""
    assert (found(TABLE, scope_of(path, root_path=root_path)) is LOGIN) is is_found


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "get"])
def test_another_method_is_another_route(method: str) -> None:
    """The page with the form is not guarded."""
    assert found(TABLE, scope_of(method=method)) is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize(
    "more",
    [
        {"headers": [(b"x-http-method-override", b"POST")]},
        {"headers": [(b"X-HTTP-Method", b"post")]},
        {"headers": [(b"x-method-override", b"x")]},
        {"query_string": b"_method=POST"},
        {"query_string": b"a=b&%5Fmethod=post"},
    ],
)
def test_a37_a_request_that_overrides_its_method_is_counted(method: str, more: dict[str, object]) -> None:
    """Whoever lets a header or the query change the method can't be led past the guard."""
    assert found(TABLE, {**scope_of(method=method), **more}) is LOGIN


@pytest.mark.parametrize("method", ["post", "Post", "pOST"])
def test_a37_a_method_in_another_case_is_counted_and_never_exact(method: str) -> None:
    """Servers pass methods on as they were sent, and some frameworks read them in upper case."""
    match = TABLE.find(scope_of(method=method))
    assert match is not None
    assert (match.route, match.exact) == (LOGIN, False)


def test_a_declared_request_is_exact() -> None:
    """Method and path as they were written down are the route itself."""
    assert is_exact(TABLE, scope_of())
    assert is_exact(RouteTable([TENANT]), scope_of("/acme/login"))
    assert is_exact(RouteTable([LoginRoute("POST", "/", success={200})]), scope_of("/"))


@pytest.mark.parametrize("path", VARIANTS[1:])
def test_a37_another_spelling_of_the_path_is_never_exact(path: str) -> None:
    """What merely resembles the path may be answered by something else than the sign-in."""
    assert not is_exact(TABLE, scope_of(path))


@pytest.mark.parametrize(
    "path",
    [
        "//login",
        "/../login",
        "/./login",
        "/a;b/login",
        "/a\\b/login",
        "/%2e/login",
        "/a%2fb/login",
        "/a/LOGIN",
    ],
)
def test_a37_a_parameter_that_can_be_read_in_two_ways_is_not_exact(path: str) -> None:
    """One plain segment stands for a parameter: not an empty one, no dots, nothing to decode or cut off."""
    assert not is_exact(RouteTable([TENANT]), scope_of(path))


@pytest.mark.parametrize("query", [b"_method=GET", b"a=b&%5Fmethod=get", b"a;_METHOD=x", b"+%255fmethod=x"])
def test_a37_a_query_that_could_change_the_method_makes_no_exact_match(query: bytes) -> None:
    """A post that an application may take for a GET is not the sign-in for sure."""
    assert not is_exact(TABLE, scope_of(query_string=query))


@pytest.mark.parametrize("name", [b"x-http-method-override", b"X-HTTP-Method", b"x-method-override"])
def test_a37_a_header_that_could_change_the_method_makes_no_exact_match(name: bytes) -> None:
    """Whatever method it names."""
    assert not is_exact(TABLE, scope_of(headers=[(name, b"POST")]))


def test_other_parameters_of_the_query_leave_a_match_exact() -> None:
    """A name that only ends like the one that overrides is an ordinary one."""
    assert is_exact(TABLE, scope_of(query_string=b"auth_method=x&next=/"))


def test_a37_a_method_that_may_be_overridden_is_never_exact() -> None:
    """A GET with a query that could make it a post is answered as a GET by most applications."""
    assert not is_exact(TABLE, scope_of(method="GET", query_string=b"_method=POST"))


@pytest.mark.parametrize(
    ("path", "root_path", "exact"),
    [
        ("/api/login", "/api", True),
        ("/login", "/api", True),
        ("/api/login", "/api/", False),
        ("/apilogin", "/api", False),
        ("/api/LOGIN", "/api", False),
        ("/api//login", "/api", False),
    ],
)
def test_a37_below_a_mount_the_rest_of_the_path_is_compared(
    path: str, root_path: str, *, exact: bool
) -> None:
    """The root path is taken off as frameworks do it: as a whole segment, once."""
    assert is_exact(TABLE, scope_of(path, root_path=root_path)) is exact


def test_a37_a_path_that_is_above_the_routes_is_not_exact() -> None:
    """A route that is declared like the mount itself is another path below it."""
    assert not is_exact(
        RouteTable([LoginRoute("POST", "/api", success={200})]), scope_of("/api", root_path="/api")
    )


def test_an_exact_match_goes_before_a_lenient_one() -> None:
    """Of two routes that a path could be, it is the one that was declared like that."""
    shouted = LoginRoute("POST", "/{tenant}/LOGIN", purpose="otp", success={200})
    literal = LoginRoute("POST", "/acme/login", success={200})
    match = RouteTable([shouted, literal]).find(scope_of("/acme/login"))
    assert match is not None
    assert (match.route, match.exact, match.ambiguous) == (literal, True, False)


def test_the_method_chooses_between_routes_of_one_path() -> None:
    """Each method has a route of its own."""
    put = LoginRoute("PUT", "/login", success={200})
    table = RouteTable([LOGIN, put])
    assert found(table, scope_of(method="PUT")) is put
    assert found(table, scope_of(method="POST")) is LOGIN


def test_the_root_can_be_a_sign_in() -> None:
    """A route may have no segment at all."""
    root = LoginRoute("POST", "/", success={200})
    assert found(RouteTable([root]), scope_of("/")) is root


def test_a_trailing_slash_of_the_route_makes_no_difference() -> None:
    """Frameworks that want one may say so; the declared spelling is the exact one."""
    route = LoginRoute("POST", "/accounts/login/", success={200})
    assert found(RouteTable([route]), scope_of("/accounts/login")) is route
    table = RouteTable([route])
    assert [is_exact(table, scope_of(path)) for path in ("/accounts/login/", "/accounts/login")] == [
        True,
        False,
    ]


@pytest.mark.parametrize("method", ["", "post", "GET", "QUERY"])
def test_a_route_has_a_method_with_a_body(method: str) -> None:
    """A sign-in without a body could not be read."""
    with pytest.raises(ConfigurationError, match=r"LoginRoute\.method: got"):
        LoginRoute(method, "/login", success={200})


@pytest.mark.parametrize(
    "path",
    [
        "",
        "login",
        "//login",
        "/login//x",
        "/./login",
        "/../login",
        "/log%69n",
        "/login;x",
        "/login?x",
        "/login#x",
        "/a\\b",
        "/x-{id}",
        "/{id:path}",
        "/{}",
        "/ /login",
    ],
)
def test_a_routes_path_is_literal_segments_and_parameters(path: str) -> None:
    """A path that could never match is refused when it is written down."""
    with pytest.raises(ConfigurationError, match=r"LoginRoute\.path: got"):
        LoginRoute("POST", path, success={200})


@pytest.mark.parametrize("success", [set[int](), {199}, {200, 401}, {500}])
def test_a_failure_is_never_a_success(success: set[int]) -> None:
    """Client and server errors can't be named as the answer to a right password."""
    with pytest.raises(ConfigurationError, match=r"LoginRoute\.success: got"):
        LoginRoute("POST", "/login", success=success)


def test_a_routes_fields_are_different_names() -> None:
    """A body can't give the identity and the secret in one field."""
    with pytest.raises(ConfigurationError, match="fields: got"):
        LoginRoute("POST", "/login", identity="password", success={200})


@pytest.mark.parametrize("routes", [[], [LOGIN, LoginRoute("POST", "/LOGIN/", success={200})]])
def test_a_table_has_routes_and_each_once(routes: list[LoginRoute]) -> None:
    """No route guards nothing, and two of one path would hide one of them."""
    with pytest.raises(ConfigurationError, match="routes: got") as caught:
        RouteTable(routes)
    assert 'LoginRoute("POST", "/login", identity="username", success={303})' in str(caught.value)


def test_a_sign_in_says_what_its_success_is() -> None:
    """There is no default: 200 is what many applications answer to a wrong password."""
    with pytest.raises(TypeError, match="success"):
        LoginRoute("POST", "/login")  # type: ignore[call-arg]  # that is the claim
