"""Claims about events: their names, and what they never hold."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from authguard_core import Event, EventKind, Outcome
from authguard_core.counting.ops import Admitted, Op, Result
from authguard_core.resilience import ResilientStorage
from authguard_core.storage import Storage
from tests.core.scene import ELSEWHERE, Outages, scene

STABLE_NAMES = {
    "ADMITTED": "attempt_admitted",
    "REFUSED": "attempt_refused",
    "SUCCEEDED": "attempt_succeeded",
    "FAILED": "attempt_failed",
    "RELEASED": "attempt_released",
    "LOCKED": "locked",
    "CAPPED": "capped",
    "ADDRESS_SUSPECT": "address_suspect",
    "DEVICE_REJECTED": "device_rejected",
    "DEVICE_KNOWN": "device_known",
    "COOKIE_WITHHELD": "cookie_withheld",
    "STORE_SHARED": "store_shared",
    "RECORD_DAMAGED": "record_damaged",
    "STORAGE_FAILED": "storage_failed",
    "STORAGE_DEGRADED": "storage_degraded",
    "STORAGE_RECOVERED": "storage_recovered",
    "DECIDED_LOCALLY": "decided_locally",
    "RESOLVE_FAILED": "resolve_failed",
    "UNLOCKED": "unlocked",
    "RESET_COMPLETED": "reset_completed",
}
CANARY_NAME = "canary.name@example.org"
CANARY_ADDRESS = "203.0.113.99"


def test_the_kinds_are_a_closed_set_of_stable_names() -> None:
    """Dashboards and alerts are built on these names: a change here is a change for every user."""
    assert {kind.name: kind.value for kind in EventKind} == STABLE_NAMES


def every_path() -> list[Event]:
    """The events of a history that takes every way through a guard."""
    heard: list[Event] = []

    def resolve(name: str) -> str | None:
        if "broken" in name:
            raise RuntimeError(name)
        return "canary-account" if "known" in name else None

    world = scene(resolve=resolve, login={"delay": "off", "failure_cap": "5"}, trusted_proxies="10.0.0.1")
    for name in (CANARY_NAME, f"known-{CANARY_NAME}"):
        cookie = world.cookie(name, peer=CANARY_ADDRESS)
        world.sign_in(name, peer=ELSEWHERE, device=cookie)
        world.guard.settle(world.ticket(name, peer=CANARY_ADDRESS), Outcome.UNCHECKED)
        world.check(name, peer="10.0.0.1", headers=[("X-Forwarded-For", "canary")], device="canary")
        world.fail(name, peer=CANARY_ADDRESS, times=4)
        world.check(name, peer=CANARY_ADDRESS)
        world.guard.reset_completed(name)
        world.guard.unlock(name)
    world.check(f"broken-{CANARY_NAME}", peer=CANARY_ADDRESS)
    world.check("", peer=CANARY_ADDRESS)
    world.guard.unlock_address(CANARY_ADDRESS)
    heard += world.events

    insecure = scene(cookie_secure=False, login={"delay": "off"})
    insecure.check(CANARY_NAME, peer=CANARY_ADDRESS)
    insecure.fail(CANARY_NAME, peer=CANARY_ADDRESS, times=4)
    down = scene(down={1})
    down.check(CANARY_NAME, peer=CANARY_ADDRESS)
    full = scene(max_keys=8)
    for number in range(4):
        full.check(f"{number}{CANARY_NAME}", peer=CANARY_ADDRESS)
    return heard + insecure.events + down.events + full.events + out_for_a_moment()


def out_for_a_moment() -> list[Event]:
    """The events of a guard whose store goes out, comes back, and then finds a record damaged."""
    world = scene()
    inner = Damaging(Outages(world.guard.storage, down={1, 2}))
    resilient = ResilientStorage(inner, clock=world.clock, on_change=world.guard.health_changed)
    world.guard.storage = resilient
    for _ in range(2):
        world.check(CANARY_NAME, peer=CANARY_ADDRESS)
        world.clock.advance(60)
    return world.events


@dataclass
class Damaging:
    """A store that says of each attempt that it found a record damaged."""

    inner: Storage

    def execute(self, ops: Sequence[Op], /) -> Sequence[Result]:
        results = self.inner.execute(ops)
        return [one._replace(damaged=True) if isinstance(one, Admitted) else one for one in results]


def test_every_kind_of_event_happens() -> None:
    """The history below leaves no kind out, so the claims about it are about all of them."""
    assert {event.kind for event in every_path()} == set(EventKind)


def test_a82_no_event_holds_a_personal_datum() -> None:
    """No name, no account id, no address and no cookie, in the text or the fields of any event."""
    shown = "".join(f"{event!r}{event}" for event in every_path())

    assert [text for text in ("canary", "203.0.113", "198.51.100", "10.0.0.1") if text in shown] == []


def test_every_event_can_be_written_down() -> None:
    """All fields are numbers, plain ASCII text, members of closed sets, or absent."""
    for event in every_path():
        plain = [event.kind.value, event.at, event.purpose, event.account, event.address, event.attempt]
        plain += [field.value if field else None for field in (event.reason, event.scope)]

        assert json.dumps(plain).isascii()
        assert json.loads(json.dumps(plain)) == plain


def test_pseudonyms_are_the_same_for_all_purposes() -> None:
    """Whoever reads the log can follow an account from login to reset, without knowing whose it is."""
    world = scene()
    world.check("alice", purpose="login")
    world.check("alice", purpose="otp")
    one, other = world.events

    assert (one.account, one.address) == (other.account, other.address)
    assert one.account != one.address
    assert one.attempt != other.attempt


def test_a80_pseudonyms_are_keyed() -> None:
    """With another secret an address has another pseudonym, so nobody can compute them by trying."""
    one, other = scene(), scene(secret_key="another secret of these tests; it is long enough")
    one.check("alice")
    other.check("alice")

    assert not {one.events[0].account, one.events[0].address} & {
        other.events[0].account,
        other.events[0].address,
    }
