"""Hostile request heads at the ASGI adapter: twice as long a one takes at most about twice as much work."""

import asyncio
from typing import Any

import pytest

from authguard_asgi import AuthGuardMiddleware, LoginRoute, attempt_of, content_type_of, device_cookie_of
from authguard_core import AsyncGuard
from tests.adapters.support import Receive, Scope, Send, Wire, body_messages, make_settings, scope_of
from tests.attacks.work import MOST, growth, too_steep

NAME = "__Host-authguard_device"
ROUTES = [LoginRoute("POST", "/{tenant}/login", success={200}), LoginRoute("POST", "/login", success={200})]
GUARD = AsyncGuard(make_settings(trusted=["203.0.113.0/24"]))


def with_header(name: str, text: str) -> dict[str, Any]:
    """A request with this header."""
    return scope_of(headers=[(name.encode(), text.encode("latin-1"))])


async def application(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Do nothing."""


MIDDLEWARE = AuthGuardMiddleware(application, GUARD, ROUTES)


def serve(path: str, query: str = "", method: str = "POST") -> None:
    """Send a request without a usable body through the middleware."""
    wire = Wire(*body_messages(b""))
    scope = scope_of(path, method, query_string=query.encode())
    asyncio.run(MIDDLEWARE(scope, wire.receive, wire.send))


def test_a74_a_cookie_header_is_read_in_linear_work() -> None:
    """Separators, empty pairs and the cookie's own name, thousands of times, are gone over once."""

    def header(text: str) -> object:
        return device_cookie_of(with_header("cookie", text), NAME)

    assert too_steep(header, [";", "=", "; ", f"{NAME}=a;", '"', "a=b; "], 4_000) == {}


def test_a74_a_content_type_is_read_in_linear_work() -> None:
    """As are its parameters."""

    def header(text: str) -> object:
        return content_type_of(with_header("content-type", text))

    assert too_steep(header, [";", " ", "a=b;", "/"], 4_000) == {}


@pytest.mark.parametrize("name", ["cookie", "x-forwarded-for", "forwarded", "x-other"])
def test_a74_an_attempt_is_made_of_a_head_in_linear_work(name: str) -> None:
    """Describing a request to the guard goes over each header a fixed number of times."""

    def header(text: str) -> object:
        return attempt_of(GUARD, with_header(name, text), "alice")

    assert too_steep(header, [",", ";", "=", "\\", '"'], 4_000) == {}


UNITS = ["/", "a/", "//", "../", "./", "%2f", "%252f", "\\", ";", "%", "{", "\u0130/", "login/"]


@pytest.mark.parametrize("unit", UNITS)
def test_a74_a_path_is_matched_in_linear_work(unit: str) -> None:
    """A path of thousands of segments, encoded several times over, is read once a reading."""
    assert growth(lambda text: serve(f"/{text}/logout"), unit, 3_000) <= MOST


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a74_a_query_is_searched_in_linear_work(method: str) -> None:
    """Whether it names a method is found out in one pass, however many parameters there are."""

    def search(text: str) -> None:
        serve("/login", text, method)

    assert too_steep(search, ["&", ";", "%26", "_metho", "+", "a=b&"], 8_000) == {}
