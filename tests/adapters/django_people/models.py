"""A user model without e-mail addresses, and one whose names are e-mail addresses in any case."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

__all__ = ["Member", "Worker"]


class Worker(AbstractBaseUser):
    """Signs in by a number."""

    id: "models.UUIDField[Any, Any]" = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number: "models.IntegerField[Any, Any]" = models.IntegerField(unique=True)

    USERNAME_FIELD = "number"
    objects: ClassVar[BaseUserManager["Worker"]] = BaseUserManager()


class MemberManager(BaseUserManager["Member"]):
    """Finds an address in any case."""

    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """Signs in by an e-mail address."""

    email: "models.EmailField[Any, Any]" = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[MemberManager] = MemberManager()
