"""Claims about the operators' verbs: inspect, unlock, unlock_address and reset_completed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core import Attempt, Decision, EventKind, Outcome, Reason, StorageError, Verdict
from authguard_core.counting.ops import Cleared, Stored
from authguard_core.decisions import operations
from authguard_core.device import Subject
from tests.core.scene import DAY, ELSEWHERE, HOME, MINUTE, scene, settings

ALICE = Subject("identifier", "alice")


# inspect


def test_an_account_that_nobody_tried_stands_at_zero() -> None:
    """It looks like one that doesn't exist, because it is counted just the same."""
    status = scene().guard.inspect("alice")

    assert (status.purpose, status.failures, status.consecutive, status.level) == ("login", 0, 0, 0)
    assert (status.reason, status.wait, status.generation) == (Reason.ADMITTED, None, 0)


def test_inspect_says_what_the_next_stranger_would_be_told() -> None:
    """Failures, level, reason and wait, each as the next attempt would find it."""
    world = scene()
    world.fail(times=5)
    world.clock.advance(15 * MINUTE)
    world.fail(times=5)
    status = world.guard.inspect("alice")

    assert (status.failures, status.consecutive, status.level) == (5, 10, 1)
    assert (status.reason, status.wait) == (Reason.LOCKED, 1_800.0)
    assert (status.reason, status.wait) == (world.check().reason, world.check().wait)


def test_inspect_says_that_time_alone_doesn_t_help() -> None:
    """At the cap there is a reason and no wait."""
    world = scene(login={"delay": "off", "failure_cap": "2"})
    world.fail(times=2)
    status = world.guard.inspect("alice")

    assert (status.reason, status.wait) == (Reason.CAPPED, None)


def test_inspect_looks_at_one_purpose() -> None:
    """What was tried with codes doesn't show with passwords."""
    world = scene(otp={"delay": "off"})
    world.fail(purpose="otp", times=2)

    assert world.guard.inspect("alice").failures == 0
    assert world.guard.inspect("alice", purpose="otp").failures == 2


STEPS = st.lists(st.tuples(st.sampled_from(["fail", "succeed", "open"]), st.integers(0, 1_200)), max_size=14)


@given(STEPS)
def test_inspect_changes_nothing(steps: list[tuple[str, int]]) -> None:
    """A history with a look before every step runs like one without, to the last wait."""
    histories: list[list[object]] = []
    for looks in (0, 2):
        world = scene(login={})
        history: list[object] = []
        for outcome, seconds in steps:
            world.clock.advance(seconds)
            for _ in range(looks):
                world.guard.inspect("alice")
            decision = world.guard.check(Attempt(identifier="alice", peer=HOME))
            history.append((decision.reason, decision.wait))
            if decision.ticket and outcome != "open":
                world.guard.settle(
                    decision.ticket, Outcome.SUCCESS if outcome == "succeed" else Outcome.FAILURE
                )
        histories.append(history)
        assert EventKind.UNLOCKED not in world.heard()

    assert histories[0] == histories[1]


# unlock


@pytest.mark.parametrize(
    "login", [{"delay": "off"}, {"delay": "off", "failure_cap": "5"}], ids=["lock", "cap"]
)
def test_unlock_gives_the_whole_budget_back(login: dict[str, str]) -> None:
    """Lock or cap end, with the level, and an event says so under the account's pseudonym."""
    world = scene(login=login)
    world.fail(times=5)
    account = world.events[0].account
    world.heard()
    decision = world.guard.unlock("alice")
    status = world.guard.inspect("alice")

    assert (decision.verdict, decision.device) == (Verdict.COMPLETE, None)
    assert [(event.kind, event.account) for event in world.events] == [(EventKind.UNLOCKED, account)]
    assert (status.failures, status.consecutive, status.level) == (0, 0, 0)
    world.fail(times=5)


def test_unlock_ends_what_an_escalated_lock_left() -> None:
    """The next lock is a first lock again."""
    world = scene()
    for _ in range(2):
        world.fail(times=5)
        world.clock.advance(15 * MINUTE)
    world.guard.unlock("alice")
    world.fail(times=5)

    assert world.check().wait == 900.0


