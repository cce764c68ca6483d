"""A complete Flask application around a guarded login: ``python -m examples.flask_app --port 8000``.

Users live in SQLite, passwords are Argon2id hashes, mail goes to a local outbox. It is
configured by ``AUTHGUARD_*`` and ``DEMO_*`` alone.

Another server is told who makes the application::

    gunicorn --threads 8 "examples.flask_app:create_app()"

Set ``DEMO_PORT`` to where it listens and ``DEMO_DATA_DIR`` to what its workers share. While the store is
``memory://`` let there be one worker.
"""

import atexit
import os
from collections.abc import Mapping

from flask import Flask, Response, request

from authguard_core.identity import canonical
from authguard_flask import AttemptHTTPException, AuthGuard
from examples.flask_parts import check_origins, handle_errors, prefers_html, read_all, respond
from examples.shop import Shop, answers, open_shop
from examples.shop.assets import asset
from examples.shop.blocking import BlockingDesk
from examples.shop.config import link_port
from examples.shop.origins import names_this_machine
from examples.shop.passwords import PasswordLength
from examples.shop.sessions import SessionCookie
from examples.wiring import HOST, load_settings, make_hasher, open_blocking_desk, password_length, read_port
from examples.wsgi_server import serve_wsgi

__all__ = ["create_app"]


def create_app(environ: Mapping[str, str] = os.environ, port: int | None = None) -> Flask:
    """Build the application. ``DEMO_PORT`` stands in for the port of a server that doesn't tell its own."""
    shop = open_shop(environ, canonical=canonical)
    atexit.register(shop.close)
    app = Flask(__name__, static_folder=None)
    # A path answers to the methods that it names.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    settings = load_settings(environ, shop)
    guard = AuthGuard(app, settings, hasher=make_hasher(shop), resolve=shop.accounts.resolve)
    length = password_length(settings)
    session = SessionCookie(secure=settings.cookie_secure)
    desk = open_blocking_desk(shop, guard.passwords.policy, guard.hasher, port or link_port(environ))
    handle_errors(app, guard, length)
    check_origins(app)
    add_pages(app, shop, session, length)
    add_session(app, shop, session)
    add_outbox(app, shop, guard)
    add_sign_in(app, shop, desk, session, guard)
    add_registration(app, shop, desk, length, guard)
    add_meter(app, desk, guard)
    add_confirmation(app, shop)
    add_reset_request(app, shop, desk, guard)
    add_redemption(app, shop, desk, session, guard)
    return app


def add_pages(app: Flask, shop: Shop, session: SessionCookie, length: PasswordLength) -> None:
    """Add what anybody may see."""

    @app.get("/healthz")
    def healthz() -> Response:
        return respond(answers.healthz())

    @app.get("/")
    def home() -> Response:
        return respond(answers.home(shop.sessions.user_of(request.cookies.get(session.name)), length))

    @app.get("/static/<name>")
    def static(name: str) -> Response:
        found = asset(name)
        return respond(found) if found else Response(status=404)


def add_session(app: Flask, shop: Shop, session: SessionCookie) -> None:
    """Add the session's own routes."""

    @app.get("/me")
    def me() -> Response:
        return respond(answers.me(shop.sessions.user_of(request.cookies.get(session.name))))

    @app.post("/logout")
    def logout() -> Response:
        shop.sessions.end(request.cookies.get(session.name))
        return respond(answers.signed_out(set_cookie=session.clear(), html=prefers_html()))


def add_outbox(app: Flask, shop: Shop, guard: AuthGuard) -> None:
    """Add the mail that was sent, for who sits at this machine and asked for it by its own name."""

    @app.get("/outbox")
    def outbox() -> Response:
        if not guard.client_address.loopback or not names_this_machine(request.headers.get("Host", "")):
            return respond(answers.forbidden(html=prefers_html()))
        shop.deliveries.deliver()
        return respond(answers.outbox(shop.outbox.messages(), html=prefers_html()))


