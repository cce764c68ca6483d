"""A request body, read within its limit and left to the application."""

from contextlib import suppress
from io import BytesIO
from typing import Final

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from authguard_core.body import BodyShape, Fields, Unreadable, read_fields

__all__ = ["keep_form", "read_body"]

_KEPT: Final = "authguard.form"
_FORM: Final = "application/x-www-form-urlencoded"
_TOO_LARGE: Final = 413
_LEFT: Final = 400


def read_body(request: Request, shape: BodyShape) -> Fields | int:
    """Read the fields of a JSON or form body.

    Returns:
        The fields, or the status of what is wrong with the body.
    """
    try:
        content = _content(request, shape.max_bytes)
    except RequestEntityTooLarge:
        return _TOO_LARGE
    except ClientDisconnected:
        return _LEFT
    found = read_fields(request.environ.get("CONTENT_TYPE"), content, shape)
    return found.status if isinstance(found, Unreadable) else found


def keep_form(request: Request, max_body: int) -> None:
    """Keep the bytes of a short form, whoever parses it first.

    Extensions do so before any view runs, to look for a CSRF token say, and Flask keeps but what it
    made of the bytes: nothing would tell any more whether they can be read in another way.
    """
    if request.mimetype != _FORM or not 0 < (request.content_length or 0) <= max_body:
        return
    with suppress(ClientDisconnected):  # whoever reads it next will notice
        kept = get_input_stream(request.environ).read()
        request.environ[_KEPT] = kept
        request.environ["wsgi.input"] = BytesIO(kept)


def _content(request: Request, max_bytes: int) -> bytes:
    """Read the body, and no more of it than the limit. Flask's own parsers use the same bytes afterwards."""
    kept: bytes | None = request.environ.get(_KEPT)
    if kept is not None:
        return kept
    own = request.max_content_length
    limit = max_bytes if own is None else min(own, max_bytes)
    # A body without a length is cut off there without a word, so one byte more tells whether it was.
    request.max_content_length = limit + 1
    content = request.get_data(cache=True)
    if len(content) > limit:
        raise RequestEntityTooLarge
    return content
