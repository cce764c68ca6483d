"""Backends that an application might bring."""

from typing import ClassVar

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from authguard_core import HasherBusy
from authguard_django import get_guard
from tests.adapters.django_world import BaseBackend, User


class ByEmail:
    """Takes an e-mail address in place of the name."""

    def authenticate(self, _request: HttpRequest | None, *, username: str, password: str) -> User | None:
        user = User.objects.filter(email__iexact=username).first()
        return user if user and user.check_password(password) else None

    def get_user(self, _user_id: object) -> None:
        """Leave it to the others."""


class ByAnyCase:
    """Takes a name in any case, as many applications do."""

    def authenticate(self, _request: HttpRequest | None, *, username: str, password: str) -> User | None:
        user = User.objects.filter(username__iexact=username).first()
        return user if user and user.check_password(password) else None

    def get_user(self, user_id: object) -> User | None:
        return User.objects.filter(pk=user_id).first()


class ByToken:
    """Takes a mailed token, which names nobody."""

    def authenticate(self, _request: HttpRequest | None, token: str) -> User | None:
        return User.objects.get(username="alice") if token == "right" else None

    def get_user(self, user_id: object) -> User | None:
        return User.objects.filter(pk=user_id).first()


class ByBadge:
    """Takes what names somebody, but by another name."""

    def authenticate(self, _request: HttpRequest | None, badge: str, pin: str) -> None:
        """Let nobody in."""


class Denying:
    """Says that nobody may come in."""

    asked: ClassVar[list[object]] = []

    def authenticate(self, _request: HttpRequest | None, **credentials: object) -> None:
        self.asked.append(credentials["username"])
        raise PermissionDenied


class Busy:
    """Finds no place to hash, or breaks down."""

    def authenticate(self, _request: HttpRequest | None, **credentials: object) -> None:
        raise HasherBusy if credentials["password"] == "busy" else RuntimeError("broken down")


class BusyOfDjangos(BaseBackend):
    """The same, with the awaitable flavour that Django gives its own."""

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:
        Busy().authenticate(request, **credentials)


class Granting:
    """Grants one permission, and knows no event loop."""

    def authenticate(self, _request: HttpRequest | None, *, badge: str) -> None:
        """Take a badge, which nobody has."""

    def get_user(self, user_id: object) -> str | None:
        return "guest" if user_id == 0 else None

    def has_perm(self, _user: object, perm: str, thing: object = None) -> bool:
        return perm == "shop.visit" and thing is None

    def has_module_perms(self, _user: object, app_label: str) -> bool:
        return app_label == "shop"

    def get_all_permissions(self, _user: object, _obj: object = None) -> set[str]:
        return {"shop.visit"}


class Breaking:
    """Breaks the store behind it, and lets alice in."""

    def authenticate(self, _request: HttpRequest | None, **credentials: object) -> User:
        setattr(get_guard().storage, "broken", True)  # noqa: B010 - only the test's store has it
        return User.objects.get(username=credentials["username"])

    async def aauthenticate(self, request: HttpRequest | None, **credentials: object) -> User:
        return await sync_to_async(self.authenticate)(request, **credentials)
