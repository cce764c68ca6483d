"""Claims about bodies that FastAPI refuses: what is answered repeats none, whatever it was declared as."""

import logging
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

import httpx
import pydantic.dataclasses
import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, RootModel, SecretStr, ValidationError
from starlette.responses import Response
from typing_extensions import TypeAliasType, TypedDict

from authguard_core import ConfigurationError
from authguard_core.passwords import PasswordPolicy
from authguard_fastapi import AuthGuard, NewPassword, Passwords
from tests.adapters.support import Clock, client, make_hasher, make_settings, make_storage
from tests.adapters.test_fastapi_app import running

pytestmark = pytest.mark.anyio

CANARY = "canary-pa55"
CHECKED = NewPassword(PasswordPolicy())
NAMED = NewPassword(PasswordPolicy(), context=("username",))
Checked = TypeAliasType("Checked", Annotated[SecretStr, CHECKED])
Named = TypeAliasType("Named", Annotated[SecretStr, NAMED])
T = TypeVar("T")


@dataclass
class Plain:
    """A dataclass of the standard library."""

    password: Annotated[SecretStr, CHECKED]
    email: str


@pydantic.dataclasses.dataclass
class Validated:
    """A dataclass of pydantic's."""

    password: Annotated[SecretStr, CHECKED]
    email: str


class Typed(TypedDict):
    """A dictionary."""

    password: Annotated[SecretStr, CHECKED]
    email: str


class Aliased(BaseModel):
    """A model whose password's type has a name."""

    password: Checked
    email: str


class Unmarked(BaseModel):
    """What a route posts that takes ``Passwords``."""

    password: SecretStr
    email: str


def make_app() -> FastAPI:
    guard = AuthGuard(make_settings(), storage=make_storage(Clock()), hasher=make_hasher())
    app = FastAPI()
    guard.init_app(app)
    return app


def takes(app: FastAPI, path: str, body: object, place: object = None) -> None:
    """Add a route whose body is declared as a type."""

    async def endpoint(form: object) -> None: ...

    endpoint.__annotations__["form"] = cast("Any", Annotated)[body, place]
    app.add_api_route(path, endpoint, methods=["POST"])


async def refused(
    app: FastAPI, path: str = "/", *, json: object = None, data: dict[str, str] | None = None
) -> httpx.Response:
    async with client(app) as browser:
        answer = await browser.post(path, json=json, data=data)
    assert answer.status_code == 422
    return answer


# ------------------------------------------------------------------ the answer


@pytest.mark.parametrize(
    "body", [Plain, Validated, Typed, Aliased, Unmarked, dict[str, Plain], list[Aliased]]
)
@pytest.mark.parametrize("sent", [{"password": CANARY}, [{"password": CANARY}], {"a": {"password": CANARY}}])
async def test_a82_no_answer_repeats_a_body_however_it_is_declared(
    body: object, sent: object, caplog: pytest.LogCaptureFixture
) -> None:
    """A missing field is told with all that was sent in its place: pydantic's words, without their input."""
    caplog.set_level(logging.DEBUG)
    app = make_app()
    takes(app, "/", body, Body())
    answer = await refused(app, json=sent)
    assert "canary" not in answer.text + caplog.text
    assert all({"type", "loc", "msg"} <= one.keys() for one in answer.json()["detail"])


@pytest.mark.parametrize("body", [Plain, Aliased, Unmarked])
async def test_a82_no_answer_repeats_a_form(body: object) -> None:
    """Forms are bodies too."""
    app = make_app()
    takes(app, "/", body, Form())
    assert "canary" not in (await refused(app, data={"password": CANARY})).text


