"""Guarding a view as a whole."""

from collections.abc import Callable, Collection
from functools import wraps
from inspect import iscoroutine
from typing import Any, Final, NamedTuple

from django.http import HttpRequest, HttpResponseBase

from authguard_core import ConfigurationError
from authguard_django.awaiting import is_async
from authguard_django.contexts import AttemptContext, RunningAttempt, attempt

__all__ = ["guarded", "is_guarded"]

_MARK: Final = "_authguard_guarded"

View = Callable[..., Any]
"""A view, of either kind: what Django's own decorators take."""


def guarded(
    identity: str | Callable[[HttpRequest], str | None],
    *,
    success: Collection[int] = (),
    purpose: str = "login",
    methods: Collection[str] = ("POST",),
) -> Callable[[View], View]:
    """Make each request of a view an attempt: one that changes a password, or takes a code.

    ::

        @guarded(lambda request: request.user.get_username(), purpose="otp")
        def enter_code(request, *, attempt=None): ...

        guarded(lambda request: request.user.get_username(), success={302})(PasswordChangeView.as_view())

    Args:
        identity: Whose secret is tried: a field of the form, or a function of the request.
        success: The statuses that a right secret alone leads to. Without them the view says so itself: it is
            given the running attempt as ``attempt``, and counts as failed until it calls ``succeed()``.
        purpose: Whose limits hold.
        methods: The methods that carry a secret. Any other request passes, without an ``attempt``.
    """
    found = _field(identity) if isinstance(identity, str) else identity
    guarding = _Guarding(found, frozenset(success), purpose, frozenset(methods))
    return guarding.around


def is_guarded(view: View) -> bool:
    """Whether :func:`guarded` has decorated it, below decorators that keep what it is marked with."""
    return getattr(view, _MARK, False)


class _Guarding(NamedTuple):
    """How the requests of one view become attempts."""

    identity: Callable[[HttpRequest], str | None]
    success: frozenset[int]
    purpose: str
    methods: frozenset[str]

    def around(self, view: View) -> View:
        """Return the view with the guard around it, of the same kind."""
        guarding = wraps(view)(self._around_async(view) if is_async(view) else self._around_sync(view))
        setattr(guarding, _MARK, True)
        return guarding

    def _around_sync(self, view: View) -> View:
        def call(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
            context = self._begin(request)
            if context is None:
                return view(request, *args, **kwargs)
            with context as running:
                return self._judged(running, view(request, *args, **self._told(running), **kwargs))

        return call

    def _around_async(self, view: View) -> View:
        async def call(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
            context = self._begin(request)
            if context is None:
                return await view(request, *args, **kwargs)
            async with context as running:
                return self._judged(running, await view(request, *args, **self._told(running), **kwargs))

        return call

    def _begin(self, request: HttpRequest) -> AttemptContext | None:
        if request.method not in self.methods:
            return None
        return attempt(request, self.identity(request) or "", purpose=self.purpose)

    def _told(self, running: RunningAttempt) -> dict[str, RunningAttempt]:
        return {} if self.success else {"attempt": running}

    def _judged(self, running: RunningAttempt, response: HttpResponseBase) -> HttpResponseBase:
        if iscoroutine(response):
            response.close()
            raise _late()
        if response.status_code in self.success:
            running.succeed()
        return response


def _late() -> ConfigurationError:
    """Return what is wrong with a view whose answer comes after its attempt: ``dispatch``, say."""
    return ConfigurationError.of(
        "guarded",
        got="a plain function that returns a coroutine",
        expected="a view, or a coroutine function",
        do="Decorate the result of as_view(), or the coroutine method.",
    )


def _field(name: str) -> Callable[[HttpRequest], str | None]:
    """Read a field of the form as Django's own forms do."""

    def read(request: HttpRequest) -> str | None:
        return request.POST.get(name)

    return read
