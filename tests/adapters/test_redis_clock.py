"""Claims about time: the server's own clock counts, and whatever the application's says changes nothing."""

import time

import pytest

from authguard_core import Attempt, Guard, Outcome, Reason, Settings
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import Admitted, PutOnce, Stored, Take, Taken
from authguard_core.counting.refusal import Refusal, Scope
from authguard_core.testing.clock import FrozenClock
from authguard_core.testing.suite.lab import ACCOUNT, WINDOW, charge, key
from tests.adapters.redis_stores import ALONE, KINDS, client, frozen, key_name, lab
from tests.servers import shared

HOUR = 3_600_000
PLAIN = charge("address", Rule(5, WINDOW), Scope.ADDRESS)
BUCKET = charge("subnet bucket", Rule(60, WINDOW, burst=5), Scope.SUBNET)


@pytest.mark.parametrize("kind", ALONE)
def test_a61_an_attempt_is_entered_at_the_servers_time(kind: str) -> None:
    """Between what the server's clock says before and after."""
    prefix = shared.prefix()
    with lab(kind, prefix=prefix) as driven, client("threads") as server:
        before = server.time()
        driven.admit(ACCOUNT)
        after = server.time()
        record = server.get(key_name(prefix, ACCOUNT.key))
    entered = int.from_bytes(record[26:32], "big")
    assert milliseconds(before) <= entered <= milliseconds(after)


def milliseconds(told: tuple[int, int]) -> int:
    """Return what TIME says."""
    return told[0] * 1_000 + told[1] // 1_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hours", [-1_000, 1_000])
def test_a61_the_applications_clock_frees_nobody(
    kind: str, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However wrong it is: one machine of many, whose clock nobody set."""
    with lab(kind) as driven:
        refused = driven.lock(ACCOUNT)
        clock = time.time
        monkeypatch.setattr(time, "time", lambda: clock() + hours * 3_600)
        later = driven.refusal(ACCOUNT)
    assert refused.reason == later.reason == Reason.LOCKED
    assert later.wait is not None
    assert 0 < later.wait <= WINDOW


def test_a61_two_machines_whose_clocks_differ_count_as_one() -> None:
    """Guards take a time of their own for cookies and events alone."""
    url = f"{shared.redis().url}?prefix={shared.prefix()}"
    settings = Settings.load(
        secret_key="nobody signs anything real with this one",
        storage_url=url,
        storage_timeout="20s",
        login={"delay_after": 5},
    )
    clock = FrozenClock(time.time())
    guards = [Guard(settings), Guard(settings, clock=clock)]
    clock.advance(-86_400)
    attempt = Attempt(identifier="alice", peer="192.0.2.1")
    decisions = [guards[number % 2].check(attempt) for number in range(8)]
    assert [decision.allowed for decision in decisions] == [True] * 5 + [False] * 3
    clock.advance(7 * 86_400)
    assert guards[1].check(attempt).reason is Reason.LOCKED
    for guard in guards:
        assert guard.settle(decisions[0].ticket, Outcome.FAILURE) if decisions[0].ticket else False
        guard.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a61_a_store_with_a_clock_of_its_own_follows_that(kind: str) -> None:
    """To the millisecond: for tests, and for simulations of many days."""
    clock = FrozenClock()
    with frozen(kind, clock) as driven:
        driven.one(PutOnce(key("value"), b"code", WINDOW))
        driven.fail(PLAIN, times=5)
        driven.lock(ACCOUNT)
        driven.pass_time(WINDOW - 1)
        assert driven.refusal(PLAIN) == Refusal(Reason.LIMITED, 1)
        assert driven.refusal(ACCOUNT) == Refusal(Reason.LOCKED, 1)
        assert driven.one(PutOnce(key("value"), b"again", WINDOW)) == Stored(stored=False)
        driven.pass_time(1)
        assert driven.admitted(PLAIN, of=6) == 5
        assert driven.admitted(ACCOUNT, of=6) == 5
        assert driven.one(Take(key("value"))) == Taken(None)


@pytest.mark.parametrize("kind", KINDS)
def test_a61_a_clock_that_jumps_forward_frees_one_window(kind: str) -> None:
    """And one that comes back frees none."""
    with frozen(kind, FrozenClock()) as driven:
        driven.admitted(PLAIN, of=9)
        driven.pass_time(HOUR)
        admitted = driven.admitted(PLAIN, of=9)
        driven.pass_time(-HOUR)
        assert (admitted, driven.admitted(PLAIN, of=9)) == (5, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a61_a_clock_that_goes_back_makes_no_wait_longer(kind: str) -> None:
    """Each key's time stands still until the clock is there again."""
    with frozen(kind, FrozenClock()) as driven:
        driven.admitted(BUCKET, of=9)
        driven.admitted(PLAIN, of=9)
        locked = driven.lock(ACCOUNT)
        waits = [driven.refusal(counter) for counter in (BUCKET, PLAIN, ACCOUNT)]
        driven.pass_time(-DAY)
        assert [driven.refusal(counter) for counter in (BUCKET, PLAIN, ACCOUNT)] == waits
        driven.pass_time(DAY + (locked.wait or 0))
        assert isinstance(driven.ask(ACCOUNT), Admitted)
