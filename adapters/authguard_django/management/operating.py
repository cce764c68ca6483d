"""What both commands share."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authguard_core import AuthGuardError, MemoryStorage
from authguard_django.configuration import Runtime, current
from authguard_django.guards import DjangoGuard

__all__ = ["OperatorCommand"]


class OperatorCommand(BaseCommand):
    """A command about one account, or one address, for one purpose."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whom it is about."""
        parser.add_argument(
            "--purpose", default="login", help="login, otp, reset, register, or one of your own"
        )

    def runtime(self, purpose: str) -> Runtime:
        """Return what the process works with, and warn where it can't see the server's counters.

        Raises:
            CommandError: The settings can't be used, or know no such purpose.
        """
        try:
            runtime = current()
        except AuthGuardError as error:
            raise CommandError(str(error)) from error
        known = sorted(runtime.guard.policy.purposes)
        if purpose not in known:
            raise CommandError(f"--purpose: got {purpose!r}, expected one of {known}.")
        if isinstance(runtime.guard.storage, MemoryStorage):
            self.stderr.write(
                self.style.WARNING(
                    "Counters are in each process's memory: this command sees its own, never the server's."
                )
            )
        return runtime

    def note_unknown(self, guard: DjangoGuard, name: str) -> None:
        """Warn where a name may be misspelled: guesses at nobody are counted just the same."""
        if not guard.knows(name):
            self.stderr.write(self.style.WARNING("Nobody is called so, as far as the look-up knows."))
