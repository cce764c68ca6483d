"""Claims about what becomes of an admitted attempt."""

import pytest

from authguard_core import Decision, EventKind, Outcome, Reason, Verdict
from authguard_core.counting.ops import Stored
from authguard_core.decisions import settlement
from authguard_core.decisions.policy import Plan
from authguard_core.device import read
from tests.core.scene import DAY, ELSEWHERE, HOME, OLD_SECRET, SECRET, Scene, scene, settings


def failures(world: Scene, name: str = "alice") -> int:
    """How many unproven attempts the account's window holds."""
    return world.guard.inspect(name).failures


def address_room(world: Scene, limit: int) -> int:
    """How many of ``limit`` attempts the address has left, found out by using them up."""
    return sum(world.check(f"probe{number}").allowed for number in range(limit + 1))


# Failure


def test_a_failure_leaves_the_charge_and_needs_no_trip() -> None:
    """It was charged in advance: nothing can be lost on the way."""
    world = scene(down={2})
    decision = world.guard.settle(world.ticket(), Outcome.FAILURE)

    assert (decision.verdict, decision.reason, decision.device) == (Verdict.REFUSE, Reason.FAILED, None)
    assert [event.kind for event in decision.events] == [EventKind.FAILED]


@pytest.mark.parametrize("outcome", [True, "success", None, 1, "failure"], ids=repr)
def test_a16_what_isn_t_said_to_be_a_success_is_a_failure(outcome: object) -> None:
    """Only Outcome.SUCCESS signs anybody in: no truthy value, and no text of the same name."""
    world = scene()
    decision = world.guard.settle(world.ticket(), outcome)  # type: ignore[arg-type]

    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.FAILED)
    assert failures(world) == 1


# Success


def test_a_success_gives_its_own_charge_back_and_completes() -> None:
    """A right password leaves no trace in the windows of account and address."""
    world = scene(login={"delay": "off", "ip_limit": "1/15m"})
    decision = world.sign_in()

    assert (decision.verdict, decision.reason, decision.wait) == (Verdict.COMPLETE, Reason.SUCCEEDED, None)
    assert failures(world) == 0
    assert world.check("bob").allowed


def test_a_success_forgets_the_failures_of_its_own_source() -> None:
    """Whoever mistyped twice and then got in starts anew."""
    world = scene()
    world.fail(times=4)
    world.sign_in()

    assert failures(world) == 0


def test_a10_a_success_leaves_the_address_s_other_failures() -> None:
    """Signing in to one's own account clears nothing of what was tried on others."""
    world = scene(login={"delay": "off", "ip_limit": "5/15m"})
    world.fail("victim", times=3)
    world.sign_in("mallory")

    assert failures(world, "victim") == 3
    assert address_room(world, 5) == 2


def test_a11_a_success_clears_no_failure_that_began_later() -> None:
    """An attempt that was still running when others failed can't undo them."""
    world = scene()
    ticket = world.ticket()
    world.fail(times=4)
    assert world.check().reason is Reason.LOCKED
    world.guard.settle(ticket, Outcome.SUCCESS)

    assert failures(world) == 4


def test_a_success_from_elsewhere_leaves_the_other_source_s_failures() -> None:
    """Only the same source is forgiven; the consecutive count starts anew all the same."""
    world = scene()
    world.fail(peer=ELSEWHERE, times=3)
    world.sign_in(peer=HOME)
    status = world.guard.inspect("alice")

    assert (status.failures, status.consecutive) == (3, 0)


def test_a_known_device_is_one_source_wherever_it_is() -> None:
    """Failures on the train are forgiven at home: the device is the same."""
    world = scene()
    cookie = world.cookie()
    world.fail(peer=ELSEWHERE, device=cookie, times=4)
    world.sign_in(peer=HOME, device=cookie)
    world.fail(peer=ELSEWHERE, device=cookie, times=4)

    assert world.check(device=cookie).allowed


