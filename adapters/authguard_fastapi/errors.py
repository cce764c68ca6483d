"""How the guard's answers leave an endpoint: as an exception that FastAPI knows."""

from fastapi import HTTPException, Request
from fastapi.responses import Response

from authguard_core.answers import BUSY, Answer

__all__ = ["AttemptHTTPException", "answer_attempt", "answer_busy"]


class AttemptHTTPException(HTTPException):
    """A request ends here, with an answer of the guard.

    ``guard.init_app`` registers a handler that sends it as problem details (RFC 9457). An application that
    wants pages of its own registers another one. To answer alike for known and unknown accounts it must
    make its page from ``answer`` alone.
    """

    def __init__(self, answer: Answer) -> None:
        headers = {name: value for name, value in answer.headers if name != "Content-Type"}
        super().__init__(answer.status, str(answer.content["detail"]), headers)
        self.answer = answer
        """Status, headers and body."""


async def answer_attempt(_request: Request, error: Exception) -> Response:
    """Send the answer of an :class:`AttemptHTTPException`."""
    if not isinstance(error, AttemptHTTPException):
        raise TypeError(type(error))
    return _response(error.answer)


async def answer_busy(_request: Request, _error: Exception) -> Response:
    """Answer a ``HasherBusy`` from outside of an attempt, in a registration for example."""
    return _response(BUSY)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))
