"""The example's handlers: plain Starlette, which know nothing of limits and locks.

What guards them is said in :mod:`examples.starlette_app`, and nowhere here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from examples.shop import Shop, answers
from examples.shop.assets import asset
from examples.shop.desk import Desk
from examples.shop.origins import names_this_machine
from examples.shop.passwords import PasswordLength
from examples.shop.sessions import SessionCookie
from examples.starlette_parts import prefers_html, read_fields, respond

__all__ = ["Handlers"]

POST: Final = ["POST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """The application's endpoints.

    Args:
        shop: Users, sessions and mail.
        desk: What takes time, or a password.
        session: The cookie of who is signed in.
        length: How long a new password may be, as the forms say.
        is_here: Whether a request comes from this machine, by its scope.
    """

    shop: Shop
    desk: Desk
    session: SessionCookie
    length: PasswordLength
    is_here: Callable[[Scope], bool]

    def routes(self) -> list[BaseRoute]:
        """Return all of them, with their paths."""
        return [
            Route("/healthz", self.healthz),
            Route("/", self.home),
            Route("/static/{name}", self.static),
            Route("/me", self.me),
            Route("/outbox", self.outbox),
            Route("/login", self.login, methods=POST),
            Route("/password/assess", self.assess, methods=POST),
            Route("/logout", self.logout, methods=POST),
            Route("/register", self.register, methods=POST),
            Route("/confirm", self.confirm),
            Route("/reset", self.reset, methods=POST),
            Route("/reset/confirm", self.reset_page),
            Route("/reset/confirm", self.reset_confirm, methods=POST),
        ]

    async def healthz(self, _request: Request) -> Response:
        """Say that the application runs."""
        return respond(answers.healthz())

    def home(self, request: Request) -> Response:
        """Show the forms, or the account of who is signed in."""
        user = self.shop.sessions.user_of(request.cookies.get(self.session.name))
        return respond(answers.home(user, self.length))

    def static(self, request: Request) -> Response:
        """Send the style sheet, the script and the icon."""
        found = asset(request.path_params["name"])
        return respond(found) if found else Response(status_code=404)

    def me(self, request: Request) -> Response:
        """Say who is signed in."""
        return respond(answers.me(self.shop.sessions.user_of(request.cookies.get(self.session.name))))

    def outbox(self, request: Request) -> Response:
        """List the mail, for who sits at this machine and asked for it by its own name."""
        html = prefers_html(request.scope)
        if not self.is_here(request.scope) or not names_this_machine(request.headers.get("host", "")):
            return respond(answers.forbidden(html=html))
        self.shop.deliveries.deliver()
        return respond(answers.outbox(self.shop.outbox.messages(), html=html))

    async def login(self, request: Request) -> Response:
        """Sign in, with a session of its own for each time."""
        html, fields = prefers_html(request.scope), await read_fields(request)
        user = await self.desk.verify(fields["username"], fields["password"])
        if user is None:
            return respond(answers.wrong_credentials(self.length, html=html))
        await self.desk.renew_hash(user, fields["password"])
        old = request.cookies.get(self.session.name)
        started = await run_in_threadpool(self.shop.sessions.start, user, replacing=old)
        return respond(answers.signed_in(user, set_cookie=self.session.set(started), html=html))

    def logout(self, request: Request) -> Response:
        """End the session."""
        self.shop.sessions.end(request.cookies.get(self.session.name))
        html = prefers_html(request.scope)
        return respond(answers.signed_out(set_cookie=self.session.clear(), html=html))

    async def register(self, request: Request) -> Response:
        """Ask for an account, confirmed by mail."""
        html, fields = prefers_html(request.scope), await read_fields(request)
        username, email, password = fields["username"], fields["email"], fields["password"]
        if reasons := self.desk.registration_feedback(username, email, password):
            refusal = answers.registration_refused(
                reasons, self.length, html=html, username=username, email=email
            )
            return respond(refusal)
        await self.desk.register(username, email, password)
        return respond(answers.registration_received(html=html), afterwards=self.delivery())

    async def assess(self, request: Request) -> Response:
        """Say what a password is worth, while it is typed. Nothing of it is kept."""
        return respond(answers.assessed(await self.desk.assess(await read_fields(request))))

    def confirm(self, request: Request) -> Response:
        """Redeem a registration's link."""
        html = prefers_html(request.scope)
        confirmed = self.shop.accounts.confirm(request.query_params.get("token", ""))
        return respond(answers.confirmed(html=html) if confirmed else answers.link_not_valid(html=html))

    async def reset(self, request: Request) -> Response:
        """Ask for a link to a new password."""
        fields = await read_fields(request)
        await self.desk.request_reset(fields["username"])
        return respond(answers.reset_requested(html=prefers_html(request.scope)), afterwards=self.delivery())

    def reset_page(self, request: Request) -> Response:
        """Show the form for a new password."""
        token = request.query_params.get("token", "")
        user = self.shop.accounts.reset_token_user(token)
        return respond(answers.reset_form(token, user, self.length))

    async def reset_confirm(self, request: Request) -> Response:
        """Redeem a reset's link."""
        html, fields = prefers_html(request.scope), await read_fields(request)
        token, password = fields["token"], fields["password"]
        user = await self.desk.reset_token_user(token)
        if user is None:
            return respond(answers.link_not_valid(html=html))
        if reasons := self.desk.reset_feedback(user, password):
            return respond(answers.reset_refused(reasons, user, self.length, token=token, html=html))
        if await self.desk.complete_reset(token, password) is None:
            return respond(answers.link_not_valid(html=html))
        return respond(answers.password_changed(set_cookie=self.session.clear(), html=html))

    def delivery(self) -> BackgroundTask:
        """Return the work that follows an answer: the mail."""
        return BackgroundTask(self.shop.deliveries.deliver)
