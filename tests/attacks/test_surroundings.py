"""Identities, addresses, time and memory, as they reach the guard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core import Attempt, EventKind, Reason, Verdict
from tests.attacks.world import MINUTE, Login, make_login


@pytest.mark.parametrize(
    "spelling",
    [
        "ALICE",
        "aLiCe",
        " alice",
        "alice\t",
        "al\u200bice",
        "alice\0",
        "\ufeffalice",
        "\uff41lice",
        "\U0001d4b6lice",
    ],
    ids=["upper", "mixed", "space", "tab", "zero-width", "nul", "bom", "full-width", "script"],
)
def test_a17_a19_a20_every_spelling_of_a_name_uses_one_budget(undelayed: Login, spelling: str) -> None:
    """G6: whatever the case, spaces, invisible characters or width: one counter."""
    undelayed.exhaust("alice")
    assert undelayed.attempt(spelling).reason is Reason.LOCKED


@pytest.mark.parametrize(
    "other", ["\u0430lice", "alice+tag", "a.lice", "alicé"], ids=["cyrillic", "plus", "dot", "accent"]
)
def test_a20_a21_two_identities_never_share_a_budget(undelayed: Login, other: str) -> None:
    """G6: look-alikes are somebody else."""
    undelayed.exhaust("alice")
    assert undelayed.attempt(other).reason is Reason.FAILED


def test_a22_an_overlong_name_is_refused_and_charged_to_its_address(login: Login) -> None:
    """A megabyte that would grow eighteenfold is never normalised, and thirty of them use the address up."""
    bomb = "\ufdfa" * 1_000_000
    reasons = [login.attempt(bomb).reason for _ in range(31)]
    assert reasons == [Reason.UNIDENTIFIED] * 30 + [Reason.LIMITED]


def test_a23_a_hundred_attempts_without_a_name_lock_nobody(login: Login) -> None:
    """No empty key is shared: others sign in from elsewhere as ever."""
    for empty in ("", " ", "\0", "\u200b"):
        for number in range(25):
            login.attempt(empty, address=f"10.0.{number}.1")
    assert login.attempt("alice", "right").verdict is Verdict.COMPLETE


def test_a26_rotating_forwarding_headers_buys_nothing(login: Login) -> None:
    """G7: without trusted proxies the header is not even looked at."""
    for number in range(100):
        headers = (("X-Forwarded-For", f"10.0.0.{number}"), ("Forwarded", f"for=10.0.0.{number}"))
        login.guard.check(Attempt(identifier=f"user{number}", peer="203.0.113.1", headers=headers))
    assert login.attempt("somebody").reason is Reason.LIMITED


def test_a26_behind_a_proxy_the_rightmost_untrusted_hop_is_counted() -> None:
    """G7: whatever the client writes to the left changes nothing."""
    login = make_login(trusted_proxies="10.0.0.0/8")
    allowed = [
        login.guard.check(
            Attempt(
                identifier=f"user{number}",
                peer="10.1.1.1",
                headers=[("X-Forwarded-For", f"198.51.100.{number}, 203.0.113.9")],
            )
        ).allowed
        for number in range(100)
    ]
    assert sum(allowed) == 30


def test_a28_garbage_from_a_trusted_proxy_is_counted_under_the_proxy_and_told(login: Login) -> None:
    """It neither raises nor opens a fresh budget, and an event says so."""
    login = make_login(trusted_proxies="10.0.0.0/8")
    decision = login.guard.check(
        Attempt(identifier="alice", peer="10.1.1.1", headers=[("X-Forwarded-For", "no address")])
    )
    assert decision.allowed
    assert EventKind.ADDRESS_SUSPECT in {event.kind for event in decision.events}


def test_a28_traffic_from_inside_is_not_suspect() -> None:
    """A request all of whose hops are trusted proxies raises no alarm."""
    login = make_login(trusted_proxies="10.0.0.0/8")
    inside = Attempt(identifier="alice", peer="10.1.1.1", headers=[("X-Forwarded-For", "10.2.2.2")])
    assert [event.kind for event in login.guard.check(inside).events] == [EventKind.ADMITTED]


def test_a29_a_spoofed_header_locks_no_victims_address(login: Login) -> None:
    """G7: attempts that claim the victim's address are charged to the sender's."""
    for number in range(100):
        login.guard.check(
            Attempt(
                identifier=f"u{number}", peer="203.0.113.1", headers=[("X-Forwarded-For", "198.51.100.7")]
            )
        )
    assert login.attempt("alice", "right", address="198.51.100.7").verdict is Verdict.COMPLETE


def test_a30_ten_thousand_addresses_of_one_network_are_one_address(login: Login) -> None:
    """IPv6 is counted per /64: rotating inside it buys nothing."""
    for number in range(10_000):
        login.attempt(f"user{number}", address=f"2001:db8:1:2::{number:x}")
    assert login.checked.total() == 30


def test_a30_the_networks_of_one_site_share_the_subnets_limit(login: Login) -> None:
    """Rotating 256 /64s of a /48 stops at the subnet's limit."""
    for number in range(2_560):
        login.attempt(f"user{number}", address=f"2001:db8:1:{number % 256:x}::1")
    assert login.checked.total() == 300


