"""A complete FastAPI application around a guarded login: ``python -m examples.fastapi_app --port 8000``.

Users live in SQLite, passwords are Argon2id hashes, mail goes to a local outbox. It is
configured by ``AUTHGUARD_*`` and ``DEMO_*`` alone.

Another server is told who makes the application::

    uvicorn --factory examples.fastapi_app:create_app --no-proxy-headers --no-access-log
    gunicorn --worker-class asgi "examples.fastapi_app:create_app()"

Set ``DEMO_PORT`` to where it listens and ``DEMO_DATA_DIR`` to what its workers share. While the store is
``memory://`` let there be one worker.
"""

import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import BackgroundTasks, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from authguard_core.identity import canonical
from authguard_fastapi import (
    AttemptHTTPException,
    AuthGuard,
    LoginGuard,
    MeterGuard,
    RegisterGuard,
    ResetGuard,
)
from examples.fastapi_parts import Html, OwnOrigin, handle_errors, read_body
from examples.shop import Shop, answers, open_shop
from examples.shop.assets import asset
from examples.shop.config import link_port
from examples.shop.desk import Desk
from examples.shop.origins import names_this_machine
from examples.shop.passwords import PasswordLength
from examples.shop.sessions import SessionCookie
from examples.starlette_parts import read_fields, respond
from examples.wiring import load_settings, make_hasher, open_desk, password_length, serve

__all__ = ["create_app"]


def create_app(environ: Mapping[str, str] = os.environ, port: int | None = None) -> FastAPI:
    """Build the application. ``DEMO_PORT`` stands in for the port of a server that doesn't tell its own."""
    shop = open_shop(environ, canonical=canonical)
    app = FastAPI(title="authguard example", lifespan=closing(shop))
    guard = AuthGuard(load_settings(environ, shop), hasher=make_hasher(shop), resolve=shop.accounts.resolve)
    length = password_length(guard.settings)
    session = SessionCookie(secure=guard.settings.cookie_secure)
    desk = open_desk(shop, guard.passwords, guard.hasher, port or link_port(environ))
    handle_errors(app, length)
    guard.init_app(app)
    add_pages(app, shop, session, length)
    add_session(app, shop, session)
    add_outbox(app, shop, guard)
    add_sign_in(app, shop, desk, session)
    add_registration(app, shop, desk, length)
    add_meter(app, desk)
    add_confirmation(app, shop)
    add_reset_request(app, shop, desk)
    add_redemption(app, shop, desk, session, length)
    return app


def closing(shop: Shop) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return a lifespan that closes the shop."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        yield
        shop.close()

    return lifespan


def add_pages(app: FastAPI, shop: Shop, session: SessionCookie, length: PasswordLength) -> None:
    """Add what anybody may see."""

    @app.get("/healthz")
    async def healthz() -> Response:
        return respond(answers.healthz())

    @app.get("/")
    def home(request: Request) -> Response:
        return respond(answers.home(shop.sessions.user_of(request.cookies.get(session.name)), length))

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        found = asset(name)
        return respond(found) if found else Response(status_code=404)


def add_session(app: FastAPI, shop: Shop, session: SessionCookie) -> None:
    """Add the session's own routes."""

    @app.get("/me")
    def me(request: Request) -> Response:
        return respond(answers.me(shop.sessions.user_of(request.cookies.get(session.name))))

    @app.post("/logout", dependencies=[OwnOrigin])
    def logout(request: Request, html: Html) -> Response:
        shop.sessions.end(request.cookies.get(session.name))
        return respond(answers.signed_out(set_cookie=session.clear(), html=html))


def add_outbox(app: FastAPI, shop: Shop, guard: AuthGuard) -> None:
    """Add the mail that was sent, for who sits at this machine and asked for it by its own name."""

    @app.get("/outbox")
    def outbox(request: Request, html: Html) -> Response:
        own = guard.client_address(request).loopback
        if not own or not names_this_machine(request.headers.get("host", "")):
            return respond(answers.forbidden(html=html))
        shop.deliveries.deliver()
        return respond(answers.outbox(shop.outbox.messages(), html=html))


