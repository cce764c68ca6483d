"""Claims about new passwords in FastAPI: the dependency, the breaches, and who may ask while it is typed."""

from functools import partial
from traceback import walk_tb
from typing import Annotated, Any, cast

import httpx
import pytest
from anyio import to_thread
from fastapi import Depends, FastAPI, Response
from pydantic import BaseModel, SecretStr

from authguard_core import ConfigurationError, Settings
from authguard_core.passwords import Code, Exposure, PasswordContext
from authguard_fastapi import (
    AuthGuard,
    BreachLookup,
    LoginGuard,
    MeterGuard,
    PasswordCheck,
    PasswordHTTPException,
    Passwords,
    RegisterGuard,
    SyncPasswords,
)
from authguard_fastapi.passwords import SyncPasswordCheck
from tests.adapters.support import Clock, Wire, body_messages, client, make_hasher, make_storage, scope_of

pytestmark = pytest.mark.anyio

GOOD = "four walnut lanterns under ice"
CANARY = "canary-pa55"
"""Too short, and nowhere to be seen."""

ANN = {"username": "annabelle.winter", "email": "aw@example.org"}


class Registration(BaseModel):
    """What a registration posts."""

    username: str
    email: str
    password: SecretStr


class Breaches:
    """Knows one breached password, and remembers what it was asked."""

    def __init__(self, breached: str = "", otherwise: Exposure = Exposure.CLEAR) -> None:
        self.asked: list[str] = []
        self._breached = breached
        self._otherwise = otherwise

    async def lookup(self, password: str) -> Exposure:
        self.asked.append(password)
        return Exposure.BREACHED if password == self._breached else self._otherwise


def make_guard(pwned: BreachLookup | None = None, **values: dict[str, str]) -> AuthGuard:
    settings = Settings.load(secret_key="k" * 32, **values)
    return AuthGuard(settings, storage=make_storage(Clock()), hasher=make_hasher(), pwned=pwned)


def make_app(guard: AuthGuard) -> FastAPI:
    """An application with every way to ask for a new password."""
    app = FastAPI()
    guard.init_app(app)

    @app.post("/register")
    async def register(form: Registration, passwords: Passwords, register_guard: RegisterGuard) -> Response:
        context = PasswordContext(username=form.username, email=form.email)
        await passwords.require(form.password, context=context)
        async with register_guard.attempt(form.email):
            return Response(status_code=202)

    @app.post("/sync")
    def sync(form: Registration, passwords: SyncPasswords) -> dict[str, int]:
        return {"score": passwords.require(form.password, second_factor=True).score}

    @app.post("/look")
    async def look(form: Registration, passwords: Passwords) -> dict[str, bool]:
        return {"ok": (await passwords.check(form.password)).ok}

    @app.post("/sync-look")
    def sync_look(form: Registration, passwords: SyncPasswords) -> dict[str, bool]:
        return {"ok": passwords.check(form.password).ok}

    @app.post("/assess")
    async def assess(form: Registration, meter_guard: MeterGuard) -> dict[str, int]:
        async with meter_guard.attempt_by_address():
            return {"score": guard.passwords.check(form.password.get_secret_value()).score}

    @app.post("/login")
    async def login(form: Registration, login_guard: LoginGuard) -> None:
        async with login_guard.attempt(form.username) as attempt:
            attempt.fail()

    return app


async def post(app: FastAPI, path: str, password: object, *, address: str = "203.0.113.7") -> httpx.Response:
    async with client(app, address) as browser:
        return await browser.post(path, json={**ANN, "password": password})


def codes(answer: httpx.Response) -> list[str]:
    return [reason["code"] for reason in answer.json()["feedback"]]


# ------------------------------------------------------------------ the policy


async def test_a_good_password_is_accepted() -> None:
    """It reaches what comes after the check."""
    app = make_app(make_guard())
    assert (await post(app, "/register", GOOD)).status_code == 202
    assert (await post(app, "/sync", GOOD)).json() == {"score": 4}


