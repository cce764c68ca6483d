"""Claims about new passwords as fields of pydantic models: the reasons are told, the password never."""

import json
import logging
from typing import Annotated

import httpx
import pytest
from fastapi import Body, FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from starlette.responses import PlainTextResponse, Response

from authguard_core import ConfigurationError
from authguard_core.passwords import PasswordPolicy
from authguard_fastapi import AuthGuard, LoginGuard, NewPassword, RegisterGuard
from authguard_fastapi.validation import answer_invalid
from tests.adapters.support import Clock, client, make_hasher, make_settings, make_storage, scope_of
from tests.adapters.test_fastapi_app import running

pytestmark = pytest.mark.anyio

GOOD = "four walnut lanterns under ice"
CANARY = "canary-pa55"
POLICY = PasswordPolicy()


class Registration(BaseModel):
    """A model as the documentation shows it."""

    username: str
    email: str
    full_name: str | None = None
    birthday: int = 0
    password: Annotated[
        SecretStr, NewPassword(POLICY, context=("username", "email", "full_name", "birthday"))
    ]


class Family(BaseModel):
    """New passwords in a model that holds itself."""

    members: list[Registration] | None = None
    branches: "list[Family]" = []


class Keys(BaseModel):
    """New passwords that are no fields themselves."""

    name: str
    keys: list[Annotated[SecretStr, NewPassword(POLICY)]]


class Note(BaseModel):
    """Without a new password."""

    text: str


ANN = {"username": "annabelle.winter", "email": "frosty.morning@example.org"}
CANARIES = [CANARY, [CANARY], {CANARY: CANARY}, {"x": [CANARY]}, 1234567, None, True, b"canary-pa55"]


def refused(**values: object) -> ValidationError:
    with pytest.raises(ValidationError) as error:
        Registration.model_validate(ANN | values)
    return error.value


def told(error: ValidationError) -> str:
    """Everything that pydantic tells of an error."""
    return f"{error} {error!r} {error.errors()} {error.json()} {error.__cause__} {error.__context__}"


# ------------------------------------------------------------------ the field


def test_a_good_password_is_a_secret() -> None:
    """Its repr and its dump show nothing."""
    form = Registration.model_validate(ANN | {"password": GOOD})
    assert form.password.get_secret_value() == GOOD
    assert GOOD not in f"{form!r} {form.model_dump()} {form.model_dump_json()}"


def test_a_secret_may_come_as_one() -> None:
    """Code that has a SecretStr already hands it on."""
    form = Registration.model_validate(ANN | {"password": SecretStr(GOOD)})
    assert form.password == SecretStr(GOOD)


def test_the_error_tells_the_reasons() -> None:
    """Its type is the code of the first, its message that one's sentence, and its context has all."""
    [error] = refused(password="P@ssw0rd!").errors()
    assert error["type"] == "too_short"
    assert error["msg"] == error["ctx"]["feedback"][0]["message"] == "Use at least 15 characters."
    assert "too_common" in [reason["code"] for reason in error["ctx"]["feedback"]]


@pytest.mark.parametrize("password", CANARIES, ids=repr)
def test_a82_no_error_shows_what_was_sent_as_a_password(password: object) -> None:
    """Neither text nor what was sent in its place: a list or an object may hold it just as well."""
    shown = told(refused(password=password))
    assert "canary" not in shown
    assert "1234567" not in shown


def test_a82_from_json_no_error_shows_it_either() -> None:
    """Pydantic has a parser of its own, which reads before anything is masked."""
    for password in (CANARY, [CANARY]):
        with pytest.raises(ValidationError) as error:
            Registration.model_validate_json(json.dumps(ANN | {"password": password}))
        assert CANARY not in told(error.value)


def test_what_is_no_text_is_told_as_pydantic_does() -> None:
    """A client that posts a number learns that text is wanted."""
    [error] = refused(password=15).errors()
    assert error["type"] == "string_type"


