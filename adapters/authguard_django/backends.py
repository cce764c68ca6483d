"""The authentication backend: it stands before the others and asks them itself.

It charges the attempt, lets the other configured backends check the secret, and settles on their result. On
a refusal and on a failure it raises ``PermissionDenied``, so that Django asks nobody again: one attempt is
one check.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from authguard_core import Outcome
from authguard_django.configuration import current
from authguard_django.delegating import Delegating
from authguard_django.entrance import Entrance, Found, Other, others, outcome_of, signature_of
from authguard_django.exchange import exchange_of
from authguard_django.settling import afinish, asettle, finish, settle

__all__ = ["AuthGuardBackend"]


class AuthGuardBackend(Delegating):
    """The first of ``AUTHENTICATION_BACKENDS``: it guards all that follow."""

    @sensitive_variables()
    def authenticate(self, request: HttpRequest | None = None, **credentials: object) -> Any:  # noqa: ANN401 - any user model
        """Let the other backends check the credentials, if there may be an attempt now.

        Returns:
            The user whom they found; None where none of them takes such credentials.

        Raises:
            PermissionDenied: The attempt is refused, or the credentials are wrong.
        """
        asked = others(credentials)
        if not asked:
            return None
        runtime = current()
        finish(runtime.guard, exchange_of(request))
        entrance = Entrance.of(runtime, request, credentials)
        ticket = entrance.ticket(runtime.guard.check(entrance.attempt))
        try:
            found = _ask(asked, request, credentials)
        except BaseException as error:
            settle(runtime.guard, ticket, outcome_of(error, asked))
            raise
        if found is None:
            settle(runtime.guard, ticket, Outcome.FAILURE)
            raise entrance.failed()
        if outcome := entrance.succeeded(ticket, found):
            settle(runtime.guard, ticket, outcome)
        return found.user

    @sensitive_variables()
    async def aauthenticate(self, request: HttpRequest | None = None, **credentials: object) -> Any:  # noqa: ANN401 - any user model
        """Do as :meth:`authenticate`, on an event loop."""
        asked = others(credentials)
        if not asked:
            return None
        runtime = current()
        await afinish(runtime.aguard, exchange_of(request))
        entrance = Entrance.of(runtime, request, credentials)
        ticket = entrance.ticket(await runtime.aguard.check(entrance.attempt))
        try:
            found = await _aask(asked, request, credentials)
        except BaseException as error:
            await asettle(runtime.aguard, ticket, outcome_of(error, asked))
            raise
        if found is None:
            await asettle(runtime.aguard, ticket, Outcome.FAILURE)
            raise entrance.failed()
        if outcome := entrance.succeeded(ticket, found):
            await asettle(runtime.aguard, ticket, outcome)
        return found.user


for _method in (AuthGuardBackend.authenticate, AuthGuardBackend.aauthenticate):
    # Django asks for it before every attempt, and would work it out anew each time (PEP 362).
    setattr(_method, "__signature__", signature_of(_method))  # noqa: B010 - no type checker knows it


@sensitive_variables()
def _ask(
    asked: Sequence[Other], request: HttpRequest | None, credentials: Mapping[str, object]
) -> Found | None:
    """Ask the backends one after another, as Django does."""
    for backend, path in asked:
        try:
            user = backend.authenticate(request, **credentials)
        except PermissionDenied:
            return None
        if user is not None:
            return Found(user, path)
    return None


def _awaitable(backend: Any) -> Callable[..., Awaitable[Any]]:  # noqa: ANN401 - backends are duck-typed
    """Return the awaitable flavour of a backend's ``authenticate``.

    Where that is no more than the plain one in a thread, or Django's own, which hashes on the event loop in
    Django 5.2 and takes a thread for each of its steps since, the plain one is asked on one thread.
    """
    kind: type[object] = backend.__class__
    plain, own = (getattr(kind, name, None) for name in ("authenticate", "aauthenticate"))
    is_stock = (plain, own) == (ModelBackend.authenticate, ModelBackend.aauthenticate)
    if own is not None and own is not BaseBackend.aauthenticate and not is_stock:
        asked: Callable[..., Awaitable[Any]] = backend.aauthenticate
        return asked

    @sensitive_variables()
    async def on_thread(request: HttpRequest | None, **credentials: object) -> Any:  # noqa: ANN401 - any user model
        @sensitive_variables()
        def ask() -> Any:  # noqa: ANN401 - as above
            return backend.authenticate(request, **credentials)

        return await sync_to_async(ask)()  # with the credentials as arguments its frames would show them

    return on_thread


@sensitive_variables()
async def _aask(
    asked: Sequence[Other], request: HttpRequest | None, credentials: Mapping[str, object]
) -> Found | None:
    """Do as :func:`_ask`. A backend that knows no event loop is asked on Django's thread."""
    for backend, path in asked:
        try:
            user = await _awaitable(backend)(request, **credentials)
        except PermissionDenied:
            return None
        if user is not None:
            return Found(user, path)
    return None