def add_sign_in(app: FastAPI, shop: Shop, desk: Desk, session: SessionCookie) -> None:
    """Add the guarded login."""

    @app.post("/login", dependencies=[OwnOrigin])
    async def login(request: Request, html: Html, login_guard: LoginGuard) -> Response:
        fields = await read_body(request, login_guard, identity="username", text=("password",))
        async with login_guard.attempt(fields.identity) as attempt:
            user = await desk.verify(fields.identity, fields["password"])
            if user is None:
                attempt.fail()
            await attempt.succeed(user.id)
        await desk.renew_hash(user, fields["password"])
        old = request.cookies.get(session.name)
        started = await run_in_threadpool(shop.sessions.start, user, replacing=old)
        return respond(answers.signed_in(user, set_cookie=session.set(started), html=html))


def add_registration(app: FastAPI, shop: Shop, desk: Desk, length: PasswordLength) -> None:
    """Add registration, confirmed by mail. It does the same work for free and taken names."""

    @app.post("/register", dependencies=[OwnOrigin])
    async def register(
        request: Request, html: Html, tasks: BackgroundTasks, register_guard: RegisterGuard
    ) -> Response:
        fields = await read_body(request, register_guard, identity="email", text=("username", "password"))
        username, email, password = fields["username"], fields.identity, fields["password"]
        if reasons := desk.registration_feedback(username, email, password):
            refusal = answers.registration_refused(reasons, length, html=html, username=username, email=email)
            return respond(refusal)
        # It is left without an outcome: every mail to an address counts.
        async with register_guard.attempt(email):
            await desk.register(username, email, password)
        tasks.add_task(shop.deliveries.deliver)
        return respond(answers.registration_received(html=html))


def add_meter(app: FastAPI, desk: Desk) -> None:
    """Add what the page shows of a password while it is typed. Nothing of it is kept."""

    @app.post("/password/assess", dependencies=[OwnOrigin])
    async def assess(request: Request, meter_guard: MeterGuard) -> Response:
        await read_body(request, meter_guard, identity="password", text=())
        async with meter_guard.attempt_by_address():
            return respond(answers.assessed(await desk.assess(await read_fields(request))))


def add_confirmation(app: FastAPI, shop: Shop) -> None:
    """Add the redemption of a registration's link."""

    @app.get("/confirm")
    def confirm(html: Html, token: str = "") -> Response:
        confirmed = shop.accounts.confirm(token)
        return respond(answers.confirmed(html=html) if confirmed else answers.link_not_valid(html=html))


def add_reset_request(app: FastAPI, shop: Shop, desk: Desk) -> None:
    """Add the way to a link for a new password. Sends are limited, without telling."""

    @app.post("/reset", dependencies=[OwnOrigin])
    async def reset(
        request: Request, html: Html, tasks: BackgroundTasks, reset_guard: ResetGuard
    ) -> Response:
        fields = await read_body(request, reset_guard, identity="username", text=())
        try:
            async with reset_guard.attempt(fields.identity):
                await desk.request_reset(fields.identity)
        except AttemptHTTPException:
            # Over the limit nothing is mailed, and the answer doesn't tell.
            return respond(answers.reset_requested(html=html))
        tasks.add_task(shop.deliveries.deliver)
        return respond(answers.reset_requested(html=html))


def add_redemption(
    app: FastAPI, shop: Shop, desk: Desk, session: SessionCookie, length: PasswordLength
) -> None:
    """Add the redemption of a reset's link, which is never limited."""

    @app.get("/reset/confirm")
    def reset_page(token: str = "") -> Response:
        return respond(answers.reset_form(token, shop.accounts.reset_token_user(token), length))

    @app.post("/reset/confirm", dependencies=[OwnOrigin])
    async def reset_confirm(request: Request, html: Html, login_guard: LoginGuard) -> Response:
        fields = await read_body(request, login_guard, identity="token", text=("password",))
        token, password = fields.identity, fields["password"]
        user = await desk.reset_token_user(token)
        if user is None:
            return respond(answers.link_not_valid(html=html))
        if reasons := desk.reset_feedback(user, password):
            return respond(answers.reset_refused(reasons, user, length, token=token, html=html))
        changed = await desk.complete_reset(token, password)
        if changed is None:
            return respond(answers.link_not_valid(html=html))
        await login_guard.reset_completed(changed.id)
        return respond(answers.password_changed(set_cookie=session.clear(), html=html))


if __name__ == "__main__":
    serve("examples.fastapi_app", create_app)
