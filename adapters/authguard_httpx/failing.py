"""What a look-up says when the service couldn't be asked."""

import logging
from enum import StrEnum
from typing import Final, Protocol

from authguard_core.errors import ConfigurationError
from authguard_core.passwords import Exposure
from authguard_httpx.questions import Question

__all__ = ["Fallback", "OfflineList", "OnFailure"]

_LOGGER: Final = logging.getLogger("authguard")


class OnFailure(StrEnum):
    """What a look-up that failed means for the password."""

    SKIP = "skip"
    """It may be used (``Exposure.UNKNOWN``). The policy's other checks stand alone for a while."""
    BLOCK = "block"
    """It is refused until the service answers again (``Exposure.UNCHECKED``)."""
    OFFLINE = "offline"
    """A list on this machine says ``Exposure.BREACHED``, or ``Exposure.UNKNOWN`` if it doesn't know it."""


class OfflineList(Protocol):
    """A list of passwords on this machine, such as authguard's own packed ones."""

    def rank(self, word: str, /) -> int | None:
        """Return the place of a password in the list, ``None`` if it isn't in there.

        A list that raises is taken for one that doesn't know the password.
        """
        ...


class Fallback:
    """The chosen mode, and the list it needs."""

    __slots__ = ("_offline", "mode")

    def __init__(self, mode: OnFailure, offline: OfflineList | None) -> None:
        if type(mode) is not OnFailure:
            raise ConfigurationError.of(
                "on_failure", got=mode, expected="a member of OnFailure", do="Say what a failure means."
            )
        if (mode is OnFailure.OFFLINE) is (offline is None):
            raise ConfigurationError.of(
                "offline",
                got="no list" if offline is None else "a list",
                expected="a list with OnFailure.OFFLINE, and none with another mode",
                do="Give both or neither.",
            )
        self.mode = mode
        self._offline = offline

    def exposure(self, question: Question) -> Exposure:
        """Say what is known of the password without the service."""
        if self._offline is not None and _is_listed(self._offline, question):
            return Exposure.BREACHED
        return Exposure.UNCHECKED if self.mode is OnFailure.BLOCK else Exposure.UNKNOWN


def _is_listed(offline: OfflineList, question: Question) -> bool:
    """Whether the list knows the password; a broken one knows none."""
    try:
        return offline.rank(question.password) is not None
    except Exception as error:  # noqa: BLE001 - whatever a list of theirs does
        reason = type(error).__name__
    _LOGGER.warning("The offline list of breached passwords failed (%s).", reason)
    return False
