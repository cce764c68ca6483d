"""Views that are one attempt from their first line to their last."""

from collections.abc import Callable
from functools import wraps
from inspect import isasyncgenfunction, isgeneratorfunction
from typing import Any

from flask import current_app

from authguard_core.body import Fields
from authguard_core.errors import ConfigurationError
from authguard_flask.contexts import AttemptContext

__all__ = ["View", "check_purpose", "guarding"]

View = Callable[..., Any]


def guarding(read: Callable[[], Fields], attempt: Callable[[str], AttemptContext]) -> Callable[[View], View]:
    """Return a decorator that reads the body and begins the attempt, before it calls a view with both."""

    def decorate(view: View) -> View:
        _check_view(view)

        @wraps(view)
        def attempted(*args: object, **kwargs: object) -> object:
            fields = read()
            with attempt(fields.identity) as running:
                return current_app.ensure_sync(view)(*args, attempt=running, fields=fields, **kwargs)

        return attempted

    return decorate


def check_purpose(purpose: object) -> None:
    """Refuse a view in the purpose's place: the decorator was written without its parentheses.

    Raises:
        ConfigurationError: It is no text.
    """
    if not isinstance(purpose, str):
        raise ConfigurationError.of(
            "guarded",
            got=type(purpose).__name__,
            expected="the name of a purpose",
            do="Write @guard.guarded(), with the parentheses.",
        )


def _check_view(view: View) -> None:
    """Refuse a view that runs only when its attempt is over, because Flask streams what it yields.

    Raises:
        ConfigurationError: It is a generator function.
    """
    if isgeneratorfunction(view) or isasyncgenfunction(view):
        raise ConfigurationError.of(
            "guarded",
            got="a generator function",
            expected="a view that returns its response",
            do="Return a response around a generator, once attempt.succeed() was called.",
        )
