"""A complete FastAPI application around a guarded login: ``python -m examples.fastapi_app --port 8000``.

Users live in SQLite, passwords are Argon2id hashes, mail goes to a local outbox. It is
configured by ``AUTHGUARD_*`` and ``DEMO_*`` alone.
"""

import argparse
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

import uvicorn
from fastapi import BackgroundTasks, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from authguard_argon2 import MAX_PASSWORD_BYTES, Argon2Hasher, Argon2Parameters
from authguard_core import HasherBusy, Settings
from authguard_core.identity import canonical
from authguard_fastapi import AttemptHTTPException, AuthGuard, LoginGuard, RegisterGuard, ResetGuard
from examples.fastapi_parts import Html, OwnOrigin, handle_errors, read_body, respond
from examples.shop import Shop, answers, open_shop
from examples.shop.assets import asset
from examples.shop.keyfile import secret_key
from examples.shop.origins import names_this_machine
from examples.shop.passwords import PasswordLength
from examples.shop.sessions import SessionCookie

__all__ = ["create_app"]

HOST: Final = "127.0.0.1"
LONGEST_CHARACTER: Final = 4
"""Bytes of UTF-8."""


def create_app(environ: Mapping[str, str], port: int) -> FastAPI:
    """Build the application."""
    shop = open_shop(environ, canonical=canonical)
    app = FastAPI(title="authguard example", lifespan=closing(shop))
    guard = AuthGuard(load_settings(environ, shop), hasher=make_hasher(shop), resolve=shop.accounts.resolve)
    handle_errors(app, password_length(guard))
    guard.init_app(app)
    base_url = f"http://{HOST}:{port}"
    add_pages(app, shop, guard)
    add_session(app, shop, guard)
    add_outbox(app, shop, guard)
    add_sign_in(app, shop, guard)
    add_registration(app, shop, guard, base_url=base_url)
    add_confirmation(app, shop)
    add_reset_request(app, shop, base_url=base_url)
    add_redemption(app, shop, guard)
    return app


def load_settings(environ: Mapping[str, str], shop: Shop) -> Settings:
    """Read the settings; an example without a key makes itself one."""
    if environ.get("AUTHGUARD_SECRET_KEY"):
        return Settings.load()
    return Settings.load(secret_key=secret_key(shop.directory.path))