def test_unlock_keeps_known_sources_known() -> None:
    """Its owner's browsers have done nothing."""
    world = scene()
    cookie = world.cookie()
    world.guard.unlock("alice")

    assert world.ticket(device=cookie).known
    assert world.guard.inspect("alice").generation == 0


def test_unlock_means_one_account_and_one_purpose() -> None:
    """Another's lock stays, and so does another factor's, and the address's."""
    world = scene(otp={"delay": "off"}, login={"delay": "off", "ip_limit": "10/15m"})
    world.fail("alice", times=5)
    world.fail("bob", times=5)
    world.fail("alice", purpose="otp", times=5)
    world.guard.unlock("alice")

    assert world.check("bob", peer=ELSEWHERE).reason is Reason.LOCKED
    assert world.check("alice", purpose="otp", peer=ELSEWHERE).reason is Reason.LOCKED
    assert world.check("alice", peer=HOME).reason is Reason.LIMITED
    assert world.check("alice", peer=ELSEWHERE).allowed


def test_a11_an_attempt_from_before_the_unlock_clears_nothing_after_it() -> None:
    """Its late success finds nothing of its own, and leaves what came later."""
    world = scene()
    ticket = world.ticket()
    world.guard.unlock("alice")
    world.fail(times=3)
    world.guard.settle(ticket, Outcome.SUCCESS)

    assert world.guard.inspect("alice").failures == 3


# unlock_address


@pytest.mark.parametrize(
    ("peer", "written"),
    [
        (HOME, HOME),
        (HOME, f" {HOME}\n"),
        (HOME, f"::ffff:{HOME}"),
        ("2001:db8::5", "2001:DB8::9"),
        ("unix", "unix"),
    ],
)
def test_unlock_address_gives_address_and_subnet_their_budgets_back(peer: str, written: str) -> None:
    """However the address is written; an event says so under its pseudonym."""
    world = scene(login={"delay": "off", "ip_limit": "2/15m", "subnet_limit": "2/15m"})
    world.fail("a", peer=peer)
    world.fail("b", peer=peer)
    assert world.check("c", peer=peer).reason is Reason.LIMITED
    address = world.events[0].address
    world.heard()
    world.guard.unlock_address(written)

    assert [(event.kind, event.address) for event in world.events] == [(EventKind.UNLOCKED, address)]
    world.fail("c", peer=peer, times=2)


def test_unlock_address_unlocks_no_account() -> None:
    """An account's lock isn't the address's."""
    world = scene()
    world.fail(times=5)
    world.guard.unlock_address(HOME)

    assert world.check().reason is Reason.LOCKED


@pytest.mark.parametrize(
    "written", ["", " ", "203.0.113.canary", "203.0.113.1/24", "2001:db8::/64", "canary.example"]
)
def test_a_mistyped_address_is_no_success(written: str) -> None:
    """The operator hears that nothing was unlocked; the message doesn't repeat what was typed."""
    with pytest.raises(ValueError, match="expected one such as") as refused:
        scene().guard.unlock_address(written)

    assert "canary" not in str(refused.value)


# reset_completed


def test_a_completed_reset_ends_lock_and_cap_and_makes_its_browser_known() -> None:
    """The owner has a whole budget, and a cookie."""
    world = scene(login={"delay": "off", "failure_cap": "5"})
    world.fail(times=5)
    world.heard()
    decision = world.guard.reset_completed("alice")
    assert decision.device

    assert (decision.verdict, world.heard()) == (Verdict.COMPLETE, [EventKind.RESET_COMPLETED])
    assert world.guard.inspect("alice").failures == 0
    assert world.ticket(device=decision.device.value).known


def test_a41_a_completed_reset_forgets_every_known_browser() -> None:
    """The generation rises: an old cookie is a stranger's, a thief's too, and only the new one is known."""
    world = scene()
    old = [world.cookie() for _ in range(3)]
    decision = world.guard.reset_completed("alice")
    assert decision.device

    assert [world.ticket(device=cookie).known for cookie in old] == [False, False, False]
    assert world.ticket(device=decision.device.value).known
    assert world.guard.inspect("alice").generation == 1


