"""What FastAPI answers where a body with a new password in it is refused.

pydantic tells an error about a missing field with all that was sent in its place: the whole body, and the
password in it. On routes whose body has a :class:`~authguard_fastapi.NewPassword` no error repeats its input.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple, get_args

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.encoders import jsonable_encoder
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.routing import BaseRoute

from authguard_core.answers import NO_STORE, Answer, unusable_password
from authguard_core.errors import ConfigurationError
from authguard_core.passwords import Code
from authguard_fastapi.newpassword import NewPassword

__all__ = ["answer_invalid", "check_contexts", "refusal_of"]

_CODES: Final = frozenset(code.value for code in Code)


class _Found(NamedTuple):
    marker: NewPassword
    before: tuple[str, ...]
    """The names of the fields that are validated before it."""


async def answer_invalid(request: Request, error: Exception) -> Response:
    """Answer as FastAPI does, and leave out what was sent where it may hold a new password."""
    if not isinstance(error, RequestValidationError):
        raise TypeError(type(error))
    if next(_of_route(request.scope.get("route")), None) is None:
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
        for marker, before in _of_route(context.original_route):
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


def _of_route(route: object) -> Iterator[_Found]:
    dependant = getattr(route, "dependant", None)
    return _of_dependant(dependant) if isinstance(dependant, Dependant) else iter(())


def _of_dependant(dependant: Dependant) -> Iterator[_Found]:
    for param in dependant.body_params:
        yield from _of_field(param.field_info, (), set())
    for inner in dependant.dependencies:
        yield from _of_dependant(inner)


def _of_field(info: FieldInfo, before: tuple[str, ...], seen: set[object]) -> Iterator[_Found]:
    yield from (_Found(one, before) for one in info.metadata if isinstance(one, NewPassword))
    yield from _of_annotation(info.annotation, before, seen)


def _of_annotation(annotation: object, before: tuple[str, ...], seen: set[object]) -> Iterator[_Found]:
    """Look into models, and into what is made of other types: lists, unions, annotated ones."""
    parts = get_args(annotation)
    if isinstance(annotation, NewPassword):
        yield _Found(annotation, before)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            yield from _of_model(annotation, {*seen, annotation})
    else:
        for part in parts:
            yield from _of_annotation(part, before, seen)


def _of_model(model: type[BaseModel], seen: set[object]) -> Iterator[_Found]:
    names = tuple(model.model_fields)
    for number, info in enumerate(model.model_fields.values()):
        yield from _of_field(info, names[:number], seen)
