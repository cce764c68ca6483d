"""Locks that can't be turned against the owner, and successes that clear no more than they may."""

from hypothesis import given
from hypothesis import strategies as st

from authguard_core import Attempt, Outcome, Reason, Ticket, Verdict
from tests.attacks.world import DAY, MINUTE, Login, make_login


def test_a10_a_success_on_ones_own_account_clears_no_address(login: Login) -> None:
    """G4: signing in to an own account between guesses doesn't buy one guess more from the address."""
    for number in range(1_000):
        login.attempt(f"victim{number}")
        login.attempt("attacker", "right")
    guesses = sum(count for name, count in login.checked.items() if name != "attacker")
    assert guesses == 30


def test_a10_a_success_gives_its_own_entry_back_to_the_address(login: Login) -> None:
    """A thousand right passwords from one office don't fill its limit."""
    for number in range(1_000):
        assert login.attempt(f"user{number}", "right").verdict is Verdict.COMPLETE


def test_g4_a_success_leaves_other_sources_failures_in_their_window(undelayed: Login) -> None:
    """Four failures from elsewhere stay when the owner signs in from his own address."""
    for number in range(4):
        undelayed.attempt("alice", address=f"203.0.113.{number}")
    undelayed.attempt("alice", "right", address="198.51.100.7")
    assert undelayed.guard.inspect("alice").failures == 4


def test_g4_a_success_clears_the_owners_own_typing_errors(undelayed: Login) -> None:
    """Failures of the same address before the success are forgotten."""
    for _ in range(4):
        undelayed.attempt("alice", address="198.51.100.7")
    undelayed.attempt("alice", "right", address="198.51.100.7")
    assert undelayed.guard.inspect("alice").failures == 0


def test_g4_a_success_at_login_clears_nothing_of_another_factor(login: Login) -> None:
    """A right password gives no guesses at the one-time code back."""
    for _ in range(3):
        login.guard.check(Attempt(identifier="alice", peer="203.0.113.1", purpose="otp"))
    login.attempt("alice", "right")
    assert login.guard.inspect("alice", purpose="otp").failures == 3


def test_g3_a_success_begins_the_consecutive_count_anew(undelayed: Login) -> None:
    """Failures that a success interrupts aren't consecutive."""
    for number in range(4):
        undelayed.attempt("alice", address=f"203.0.113.{number}")
    undelayed.attempt("alice", "right", address="198.51.100.7")
    assert undelayed.guard.inspect("alice").consecutive == 0


def test_a11_a_success_that_began_first_does_not_clear_what_began_later(undelayed: Login) -> None:
    """The attempt before the threshold proves right after it was crossed: the later failures stay."""
    early = undelayed.begin("alice", address="198.51.100.7")
    assert early
    for number in range(4):
        undelayed.attempt("alice", address=f"203.0.113.{number}")
    undelayed.guard.settle(early, Outcome.SUCCESS)
    status = undelayed.guard.inspect("alice")
    assert (status.failures, status.consecutive) == (4, 4)


@given(st.permutations(["begin"] * 2 + ["settle"] * 2 + ["fail"] * 5))
def test_a11_in_any_interleaving_no_more_than_five_failures_are_checked(events: list[str]) -> None:
    """Two right attempts begin and end anywhere among five wrong ones: the bound holds in each order."""
    login, open_tickets, checked = make_login(delay_after=5), list[Ticket](), 0
    for number, event in enumerate(events):
        if event == "begin" and (ticket := login.begin("alice", address=f"198.51.100.{number}")):
            open_tickets.append(ticket)
        elif event == "settle" and open_tickets:
            login.guard.settle(open_tickets.pop(), Outcome.SUCCESS)
        elif event == "fail":
            checked += login.attempt("alice", address=f"203.0.113.{number}").reason is Reason.FAILED
    unproven = checked + len(open_tickets)
    assert unproven <= 5
    assert login.guard.inspect("alice").failures == unproven


def test_a40_a_botnet_for_a_day_never_keeps_the_owners_browser_out(login: Login) -> None:
    """G5: while the account is hammered for 24 hours, a browser that signed in before always gets in."""
    cookie = login.device_of("alice")
    for tick in range(24 * 60):
        login.attempt("alice", address=f"10.{tick >> 8}.{tick & 255}.1")
        if tick % 10 == 0:
            assert login.attempt("alice", "right", device=cookie).verdict is Verdict.COMPLETE
        login.clock.advance(MINUTE)


def test_a40_the_owners_browser_gets_in_beyond_the_cap_and_lifts_it(login: Login) -> None:
    """At a hundred consecutive failures a sign-in from a known browser ends the cap for all."""
    cookie = login.device_of("alice")
    for number in range(300):
        login.attempt("alice", address=f"10.0.{number}.1" if number < 256 else f"10.1.{number - 256}.1")
        login.clock.advance(20 * MINUTE)
    assert login.guard.inspect("alice").reason is Reason.CAPPED
    assert login.attempt("alice", "right", device=cookie).verdict is Verdict.COMPLETE
    assert login.guard.inspect("alice").reason is Reason.ADMITTED


def test_a40_a_completed_reset_ends_lock_and_cap(undelayed: Login) -> None:
    """G5: the owner without a known browser has a way that no attacker can close."""
    undelayed.exhaust("alice")
    cookie = undelayed.guard.reset_completed("alice").device
    assert cookie
    assert undelayed.attempt("alice", "right").verdict is Verdict.COMPLETE
    undelayed.exhaust("alice")
    assert undelayed.attempt("alice", "right", device=cookie.value).verdict is Verdict.COMPLETE


