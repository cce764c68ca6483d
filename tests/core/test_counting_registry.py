"""Claims about known sources: which of an account's are alive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.counting.limits import DAY
from authguard_core.counting.registry import (
    LIFETIME,
    LIVE_SOURCES,
    epoch_at,
    is_alive,
    issue,
    next_generation,
)
from authguard_core.counting.state import NO_DEVICES, Proof, Registry


def test_a_source_is_alive_from_the_moment_it_is_issued() -> None:
    """Its proof is the state that the registry has then."""
    registry = issue(NO_DEVICES)
    assert is_alive(registry, Proof(*registry))


@given(st.integers(min_value=0, max_value=60))
def test_at_most_ten_sources_are_alive_the_latest(issued: int) -> None:
    """Each one beyond the tenth lets the oldest fall out."""
    registry, proofs = NO_DEVICES, list[Proof]()
    for _ in range(issued):
        registry = issue(registry)
        proofs.append(Proof(*registry))
    assert LIVE_SOURCES == 10
    assert [proof for proof in proofs if is_alive(registry, proof)] == proofs[-10:]


@given(st.integers(min_value=0, max_value=60), st.integers(min_value=0, max_value=60))
def test_a_new_generation_ends_every_source_of_the_one_before(before: int, after: int) -> None:
    """A stolen device cookie is worth nothing after a reset, whatever its serial."""
    old = Registry(generation=0, serial=before)
    new = next_generation(old)._replace(serial=after)
    assert not any(is_alive(new, Proof(0, serial)) for serial in range(before + 1))


def test_a_new_generation_has_room_for_ten_again() -> None:
    """Its serials begin anew."""
    assert issue(next_generation(Registry(generation=3, serial=40))) == Registry(generation=4, serial=1)


def test_a41_a_registry_that_began_anew_knows_none_of_the_one_before() -> None:
    """A store that restarted counts the same numbers again; its epoch tells them apart."""
    before, after = (issue(Registry(epoch=epoch)) for epoch in (7, 8))
    assert is_alive(after, Proof(*after))
    assert not is_alive(after, Proof(*before))


@pytest.mark.parametrize("now", [-1.5, 0.0, 1_700_000_000.9, 2.0**33])
def test_any_clock_gives_an_epoch_that_can_be_kept(now: float) -> None:
    """Thirty-two bits, whatever the application's clock says."""
    assert 0 <= epoch_at(now) < 2**32


def test_a_proof_of_a_later_generation_is_not_alive() -> None:
    """A generation that the registry hasn't reached proves nothing."""
    assert not is_alive(Registry(generation=1, serial=5), Proof(2, 5))


def test_a_source_stays_known_for_half_a_year() -> None:
    """The lifetime is in milliseconds, like every duration."""
    assert LIFETIME == 180 * DAY
