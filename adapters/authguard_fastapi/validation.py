"""What FastAPI answers where a body is refused, in which a password may be.

pydantic tells an error about a missing field with all that was sent in its place: the whole body, and the
password in it. So no answer has the ``input`` of its errors, whatever the body was declared as; only those to
a GET or HEAD that sent none keep it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Annotated, Any, Final, NamedTuple, cast

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.encoders import jsonable_encoder
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from pydantic import Field, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema
from starlette.routing import BaseRoute

from authguard_core.answers import NO_STORE, Answer, unusable_password
from authguard_core.errors import ConfigurationError
from authguard_core.passwords import Code
from authguard_fastapi.newpassword import NewPassword

__all__ = ["answer_invalid", "check_contexts", "refusal_of"]

_CODES: Final = frozenset(code.value for code in Code)
_WITHOUT_BODY: Final = ("GET", "HEAD")
_RECORDS: Final = ("model-fields", "dataclass-args", "typed-dict")
_ASIDE: Final = ("metadata", "config", "default", "serialization")
"""Parts of a plan that validate nothing, and hold whatever an application put there."""


class _Found(NamedTuple):
    marker: NewPassword
    before: tuple[str, ...]
    """The names of the fields that are validated before it."""


async def answer_invalid(request: Request, error: Exception) -> Response:
    """Answer as FastAPI does, and leave out what was sent: type, place, message and context remain.

    Which declarations make a body hold a password can't be told: a dependency may read it, or the endpoint
    itself. So it goes by the request.
    """
    if not isinstance(error, RequestValidationError):
        raise TypeError(type(error))
    if request.method in _WITHOUT_BODY and error.body is None:
        return await request_validation_exception_handler(request, error)
    detail = [{name: told for name, told in one.items() if name != "input"} for one in error.errors()]
    return JSONResponse({"detail": jsonable_encoder(detail)}, 422, dict([NO_STORE]))


def refusal_of(error: RequestValidationError) -> Answer | None:
    """Return the answer to a body with which nothing is wrong but its new password, None for all others."""
    reasons = [_feedback(one) for one in error.errors()]
    return unusable_password(list(chain(*reasons))) if all(reasons) else None


def check_contexts(routes: Sequence[BaseRoute]) -> None:
    """Look whether every new password will know its context.

    Raises:
        ConfigurationError: A field that it names isn't there, or is validated only after it.
    """
    for context in iter_route_contexts(routes):
        for marker, before in _of_dependant(getattr(context.original_route, "dependant", None)):
            missing = [name for name in marker.context if name not in before]
            if missing:
                raise ConfigurationError.of(
                    "NewPassword.context",
                    got=missing,
                    expected="fields of the same model that are declared before the password",
                    do=f"Declare them before it in the body of {context.path}.",
                )


def _feedback(one: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """Return the reasons of an error that is about a new password, nothing for all others."""
    told: list[Mapping[str, str]] = one.get("ctx", {}).get("feedback", [])
    return told if one["type"] in _CODES else []


def _of_dependant(dependant: object) -> Iterator[_Found]:
    if not isinstance(dependant, Dependant):
        return
    for param in dependant.body_params:
        yield from _Walk().look(_plan(param.field_info))
    for inner in dependant.dependencies:
        yield from _of_dependant(inner)


def _plan(info: FieldInfo) -> CoreSchema:
    """Return pydantic's plan of a parameter, made of its annotation and what is beside it."""
    annotated: Any = cast("Any", Annotated)[(info.annotation, *info.metadata, Field())]
    return TypeAdapter[Any](annotated).core_schema


class _Walk:
    """Looks for new passwords in the plan by which pydantic validates.

    There everything is resolved that a type may be written with: aliases, forward references, generic models.
    Models, dataclasses and TypedDicts differ in nothing but their names.
    """

    def __init__(self) -> None:
        self._definitions: dict[str, Mapping[str, Any]] = {}
        self._seen: set[tuple[str, tuple[str, ...]]] = set()

    def look(self, node: object, before: tuple[str, ...] = ()) -> Iterator[_Found]:
        """Yield the new passwords in a part of the plan."""
        if isinstance(node, Mapping):
            yield from self._schema(cast("Mapping[str, Any]", node), before)
        elif isinstance(node, (list, tuple)):
            for part in cast("Sequence[object]", node):
                yield from self.look(part, before)
        else:
            marker = getattr(node, "__self__", None)  # of the method that checks
            if isinstance(marker, NewPassword):
                yield _Found(marker, before)

    def _schema(self, node: Mapping[str, Any], before: tuple[str, ...]) -> Iterator[_Found]:
        kind = node.get("type")
        if kind == "definitions":
            self._definitions.update({one["ref"]: one for one in node["definitions"]})
            yield from self.look(node["schema"], before)
        elif kind == "definition-ref":
            yield from self._defined(node["schema_ref"], before)
        elif kind in _RECORDS:
            yield from self._fields(node["fields"])
        else:
            yield from self.look([part for name, part in node.items() if name not in _ASIDE], before)

    def _defined(self, name: str, before: tuple[str, ...]) -> Iterator[_Found]:
        """Look into what has a name, once behind the same fields: a model may hold itself."""
        if (name, before) not in self._seen:
            self._seen.add((name, before))
            yield from self.look(self._definitions.get(name), before)

    def _fields(self, fields: Mapping[str, object] | Sequence[Mapping[str, object]]) -> Iterator[_Found]:
        """Look into each field of a record: a dataclass lists them, the others map their names."""
        if isinstance(fields, Mapping):
            named = list(fields.items())
        else:
            named = [(str(one["name"]), one) for one in fields]
        names = tuple(name for name, _ in named)
        for number, (_, one) in enumerate(named):
            yield from self.look(one, names[:number])
