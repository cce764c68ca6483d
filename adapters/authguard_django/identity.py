"""Whose secret is tried: the name among the credentials, and the account that it belongs to.

The account is found as the sign-in itself finds it, by the user model's natural key, with the name exactly
as it was submitted: so the database's own rules of case and accents hold, and one person is one counter.
Whoever isn't found is counted under the canonical form of the name.
"""

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import iscoroutinefunction
from typing import Any, Final, cast

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.views.decorators.debug import sensitive_variables

__all__ = ["Resolve", "by_user_model", "name_of", "submitted"]

_STOCK: Final = "django.contrib.auth.backends."
_OWN: Final = "authguard_django."
_NUL: Final = "\0"

_submitted: ContextVar[str | None] = ContextVar("authguard_submitted", default=None)


@contextmanager
def submitted(name: str | None) -> Generator[None]:
    """Remember the name as it was submitted: guards hand only its canonical form to ``resolve``."""
    token = _submitted.set(name)
    try:
        yield
    finally:
        _submitted.reset(token)


class Resolve:
    """The look-up of accounts, for threads and for event loops.

    Args:
        find: The application's own, a plain or a coroutine function; by default :func:`by_user_model`.
    """

    def __init__(self, find: Callable[[str], Any] | None = None) -> None:
        given = by_user_model if find is None else find
        is_async = iscoroutinefunction(given)
        self._find: Callable[[str], Any] = (
            async_to_sync(cast("Callable[[str], Awaitable[Any]]", given)) if is_async else given
        )
        self._afind: Callable[[str], Any] = given if is_async else sync_to_async(given)

    def find(self, identifier: str) -> str | None:
        """Return the account's id, or None."""
        account: str | None = self._find(identifier)
        return account

    async def afind(self, identifier: str) -> str | None:
        """Do as :meth:`find`; a plain function runs where Django's ORM runs."""
        account: str | None = await self._afind(identifier)
        return account


def by_user_model(identifier: str) -> str | None:
    """Return the primary key of the user whom the sign-in would find, as text.

    A name with an ``@`` is looked up among the e-mail addresses too if any backend could do the same, which
    Django's own can't: without need it would show which address belongs to which user name.
    """
    name = _submitted.get() or identifier
    if _NUL in name:  # no user has it, and PostgreSQL raises for it
        return None
    model = _user_model()
    try:
        return str(model._default_manager.get_by_natural_key(name).pk)  # noqa: SLF001 - as Django's backends do
    except (model.DoesNotExist, model.MultipleObjectsReturned):
        return _by_email(name) if "@" in name and _takes_email() else None


def _by_email(address: str) -> str | None:
    """Return whose the address is; None where it is nobody's, or several people's."""
    model = _user_model()
    try:
        field = model.get_email_field_name()
        found = model._default_manager.filter(**{f"{field}__iexact": address})  # noqa: SLF001 - as above
        keys = list(found.values_list("pk", flat=True)[:2])
    except AttributeError:  # a user model without e-mail addresses
        return None
    return str(keys[0]) if len(keys) == 1 else None


def _user_model() -> Any:  # noqa: ANN401 - the application's own
    return get_user_model()


def _takes_email() -> bool:
    return any(not path.startswith((_STOCK, _OWN)) for path in settings.AUTHENTICATION_BACKENDS)


@sensitive_variables("credentials", "named", "names")
def name_of(credentials: Mapping[str, object]) -> str | None:
    """Return the name among the credentials: ``username``, the user model's own field, or ``email``.

    Returns:
        The name; empty where there is none that could be told, or where two contradict each other; None where
        the credentials name nobody at all, as a mailed token does.
    """
    model = _user_model()
    fields = dict.fromkeys(("username", model.USERNAME_FIELD, "email"))
    named = [credentials[field] for field in fields if field in credentials]
    if not named:
        return None
    names = {str(value) for value in named if value is not None}
    return names.pop() if len(names) == 1 else ""
