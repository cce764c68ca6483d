"""Both guards decide alike: one history, told to each of them."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from authguard_core import (
    AsyncGuard,
    AsyncMemoryStorage,
    Attempt,
    Decision,
    Guard,
    MemoryStorage,
    Outcome,
)
from tests.core.scene import ELSEWHERE, HOME, Clock, settings

pytestmark = pytest.mark.anyio


class Step(NamedTuple):
    """One thing that happens."""

    verb: str
    name: str
    address: str
    cookie: bool
    wait: float


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(
            ["wrong", "wrong", "wrong", "right", "unchecked", "open", "unlock", "address", "reset"]
        ),
        st.sampled_from(["alice", " ALICE", "alice@example.org", "bob", ""]),
        st.sampled_from([HOME, ELSEWHERE, "2001:db8::1", "10.0.0.1"]),
        st.booleans(),
        st.sampled_from([0.0, 0.0, 0.5, 2.0, 60.0, 900.0, 100_000.0]),
    ),
    max_size=30,
)
OUTCOMES = {"wrong": Outcome.FAILURE, "right": Outcome.SUCCESS, "unchecked": Outcome.UNCHECKED}


def seen(decision: Decision) -> tuple[object, ...]:
    """All that a decision says, but for random numbers."""
    events = [event._replace(attempt=None) for event in decision.events]
    return (
        decision.verdict,
        decision.reason,
        decision.wait,
        decision.retry_after,
        bool(decision.device),
        events,
    )


def resolve_some(name: str) -> str | None:
    return "7" if name.startswith("alice") else None


async def resolve_some_later(name: str) -> str | None:
    return resolve_some(name)


CONFIGURED: dict[str, Any] = {
    "trusted_proxies": "10.0.0.0/8",
    "login": {"ip_limit": "6/15m", "failure_cap": "12"},
    "resolve_timeout": "1h",
}


def synchronous_history(steps: list[Step], preset: str) -> list[object]:
    clock = Clock()
    guard = Guard(
        settings(preset=preset, **CONFIGURED),
        storage=MemoryStorage(clock=clock),
        resolve=resolve_some,
        clock=clock,
    )
    history: list[object] = []
    cookies: dict[str, str] = {}

    def note(decision: Decision, name: str) -> None:
        history.append(seen(decision))
        if decision.device:
            cookies[name] = decision.device.value

    for verb, name, address, cookie, wait in steps:
        clock.advance(wait)
        if verb == "address":
            note(guard.unlock_address(address), name)
        elif verb in {"unlock", "reset"}:
            note((guard.unlock if verb == "unlock" else guard.reset_completed)(name or "bob"), name)
        else:
            decision = guard.check(
                Attempt(identifier=name, peer=address, device=cookies.get(name) if cookie else None)
            )
            note(decision, name)
            if decision.ticket and verb in OUTCOMES:
                note(guard.settle(decision.ticket, OUTCOMES[verb]), name)
        history.append(guard.inspect("alice"))
    return history


async def asynchronous_history(steps: list[Step], preset: str) -> list[object]:
    clock = Clock()
    guard = AsyncGuard(
        settings(preset=preset, **CONFIGURED),
        storage=AsyncMemoryStorage(MemoryStorage(clock=clock)),
        resolve=resolve_some_later,
        clock=clock,
    )
    history: list[object] = []
    cookies: dict[str, str] = {}

    def note(decision: Decision, name: str) -> None:
        history.append(seen(decision))
        if decision.device:
            cookies[name] = decision.device.value

    for verb, name, address, cookie, wait in steps:
        clock.advance(wait)
        if verb == "address":
            note(await guard.unlock_address(address), name)
        elif verb in {"unlock", "reset"}:
            note(await (guard.unlock if verb == "unlock" else guard.reset_completed)(name or "bob"), name)
        else:
            decision = await guard.check(
                Attempt(identifier=name, peer=address, device=cookies.get(name) if cookie else None)
            )
            note(decision, name)
            if decision.ticket and verb in OUTCOMES:
                note(await guard.settle(decision.ticket, OUTCOMES[verb]), name)
        history.append(await guard.inspect("alice"))
    return history


@hypothesis_settings(max_examples=60)
@given(STEPS, st.sampled_from(["standard", "api"]))
async def test_both_guards_decide_alike(steps: list[Step], preset: str) -> None:
    """For equal histories verdicts, reasons, waits, cookies, events and states are equal, step by step."""
    assert await asynchronous_history(steps, preset) == synchronous_history(steps, preset)
