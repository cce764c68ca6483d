"""What must hold of every history, claimed on short ones written by hand."""

from typing import Any

import pytest

from authguard_core.counting.limits import Rule
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.testing.simulation.checks import BrokenPromiseError
from authguard_core.testing.simulation.history import (
    Act,
    Checked,
    Decided,
    Disturbed,
    Faulted,
    Generation,
    Got,
    Operation,
    Returned,
    Rules,
)
from tests.core.simulated import ACCOUNT, ELSEWHERE, HOME, RULES, Story

NOTHING_ELSE = Rules(None, None, ACCOUNT, ACCOUNT)
NO_DEVICES = Rules(None, None, ACCOUNT, None)


@pytest.fixture
def story() -> Story:
    return Story()


def breaks(story: Story, claim: str) -> None:
    """The last entry breaks a promise, and the history before it none."""
    with pytest.raises(BrokenPromiseError, match=claim) as broken:
        story.holds()
    assert broken.value.told == len(story.entries)
    del story.entries[-1:]
    story.holds()


def test_a_history_in_which_all_goes_well_holds(story: Story) -> None:
    """Failures, an outcome, a cookie, faults and answers break nothing."""
    story.signed_in(cookie=0)
    story.failed()
    story.entries += [Faulted(story.at, None, "a fault"), Decided(story.at, 1, "refuse", "failed")]
    story.holds()


def test_g1_a_fourth_check_in_a_window_of_three_is_found(story: Story) -> None:
    """Counted by people and networks, whatever the store says."""
    for _ in range(4):
        story.failed(place=ELSEWHERE)
    with pytest.raises(BrokenPromiseError, match="G1: account alice: within 10000 ms 4 unproven"):
        story.holds()


def test_g1_a_check_that_nobody_was_charged_for_is_found(story: Story) -> None:
    """A password is looked at although no counter heard of it."""
    story.entries.append(Checked(story.at, story.came()))
    breaks(story, "G1: #0 was checked and never charged")


def test_g1_a_window_is_left_after_exactly_its_length() -> None:
    """The fourth is right where the first was exactly one window ago."""
    story = Story(RULES._replace(account=ACCOUNT._replace(lock=0)))
    story.failed()
    story.at += 1
    story.failed()
    story.failed()
    story.at += 9_999
    story.failed()
    story.holds()


def test_g1_a_bucket_holds_its_burst_besides_its_limit() -> None:
    """Eleven of a subnet are within 9 + 2; the twelfth is not."""
    story = Story(Rules(None, Rule(9, 10_000, burst=2), ACCOUNT, None))
    for number in range(12):
        story.failed(f"person{number}")
    with pytest.raises(BrokenPromiseError, match=r"G1: subnet 192.0.2.0/24"):
        story.holds()


def test_g2_an_attempt_that_a_fault_gave_back_is_found(story: Story) -> None:
    """Four are admitted, though one of them never came as far as its check."""
    story.admitted(story.came())
    for _ in range(2):
        story.failed()
    story.admitted(story.came())
    breaks(story, "G2: account alice: within 10000 ms 4 unproven attempts were admitted")


def test_g3_more_in_a_row_than_the_cap_are_found(story: Story) -> None:
    """Whatever the windows: the ninth in a row, where eight may be."""
    for _ in range(9):
        story.failed()
        story.at += 20_000
    story.entries.pop()
    story.at -= 20_000
    breaks(story, "G3: account alice: 9 consecutive failures, at most 8 may be")


def test_g3_a_success_begins_the_count_anew(story: Story) -> None:
    """Its own place and those before it, and none that came later."""
    for _ in range(7):
        story.failed()
        story.at += 20_000
    running = story.failed()
    story.settled(running)
    story.viewed()
    story.holds()


def test_g4_a_counter_that_a_settlement_changed_is_found(story: Story) -> None:
    """It was none of its business."""
    story.settled(story.failed())
    story.entries.append(Disturbed(story.at, 0, ("account bob",)))
    breaks(story, "G4: the settlement of #0 changed account bob")


