"""Claims about the circuit breaker: a store that is out is asked by one call at a time, ever more seldom."""

from authguard_core.resilience.breaker import Breaker, Pass


def opened() -> Breaker:
    """A breaker that opened at the moment 0."""
    breaker = Breaker()
    assert breaker.fail(breaker.ask(0), 0, chance=0)
    return breaker


def test_while_the_store_answers_every_call_may_be_made() -> None:
    """And an answer changes nothing."""
    breaker = Breaker()

    assert [breaker.ask(moment) for moment in (0, 0, 1)] == [Pass.USUAL] * 3
    assert not breaker.succeed()
    assert not breaker.is_open


def test_after_a_failure_nobody_asks_for_a_second() -> None:
    """It opens at once: the next one doesn't wait for the deadline."""
    breaker = opened()

    assert breaker.is_open
    assert [breaker.ask(moment) for moment in (0, 0.5, 0.999)] == [Pass.NONE] * 3


def test_then_one_call_is_the_probe_and_the_others_dont_wait_for_it() -> None:
    """Until it has an answer nobody else asks."""
    breaker = opened()

    assert [breaker.ask(1), breaker.ask(1), breaker.ask(100)] == [Pass.PROBE, Pass.NONE, Pass.NONE]


def test_an_answer_closes_it() -> None:
    """Everybody asks again, and the next outage begins with the shortest period."""
    breaker = opened()
    breaker.ask(1)

    assert breaker.succeed()
    assert breaker.ask(1) is Pass.USUAL
    assert breaker.fail(Pass.USUAL, 2, chance=0)
    assert breaker.ask(3) is Pass.PROBE


def test_every_failed_probe_doubles_the_period_up_to_half_a_minute() -> None:
    """A store that stays out is asked twice a minute."""
    breaker, now, periods = opened(), 1.0, [1.0]
    for _ in range(7):
        assert not breaker.fail(breaker.ask(now), now, chance=0)
        after = next(step for step in range(1, 100) if breaker.ask(now + step) is Pass.PROBE)
        periods.append(after)
        now += after

    assert periods == [1, 2, 4, 8, 16, 30, 30, 30]


def test_processes_dont_ask_at_the_same_moment() -> None:
    """Chance adds up to a tenth of the period."""
    breaker = Breaker()
    breaker.fail(Pass.USUAL, 0, chance=1)

    assert [breaker.ask(1.09), breaker.ask(1.11)] == [Pass.NONE, Pass.PROBE]


def test_calls_that_began_before_it_opened_change_nothing_when_they_fail() -> None:
    """A hundred that time out together aren't a hundred failed probes."""
    breaker = opened()
    for _ in range(100):
        assert not breaker.fail(Pass.USUAL, 0.25, chance=0)

    assert breaker.ask(1) is Pass.PROBE


def test_a_probe_that_was_given_up_makes_room_for_another() -> None:
    """Whoever made it was cancelled: the store isn't out for good because of that."""
    breaker = opened()
    breaker.give_up(breaker.ask(1))
    breaker.give_up(Pass.NONE)

    assert breaker.ask(1) is Pass.PROBE
