"""authguard: who may try a password now, decided by a pure core.

The names below load on first use, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from authguard_core.attempt import Attempt, Decision, Outcome, Ticket, Verdict
    from authguard_core.counting.refusal import Reason, Scope
    from authguard_core.decisions.operations import AccountStatus
    from authguard_core.errors import AuthGuardError, ConfigurationError, HasherBusy, StorageError
    from authguard_core.events import Event, EventKind, Observer
    from authguard_core.guard import AsyncGuard, Guard
    from authguard_core.memory import AsyncMemoryStorage, MemoryStorage
    from authguard_core.settings import PurposeSettings, Settings

__all__ = [
    "AccountStatus",
    "AsyncGuard",
    "AsyncMemoryStorage",
    "Attempt",
    "AuthGuardError",
    "ConfigurationError",
    "Decision",
    "Event",
    "EventKind",
    "Guard",
    "HasherBusy",
    "MemoryStorage",
    "Observer",
    "Outcome",
    "PurposeSettings",
    "Reason",
    "Scope",
    "Settings",
    "StorageError",
    "Ticket",
    "Verdict",
]

_HOMES = {
    "attempt": ("Attempt", "Decision", "Outcome", "Ticket", "Verdict"),
    "errors": ("AuthGuardError", "ConfigurationError", "HasherBusy", "StorageError"),
    "events": ("Event", "EventKind", "Observer"),
    "guard": ("AsyncGuard", "Guard"),
    "memory": ("AsyncMemoryStorage", "MemoryStorage"),
    "decisions.operations": ("AccountStatus",),
    "counting.refusal": ("Reason", "Scope"),
    "settings": ("PurposeSettings", "Settings"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: a name of any type
    home = _HOME_OF.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
