"""Who takes part in a simulation, and what may go wrong in it."""

from dataclasses import fields
from random import Random

import pytest

from authguard_core import ConfigurationError
from authguard_core.identity import canonical
from authguard_core.testing.simulation.history import Act
from authguard_core.testing.simulation.scene import (
    NO_FAULTS,
    PEOPLE,
    Faults,
    Request,
    Scene,
    choose_settings,
    fresh,
)


def requests(seed: int, *, faults: Faults = NO_FAULTS, proxied: bool = True) -> list[Request]:
    scene = Scene(Random(seed), faults, proxied=proxied)
    owners = ["alice", "alice", "bob"]
    return [scene.next(number, number, owners if number else []) for number in range(2_000)]


@pytest.mark.parametrize("probability", [-0.1, 1.1])
@pytest.mark.parametrize("fault", [field.name for field in fields(Faults)])
def test_what_is_no_probability_is_refused(fault: str, probability: float) -> None:
    """By the name of its fault."""
    with pytest.raises(ConfigurationError, match=f"faults {fault}: got"):
        Faults(**{fault: probability})


def test_no_faults_are_none() -> None:
    """Each probability is zero."""
    assert {getattr(NO_FAULTS, field.name) for field in fields(Faults)} == {0}


def test_everybodys_spellings_are_one_name_and_no_two_people_share_one() -> None:
    """Else the histories would accuse the library of what is true."""
    names = {person: {canonical(spelling) for spelling in PEOPLE[person]} for person in PEOPLE}
    assert all(len(forms) == 1 for forms in names.values())
    assert len(frozenset.union(*map(frozenset, names.values()))) == len(PEOPLE)


def test_a_seed_chooses_everybody_and_everything() -> None:
    """The same one the same, another one another."""
    assert requests(1) == requests(1)
    assert requests(1) != requests(2)


def test_everything_that_may_happen_does() -> None:
    """All acts, cookies of one's own and foreign ones, right and wrong passwords, proxies."""
    chosen = requests(1)
    began = [request.began for request in chosen]
    assert {one.act for one in began} == set(Act)
    assert {one.person for one in began} == set(PEOPLE)
    assert {one.cookie for one in began} == {None, 0, 1, 2}
    assert {(one.person == "bob", one.cookie) for one in began} >= {(True, 2), (False, 2), (True, 0)}
    assert {one.right for one in began} == {True, False}
    assert {request.proxied for request in chosen} == {True, False}
    assert {request.unchecked for request in chosen} == {True, False}


def test_who_names_nobody_is_never_right_and_operates_nothing() -> None:
    """There is no such account."""
    nobody = [request.began for request in requests(1) if not request.began.person]
    assert nobody
    assert {(one.act, one.right) for one in nobody} == {(Act.SIGN_IN, False)}


def test_outcomes_are_late_or_told_twice_only_where_that_is_wanted() -> None:
    """As probable as the faults say."""
    assert {(request.twice, request.late) for request in requests(1)} == {(False, 0)}
    always = Faults(settle_twice=1, settle_late=1)
    assert all(request.twice and request.late for request in requests(1, faults=always))


def test_no_proxy_is_used_that_nobody_trusts() -> None:
    """Then the header would be ignored, and the proxy counted."""
    assert not any(request.proxied for request in requests(1, proxied=False))


def test_a_fresh_address_is_nobody_elses() -> None:
    """So that after the faults an owner meets no neighbour's budget."""
    places = [fresh(number) for number in range(2_000)]
    taken = {request.began.place.network for request in requests(1)}
    assert len({place.network for place in places}) == 2_000
    assert not taken.intersection(place.network for place in places)


def test_a_seed_chooses_usable_rules() -> None:
    """With and without locks, delays, devices, caps and buckets."""
    policies = [choose_settings(Random(seed)).policy().purpose("login") for seed in range(60)]
    rules = [policy.account for policy in policies]
    assert {bool(rule.lock) for rule in rules} == {bool(rule.cap) for rule in rules} == {True, False}
    assert {bool(rule.delay_after) for rule in rules} == {True, False}
    assert {policy.device is None for policy in policies} == {True, False}
    assert {bool(policy.subnet and policy.subnet.burst) for policy in policies} == {True, False}