def test_g4_in_a_full_store_keys_share_counters() -> None:
    """There a settlement may be seen in another key's counter, and nothing is recounted exactly."""
    story = Story(bounded=True)
    story.entries.append(Disturbed(story.at, story.failed(), ("account bob",)))
    story.viewed(failures=9)
    story.refused(story.came(), Reason.LOCKED, 99_000)
    story.refused(story.came(), Reason.LOCKED, 99_000, scope=Scope.SHARED, shared=True)
    story.holds()


def test_g4_other_sources_failures_stay_when_one_succeeds(story: Story) -> None:
    """The owner's own typing error goes with his success; the stranger's failure stays."""
    story.failed(place=ELSEWHERE)
    story.failed()
    story.settled(story.failed())
    story.viewed(failures=1, consecutive=0)
    story.viewed("address 192.0.2.1", Scope.ADDRESS, failures=1)
    story.viewed("address 198.51.100.7", Scope.ADDRESS, failures=1)
    story.holds()


def test_g5_a_known_device_that_is_not_known_is_found(story: Story) -> None:
    """Its cookie is the owner's and alive, and it is counted as a stranger's."""
    story.signed_in(cookie=0)
    story.admitted(story.came(cookie=0))
    breaks(story, "G5: #1 comes from a known device, and isn't known")


@pytest.mark.parametrize("whose", ["nobody's", "foreign", "before a reset", "fallen out"])
def test_g5_a_stranger_that_is_taken_for_a_known_device_is_found(story: Story, whose: str) -> None:
    """Without a cookie, with another's, with one that a reset ended, and with the eleventh newest."""
    for cookie in range(11 if whose == "fallen out" else 1):
        story.signed_in("bob" if whose == "foreign" else "alice", cookie=cookie)
    if whose == "before a reset":
        story.cleared(Act.RESET)
    number = story.came(cookie=None if whose == "nobody's" else 0)
    story.admitted(number, known=True)
    breaks(story, f"G5: #{number} is taken for a known device, and is none")


def test_g5_where_no_device_is_ever_known_a_cookie_means_nothing() -> None:
    """Its owner is counted like everybody else."""
    story = Story(NO_DEVICES)
    story.signed_in(cookie=0)
    story.failed(cookie=0)
    story.holds()


def test_g5_a_known_device_has_a_budget_of_its_own(story: Story) -> None:
    """It is charged while the account is locked, and a success of it gives back its own."""
    story.signed_in(cookie=0)
    for _ in range(3):
        story.failed(place=ELSEWHERE)
    story.failed(cookie=0, known=True)
    story.settled(story.failed(cookie=0, known=True))
    story.viewed("device 0 of alice", Scope.DEVICE)
    story.viewed(failures=3, consecutive=0, reason=Reason.LOCKED, wait=10_000)
    story.holds()


REFUSALS = [
    (0, Reason.LIMITED, 5, Scope.ADDRESS),
    (0, Reason.LIMITED, 5, Scope.SUBNET),
    (0, Reason.DELAYED, 5, Scope.ACCOUNT),
    (2, Reason.LOCKED, 5, Scope.ACCOUNT),
    (3, Reason.CAPPED, None, Scope.ACCOUNT),
]


@pytest.mark.parametrize(("failures", "reason", "wait", "scope"), REFUSALS)
def test_g5_a_refusal_without_a_cause_is_found(
    story: Story, failures: int, reason: Reason, wait: int | None, scope: Scope
) -> None:
    """Somebody is refused although his own counter holds too little for it."""
    for _ in range(failures):
        story.failed(place=ELSEWHERE)
    story.refused(story.came(), reason, wait, scope=scope)
    breaks(story, f"{reason.value}.* without a cause of its own")


