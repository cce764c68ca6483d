"""Whose secret is tried: the name among the credentials, and the account that it belongs to.

The account is found as the sign-in itself finds it, by the user model's natural key, with the name exactly
as it was submitted: so the database's own rules of case and accents hold, and one person is one counter.
A name that finds nobody but differs from a user's by its spelling alone is that user's all the same, as the
spellings of an unknown name are one: else who knows how a name is written could see whether it exists.
"""

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, cast
from unicodedata import normalize

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import CharField, Q, QuerySet, TextField
from django.views.decorators.debug import sensitive_variables

from authguard_core.identity import canonical
from authguard_django.awaiting import is_async

__all__ = ["Resolve", "address_name", "by_user_model", "is_storable", "name_of", "submitted"]

_STOCK: Final = "django.contrib.auth.backends."
_OWN: Final = "authguard_django."
_ADDRESS: Final = "\0"
"""Begins what stands for a client's address in a name's place. No name that is counted holds it."""

_submitted: ContextVar[str | None] = ContextVar("authguard_submitted", default=None)


@contextmanager
def submitted(name: str | None) -> Generator[None]:
    """Remember the name as it was submitted: guards hand only its canonical form to ``resolve``."""
    token = _submitted.set(name)
    try:
        yield
    finally:
        _submitted.reset(token)


def address_name(network: str) -> str:
    """Return what an attempt that names nobody is counted under: no user, nor anybody's guess at a name."""
    return f"{_ADDRESS}{network}"


def is_storable(name: str) -> bool:
    """Whether every database takes the name: for a NUL or half a character some raise, and some ignore it."""
    return not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in name)


class Resolve:
    """The look-up of accounts, for threads and for event loops.

    Args:
        find: The application's own, a plain or a coroutine function; by default :func:`by_user_model`.
    """

    def __init__(self, find: Callable[[str], Any] | None = None) -> None:
        given = by_user_model if find is None else find
        self.by_user_model: Final = find is None
        """Whether it is the default, which asks the same database as the sign-in."""
        self._find: Callable[[str], Any] = (
            async_to_sync(cast("Callable[[str], Awaitable[Any]]", given)) if is_async(given) else given
        )
        self._afind: Callable[[str], Any] = given if is_async(given) else sync_to_async(given)

    def find(self, identifier: str) -> str | None:
        """Return the account's id, or None."""
        account: str | None = _address() or self._find(identifier)
        return account

    async def afind(self, identifier: str) -> str | None:
        """Do as :meth:`find`; a plain function runs where Django's ORM runs."""
        account: str | None = _address() or await self._afind(identifier)
        return account

    def id_of(self, user: Any) -> str | None:  # noqa: ANN401 - any user model
        """Return the id under which a user is counted; None where the application's look-up alone knows."""
        return str(user.pk) if self.by_user_model else None


def by_user_model(identifier: str) -> str | None:
    """Return the primary key of the user whom the sign-in would find, as text.

    Django's own backends find users by their natural key. If there is any other it may look for them
    elsewhere: a name with an ``@`` is an e-mail address first, and spellings are compared in any case.
    Without need that would show which address belongs to which user name.

    A look-up of your own may end with this one. It takes ``identifier`` as it was submitted, unless you have
    made something else of it.
    """
    name = _as_submitted(identifier)
    if not is_storable(name):
        return None
    found = (look_up(name) for look_up in (_by_address, _by_natural_key, _by_spelling))
    return next((key for key in found if key is not None), None)


def _by_address(name: str) -> str | None:
    """Return whose e-mail address it is; None where it is nobody's, or several people's.

    It comes before the user name that may read alike: whoever called himself so could else clear, by his own
    sign-ins, what was guessed at the address's owner.
    """
    if "@" not in name or not _is_lenient():
        return None
    model = _user_model()
    try:
        field = model._meta.get_field(model.get_email_field_name()).name  # noqa: SLF001 - Django's public API
    except (AttributeError, FieldDoesNotExist):  # a user model without e-mail addresses
        return None
    return _only(_users().filter(**{f"{field}__iexact": name}))


def _by_natural_key(name: str) -> str | None:
    model = _user_model()
    try:
        return str(_users().get_by_natural_key(name).pk)
    except (model.DoesNotExist, model.MultipleObjectsReturned):
        return None
    except (TypeError, ValueError, ValidationError):  # no number, say, where users are called by one
        return None


def _by_spelling(name: str) -> str | None:
    """Return who is called like that but for case, surrounding space and invisible characters.

    Only what an index finds is asked for, so that unknown names cost no search of the whole table, unless
    another backend may make that search itself.
    """
    model = _user_model()
    field = model._meta.get_field(model.USERNAME_FIELD)  # noqa: SLF001 - Django's public API
    if not isinstance(field, CharField | TextField):
        return None
    alike = Q(**{f"{field.name}__in": _spellings(name)})
    if _is_lenient():
        alike |= Q(**{f"{field.name}__iexact": name})
    return _only(_users().filter(alike))


def _spellings(name: str) -> set[str]:
    """Return how a name is usually written, for the one that was submitted."""
    folded = canonical(name) or ""
    return {folded, folded.upper(), folded.capitalize(), folded.title(), normalize("NFKC", name).strip()}


def _only(users: "QuerySet[Any]") -> str | None:
    keys = list(users.values_list("pk", flat=True)[:2])
    return str(keys[0]) if len(keys) == 1 else None


def _users() -> Any:  # noqa: ANN401 - a manager of the application's own
    return _user_model()._default_manager  # noqa: SLF001 - as Django's backends do


def _user_model() -> Any:  # noqa: ANN401 - the application's own
    return get_user_model()


def _is_lenient() -> bool:
    """Whether a backend may look users up in ways of its own."""
    return any(not path.startswith((_STOCK, _OWN)) for path in settings.AUTHENTICATION_BACKENDS)


def _as_submitted(identifier: str) -> str:
    name = _submitted.get()
    return name if name is not None and canonical(name) == identifier else identifier


def _address() -> str | None:
    name = _submitted.get()
    return name if name is not None and name.startswith(_ADDRESS) else None


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
