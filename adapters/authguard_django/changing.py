"""Where a project asks for the old password, and doesn't guard it."""

from collections.abc import Callable, Iterator, Sequence
from inspect import unwrap
from typing import Any, Final

from django.contrib.auth.views import PasswordChangeView
from django.urls import URLPattern, URLResolver, get_resolver

from authguard_django.decorators import is_guarded
from authguard_django.forms import PasswordChangeForm

__all__ = ["unguarded_changes"]

_ADMINS: Final = ("django.contrib.admin.sites", "AdminSite.password_change")
"""Module and name of the view that belongs to each admin site."""


def unguarded_changes() -> list[str]:
    """Return the routes at which whoever holds a session may guess the password without an end."""
    views: dict[str, Callable[..., Any]] = {}
    for route, view in _routes("", get_resolver().url_patterns):
        views.setdefault(route, view)  # of two the first is asked
    return [route for route, view in views.items() if _asks(view)]


def _routes(
    prefix: str, patterns: Sequence[URLPattern | URLResolver]
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _routes(route, pattern.url_patterns)
        else:
            yield route, pattern.callback


def _asks(view: Callable[..., Any]) -> bool:
    """Whether it is a password change of Django's, or derived from it, with a form that guards nothing."""
    method = getattr(unwrap(view), "__func__", None)
    if (getattr(method, "__module__", ""), getattr(method, "__qualname__", "")) == _ADMINS:
        site = getattr(view, "admin_site", None)
        return not _is_guarding(getattr(site, "password_change_form", None))  # Django 6.0 knows it
    kind = getattr(view, "view_class", None)
    if kind is None or not issubclass(kind, PasswordChangeView) or is_guarded(view):
        return False
    return not _is_guarding(getattr(view, "view_initkwargs", {}).get("form_class") or kind.form_class)


def _is_guarding(form: type | None) -> bool:
    return form is not None and issubclass(form, PasswordChangeForm)
