"""The guard's answers in the OpenAPI schema of guarded routes."""

from typing import Any, Final

from fastapi import FastAPI

from authguard_core.answers import PROBLEM_TYPE
from authguard_fastapi.finding import guarded_routes

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


def _response(status: str, description: str) -> dict[str, Any]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": f"#/components/schemas/{_SCHEMA_NAME}"}}}
    headers = {"headers": {"Retry-After": _RETRY_AFTER}} if status in _WAITING else {}
    return {"description": description, "content": content, **headers}


def _add_schema(schema: dict[str, Any]) -> None:
    if f"/{_SCHEMA_NAME}" in str(schema["paths"]):
        schema.setdefault("components", {}).setdefault("schemas", {})[_SCHEMA_NAME] = _SCHEMA
