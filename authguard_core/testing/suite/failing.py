"""Claims about a store that can't be reached."""

from typing import ClassVar

import pytest

from authguard_core.counting.ops import (
    Admit,
    Advance,
    Charged,
    Clear,
    Inspect,
    Issue,
    Known,
    Op,
    PutOnce,
    Settle,
    Take,
)
from authguard_core.counting.state import Proof
from authguard_core.errors import StorageError
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.opening import Made, opened
from authguard_core.testing.suite.lab import ACCOUNT, DEVICE, EVERYTHING, Lab, key

__all__ = ["FailingClaims"]

REGISTRY = key("registry")
CHARGED = tuple([Charged(*one, 1) for one in EVERYTHING])
OPS: dict[str, Op] = {
    "admit": Admit(1, 0, EVERYTHING),
    "admit known": Admit(1, 0, EVERYTHING, Known(REGISTRY, Proof(0, 1), DEVICE)),
    "success": Settle(1, 0, CHARGED, issue=Issue(REGISTRY, fresh=True)),
    "unchecked": Settle(1, 0, CHARGED, checked=False),
    "inspect": Inspect((ACCOUNT,), REGISTRY),
    "clear": Clear((ACCOUNT,), REGISTRY),
    "put once": PutOnce(key("value"), b"data", 1_000),
    "advance": Advance(key("value"), 1, 1_000),
    "take": Take(key("value")),
}


class FailingClaims:
    """The policy turns one error into a decision; any other would reach a view."""

    open_broken: ClassVar["staticmethod[[FrozenClock], Made]"]

    @pytest.mark.parametrize("op", OPS.values(), ids=OPS)
    def test_an_outage_raises_a_storage_error_and_no_other(self, op: Op) -> None:
        """Whatever the driver raises is wrapped; it fails each time."""
        clock = FrozenClock()
        with opened(self.open_broken, clock) as store:
            lab = Lab(store, clock)
            for _ in range(2):
                with pytest.raises(StorageError):
                    lab.one(op)
