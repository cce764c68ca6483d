"""A request body, read within its limit and left to the application."""

from contextlib import suppress
from io import BytesIO
from typing import IO, Final

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import LimitedStream, get_input_stream

from authguard_core.body import BodyShape, Fields, Unreadable, read_fields

__all__ = ["keep_form", "read_body"]

_KEPT: Final = "authguard.form"
_FORM: Final = "application/x-www-form-urlencoded"
_TOO_LARGE: Final = 413
_BROKEN: Final = 400


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
        return _BROKEN
    found = read_fields(request.environ.get("CONTENT_TYPE"), content, shape)
    return found.status if isinstance(found, Unreadable) else found


def keep_form(request: Request, max_body: int) -> None:
    """Keep the bytes of a short form, whoever parses it first.

    Extensions do so before any view runs, to look for a CSRF token say, and Flask keeps but what it
    made of the bytes: nothing would tell any more whether they can be read in another way.
    """
    is_short = 0 < (request.content_length or 0) <= max_body
    # What was read already isn't there any more: who reads on would wait for the client to send more.
    if request.mimetype != _FORM or not is_short or _opened(request) is not None:
        return
    with suppress(Exception):  # whatever the server raises: who reads next notices that too little is there
        content = get_input_stream(request.environ).read()
        # Streams, because who prints the environ would print bytes.
        request.environ[_KEPT] = BytesIO(content)
        request.environ["wsgi.input"] = BytesIO(content)


def _content(request: Request, max_bytes: int) -> bytes:
    """Read the whole body, within the limit. Flask's own parsers use the same bytes afterwards.

    Raises:
        RequestEntityTooLarge: It is longer than the limit, or than the application's own.
        ClientDisconnected: It ended early, or the server found it broken.
    """
    own = request.max_content_length
    limit = max_bytes if own is None else min(own, max_bytes)
    kept: BytesIO | None = request.environ.get(_KEPT)
    content = _read(request, limit) if kept is None else kept.getvalue()
    if len(content) > limit:
        raise RequestEntityTooLarge
    # Where the server ends the stream, nobody else compares.
    if len(content) < (request.content_length or 0):
        raise ClientDisconnected
    return content


def _read(request: Request, limit: int) -> bytes:
    """Read up to one byte more than the limit: a stream without a length is cut off without a word."""
    opened = _opened(request)
    try:
        vars(request)["stream"] = (
            get_input_stream(request.environ, max_content_length=limit + 1)
            if opened is None
            else LimitedStream(opened, limit + 1, is_max=True)
        )
        return request.get_data(cache=True)
    except RequestEntityTooLarge:
        raise
    except Exception as error:
        # Each server has errors of its own for a body in broken chunks.
        raise ClientDisconnected from error


def _opened(request: Request) -> IO[bytes] | None:
    """Return the stream that somebody has read from, or opened with limits that aren't the guard's.

    A look into the form does that, whatever the body is.
    """
    return vars(request).get("stream")