def test_a31_a_mapped_address_is_the_ipv4_address_it_maps(login: Login) -> None:
    """Writing it in another notation buys nothing."""
    for number in range(30):
        login.attempt(f"user{number}", address="1.2.3.4")
    assert login.attempt("alice", address="::ffff:102:304").reason is Reason.LIMITED


@given(st.lists(st.integers(min_value=-3_600, max_value=3_600), max_size=40))
def test_a61_no_step_of_the_clock_opens_a_window_or_stretches_a_lock(steps: list[int]) -> None:
    """However the clock jumps, at most five are checked a window, and a lock ends in time."""
    login = make_login(delay_after=5, lock_max="15m")
    begun = login.clock.now
    for step in steps:
        login.attempt("alice")
        login.clock.advance(step)
    windows = (max(0.0, max_time(steps)) // (15 * MINUTE)) + 1
    assert login.checked["alice"] <= 5 * windows
    login.clock.now = begun + max(0.0, max_time(steps)) + 15 * MINUTE
    assert login.attempt("alice", "right").verdict is Verdict.COMPLETE


def max_time(steps: list[int]) -> float:
    """How far ahead of its start the clock ever was."""
    ahead, furthest = 0, 0
    for step in steps:
        ahead += step
        furthest = max(furthest, ahead)
    return furthest


def test_a66_a_flood_of_names_frees_no_locked_account() -> None:
    """G10: a small store is flooded with ten times its size; the victim's lock stays."""
    login = make_login(max_keys=500, delay_after=5)
    login.exhaust("victim")
    for number in range(5_000):
        login.attempt(f"flood{number}", address=f"10.{number >> 8}.{number & 255}.1")
    assert login.attempt("victim", "right").reason is Reason.LOCKED


def test_a67_a_flood_of_names_fills_no_memory() -> None:
    """G10: what is kept stays within the cap and the overflow counters."""
    login = make_login(max_keys=500)
    for number in range(20_000):
        login.attempt(f"flood{number}", address=f"10.{number >> 8}.{number & 255}.1")
    assert len(login.store) <= 500 + 3 * 4_096


def test_a67_a_full_store_still_limits_new_names() -> None:
    """A name that shares an overflow counter gets no more than its five checks."""
    login = make_login(max_keys=100, delay_after=5)
    for number in range(500):
        login.attempt(f"flood{number}", address=f"10.{number >> 8}.{number & 255}.1")
    for number in range(100):
        login.attempt("late", address=f"172.16.{number}.1")
    assert login.checked["late"] <= 5


def test_a67_one_account_fills_no_store_with_addresses_of_its_own() -> None:
    """Preset api: of the addresses that became known only ten are alive; they give way to whoever comes."""
    login = make_login(preset="api", max_keys=100)
    for number in range(1_000):
        login.attempt("alice", "right", address=f"10.{number >> 8}.{number & 255}.1")
    newcomer = login.guard.check(Attempt(identifier="bob", peer="192.0.2.1"))
    assert [event.kind for event in newcomer.events] == [EventKind.ADMITTED]
