"""The guard's answers in the OpenAPI schema of guarded routes."""

from collections.abc import Iterable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from authguard_core.answers import PROBLEM_TYPE
from authguard_fastapi.finding import depends_on, guarded_routes
from authguard_fastapi.passwords import provide_passwords

__all__ = ["document"]

_SCHEMA_NAME: Final = "AuthGuardProblem"
_SCHEMA: Final = {
    "title": _SCHEMA_NAME,
    "description": "Problem details (RFC 9457).",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "feedback": {
            "description": "Why a new password is refused.",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                "required": ["code", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}
_DESCRIPTIONS: Final = {
    "400": "The body is malformed, or gives a field twice",
    "401": "The credentials are wrong",
    "408": "The body took too long",
    "413": "The body is too large",
    "422": "The body lacks a field, or one can't be used",
    "429": "Too many attempts",
    "503": "Too busy, or unavailable for a moment",
}
_WAITING: Final = ("429", "503")
_RETRY_AFTER: Final = {"description": "Seconds", "schema": {"type": "integer"}}


def document(app: FastAPI) -> None:
    """Extend the application's schema, the way FastAPI documents: by a function in place of its own."""
    generate = app.openapi

    def documented() -> dict[str, Any]:
        schema = generate()
        for context, _ in guarded_routes(app.routes):
            operations = schema["paths"].get(context.path_format, {})
            for method in context.methods or ():
                _describe(operations.get(method.lower(), {}).get("responses"))
        for context in iter_route_contexts(app.routes):
            if depends_on(getattr(context.original_route, "dependant", None), provide_passwords):
                _describe_refusals(schema["paths"].get(context.path_format, {}), context.methods or ())
        _add_schema(schema)
        return schema

    app.openapi = documented  # type: ignore[method-assign]  # "Extending OpenAPI" in FastAPI's documentation


def _describe(responses: dict[str, Any] | None) -> None:
    """Add the answers that the application doesn't describe itself. None: the route isn't in the schema."""
    if responses is None:
        return
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    for status, description in _DESCRIPTIONS.items():
        responses.setdefault(status, _response(status, description))


def _describe_refusals(operations: dict[str, Any], methods: Iterable[str]) -> None:
    """Add what a refused password is answered with beside FastAPI's own 422."""
    answer = _response("422", "The body lacks a field, or the new password can't be used")
    for method in methods:
        responses = operations.get(method.lower(), {}).get("responses", {})
        responses.setdefault("422", answer).setdefault("content", {}).update(answer["content"])


def _response(status: str, description: str) -> dict[str, Any]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": f"#/components/schemas/{_SCHEMA_NAME}"}}}
    headers = {"headers": {"Retry-After": _RETRY_AFTER}} if status in _WAITING else {}
    return {"description": description, "content": content, **headers}


def _add_schema(schema: dict[str, Any]) -> None:
    if f"/{_SCHEMA_NAME}" in str(schema["paths"]):
        schema.setdefault("components", {}).setdefault("schemas", {})[_SCHEMA_NAME] = _SCHEMA
