"""A password on its way, as an object that shows nothing of it to whoever collects tracebacks."""

from dataclasses import dataclass

from authguard_core.passwords.pwned import PwnedQuery

__all__ = ["Question", "bare"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Question:
    """A password, and what to ask about it. No sequence: a collector would show what is in one."""

    password: str
    query: PwnedQuery

    @classmethod
    def of(cls, password: str) -> "Question | None":
        """Return ``None`` for what isn't text: no service knows it, and no hash function takes it."""
        try:
            return cls(password=password, query=PwnedQuery.of(password))
        except ValueError:
            return None


def bare(error: BaseException) -> BaseException:
    """Take away the frames that an error has gone through, and the errors behind it.

    The transport's frames show the request to whoever logs local variables with a traceback. What leaves a
    look-up (a cancellation, an interrupt) starts there anew.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