@pytest.mark.parametrize("path", ["/register", "/sync"])
async def test_a_refused_password_is_a_problem_with_its_reasons(path: str) -> None:
    """RFC 9457 with a stable type, ``feedback`` with stable codes, and nobody stores it."""
    answer = await post(make_app(make_guard()), path, "short")
    assert (answer.status_code, answer.headers["cache-control"]) == (422, "no-store")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:authguard:problem:unusable-password"
    assert codes(answer)[0] == Code.TOO_SHORT
    assert all(reason["message"] for reason in answer.json()["feedback"])


async def test_the_context_is_kept_out_of_the_password() -> None:
    """What an attacker knows of the account is refused, and told as that."""
    assert codes(await post(make_app(make_guard()), "/register", ANN["username"])) == ["contains_username"]


async def test_the_policy_is_that_of_the_settings() -> None:
    """``AUTHGUARD_PASSWORD__*`` in the guard, and in what endpoints ask."""
    guard = make_guard(password={"min_length": "64"})
    assert guard.passwords.length.minimum == 64
    assert codes(await post(make_app(guard), "/register", GOOD)) == ["too_short"]


@pytest.mark.parametrize("path", ["/look", "/sync-look"])
@pytest.mark.parametrize(("password", "ok"), [(GOOD, True), ("short", False)])
async def test_a_check_refuses_nothing_by_itself(path: str, password: str, ok: bool) -> None:
    """The endpoint gets the assessment, and decides."""
    answer = await post(make_app(make_guard()), path, password)
    assert (answer.status_code, answer.json()) == (200, {"ok": ok})


async def test_beside_a_second_factor_a_shorter_password_will_do() -> None:
    """NIST SP 800-63B-4, 3.1.1.2: eight characters in place of fifteen."""
    app = make_app(make_guard())
    assert (await post(app, "/sync", "7w#Kp2!vQz")).status_code == 200
    assert codes(await post(app, "/register", "7w#Kp2!vQz")) == ["too_short"]


async def test_a_refusal_carries_the_assessment_for_the_applications_own_page() -> None:
    """A handler of the application's own may show advice and score."""
    guard = make_guard()
    with pytest.raises(PasswordHTTPException) as refused:
        await guard.password_check.require("sunshine and moonlight")
    assert refused.value.assessment.advice
    assert refused.value.answer.content["feedback"] == refused.value.assessment.feedback


async def test_a_refused_password_costs_no_attempt() -> None:
    """However often it is refused, the address gets its mails."""
    app = make_app(make_guard())
    assert {(await post(app, "/register", "short")).status_code for _ in range(9)} == {422}
    assert (await post(app, "/register", GOOD)).status_code == 202


async def test_an_application_without_a_guard_says_so() -> None:
    """Forgetting init_app accepts no password: the endpoint fails, and the log says what to call."""
    app = FastAPI()

    @app.post("/login")
    async def login(_passwords: Passwords) -> None: ...

    wire = Wire(*body_messages(b""))
    with pytest.raises(ConfigurationError, match=r"Passwords: .* Call guard\.init_app\(app\)"):
        await app(scope_of(), wire.receive, wire.send)


# ------------------------------------------------------------------ the breaches


async def test_a_breached_password_is_refused() -> None:
    """OWASP ASVS 5.0, 6.2.12: however strong it is."""
    app = make_app(make_guard(Breaches(GOOD)))
    assert codes(await post(app, "/register", GOOD)) == ["breached"]
    assert codes(await post(app, "/sync", GOOD)) == ["breached"]


async def test_only_what_the_policy_accepts_is_looked_up() -> None:
    """Nobody is asked about a password that is refused anyway."""
    breaches = Breaches()
    app = make_app(make_guard(breaches))
    await post(app, "/register", CANARY)
    assert breaches.asked == []
    assert (await post(app, "/register", GOOD)).status_code == 202
    assert breaches.asked == [GOOD]


@pytest.mark.parametrize(
    ("known", "status"), [(Exposure.CLEAR, 202), (Exposure.UNKNOWN, 202), (Exposure.UNCHECKED, 422)]
)
async def test_who_knows_breaches_decides_what_an_outage_means(known: Exposure, status: int) -> None:
    """Unknown passes, unchecked is refused until somebody can say."""
    answer = await post(make_app(make_guard(Breaches(otherwise=known))), "/register", GOOD)
    assert answer.status_code == status


