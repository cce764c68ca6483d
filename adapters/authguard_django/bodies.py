"""Bodies of views that read credentials themselves, as a JSON API does.

The identity must be read from the same bytes, in the same way, as the application reads it. A body that two
parsers may read differently is refused, and so is one that is too long. It names nobody, so its address pays.
"""

from django.http import HttpRequest

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
        request: A request whose body nobody has read; the view is ``csrf_exempt``, or the body is JSON.
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


def _read(request: HttpRequest, shape: BodyShape) -> Fields | Unreadable:
    return read(request.META.get("CONTENT_TYPE"), request.read(shape.max_bytes + 1), shape)


def _error(fields: Unreadable, decision: Decision) -> AttemptError:
    is_unreadable = decision.reason is Reason.UNIDENTIFIED
    return AttemptError(unreadable(fields.status) if is_unreadable else refused(decision))
