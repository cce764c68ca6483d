"""The hashes of those who may use the admin."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from examples.django_app.state import state

__all__ = ["OperatorsArgon2"]


class OperatorsArgon2(Argon2PasswordHasher):
    """Argon2id of ``DEMO_ARGON2``'s cost, or of Django's own."""

    def __init__(self) -> None:
        cost = state().shop.argon2
        if cost is not None:
            self.time_cost, self.memory_cost, self.parallelism = cost.time, cost.memory_kib, cost.lanes