def test_a_known_device_s_success_ends_the_account_s_consecutive_count() -> None:
    """The cap counts to a hundred in a row; the owner's sign-in ends the row."""
    world = scene(login={"delay": "off", "failure_cap": "4"})
    cookie = world.cookie()
    world.fail(peer=ELSEWHERE, times=4)
    assert world.check(peer=ELSEWHERE).reason is Reason.CAPPED
    world.sign_in(device=cookie)

    assert world.check(peer=ELSEWHERE).allowed


def test_settling_twice_is_settling_once() -> None:
    """A repeated report gives nothing more back."""
    world = scene()
    world.fail(peer=ELSEWHERE, times=2)
    ticket = world.ticket()
    world.guard.settle(ticket, Outcome.SUCCESS)
    world.fail(times=1)
    world.guard.settle(ticket, Outcome.SUCCESS)

    assert failures(world) == 3


def test_a_success_that_was_reported_as_failure_first_stands() -> None:
    """The last word is the proof: the charge comes back."""
    world = scene()
    ticket = world.ticket()
    world.guard.settle(ticket, Outcome.FAILURE)
    world.guard.settle(ticket, Outcome.SUCCESS)

    assert failures(world) == 0


# Unchecked


def test_a75_an_attempt_whose_secret_was_never_looked_at_is_given_back() -> None:
    """Own entries go, in the account's window and the address's, and the consecutive count doesn't rise."""
    world = scene(login={"delay": "off", "ip_limit": "1/15m"})
    decision = world.guard.settle(world.ticket(), Outcome.UNCHECKED)

    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.RELEASED)
    assert [event.kind for event in decision.events] == [EventKind.RELEASED]
    assert (failures(world), world.guard.inspect("alice").consecutive) == (0, 0)
    assert world.check().allowed


def test_an_unchecked_attempt_clears_nothing_else() -> None:
    """It proves nothing: older failures stay, nobody becomes known, the consecutive count stands."""
    world = scene(login={"delay": "off", "known_by_address": "true"})
    world.fail(times=3)
    decision = world.guard.settle(world.ticket(), Outcome.UNCHECKED)
    status = world.guard.inspect("alice")

    assert decision.device is None
    assert (status.failures, status.consecutive) == (3, 3)
    assert not world.ticket().known


# Who becomes known


def test_a_success_makes_the_browser_known() -> None:
    """The decision carries the cookie to set, and an event says that a source became known."""
    world = scene()
    decision = world.sign_in()

    assert decision.device
    assert (decision.device.name, decision.device.secure) == (world.guard.cookie_name, True)
    assert [event.kind for event in decision.events] == [EventKind.SUCCEEDED, EventKind.DEVICE_KNOWN]
    assert world.ticket(device=decision.device.value).known


def test_a_known_browser_keeps_its_place() -> None:
    """It gets the same device once more, good for another 180 days, and no event: it was known before."""
    world = scene()
    cookie = world.cookie()
    world.clock.advance(100 * DAY)
    world.heard()
    decision = world.sign_in(device=cookie)
    assert decision.device
    keys, subject = world.guard.policy.keys, world.ticket().subject

    assert world.heard()[:2] == [EventKind.ADMITTED, EventKind.SUCCEEDED]
    assert read(keys, subject, decision.device.value, now=world.clock()) == read(
        keys, subject, cookie, now=world.clock()
    )
    world.clock.advance(100 * DAY)
    assert world.ticket(device=decision.device.value).known
    assert not world.ticket(device=cookie).known


def test_a78_a_known_browser_s_next_cookie_is_signed_by_the_new_secret() -> None:
    """So a rotation is over once everybody has signed in again."""
    old = scene(secret_key=SECRET)
    ticket = old.ticket()
    rotated = settings(secret_key=[OLD_SECRET, SECRET]).policy()
    step = settlement.plan(rotated, ticket, Outcome.SUCCESS, remember=True, now=old.clock(), nonce=bytes(16))
    assert isinstance(step, Plan)
    decision = step.decide(old.guard.storage.execute(step.ops))
    assert isinstance(decision, Decision)
    assert decision.device

    alone = settings(secret_key=OLD_SECRET).policy().keys
    assert read(alone, ticket.subject, decision.device.value, now=old.clock())