@pytest.mark.parametrize(
    ("failures", "scope", "longest", "wait"),
    [
        (2, Scope.ACCOUNT, Refusal(Reason.DELAYED, 4_000), 4_001),
        (3, Scope.ACCOUNT, Refusal(Reason.LOCKED, 40_000), 40_001),
        (1, Scope.SUBNET, Refusal(Reason.LIMITED, 10_000), 10_001),
        (2, Scope.ACCOUNT, Refusal(Reason.DELAYED, 4_000), None),
    ],
)
def test_g5_a_wait_that_is_too_long_is_found(
    story: Story, failures: int, scope: Scope, longest: Refusal, wait: int | None
) -> None:
    """No wait is longer than promised, and only the cap has none."""
    for _ in range(failures):
        story.failed()
    number = story.came()
    story.refused(number, longest.reason, longest.wait, scope=scope)
    story.holds()
    story.entries.pop()
    story.refused(number, longest.reason, wait, scope=scope)
    breaks(story, "which is too long")


def test_g5_a_lock_that_refused_attempts_extend_is_found(story: Story) -> None:
    """It ends within LOCK_MAX of the failure that began it, not of the last refusal."""
    for _ in range(3):
        story.failed()
    story.at += 5_000
    story.refused(story.came(), Reason.LOCKED, 35_001)
    breaks(story, "which is too long")


def test_g5_a_cap_has_a_cause_where_so_many_failed_in_a_row(story: Story) -> None:
    """Eight failed in a row, and time alone doesn't end it."""
    for _ in range(8):
        story.failed()
        story.at += 20_000
    story.refused(story.came(), Reason.CAPPED, None)
    story.viewed(consecutive=8, level=0, reason=Reason.CAPPED)
    story.holds()


def test_a_refusal_of_a_counter_that_there_is_none_of_is_left_to_the_other_checks() -> None:
    """What isn't limited has no ledger to explain anything with."""
    story = Story(NOTHING_ELSE)
    story.refused(story.came(), Reason.LIMITED, 1, scope=Scope.ADDRESS)
    story.viewed("address 192.0.2.1", Scope.ADDRESS, failures=9)
    story.holds()


def test_g6_an_identity_with_a_second_counter_is_found(story: Story) -> None:
    """Another spelling, another key: another budget."""
    for key in (7, 8):
        number = story.came()
        story.admitted(number, counted=(story.counted(number, Scope.ACCOUNT, key),))
    breaks(story, "G6: account alice is counted under a second key for #1")


def test_g6_two_identities_with_one_counter_are_found(story: Story) -> None:
    """One of them could lock the other."""
    for person in ("alice", "bob"):
        number = story.came(person)
        story.admitted(number, counted=(story.counted(number, Scope.ACCOUNT, 7),))
    breaks(story, "G6: account bob shares the counter of account alice")


def test_g6_nobody_has_no_account(story: Story) -> None:
    """Who leaves the name empty is counted by his address alone."""
    number = story.came("")
    story.admitted(number, counted=(story.counted(number, Scope.ADDRESS, 7),))
    story.holds()
    number = story.came("")
    story.admitted(number, counted=(story.counted(number, Scope.ACCOUNT, 8),))
    breaks(story, "G6: #1 names nobody, and is counted under 'account '")


@pytest.mark.parametrize(("refusals", "signed_in"), [(2, True), (1, False)])
def test_an_owner_who_waited_as_told_and_is_not_in_is_found(
    story: Story, refusals: int, *, signed_in: bool
) -> None:
    """After one wait, as long as he was told, the right password is enough."""
    story.entries += [Returned(story.at, 0, "alice", 1, signed_in=True)]
    story.entries += [Returned(story.at, 0, "alice", refusals, signed_in=signed_in)]
    breaks(story, "liveness: alice waited as told, and isn't in")


