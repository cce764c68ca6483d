"""How Django meets authguard."""

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core import checks
from django.core.signals import setting_changed

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AuthGuardConfig"]


class AuthGuardConfig(AppConfig):
    """Connects the signals and registers the system checks."""

    name = "authguard_django"
    label = "authguard"
    verbose_name = "authguard"

    def ready(self) -> None:
        """Connect what the application needs before its first request."""
        from authguard_django import receivers  # noqa: PLC0415 - applications are ready only now
        from authguard_django.checks import check_deployment, check_installation  # noqa: PLC0415 - as above

        connected: list[tuple[Any, Callable[..., None]]] = [
            (user_logged_in, receivers.note_sign_in),
            (user_login_failed, receivers.note_failure),
            (setting_changed, receivers.note_setting),
        ]
        for signal, receiver in connected:
            signal.connect(receiver, dispatch_uid="authguard")
        checks.register(check_installation, checks.Tags.security)
        checks.register(check_deployment, checks.Tags.security, deploy=True)