@pytest.mark.parametrize("preset", ["standard", "api"])
def test_while_a_factor_is_due_nobody_becomes_known(preset: str) -> None:
    """remember=False: the password was right, and that is all."""
    world = scene(preset=preset)
    decision = world.guard.settle(world.ticket(), Outcome.SUCCESS, remember=False)

    assert (decision.verdict, decision.device) == (Verdict.COMPLETE, None)
    assert not world.ticket().known


def test_where_no_source_is_ever_known_no_cookie_is_set() -> None:
    """device_limit off: nothing is remembered."""
    world = scene(login={"delay": "off", "device_limit": "off"})

    assert world.sign_in().device is None
    assert not world.ticket().known


def test_the_eleventh_browser_takes_the_first_one_s_place() -> None:
    """At most ten are known at once; the others keep theirs."""
    world = scene()
    cookies = [world.cookie() for _ in range(11)]

    assert [world.ticket(device=cookie).known for cookie in cookies] == [False, *[True] * 10]


def test_two_browsers_have_budgets_apart() -> None:
    """What one of the owner's browsers uses up the other one keeps."""
    world = scene()
    one, other = world.cookie(), world.cookie()
    world.fail(device=one, times=5)

    assert world.check(device=one).reason is Reason.LOCKED
    assert world.ticket(device=other).known


def test_a_known_address_stays_known_by_signing_in() -> None:
    """Preset api: each success keeps the pair of account and address for another 180 days."""
    world = scene(preset="api")
    world.sign_in()
    for _ in range(3):
        world.clock.advance(100 * DAY)
        decision = world.sign_in()
        assert EventKind.DEVICE_KNOWN not in [event.kind for event in decision.events]

    assert world.ticket().known
    world.clock.advance(181 * DAY)
    assert not world.ticket().known


def test_a_client_that_is_known_by_address_may_come_with_a_cookie() -> None:
    """Who got a cookie all the same is known by it, from other addresses too."""
    world = scene(preset="api")
    cookie = world.cookie()

    assert world.ticket(peer=ELSEWHERE, device=cookie).known
    assert world.sign_in(peer=ELSEWHERE, device=cookie).device


# Outages


@pytest.mark.parametrize("late", [False, True])
def test_a16_a_success_that_can_t_be_stored_is_a_success(late: bool) -> None:
    """The sign-in completes, an event tells of the outage, and no cookie is promised that nobody knows."""
    world = scene(down={2}, late=late)
    decision = world.sign_in()

    assert (decision.verdict, decision.reason) == (Verdict.COMPLETE, Reason.SUCCEEDED)
    assert decision.device is None
    assert [event.kind for event in decision.events] == [EventKind.SUCCEEDED, EventKind.STORAGE_FAILED]
    assert failures(world) == (0 if late else 1)


def test_a16_an_unchecked_attempt_that_can_t_be_stored_stays_counted() -> None:
    """The answer is as ever; the charge stays, which is the safe side."""
    world = scene(down={2})
    decision = world.guard.settle(world.ticket(), Outcome.UNCHECKED)

    assert (decision.verdict, decision.reason) == (Verdict.REFUSE, Reason.RELEASED)
    assert [event.kind for event in decision.events] == [EventKind.RELEASED, EventKind.STORAGE_FAILED]
    assert failures(world) == 1


def test_a_store_that_answers_something_else_issues_no_cookie() -> None:
    """Without a proof there is nothing to sign."""
    world = scene()
    ticket = world.ticket()
    step = settlement.plan(
        world.guard.policy, ticket, Outcome.SUCCESS, remember=True, now=world.clock(), nonce=bytes(16)
    )
    assert isinstance(step, Plan)
    decision = step.decide((Stored(stored=True),))
    assert isinstance(decision, Decision)

    assert (decision.verdict, decision.device) == (Verdict.COMPLETE, None)


def test_events_of_one_attempt_can_be_joined() -> None:
    """Admission and settlement name the same attempt, account and address."""
    world = scene()
    world.sign_in()
    names = {(event.attempt, event.account, event.address) for event in world.events}

    assert len(names) == 1
    assert {event.scope for event in world.events} == {None}