@pytest.mark.parametrize(
    "wrong",
    [
        {"failures": 1},
        {"consecutive": 3},
        {"level": 1},
        {"wait": 999},
        {"reason": None, "wait": None},
        {"reason": Reason.LOCKED},
    ],
    ids=str,
)
def test_a_look_that_says_something_else_than_the_history_is_found(
    story: Story, wrong: dict[str, Any]
) -> None:
    """Two failures in the window, two in a row, one second to wait."""
    right: dict[str, Any] = {"failures": 2, "consecutive": 2, "reason": Reason.DELAYED, "wait": 1_000}
    for _ in range(2):
        story.failed()
    story.viewed(**right)
    story.holds()
    story.viewed(**{**right, **wrong})
    breaks(story, "recount: account alice.* but by the history 2 failures, 2 to 2 in a row")


def test_a_look_at_a_bucket_says_nothing_of_its_entries(story: Story) -> None:
    """It lists none."""
    story.failed()
    story.viewed("subnet 192.0.2.0/24", Scope.SUBNET, failures=0)
    story.holds()


def test_a_row_that_no_cap_asks_for_is_not_looked_at(story: Story) -> None:
    """A store may forget it with the counter."""
    story.failed()
    story.viewed("address 192.0.2.1", Scope.ADDRESS, failures=1, consecutive=77)
    story.holds()


def test_a_wrong_generation_is_found(story: Story) -> None:
    """It is raised by every completed reset, and by nothing else."""
    story.cleared(Act.RESET)
    story.entries.append(Generation(story.at, None, "alice", 1))
    story.entries.append(Generation(story.at, None, "alice", 2))
    breaks(story, "recount: alice: generation 2, expected 1")


def test_an_admission_whose_reply_was_lost_is_charged_once(story: Story) -> None:
    """Asked again, it is told again; which failures its success clears is then not certain."""
    number = story.came()
    story.admitted(number)
    story.failed()
    story.admitted(number, checked=True)
    story.settled(number)
    story.viewed(failures=1, consecutive=1)
    story.viewed(failures=1, consecutive=2)
    story.holds()
    story.viewed(failures=2, consecutive=2)
    breaks(story, "recount")


def test_an_attempt_whose_secret_was_never_looked_at_is_given_back(story: Story) -> None:
    """It clears nothing but itself; the row may stay one too long."""
    story.failed()
    number = story.admitted(story.came())
    story.executed(number, Operation.RELEASE)
    story.viewed(failures=1, consecutive=1)
    story.viewed(failures=1, consecutive=2)
    story.holds()


@pytest.mark.parametrize("act", [Act.UNLOCK, Act.RESET])
def test_an_unlocked_account_has_its_whole_budget(story: Story, act: Act) -> None:
    """Whether by an operator or by a completed reset; its addresses stay as they are."""
    for _ in range(3):
        story.failed()
    story.cleared(act)
    story.viewed()
    story.viewed("address 192.0.2.1", Scope.ADDRESS, failures=3)
    story.holds()


def test_an_unlocked_address_has_its_whole_budget(story: Story) -> None:
    """The account stays as it is."""
    story.failed()
    story.cleared(Act.UNLOCK_ADDRESS, place=HOME)
    story.viewed(failures=1, consecutive=1)
    story.viewed("address 192.0.2.1", Scope.ADDRESS)
    story.holds()


def test_a_reset_gives_a_cookie_of_the_new_generation(story: Story) -> None:
    """With it the owner is known at once."""
    story.signed_in(cookie=0)
    story.entries.append(Got(story.at, story.cleared(Act.RESET), 1))
    story.failed(cookie=1, known=True)
    story.holds()


def test_with_a_time_for_each_key_a_clock_that_went_back_holds_for_others() -> None:
    """Somebody new is counted at the earlier time, somebody old at his own last time."""
    rules = Rules(None, None, ACCOUNT._replace(lock=0, cap=0, delay_after=0), None)
    story = Story(rules, time_per_key=True)
    for _ in range(3):
        story.failed()
    story.at -= 5_000
    story.failed("bob")
    story.refused(story.came(), Reason.LIMITED, 10_000)
    story.viewed("account bob", failures=1)
    story.at += 10_000
    story.viewed("account bob")
    story.refused(story.came(), Reason.LIMITED, 5_000)
    story.holds()