@pytest.mark.parametrize(
    ("known", "password", "code"),
    [
        ({}, "annabelle.winter", "contains_username"),
        ({}, "frosty.morning.2", "contains_email"),
        ({"full_name": "Hans Florian Zimmer"}, "HansFlorianZimmer", "contains_name"),
        ({"birthday": 1843907264551627}, "1843907264551627", "contains_word"),
    ],
)
def test_the_fields_of_its_context_are_kept_out(known: dict[str, object], password: str, code: str) -> None:
    """Each as what it is: the user name, the address, a name, or another word."""
    [error] = refused(**known, password=password).errors()
    assert code in [reason["code"] for reason in error["ctx"]["feedback"]]


def test_a_field_that_failed_is_no_context() -> None:
    """Its own error is enough; the password is checked all the same."""
    types = [error["type"] for error in refused(username=5, password="short").errors()]
    assert types == ["string_type", "too_short"]


def test_outside_of_a_model_there_is_no_context() -> None:
    """A bare type works, with the policy alone."""
    adapter = TypeAdapter[SecretStr](Annotated[SecretStr, NewPassword(POLICY)])
    assert adapter.validate_python(GOOD) == SecretStr(GOOD)


def test_beside_a_second_factor_a_shorter_one_will_do() -> None:
    """NIST SP 800-63B-4, 3.1.1.2, and the schema says so."""
    adapter = TypeAdapter[SecretStr](Annotated[SecretStr, NewPassword(POLICY, second_factor=True)])
    assert adapter.validate_python("7w#Kp2!vQz") == SecretStr("7w#Kp2!vQz")
    assert adapter.json_schema()["minLength"] == 8


def test_the_schema_describes_a_password_and_shows_none() -> None:
    """Text that is written and never read, with the least length: no example, no default."""
    schema = Registration.model_json_schema()["properties"]["password"]
    assert schema == {
        "type": "string",
        "format": "password",
        "writeOnly": True,
        "minLength": 15,
        "title": "Password",
    }


@pytest.mark.parametrize("annotated", [str, bytes, SecretStr | None], ids=str)
def test_plain_text_is_refused_as_its_type(annotated: object) -> None:
    """A model with a password as text shows it in its repr."""
    with pytest.raises(ConfigurationError, match="Annotate a SecretStr"):
        TypeAdapter[object](Annotated[annotated, NewPassword(POLICY)])  # type: ignore[arg-type]  # known at run time


# ------------------------------------------------------------------ in FastAPI


def make_app(*, own_handler: bool = False) -> FastAPI:
    guard = AuthGuard(make_settings(), storage=make_storage(Clock()), hasher=make_hasher())
    app = FastAPI()
    if own_handler:
        app.add_exception_handler(RequestValidationError, own_answer)
    guard.init_app(app)

    @app.post("/plain")
    async def plain(form: Registration) -> int:
        return len(form.password.get_secret_value())

    @app.post("/form")
    async def form(form: Annotated[Registration, Form()]) -> None: ...

    @app.post("/field")
    async def field(
        password: Annotated[SecretStr, NewPassword(guard.passwords), Form()], name: Annotated[str, Form()]
    ) -> None: ...

    @app.post("/nested")
    async def nested(family: Family, extra: Annotated[int, Body()]) -> None: ...

    @app.post("/keys")
    async def keys(form: Keys) -> None: ...

    @app.post("/register")
    async def register(form: Registration, register_guard: RegisterGuard) -> None:
        async with register_guard.attempt(form.email) as attempt:
            await attempt.succeed()

    @app.post("/login")
    async def login(form: Registration, login_guard: LoginGuard) -> None:
        async with login_guard.attempt(form.username) as attempt:
            await attempt.succeed()

    @app.post("/notes")
    async def notes(note: Note) -> None: ...

    return app


async def own_answer(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"own {type(error).__name__}", 400)


async def post(
    app: FastAPI, path: str, body: object = None, *, form: dict[str, str] | None = None
) -> httpx.Response:
    async with client(app) as browser:
        return await browser.post(path, json=body, data=form)


