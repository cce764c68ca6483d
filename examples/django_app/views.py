"""The shop's views. Those that look at a secret, or send a mail, are attempts."""

from django.http import HttpRequest, HttpResponse

from authguard_core.body import BodyShape
from authguard_django import AttemptError, attempt, client_address_of, read_fields, reset_completed
from examples.django_app.parts import prefers_html, read_all, respond
from examples.django_app.state import shop_account, state
from examples.shop import answers
from examples.shop.assets import asset
from examples.shop.origins import names_this_machine
from examples.shop.users import User

REGISTRATION = BodyShape(identity="email", text_fields=("username", "password"))
NAME = BodyShape(text_fields=())
TOKEN = BodyShape(identity="token")
METER = BodyShape(identity="password", text_fields=())


def user_of(request: HttpRequest) -> User | None:
    """Return who is signed in to the shop."""
    return state().shop.sessions.user_of(session_of(request))


def session_of(request: HttpRequest) -> str | None:
    """Return the id that the browser came with."""
    return request.COOKIES.get(state().session.name)


def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the application runs."""
    return respond(answers.healthz())


def home(request: HttpRequest) -> HttpResponse:
    """Show the forms, or the account of who is signed in."""
    return respond(answers.home(user_of(request), state().length))


def static(_request: HttpRequest, name: str) -> HttpResponse:
    """Send the style sheet, the script and the icon."""
    found = asset(name)
    return respond(found) if found else respond(answers.request_refused(404))


def me(request: HttpRequest) -> HttpResponse:
    """Say who is signed in."""
    return respond(answers.me(user_of(request)))


def outbox(request: HttpRequest) -> HttpResponse:
    """List the mail, for who sits at this machine and asked for it by its own name."""
    html, shop = prefers_html(request), state().shop
    if not client_address_of(request).loopback or not names_this_machine(request.headers.get("host", "")):
        return respond(answers.forbidden(html=html))
    shop.deliveries.deliver()
    return respond(answers.outbox(shop.outbox.messages(), html=html))


def login(request: HttpRequest) -> HttpResponse:
    """Sign in, with a session of its own for each time."""
    fields, now = read_fields(request), state()
    with attempt(request, fields.identity) as running:
        user = now.desk.verify(fields.identity, fields["password"])
        # Whose name was counted as an operator's is nobody here.
        if user is None or not running.ticket.fits(shop_account(user.id)):
            running.fail()
        running.succeed(shop_account(user.id))
    now.desk.renew_hash(user, fields["password"])
    started = now.shop.sessions.start(user, replacing=session_of(request))
    return respond(answers.signed_in(user, set_cookie=now.session.set(started), html=prefers_html(request)))


def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    now = state()
    now.shop.sessions.end(session_of(request))
    return respond(answers.signed_out(set_cookie=now.session.clear(), html=prefers_html(request)))


def register(request: HttpRequest) -> HttpResponse:
    """Ask for an account, confirmed by mail. The same work for free and taken names."""
    fields, now, html = read_fields(request, REGISTRATION, purpose="register"), state(), prefers_html(request)
    username, email, password = fields["username"], fields.identity, fields["password"]
    if reasons := now.desk.registration_feedback(username, email, password):
        refusal = answers.registration_refused(reasons, now.length, html=html, username=username, email=email)
        return respond(refusal)
    # It is left without an outcome: every mail to an address counts.
    with attempt(request, email, purpose="register"):
        now.desk.register(username, email, password)
    return respond(answers.registration_received(html=html), deliver=True)


def assess(request: HttpRequest) -> HttpResponse:
    """Say what a password is worth, while it is typed. Nothing of it is kept."""
    read_fields(request, METER, purpose="meter")
    with attempt(request, client_address_of(request).network, purpose="meter"):
        return respond(answers.assessed(state().desk.assess(read_all(request))))


def confirm(request: HttpRequest) -> HttpResponse:
    """Redeem a registration's link."""
    html, confirmed = prefers_html(request), state().shop.accounts.confirm(request.GET.get("token", ""))
    return respond(answers.confirmed(html=html) if confirmed else answers.link_not_valid(html=html))


def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password. Over the limit nothing is mailed, and nobody is told."""
    fields = read_fields(request, NAME, purpose="reset")
    answer = answers.reset_requested(html=prefers_html(request))
    try:
        with attempt(request, fields.identity, purpose="reset"):
            state().desk.request_reset(fields.identity)
    except AttemptError:
        return respond(answer)
    return respond(answer, deliver=True)


def reset_page(request: HttpRequest) -> HttpResponse:
    """Show the form for a new password."""
    now, token = state(), request.GET.get("token", "")
    return respond(answers.reset_form(token, now.shop.accounts.reset_token_user(token), now.length))


def reset_confirm(request: HttpRequest) -> HttpResponse:
    """Redeem a reset's link, which is never limited."""
    fields, now, html = read_fields(request, TOKEN), state(), prefers_html(request)
    token, password = fields.identity, fields["password"]
    user = now.desk.reset_token_user(token)
    if user is None:
        return respond(answers.link_not_valid(html=html))
    if reasons := now.desk.reset_feedback(user, password):
        return respond(answers.reset_refused(reasons, user, now.length, token=token, html=html))
    changed = now.desk.complete_reset(token, password)
    if changed is None:
        return respond(answers.link_not_valid(html=html))
    reset_completed(request, changed.email)  # by the name, an operator could be meant
    return respond(answers.password_changed(set_cookie=now.session.clear(), html=html))