def add_sign_in(app: Flask, shop: Shop, desk: BlockingDesk, session: SessionCookie, guard: AuthGuard) -> None:
    """Add the guarded login."""

    @app.post("/login")
    def login() -> Response:
        fields = guard.read()
        with guard.attempt(fields.identity) as attempt:
            user = desk.verify(fields.identity, fields["password"])
            if user is None:
                attempt.fail()
            attempt.succeed(user.id)
        desk.renew_hash(user, fields["password"])
        started = shop.sessions.start(user, replacing=request.cookies.get(session.name))
        return respond(answers.signed_in(user, set_cookie=session.set(started), html=prefers_html()))


def add_registration(
    app: Flask, shop: Shop, desk: BlockingDesk, length: PasswordLength, guard: AuthGuard
) -> None:
    """Add registration, confirmed by mail. It does the same work for free and taken names."""

    @app.post("/register")
    def register() -> Response:
        fields = guard.read(identity="email", fields=("username", "password"), purpose="register")
        html, username, email = prefers_html(), fields["username"], fields.identity
        password = fields["password"]
        if reasons := desk.registration_feedback(username, email, password):
            refusal = answers.registration_refused(reasons, length, html=html, username=username, email=email)
            return respond(refusal)
        # It is left without an outcome: every mail to an address counts.
        with guard.attempt(email, purpose="register"):
            desk.register(username, email, password)
        return respond(answers.registration_received(html=html), afterwards=shop.deliveries.deliver)


def add_meter(app: Flask, desk: BlockingDesk, guard: AuthGuard) -> None:
    """Add what the page shows of a password while it is typed. Nothing of it is kept."""

    @app.post("/password/assess")
    def assess() -> Response:
        guard.read(identity="password", fields=(), purpose="meter")
        with guard.attempt_by_address(purpose="meter"):
            return respond(answers.assessed(desk.assess(read_all())))


def add_confirmation(app: Flask, shop: Shop) -> None:
    """Add the redemption of a registration's link."""

    @app.get("/confirm")
    def confirm() -> Response:
        html, confirmed = prefers_html(), shop.accounts.confirm(request.args.get("token", ""))
        return respond(answers.confirmed(html=html) if confirmed else answers.link_not_valid(html=html))


def add_reset_request(app: Flask, shop: Shop, desk: BlockingDesk, guard: AuthGuard) -> None:
    """Add the way to a link for a new password. Sends are limited, without telling."""

    @app.post("/reset")
    def reset() -> Response:
        fields = guard.read(fields=(), purpose="reset")
        answer = answers.reset_requested(html=prefers_html())
        try:
            with guard.attempt(fields.identity, purpose="reset"):
                desk.request_reset(fields.identity)
        except AttemptHTTPException:
            # Over the limit nothing is mailed, and the answer doesn't tell.
            return respond(answer)
        return respond(answer, afterwards=shop.deliveries.deliver)


def add_redemption(
    app: Flask, shop: Shop, desk: BlockingDesk, session: SessionCookie, guard: AuthGuard
) -> None:
    """Add the redemption of a reset's link, which is never limited."""
    length = password_length(guard.settings)

    @app.get("/reset/confirm")
    def reset_page() -> Response:
        token = request.args.get("token", "")
        return respond(answers.reset_form(token, shop.accounts.reset_token_user(token), length))

    @app.post("/reset/confirm")
    def reset_confirm() -> Response:
        fields = guard.read(identity="token")
        html, token, password = prefers_html(), fields.identity, fields["password"]
        user = desk.reset_token_user(token)
        if user is None:
            return respond(answers.link_not_valid(html=html))
        if reasons := desk.reset_feedback(user, password):
            return respond(answers.reset_refused(reasons, user, length, token=token, html=html))
        changed = desk.complete_reset(token, password)
        if changed is None:
            return respond(answers.link_not_valid(html=html))
        guard.reset_completed(changed.id)
        return respond(answers.password_changed(set_cookie=session.clear(), html=html))


def main() -> None:
    """Serve it until it is told to stop."""
    port = read_port("examples.flask_app")
    serve_wsgi(create_app(os.environ, port), host=HOST, port=port)


if __name__ == "__main__":
    main()
