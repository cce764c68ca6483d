"""Bodies of views that read credentials themselves, as a JSON API does.

The identity must be read from the same bytes, in the same way, as the application reads it. A body that two
parsers may read differently is refused, and so is one that is too long. It names nobody, so its address pays.
"""

from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from authguard_core import Decision, Reason
from authguard_core.answers import refused, unreadable
from authguard_core.body import BodyShape, Fields, Unreadable
from authguard_core.body import read_fields as read
from authguard_django.configuration import current
from authguard_django.errors import AttemptError
from authguard_django.requests import attempt_of

__all__ = ["aread_fields", "read_fields"]

_SHAPE = BodyShape()


def read_fields(request: HttpRequest, shape: BodyShape = _SHAPE, *, purpose: str = "login") -> Fields:
    """Read the credentials from a JSON or form body, in the one way that every parser agrees on.

    Look the user up by what it returns, and hand its ``identity`` to :func:`~authguard_django.attempt`.

    Args:
        request: One whose body is still there. ``request.body`` and ``request.POST`` stay usable.
        shape: The fields that must be there, as text.
        purpose: Whose limits a body that can't be read counts against.

    Raises:
        AttemptError: It can't be read (400, 413, 415 or 422), or its address is over the limit (429). The
            middleware sends the answer.
    """
    fields = _read(request, shape)
    if isinstance(fields, Unreadable):
        guard = current().guard
        raise _error(fields, guard.check(attempt_of(guard, request, "", purpose=purpose)))
    return fields


async def aread_fields(request: HttpRequest, shape: BodyShape = _SHAPE, *, purpose: str = "login") -> Fields:
    """Do as :func:`read_fields`."""
    fields = _read(request, shape)
    if isinstance(fields, Unreadable):
        guard = current().aguard
        raise _error(fields, await guard.check(attempt_of(guard, request, "", purpose=purpose)))
    return fields


@sensitive_variables()
def _read(request: HttpRequest, shape: BodyShape) -> Fields | Unreadable:
    plain: Any = getattr(request, "_request", request)  # REST framework wraps Django's own
    body = getattr(plain, "_body", None)
    if body is None:
        body = _taken(plain, shape.max_bytes + 1)
        if len(body) <= shape.max_bytes:
            plain._body = body  # noqa: SLF001 - as Django keeps it: the view may still ask for body or POST
    return read(plain.META.get("CONTENT_TYPE"), body, shape)


@sensitive_variables()
def _taken(request: HttpRequest, most: int) -> bytes:
    """Return the body's first bytes, from streams too that give less at once than they are asked for."""
    stream, chunks, left = _stream_of(request), list[bytes](), most
    while left and (chunk := stream.read(left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _stream_of(request: HttpRequest) -> Any:  # noqa: ANN401 - anything to read from
    """Return where the body is. On WSGI Django takes one without a length, sent in chunks, for none."""
    environ = getattr(request, "environ", {})
    is_chunked = not request.META.get("CONTENT_LENGTH") and environ.get("wsgi.input_terminated")
    return environ["wsgi.input"] if is_chunked else request


def _error(fields: Unreadable, decision: Decision) -> AttemptError:
    is_unreadable = decision.reason is Reason.UNIDENTIFIED
    return AttemptError(unreadable(fields.status) if is_unreadable else refused(decision))
