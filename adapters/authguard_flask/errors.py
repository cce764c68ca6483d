"""How the guard's answers leave a view: as an exception that Flask knows."""

from typing import Final

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from authguard_core import Decision, Reason, Verdict
from authguard_core.answers import Answer, refused, unusable_password
from authguard_core.passwords import Assessment

__all__ = ["UNAVAILABLE", "AttemptHTTPException", "PasswordHTTPException"]

UNAVAILABLE: Final = refused(Decision(verdict=Verdict.REFUSE, reason=Reason.STORAGE_FAILED, wait=1))
"""The answer where the store failed outside of an attempt."""


class AttemptHTTPException(HTTPException):
    """A request ends here, with an answer of the guard: problem details (RFC 9457).

    An application that wants pages of its own rather registers a :meth:`~authguard_flask.AuthGuard.page`.
    An error handler of its own must make its page from ``answer`` alone, to answer alike for known and
    unknown accounts.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(
            description=str(answer.content["detail"]),
            response=Response(answer.body, answer.status, list(answer.headers)),
        )
        self.code = answer.status
        self.answer = answer
        """Status, headers and body."""


class PasswordHTTPException(AttemptHTTPException):
    """A new password is refused: a problem with status 422 and the reasons as ``feedback``."""

    def __init__(self, assessment: Assessment) -> None:
        super().__init__(unusable_password(assessment.feedback))
        self.assessment = assessment
        """All that there is to say about it."""