def test_a_second_reset_forgets_the_first_one_s_browser() -> None:
    """Each reset is a generation."""
    world = scene()
    first, second = world.guard.reset_completed("alice").device, world.guard.reset_completed("alice").device
    assert first
    assert second

    assert not world.ticket(device=first.value).known
    assert world.ticket(device=second.value).known
    assert world.guard.inspect("alice").generation == 2


def test_a_completed_reset_forgets_known_addresses() -> None:
    """Preset api: the pair of account and address was known by the old generation."""
    world = scene(preset="api")
    world.sign_in()
    assert world.ticket().known
    world.guard.reset_completed("alice")

    assert not world.ticket().known


@pytest.mark.parametrize(
    "login", [{"delay": "off"}, {"delay": "off", "device_limit": "off"}], ids=["login too", "codes only"]
)
@pytest.mark.parametrize("purpose", ["login", "reset"])
def test_for_whichever_purpose_a_reset_is_reported_every_browser_is_forgotten(
    purpose: str, login: dict[str, str]
) -> None:
    """Purposes share their known sources: none of them survives because another one was named."""
    world = scene(login=login)
    cookie = world.cookie(purpose="otp")
    assert world.ticket(purpose="otp", device=cookie).known
    world.guard.reset_completed("alice", purpose=purpose)

    assert not world.ticket(purpose="otp", device=cookie).known


def test_where_no_source_is_ever_known_a_reset_sets_no_cookie() -> None:
    """There is nothing to forget and nobody to make known; the lock ends all the same."""
    world = scene(login={"delay": "off", "device_limit": "off"}, otp={"device_limit": "off"})
    world.fail(times=5)

    assert world.guard.reset_completed("alice").device is None
    assert world.check().allowed


def test_a_reset_leaves_others_known() -> None:
    """One account's generation is its own."""
    world = scene()
    cookie = world.cookie("bob")
    world.guard.reset_completed("alice")

    assert world.ticket("bob", device=cookie).known


def test_known_browsers_outlive_a_quiet_half_year_no_longer() -> None:
    """When the registry has expired with its cookies, the next browser starts a new row, and works."""
    world = scene()
    old = world.cookie()
    world.clock.advance(181 * DAY)
    new = world.cookie()

    assert not world.ticket(device=old).known
    assert world.ticket(device=new).known


# Outages and misuse


@pytest.mark.parametrize("verb", ["inspect", "unlock", "reset_completed", "unlock_address"])
def test_an_operator_hears_of_an_outage(verb: str) -> None:
    """No verb says that it was done when it wasn't: the failure is raised, and no event is told."""
    world = scene(down={1})
    with pytest.raises(StorageError):
        getattr(world.guard, verb)("alice" if verb != "unlock_address" else HOME)

    assert world.heard() == []


@pytest.mark.parametrize("verb", ["inspect", "unlock", "reset_completed"])
@pytest.mark.parametrize("name", ["", " \u200b", "a" * 321], ids=ascii)
def test_a23_a_verb_needs_a_name(verb: str, name: str) -> None:
    """An identifier that names nobody is the operator's mistake, and unlocks nobody."""
    with pytest.raises(ValueError, match=r"(identifier|account): got nothing usable"):
        getattr(scene().guard, verb)(name)


def test_a_store_that_answers_something_else_is_a_bug_not_a_status() -> None:
    """A backend that doesn't keep to the port is found out by the first look."""
    step = operations.plan_inspect(settings().policy(), "login", ALICE)

    with pytest.raises(TypeError):
        step.decide((Stored(stored=True),))


@pytest.mark.parametrize(("peer", "given"), [("127.0.0.1", True), ("unix", True), (ELSEWHERE, False)])
def test_without_secure_a_reset_sets_its_cookie_on_this_machine_only(peer: str, given: bool) -> None:
    """COOKIE_SECURE off is for plain http that never leaves the machine."""
    world = scene(cookie_secure=False)
    assert (world.guard.reset_completed("alice", peer=peer).device is not None) is given


def test_a_store_that_forgot_the_proof_gives_no_cookie() -> None:
    """What nobody vouches for isn't signed."""
    step = operations.plan_reset_completed(
        settings().policy(), "login", ALICE, peer=None, now=0, nonce=bytes(16)
    )

    for answer in (Cleared(), Stored(stored=True)):
        decision = step.decide((answer,))
        assert isinstance(decision, Decision)
        assert decision.device is None
