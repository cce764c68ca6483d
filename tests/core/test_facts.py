"""Claims about what a store tells an operator of itself."""

import dataclasses

import pytest

from authguard_core.facts import Fact, Level


def test_the_worst_of_several_facts_has_the_greatest_level() -> None:
    """So that a command can end with what is worst."""
    facts = [Fact(code=level.name, level=level, got="") for level in Level]

    assert max(facts, key=lambda fact: fact.level).level is Level.ERROR
    assert [fact.level for fact in facts] == sorted(Level)


def test_a_fact_stays_what_it_was() -> None:
    """Nobody rewrites what was found; what needs nothing done says nothing of it."""
    fact = Fact(code="redis-version", level=Level.OK, got="Redis 7.0.15")
    with pytest.raises(dataclasses.FrozenInstanceError):
        fact.level = Level.ERROR  # type: ignore[misc]

    assert (fact.got, fact.do) == ("Redis 7.0.15", "")
