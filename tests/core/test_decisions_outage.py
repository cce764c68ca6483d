"""Claims about sign-ins while the store is out, seen from a guard."""

from authguard_core import Reason, Verdict
from tests.core.scene import ELSEWHERE, outage


def test_g5_the_owners_browser_gets_in_during_an_outage() -> None:
    """Nobody can say whether it is still known, so its signature must do; its budget is its own."""
    world = outage(calls=0)
    cookie = world.cookie()
    world.guard.storage = outage().guard.storage
    world.fail(times=2, peer=ELSEWHERE)

    assert world.check(peer=ELSEWHERE).reason is Reason.LOCKED
    decision = world.sign_in(device=cookie)
    assert (decision.verdict, decision.device) == (Verdict.COMPLETE, None)


def test_a_success_of_an_outage_makes_nobody_known_and_gives_its_charge_back() -> None:
    """The store knows nothing of it."""
    world = outage()
    for _ in range(5):
        assert world.sign_in().device is None