async def test_a82_no_answer_repeats_what_passwords_would_check() -> None:
    """Whoever takes ``Passwords`` declares a plain secret, beside fields that may be missing."""
    app = make_app()

    @app.post("/")
    async def register(form: Unmarked, passwords: Passwords) -> None: ...

    answer = await refused(app, json={"password": CANARY})
    assert answer.json() == {
        "detail": [{"type": "missing", "loc": ["body", "email"], "msg": "Field required"}]
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_a82_no_answer_repeats_a_body_that_an_included_routers_dependency_reads() -> None:
    """The route itself then declares none."""

    def read(form: Unmarked) -> str:
        return form.email

    app, router = make_app(), APIRouter()

    @router.post("/")
    async def endpoint() -> None: ...

    app.include_router(router, dependencies=[Depends(read)])
    assert "canary" not in (await refused(app, json={"password": CANARY})).text


async def test_a82_no_answer_repeats_a_body_that_an_endpoint_reads_itself() -> None:
    """FastAPI knows of no body then, and a place is whatever the model calls its fields."""

    class Query(BaseModel):
        query: str

    app = make_app()

    @app.post("/")
    async def endpoint(request: Request) -> None:
        try:
            Query.model_validate(await request.json())
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from None

    assert "canary" not in (await refused(app, json={"password": CANARY})).text


async def test_a_place_outside_of_the_body_is_told_without_its_input_too() -> None:
    """On a route with a body no error has one, and each keeps its context."""
    app = make_app()

    @app.post("/")
    async def endpoint(form: Unmarked, number: Annotated[int, Field(gt=5)]) -> None: ...

    answer = await refused(app, "/?number=3", json={"password": CANARY, "email": "a@example.org"})
    [detail] = answer.json()["detail"]
    assert (detail["type"], detail["loc"], detail["ctx"]) == ("greater_than", ["query", "number"], {"gt": 5})
    assert "input" not in detail


@pytest.mark.parametrize("sent", [{}, {"json": {"password": CANARY}}], ids=["nothing", "a body"])
async def test_an_answer_to_a_get_is_fastapis_unless_a_body_came(sent: dict[str, Any]) -> None:
    """A query can be repeated: it stands in the address."""
    app = make_app()

    @app.get("/")
    async def endpoint(number: int, form: Annotated[Unmarked | None, Body()] = None) -> None: ...

    async with client(app) as browser:
        answer = await browser.request("GET", "/?number=five", **sent)
    assert answer.status_code == 422
    assert [one.get("input") for one in answer.json()["detail"]][:1] == [None if sent else "five"]
    assert "canary" not in answer.text


# ------------------------------------------------------------------ the context


class LateModel(BaseModel):
    """Has its context after its password."""

    password: Named
    username: str


Late = TypeAliasType("Late", LateModel)


def late(kind: str) -> object:
    """Return a type whose password is declared before its context."""

    @dataclass
    class LatePlain:
        password: Annotated[SecretStr, NAMED]
        username: str

    @pydantic.dataclasses.dataclass
    class LateValidated:
        password: Named
        username: str

    class LateTyped(TypedDict):
        password: Annotated[SecretStr, NAMED]
        username: str

    class Made(BaseModel, Generic[T]):
        password: T
        username: str

    class Tagged(BaseModel):
        type: Literal["type"]
        password: Named

    class Other(BaseModel):
        type: Literal["other"]

    class Deferred(BaseModel):
        model_config = ConfigDict(defer_build=True)
        password: Named

    return {
        "dataclass": LatePlain,
        "pydantic dataclass": LateValidated,
        "TypedDict": LateTyped,
        "alias": LateModel,
        "alias of a model": Late,
        "generic": Made[Annotated[SecretStr, NAMED]],
        "root": RootModel[list[LateTyped]],
        "union": Annotated[Tagged | Other, Field(discriminator="type")],
        "plain union": int | LatePlain,
        "deferred": Deferred,
        "bare": Annotated[SecretStr, NAMED],
    }[kind]


KINDS = [
    *("dataclass", "pydantic dataclass", "TypedDict", "alias", "alias of a model", "generic", "root"),
    *("union", "plain union", "deferred", "bare"),
]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_context_that_is_not_there_refuses_the_start(kind: str) -> None:
    """However the body is declared: a context that comes late would be ignored in silence."""
    app = make_app()
    takes(app, "/late", late(kind), Body())
    with pytest.raises(ConfigurationError, match=r"NewPassword.context: got \['username'\].* body of /late"):
        async with running(app):
            pass


class Account(TypedDict):
    """Has its context before its password."""

    username: str
    password: Named


class Tree(BaseModel):
    """Holds itself, and one alias in several places."""

    username: str
    password: Named
    account: Account | None = None
    again: Named | None = None
    branches: "list[Tree]" = []


@pytest.mark.parametrize("body", [Account, Tree, list[Tree]])
async def test_a_context_that_is_there_starts(body: object) -> None:
    """A type that holds itself comes to an end."""
    app = make_app()
    takes(app, "/", body, Body())
    async with running(app) as state:
        assert state == {}


async def test_an_alias_is_looked_at_wherever_it_stands() -> None:
    """With its context in one model, without it in the next."""

    class Both(BaseModel):
        first: Account
        second: list[Named]

    app = make_app()
    takes(app, "/both", Both)
    with pytest.raises(ConfigurationError, match="body of /both"):
        async with running(app):
            pass


async def test_a_context_works_in_a_dictionary_as_in_a_model() -> None:
    """What is validated before the password is known to it."""
    app = make_app()
    takes(app, "/", Account)
    answer = await refused(app, json={"username": "annabelle.winter", "password": "annabelle.winter"})
    assert [one["type"] for one in answer.json()["detail"]] == ["contains_username"]


async def test_a_dependencys_body_is_looked_at() -> None:
    """It is the route's."""

    def read(form: Annotated[SecretStr, NAMED, Body()]) -> Response:
        return Response(str(form))

    app = make_app()

    @app.post("/late")
    async def endpoint(answer: Annotated[Response, Depends(read)]) -> None: ...

    with pytest.raises(ConfigurationError, match="body of /late"):
        async with running(app):
            pass
