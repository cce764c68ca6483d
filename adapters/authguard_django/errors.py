"""How the guard's answers leave a view: as an exception that the middleware knows."""

from authguard_core.answers import Answer
from authguard_core.errors import AuthGuardError

__all__ = ["AttemptError"]


class AttemptError(AuthGuardError):
    """An attempt ends here, with an answer for the client.

    ``AuthGuardMiddleware`` sends it. It isn't meant to be caught on the way.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"answered with {answer.status}")
        self.answer = answer
        """Status, headers and body."""