async def test_without_a_guard_the_answer_has_fastapis_own_shape() -> None:
    """A list of details: the code as type, and the reasons in the context. Nobody stores it."""
    answer = await post(make_app(), "/plain", ANN | {"password": "short"})
    [detail] = answer.json()["detail"]
    assert (answer.status_code, detail["type"], detail["loc"]) == (422, "too_short", ["body", "password"])
    assert detail["ctx"]["feedback"][0]["code"] == "too_short"
    assert answer.headers["cache-control"] == "no-store"
    assert (await post(make_app(), "/plain", ANN | {"password": GOOD})).json() == len(GOOD)


@pytest.mark.parametrize(
    "body",
    [
        *({**ANN, "password": canary} for canary in CANARIES if not isinstance(canary, bytes)),
        {"username": "ann", "password": CANARY},
        {"password": CANARY},
        CANARY,
        [CANARY],
        {"members": [{"password": CANARY}], "keys": [CANARY], "extra": CANARY},
        {"family": {"members": [{"username": "ann", "password": CANARY}]}, "extra": 1},
        {"family": {"branches": [{"members": [{"password": CANARY}]}]}, "extra": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/plain", "/nested", "/keys", "/register", "/login"])
async def test_a82_no_answer_repeats_a_new_password(
    path: str, body: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even where another field is missing, which pydantic tells with the whole body; nor does a log."""
    caplog.set_level(logging.DEBUG)
    answer = await post(make_app(), path, body)
    assert answer.status_code == 422
    assert "canary" not in answer.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize("path", ["/form", "/field"])
async def test_a82_no_answer_to_a_form_repeats_it(path: str) -> None:
    """Forms are read by FastAPI into the same models."""
    answer = await post(make_app(), path, form={"password": CANARY})
    assert answer.status_code == 422
    assert "canary" not in answer.text


async def test_on_a_guarded_route_the_answer_is_the_guards() -> None:
    """Problem details with ``feedback``, as from the dependency; and it costs nobody an attempt."""
    app = make_app()
    answers = [await post(app, "/login", ANN | {"password": "short"}) for _ in range(40)]
    assert {answer.json()["type"] for answer in answers} == {"urn:authguard:problem:unusable-password"}
    assert answers[0].json()["feedback"][0]["code"] == "too_short"
    assert (await post(app, "/login", ANN | {"password": GOOD})).status_code == 200


async def test_on_a_guarded_route_a_body_with_more_wrong_is_unreadable() -> None:
    """It is charged to its address, as every body that lacks something is."""
    answer = await post(make_app(), "/login", {"password": "short"})
    assert answer.json()["type"] == "urn:authguard:problem:unreadable-body"


async def test_other_bodies_are_answered_alike() -> None:
    """No declaration says that nobody sends a password: only the input is left out of FastAPI's answer."""
    [detail] = (await post(make_app(), "/notes", {"text": 5})).json()["detail"]
    assert detail == {"type": "string_type", "loc": ["body", "text"], "msg": "Input should be a valid string"}


async def test_an_applications_own_handler_stays() -> None:
    """Who registers one answers what the guard doesn't."""
    answer = await post(make_app(own_handler=True), "/plain", {})
    assert (answer.status_code, answer.text) == (400, "own RequestValidationError")


async def test_the_handler_answers_nothing_but_invalid_requests() -> None:
    """Registered for anything else it fails loudly instead of inventing an answer."""
    with pytest.raises(TypeError):
        await answer_invalid(Request(scope_of()), LookupError())


async def test_a_context_that_is_not_there_refuses_the_start() -> None:
    """Pydantic validates in the order of the fields: what comes later would be ignored in silence."""

    class Late(BaseModel):
        password: Annotated[SecretStr, NewPassword(POLICY, context=("username",))]
        username: str

    app = make_app()

    @app.post("/late")
    async def late(form: Late) -> None: ...

    with pytest.raises(ConfigurationError, match=r"NewPassword.context: got \['username'\].* body of /late"):
        async with running(app):
            pass


async def test_a_context_that_is_there_starts() -> None:
    """Every route of this file does."""
    async with running(make_app()) as state:
        assert state == {}
