"""``flask authguard status`` and ``flask authguard unlock``: an operator's look and word."""

from collections.abc import Iterator
from ipaddress import ip_address
from math import ceil

import click
from flask.cli import AppGroup

from authguard_core import AccountStatus, AuthGuardError, Guard, MemoryStorage, Reason

__all__ = ["command_group"]

_OWN_MEMORY = (
    "The store is memory://, which every process has for itself: what the running application counts can "
    "neither be seen nor changed from here. Set AUTHGUARD_STORAGE_URL to a store that is shared."
)
_purpose = click.option("--purpose", default="login", show_default=True, help="Whose limits.")


def command_group(guard: Guard) -> AppGroup:
    """Return the group of commands for the guard of one application."""
    group = AppGroup("authguard", help="See how an account stands, and unlock it.")

    @group.command("status")
    @click.argument("name", required=False)
    @_purpose
    def status(name: str | None, purpose: str) -> None:
        """Say how the account NAME stands; without it, what is limited.

        NAME is a user name, or what else a resolve hook knows a person by.
        """
        if name is None:
            click.echo(guard.describe())
            return
        _warn(guard)
        with _Refusals():
            guard.policy.purpose(purpose)
            click.echo("\n".join(_lines(guard.inspect(name, purpose=purpose))))

    @group.command("unlock")
    @click.argument("name", required=False)
    @click.option("--address", help="An IP address, to unlock it with its subnet.")
    @_purpose
    def unlock(name: str | None, address: str | None, purpose: str) -> None:
        """Give the account NAME, or an address, its whole budget back."""
        if (name is None) == (address is None):
            raise click.UsageError("Give either a NAME or an --address.")
        _warn(guard)
        with _Refusals():
            guard.policy.purpose(purpose)
            if name is not None:
                guard.unlock(name, purpose=purpose)
            if address is not None:
                guard.unlock_address(str(ip_address(address)), purpose=purpose)
        click.echo("Unlocked.")

    return group


class _Refusals:
    """Turns what the guard raises into a line for who typed the command."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, AuthGuardError | ValueError):
            raise click.ClickException(str(error)) from error


def _warn(guard: Guard) -> None:
    if isinstance(guard.storage, MemoryStorage):
        click.echo(_OWN_MEMORY, err=True)


def _lines(status: AccountStatus) -> Iterator[str]:
    yield f"next attempt: {status.reason.value}"
    if status.reason is not Reason.ADMITTED:
        yield f"wait: {_wait(status.wait)}"
    yield f"failures in the window: {status.failures}"
    yield f"failures in a row: {status.consecutive}"
    yield f"locks before: {status.level}"
    yield f"completed resets: {status.generation}"


def _wait(seconds: float | None) -> str:
    if seconds is None:
        return "until a completed reset, a sign-in from a known browser, or flask authguard unlock"
    return f"{ceil(seconds)} s"
