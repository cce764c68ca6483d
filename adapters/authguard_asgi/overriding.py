"""Whether a request may be taken for one of another method.

Some applications let a header, the query or a field of the body name the method that is meant, most of them
in posts alone. The guard sees the request before they do, so for it any such name is a doubt.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final, cast
from urllib.parse import unquote

from authguard_asgi.protocol import Scope
from authguard_asgi.requests import content_type_of

__all__ = ["body_names_a_method", "head_names_a_method", "may_be_overridden"]

_HEADERS: Final = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override"})
_FIELD: Final = "_method"
_FORM: Final = "application/x-www-form-urlencoded"
_FORMS_OWN: Final = "POST"
"""The method of forms: only its bodies are looked at for another one."""


def may_be_overridden(scope: Scope) -> bool:
    """Whether an application could take the request for one of any other method.

    A post always: nothing of its body is known yet, and whatever type it says it has, it may name one.
    """
    return scope["method"].upper() == _FORMS_OWN or head_names_a_method(scope)


def head_names_a_method(scope: Scope) -> bool:
    """Whether a header or a parameter of the query says which method is meant."""
    if any(name.lower() in _HEADERS for name, _ in scope["headers"]):
        return True
    query = unquote(unquote(scope.get("query_string", b"")))
    return _any_is_the_field(query.replace(";", "&").replace("?", "&").split("&"))


def body_names_a_method(scope: Scope, content: bytes) -> bool:
    """Whether a field of the body says which method is meant, whatever it holds.

    Args:
        scope: The request's ASGI scope.
        content: A body that :func:`~authguard_core.body.read_fields` could read.
    """
    if b"\\" not in content and b"%" not in content and _FIELD.encode() not in content.lower():
        return False  # not even in disguise
    return _any_is_the_field(_names(scope, content.decode()))


def _names(scope: Scope, content: str) -> Iterable[str]:
    media_type = (content_type_of(scope) or "").partition(";")[0]
    if media_type.strip().lower() == _FORM:
        return [unquote(unquote(pair.partition("=")[0])) for pair in content.split("&")]
    return cast("Mapping[str, object]", json.loads(content))


def _any_is_the_field(names: Iterable[str]) -> bool:
    return any(name.lstrip(" +").lower().startswith(_FIELD) for name in names)
