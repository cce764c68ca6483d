"""What isn't about secrets: users and permissions are the other backends' affair."""

from collections.abc import Callable, Iterator
from typing import Any

from asgiref.sync import sync_to_async

from authguard_django.entrance import others

__all__ = ["Delegating"]


class Delegating:
    """Answers every question of Django's but ``authenticate`` as the other backends do."""

    def get_user(self, user_id: Any) -> Any:  # noqa: ANN401 - any user model
        """Return the user whom the first of the others knows."""
        found = (method(user_id) for method in _methods("get_user"))
        return next((user for user in found if user is not None), None)

    async def aget_user(self, user_id: Any) -> Any:  # noqa: ANN401 - as above
        """Do as :meth:`get_user`."""
        for method in _amethods("get_user"):
            user = await method(user_id)
            if user is not None:
                return user
        return None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:  # noqa: ANN401 - as above
        """Whether any of the others grants it."""
        return any(method(user_obj, perm, obj) for method in _methods("has_perm"))

    async def ahas_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:  # noqa: ANN401 - as above
        """Do as :meth:`has_perm`."""
        for method in _amethods("has_perm"):
            if await method(user_obj, perm, obj):
                return True
        return False

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:  # noqa: ANN401 - as above
        """Whether any of the others grants something in the application."""
        return any(method(user_obj, app_label) for method in _methods("has_module_perms"))

    async def ahas_module_perms(self, user_obj: Any, app_label: str) -> bool:  # noqa: ANN401 - as above
        """Do as :meth:`has_module_perms`."""
        for method in _amethods("has_module_perms"):
            if await method(user_obj, app_label):
                return True
        return False

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:  # noqa: ANN401 - as above
        """Return what the others grant the user."""
        return _union("get_user_permissions", user_obj, obj)

    async def aget_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:  # noqa: ANN401 - as above
        """Do as :meth:`get_user_permissions`."""
        return await _aunion("get_user_permissions", user_obj, obj)

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:  # noqa: ANN401 - as above
        """Return what the others grant the user's groups."""
        return _union("get_group_permissions", user_obj, obj)

    async def aget_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:  # noqa: ANN401 - as above
        """Do as :meth:`get_group_permissions`."""
        return await _aunion("get_group_permissions", user_obj, obj)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:  # noqa: ANN401 - as above
        """Return what the others grant."""
        return _union("get_all_permissions", user_obj, obj)

    async def aget_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:  # noqa: ANN401 - as above
        """Do as :meth:`get_all_permissions`."""
        return await _aunion("get_all_permissions", user_obj, obj)


def _methods(name: str) -> Iterator[Callable[..., Any]]:
    """Yield a method of each of the others that has it: Django asks for none of them but ``get_user``."""
    for other in others():
        if hasattr(other.backend, name):
            yield getattr(other.backend, name)


def _amethods(name: str) -> Iterator[Callable[..., Any]]:
    """Yield the awaitable flavour of each; one that has none is asked on Django's thread."""
    for other in others():
        if hasattr(other.backend, name):
            yield getattr(other.backend, f"a{name}", None) or sync_to_async(getattr(other.backend, name))


def _union(name: str, user_obj: object, obj: object) -> set[str]:
    return {permission for method in _methods(name) for permission in method(user_obj, obj)}


async def _aunion(name: str, user_obj: object, obj: object) -> set[str]:
    return {permission for method in _amethods(name) for permission in await method(user_obj, obj)}