def password_length(guard: AuthGuard) -> PasswordLength:
    """Return what ``AUTHGUARD_PASSWORD__*`` say of a new password, but no more than is hashed whole."""
    told = guard.settings.password
    maximum = min(told.max_length, MAX_PASSWORD_BYTES // LONGEST_CHARACTER)
    return PasswordLength(minimum=told.min_length, maximum=maximum, most_bytes=MAX_PASSWORD_BYTES)


def make_hasher(shop: Shop) -> Argon2Hasher | None:
    """Return a hasher of ``DEMO_ARGON2``'s cost; None stands for the default."""
    cost = shop.argon2
    if cost is None:
        return None
    parameters = Argon2Parameters(time_cost=cost.time, memory_kib=cost.memory_kib, lanes=cost.lanes)
    return Argon2Hasher(parameters=parameters)


def closing(shop: Shop) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return a lifespan that closes the shop."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        yield
        shop.close()

    return lifespan


def add_pages(app: FastAPI, shop: Shop, guard: AuthGuard) -> None:
    """Add what anybody may see."""
    session = SessionCookie(secure=guard.settings.cookie_secure)
    length = password_length(guard)

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


def add_session(app: FastAPI, shop: Shop, guard: AuthGuard) -> None:
    """Add the session's own routes."""
    session = SessionCookie(secure=guard.settings.cookie_secure)

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


def add_sign_in(app: FastAPI, shop: Shop, guard: AuthGuard) -> None:
    """Add the guarded login."""
    session = SessionCookie(secure=guard.settings.cookie_secure)

    @app.post("/login", dependencies=[OwnOrigin])
    async def login(request: Request, html: Html, login_guard: LoginGuard) -> Response:
        fields = await read_body(request, login_guard, identity="username", text=("password",))
        password = fields["password"]
        async with login_guard.attempt(fields.identity) as attempt:
            user = await run_in_threadpool(shop.accounts.find, fields.identity)
            stored = user.password_hash if user else None
            if not await guard.hasher.verify(stored, password) or user is None:
                attempt.fail()
            await attempt.succeed(user.id)
        if guard.hasher.needs_rehash(user.password_hash):
            with suppress(HasherBusy):  # a better hash can wait for the next sign-in
                await run_in_threadpool(shop.accounts.rehash, user, await guard.hasher.hash(password))
        old = request.cookies.get(session.name)
        started = await run_in_threadpool(shop.sessions.start, user, replacing=old)
        return respond(answers.signed_in(user, set_cookie=session.set(started), html=html))


def add_registration(app: FastAPI, shop: Shop, guard: AuthGuard, *, base_url: str) -> None:
    """Add registration, confirmed by mail. It does the same work for free and taken names."""
    length = password_length(guard)

    @app.post("/register", dependencies=[OwnOrigin])
    async def register(
        request: Request, html: Html, tasks: BackgroundTasks, register_guard: RegisterGuard
    ) -> Response:
        fields = await read_body(request, register_guard, identity="email", text=("username", "password"))
        username, email, password = fields["username"], fields.identity, fields["password"]
        reasons = [*shop.accounts.feedback(username, email), *length.feedback(password)]
        if reasons:
            refusal = answers.registration_refused(reasons, length, html=html, username=username, email=email)
            return respond(refusal)
        # It is left without an outcome: every mail to an address counts.
        async with register_guard.attempt(email):
            hashed = await guard.hasher.hash(password)
            await run_in_threadpool(
                shop.accounts.register,
                username=username,
                email=email,
                password_hash=hashed,
                base_url=base_url,
            )
        tasks.add_task(shop.deliveries.deliver)
        return respond(answers.registration_received(html=html))


def add_confirmation(app: FastAPI, shop: Shop) -> None:
    """Add the redemption of a registration's link."""

    @app.get("/confirm")
    def confirm(html: Html, token: str = "") -> Response:
        confirmed = shop.accounts.confirm(token)
        return respond(answers.confirmed(html=html) if confirmed else answers.link_not_valid(html=html))


def add_reset_request(app: FastAPI, shop: Shop, *, base_url: str) -> None:
    """Add the way to a link for a new password. Sends are limited, without telling."""

    @app.post("/reset", dependencies=[OwnOrigin])
    async def reset(
        request: Request, html: Html, tasks: BackgroundTasks, reset_guard: ResetGuard
    ) -> Response:
        fields = await read_body(request, reset_guard, identity="username", text=())
        try:
            async with reset_guard.attempt(fields.identity):
                await run_in_threadpool(shop.accounts.request_reset, fields.identity, base_url=base_url)
        except AttemptHTTPException:
            # Over the limit nothing is mailed, and the answer doesn't tell.
            return respond(answers.reset_requested(html=html))
        tasks.add_task(shop.deliveries.deliver)
        return respond(answers.reset_requested(html=html))


def add_redemption(app: FastAPI, shop: Shop, guard: AuthGuard) -> None:
    """Add the redemption of a reset's link, which is never limited."""
    session = SessionCookie(secure=guard.settings.cookie_secure)
    length = password_length(guard)

    @app.get("/reset/confirm")
    def reset_page(token: str = "") -> Response:
        return respond(answers.reset_form(token, shop.accounts.reset_token_user(token), length))

    @app.post("/reset/confirm", dependencies=[OwnOrigin])
    async def reset_confirm(request: Request, html: Html, login_guard: LoginGuard) -> Response:
        fields = await read_body(request, login_guard, identity="token", text=("password",))
        token, password = fields.identity, fields["password"]
        user = await run_in_threadpool(shop.accounts.reset_token_user, token)
        if user is None:
            return respond(answers.link_not_valid(html=html))
        if reasons := length.feedback(password):
            return respond(answers.reset_refused(reasons, user, length, token=token, html=html))
        hashed = await guard.hasher.hash(password)
        changed = await run_in_threadpool(shop.accounts.complete_reset, token, hashed)
        if changed is None:
            return respond(answers.link_not_valid(html=html))
        await login_guard.reset_completed(changed.id)
        return respond(answers.password_changed(set_cookie=session.clear(), html=html))


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m examples.fastapi_app", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port: int = parser.parse_args().port
    # The guard finds the client behind trusted proxies itself, so the server must leave the peer alone.
    uvicorn.run(create_app(os.environ, port), host=HOST, port=port, proxy_headers=False, access_log=False)


if __name__ == "__main__":
    main()