async def test_the_password_is_looked_up_as_it_is_counted() -> None:
    """Whichever keyboard made it, it is one password: in NFC."""
    breaches = Breaches()
    await PasswordCheck(make_guard().passwords, breaches).check("fu\u0308nf walnut lanterns under ice")
    assert breaches.asked == ["f\u00fcnf walnut lanterns under ice"]


class Broken:
    """Fails in a way that it shouldn't."""

    async def lookup(self, password: str) -> Exposure:
        del password
        raise LookupError


class Blocking:
    """Looks passwords up without being awaited."""

    def lookup(self, _password: str) -> Exposure:
        return Exposure.CLEAR


@pytest.mark.parametrize("password", [GOOD, SecretStr(GOOD)], ids=["text", "secret"])
@pytest.mark.parametrize("method", ["check", "require"])
@pytest.mark.parametrize("threaded", [False, True])
async def test_a82_no_frame_of_the_check_shows_the_password(
    password: str | SecretStr, method: str, threaded: bool
) -> None:
    """Reporters of crashes send the local variables of every frame along."""
    check = PasswordCheck(make_guard().passwords, Broken())
    in_a_thread = partial(to_thread.run_sync, getattr(SyncPasswordCheck(check), method))
    with pytest.raises(LookupError) as raised:
        await (in_a_thread if threaded else getattr(check, method))(password)
    ours = [frame for frame, _ in walk_tb(raised.value.__traceback__) if is_ours(frame.f_code.co_filename)]
    assert ours
    assert GOOD not in repr([frame.f_locals for frame in ours])


def is_ours(filename: str) -> bool:
    return "authguard_fastapi" in filename


@pytest.mark.parametrize("pwned", [cast("BreachLookup", one) for one in (Blocking(), object())])
def test_who_cannot_be_awaited_is_refused(pwned: BreachLookup) -> None:
    """At construction: a synchronous look-up would fail at the first good password."""
    with pytest.raises(ConfigurationError, match=r"pwned: got <class .* Take AsyncPwnedPasswords\."):
        make_guard(pwned)
    with pytest.raises(ConfigurationError, match="pwned"):
        PasswordCheck(make_guard().passwords, pwned)


# ------------------------------------------------------------------ while it is typed


async def test_the_meter_has_a_limit_of_its_own() -> None:
    """Over it the answer is 429 with a Retry-After, and signing in is as free as ever."""
    app = make_app(make_guard(meter={"account_limit": "3/5m"}))
    answers = [await post(app, "/assess", GOOD) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 300
    assert (await post(app, "/login", GOOD)).status_code == 401
    assert (await post(app, "/register", GOOD)).status_code == 202


async def test_the_meter_counts_each_address_for_itself() -> None:
    """An IPv6 network as one, whatever name is typed into the form."""
    app = make_app(make_guard(meter={"account_limit": "1/5m"}))
    addresses = ["203.0.113.7", "203.0.113.8", "2001:db8::1", "2001:db8::2"]
    answers = [await post(app, "/assess", GOOD, address=address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


# ------------------------------------------------------------------ the schema


def responses(guard: AuthGuard, path: str) -> dict[str, Any]:
    app = make_app(guard)

    @app.get("/inner", include_in_schema=False)
    async def inner(_passwords: Passwords) -> None: ...

    def hidden(passwords: Passwords) -> PasswordCheck:
        return passwords

    @app.get("/bare")
    async def bare(_check: Annotated[PasswordCheck, Depends(hidden)]) -> None: ...

    method = "get" if path == "/bare" else "post"
    found: dict[str, Any] = app.openapi()["paths"][path][method]["responses"]
    return found


@pytest.mark.parametrize("path", ["/register", "/sync", "/look", "/bare"])
def test_the_schema_tells_the_refusal(path: str) -> None:
    """A 422 with problem details, beside FastAPI's own where no guard takes its place."""
    content = responses(make_guard(), path)["422"]["content"]
    assert content["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/AuthGuardProblem"}


def test_the_schema_tells_what_feedback_is() -> None:
    """Codes and messages, for whoever generates a client from it."""
    problem = make_app(make_guard()).openapi()["components"]["schemas"]["AuthGuardProblem"]
    assert problem["properties"]["feedback"]["items"]["required"] == ["code", "message"]
    assert "feedback" not in problem["required"]
