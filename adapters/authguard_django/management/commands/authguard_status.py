"""``manage.py authguard_status [NAME]``: what is limited, and how an account stands."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from authguard_core import AccountStatus, Reason, StorageError
from authguard_django.management.operating import OperatorCommand

__all__ = ["Command"]


class Command(OperatorCommand):
    """Shows the limits, and how an account stands."""

    help = "Shows what authguard limits, and how an account stands."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a name."""
        super().add_arguments(parser)
        parser.add_argument("name", nargs="?", help="a user name, as typed at the sign-in")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - Django's signature
        """Show it."""
        name, purpose = options["name"], options["purpose"]
        guard = self.runtime(purpose).guard
        if name is None:
            self.stdout.write(guard.describe())
            return
        try:
            self.note_unknown(guard, name)
            status = guard.inspect(name, purpose=purpose)
        except (StorageError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(_lines(status)))


def _lines(status: AccountStatus) -> list[str]:
    return [
        f"purpose: {status.purpose}",
        f"failures in the window: {status.failures}",
        f"consecutive failures: {status.consecutive}",
        f"locks before: {status.level}",
        f"next attempt: {_next(status)}",
    ]


def _next(status: AccountStatus) -> str:
    if status.reason is Reason.ADMITTED:
        return "admitted"
    until = (
        "until a reset, a known browser or authguard_unlock"
        if status.wait is None
        else f"for {status.wait:.0f} s"
    )
    return f"{status.reason.value} {until}"
