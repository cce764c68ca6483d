"""A complete Starlette application behind a middleware: ``python -m examples.starlette_app --port 8000``.

Its handlers don't know the library. Everything about it is said here, in one list of routes. It is configured
by ``AUTHGUARD_*`` and ``DEMO_*`` alone.

Another server is told who makes the application::

    uvicorn --factory examples.starlette_app:create_app --no-proxy-headers --no-access-log
    gunicorn --worker-class asgi "examples.starlette_app:create_app()"

Set ``DEMO_PORT`` to where it listens and ``DEMO_DATA_DIR`` to what its workers share. While the store is
``memory://`` let there be one worker.
"""

import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from authguard_asgi import (
    ASGIApp,
    AuthGuardMiddleware,
    GuardedRoute,
    LoginRoute,
    ResetRoute,
    Respond,
    Scope,
    SendRoute,
    ThrottledRoute,
    client_address_of,
)
from authguard_core import AsyncGuard
from authguard_core.answers import Answer
from authguard_core.identity import canonical
from examples.shop import Shop, answers, open_shop
from examples.shop.config import link_port
from examples.shop.passwords import PasswordLength
from examples.shop.sessions import SessionCookie
from examples.starlette_handlers import Handlers
from examples.starlette_parts import OwnOrigin, answer_http_error, prefers_html, respond
from examples.wiring import load_settings, make_hasher, open_desk, password_length, serve

__all__ = ["create_app"]


def create_app(environ: Mapping[str, str] = os.environ, port: int | None = None) -> Starlette:
    """Build the application. ``DEMO_PORT`` stands in for the port of a server that doesn't tell its own."""
    shop = open_shop(environ, canonical=canonical)
    settings = load_settings(environ, shop)
    guard = AsyncGuard(settings, hasher=make_hasher(shop), resolve=shop.accounts.resolve)
    handlers = Handlers(
        shop=shop,
        desk=open_desk(shop, guard.passwords, guard.hasher, port or link_port(environ)),
        session=SessionCookie(secure=settings.cookie_secure),
        length=password_length(settings),
        is_here=lambda scope: client_address_of(guard, scope).loopback,
    )
    return Starlette(
        routes=handlers.routes(),
        middleware=[
            Middleware(OwnOrigin),
            Middleware(
                AuthGuardMiddleware,
                guard=guard,
                routes=guarded_routes(shop),
                respond=pages(password_length(settings)),
            ),
        ],
        exception_handlers={HTTPException: answer_http_error},
        lifespan=closing(shop, guard),
    )


def guarded_routes(shop: Shop) -> list[GuardedRoute]:
    """Say which requests are guarded, and what their answers tell."""
    return [
        LoginRoute("POST", "/login", identity="username", success={200}),
        SendRoute(
            "POST",
            "/register",
            purpose="register",
            identity="email",
            fields=("username", "password"),
            unsent={422, 503},  # the password is hashed before the mail is sent
        ),
        SendRoute("POST", "/reset", purpose="reset", identity="username", refused=as_if_sent),
        ThrottledRoute("POST", "/password/assess", purpose="meter", fields=("password",)),
        ResetRoute(
            "POST",
            "/reset/confirm",
            token="token",  # noqa: S106 - a field's name
            account=shop.accounts.reset_token_owner,
            success={200},
        ),
    ]


def as_if_sent(scope: Scope, _answer: Answer) -> ASGIApp:
    """Answer a reset over its limit as the handler answers any: nothing is mailed, and nobody is told."""
    return respond(answers.reset_requested(html=prefers_html(scope)))


def pages(length: PasswordLength) -> Respond:
    """Return what gives a browser a page in place of the guard's problem details."""

    def page(scope: Scope, answer: Answer) -> ASGIApp | None:
        if not prefers_html(scope):
            return None
        return respond(answers.guard_page(answer.status, answer.retry_after, length))

    return page


def closing(shop: Shop, guard: AsyncGuard) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return a lifespan that gives back what the application holds."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None, None]:
        yield
        await guard.hasher.aclose()
        await guard.aclose()
        shop.close()

    return lifespan


if __name__ == "__main__":
    serve("examples.starlette_app", create_app)