def test_a40_a_reset_ends_every_browser_that_was_known_before(undelayed: Login) -> None:
    """The cookie of before the reset has no budget of its own any more."""
    stolen = undelayed.device_of("alice")
    undelayed.guard.reset_completed("alice")
    undelayed.exhaust("alice")
    assert undelayed.attempt("alice", "right", device=stolen).reason is Reason.LOCKED


def test_a40_a_sign_in_from_before_a_reset_makes_no_browser_known_after_it(undelayed: Login) -> None:
    """Whoever held the old password, and was slow, has no budget of his own afterwards."""
    ticket = undelayed.begin("alice")
    assert ticket
    undelayed.guard.reset_completed("alice")
    assert undelayed.guard.settle(ticket, Outcome.SUCCESS).device is None


def test_a41_a_stolen_device_cookie_buys_one_more_budget_and_no_more(undelayed: Login) -> None:
    """Whoever holds it gets at most 2 N guesses in a window: N with it, N without."""
    cookie = undelayed.device_of("alice")
    undelayed.checked.clear()
    for number in range(50):
        undelayed.attempt("alice", address=f"10.0.{number}.1", device=cookie)
        undelayed.attempt("alice", address=f"10.1.{number}.1")
    assert undelayed.checked["alice"] == 10


def test_a41_an_exhausted_device_is_refused_and_not_moved_to_the_account(undelayed: Login) -> None:
    """Its own budget used up, the account's stays untouched."""
    cookie = undelayed.device_of("alice")
    undelayed.exhaust("alice", device=cookie)
    assert undelayed.attempt("alice", device=cookie).reason is Reason.LOCKED
    assert undelayed.guard.inspect("alice").failures == 0


def test_a41_another_users_cookie_is_worth_nothing(undelayed: Login) -> None:
    """Mallory's own cookie doesn't open a budget at Alice's account."""
    cookie = undelayed.device_of("mallory")
    for _ in range(50):
        undelayed.attempt("alice", device=cookie)
    assert undelayed.checked["alice"] == 5


@given(st.integers(min_value=0, max_value=86), st.integers(min_value=0, max_value=5))
def test_a41_a_cookie_with_any_bit_flipped_is_worth_nothing(position: int, bit: int) -> None:
    """No change of any of its characters leaves a cookie that is known."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    login = make_login(delay_after=5)
    cookie = login.device_of("alice")
    flipped = alphabet[alphabet.index(cookie[position]) ^ (1 << bit)]
    login.exhaust("alice")
    forged = cookie[:position] + flipped + cookie[position + 1 :]
    assert login.attempt("alice", "right", device=forged).reason is Reason.LOCKED


def test_a41_a_device_that_changes_its_address_is_one_source(undelayed: Login) -> None:
    """Typing errors on the train are forgotten by the success at home."""
    cookie = undelayed.device_of("alice")
    for number in range(4):
        undelayed.attempt("alice", address=f"10.0.{number}.1", device=cookie)
    undelayed.attempt("alice", "right", device=cookie)
    for number in range(4):
        assert undelayed.attempt("alice", address=f"10.0.{number}.1", device=cookie).reason is Reason.FAILED


def test_a41_only_the_ten_newest_browsers_of_an_account_are_known(login: Login) -> None:
    """The eleventh sign-in from a new browser lets the first one fall out."""
    cookies = [login.device_of("alice", address=f"198.51.100.{number}") for number in range(11)]
    login.exhaust("alice")
    known = [login.attempt("alice", "right", device=cookie).verdict is Verdict.COMPLETE for cookie in cookies]
    assert known == [False] + [True] * 10


def test_a41_a_device_cookie_ends_after_half_a_year_without_a_sign_in(undelayed: Login) -> None:
    """A day before its end it is known and renewed; at its end it isn't."""
    cookie = undelayed.device_of("alice")
    undelayed.clock.advance(179 * DAY)
    renewed = undelayed.attempt("alice", "right", device=cookie).device
    assert renewed
    undelayed.clock.advance(DAY)
    undelayed.exhaust("alice")
    assert undelayed.attempt("alice", "right", device=cookie).reason is Reason.LOCKED
    assert undelayed.attempt("alice", "right", device=renewed.value).verdict is Verdict.COMPLETE


def test_a40_clients_without_cookies_are_known_by_their_address() -> None:
    """Preset api: after a success from it, the pair of account and address has a budget of its own."""
    login = make_login(preset="api", delay_after=5)
    login.attempt("alice", "right", address="198.51.100.7")
    for number in range(50):
        login.attempt("alice", address=f"10.0.{number}.1")
    assert login.attempt("alice", "right", address="198.51.100.7").verdict is Verdict.COMPLETE
    assert login.attempt("alice", "right", address="198.51.100.8").reason is Reason.LOCKED


def test_a46_an_unknown_name_is_locked_like_any_other(undelayed: Login) -> None:
    """G8: the core doesn't know who exists, so equal histories get equal decisions."""
    told = {
        name: [(undelayed.attempt(name).verdict, undelayed.attempt(name).retry_after) for _ in range(4)]
        for name in ("exists", "does-not")
    }
    assert told["exists"] == told["does-not"]
