"""``manage.py authguard_unlock NAME`` or ``--address ADDRESS``: an operator's word."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from authguard_core import StorageError
from authguard_django.identity import address_name
from authguard_django.management.operating import OperatorCommand

__all__ = ["Command"]


class Command(OperatorCommand):
    """Gives an account, or an address, its whole budget back."""

    help = "Ends lock and cap of an account, or the limits of an address and its subnet."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a name or an address."""
        super().add_arguments(parser)
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("name", nargs="?", help="a user name, as typed at the sign-in")
        whom.add_argument("--address", help="a client's address")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401 - Django's signature
        """Unlock it."""
        name, address, purpose = options["name"], options["address"], options["purpose"]
        guard = self.runtime(purpose).guard
        try:
            if address is not None:
                guard.unlock_address(address, purpose=purpose)
                # What names nobody, as a mailed token, is counted for the address as if that were an account.
                guard.unlock(address_name(guard.client_address(address).network), purpose=purpose)
            else:
                self.note_unknown(guard, name)
                guard.unlock(name, purpose=purpose)
        except (StorageError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS("Unlocked."))
