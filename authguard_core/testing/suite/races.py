"""Claims about attempts that come at the same moment: in real threads, or as tasks of one loop."""

from collections.abc import Callable, Sequence

from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Advance,
    Inspect,
    Inspected,
    Issue,
    Op,
    PutOnce,
    Result,
    Settled,
    Stored,
    Take,
    Taken,
)
from authguard_core.counting.state import Proof, Registry
from authguard_core.testing.suite.lab import ACCOUNT, ADDRESS, EVERYTHING, HERE, SUBNET, Lab, Suite, key

__all__ = ["RaceClaims"]

RIVALS = 100
KEYS = [key(f"race {number}") for number in range(20)]
REGISTRY = key("registry")


def race(lab: Lab, op: Callable[[int, bytes], Op]) -> list[Sequence[Result]]:
    """Let every rival go through the same keys at once; return each key's results."""
    runs = [[op(rival, name) for name in KEYS] for rival in range(RIVALS)]
    return list(zip(*lab.store.at_once(runs), strict=True))


class RaceClaims(Suite):
    """No interleaving lets one more, or one less, through."""

    def test_of_a_hundred_at_once_exactly_the_limit_is_admitted(self, lab: Lab) -> None:
        """Each of them is charged before its password is looked at."""
        for results in race(lab, lambda rival, name: Admit(rival, HERE, (ACCOUNT._replace(key=name),))):
            assert sum(isinstance(result, Admitted) for result in results) == 5

    def test_of_a_hundred_at_once_all_counters_or_none_are_charged(self, lab: Lab) -> None:
        """Address and subnet count exactly those that the account admitted."""
        lab.store.at_once([[Admit(rival, HERE, EVERYTHING)] for rival in range(RIVALS)])
        assert lab.failures() == [5, 5, 5]

    def test_counters_in_another_order_block_nobody_for_good(self, lab: Lab) -> None:
        """Neighbours whose attempts name the same keys in another order all get an answer."""
        counters = (ADDRESS, SUBNET, ACCOUNT)
        orders = [counters, counters[::-1], (SUBNET, ACCOUNT, ADDRESS)]
        results = lab.store.at_once([[Admit(rival, HERE, orders[rival % 3])] for rival in range(30)])
        assert sum(isinstance(result, Admitted) for (result,) in results) == 5

    def test_an_attempt_that_comes_again_at_the_same_moment_is_charged_once(self, lab: Lab) -> None:
        """A retry that overtakes the first."""
        for results in race(lab, lambda _, name: Admit(7, HERE, (ACCOUNT._replace(key=name),))):
            assert all(isinstance(result, Admitted) for result in results)
        assert lab.failures(*[ACCOUNT._replace(key=name) for name in KEYS]) == [1] * len(KEYS)

    def test_right_passwords_at_once_are_all_given_back(self, lab: Lab) -> None:
        """And wrong ones that ran beside them stay."""
        wrong = lab.fail(ADDRESS, times=2)
        right = lab.fail(ADDRESS, times=20)
        lab.store.at_once([[running.settling()] for running in right])
        assert lab.failures(ADDRESS) == [len(wrong)]

    def test_one_success_reported_at_once_makes_one_source_known(self, lab: Lab) -> None:
        """Whichever reply arrives, one place is taken."""
        op = lab.admit().settling(issue=Issue(REGISTRY, fresh=True))
        results = [result for (result,) in lab.store.at_once([[op]] * 50)]
        assert results.count(Settled(Proof(0, 1))) == 1
        assert results.count(Settled()) == 49

    def test_sources_that_become_known_at_once_get_a_place_each(self, lab: Lab) -> None:
        """No two of them the same."""
        counter = ACCOUNT._replace(rule=ACCOUNT.rule._replace(limit=30))
        issue = Issue(REGISTRY, fresh=True)
        begun = [lab.admit(counter, source=source) for source in range(20)]
        ops = [[running.settling(issue=issue)] for running in begun]
        known = {result for (result,) in lab.store.at_once(ops)}
        assert known == {Settled(Proof(0, place)) for place in range(1, 21)}
        assert lab.one(Inspect((), REGISTRY)) == Inspected((), Registry(0, 20))

    def test_of_a_hundred_at_once_exactly_one_puts_a_value(self, lab: Lab) -> None:
        """And its value is the one that stays."""
        for name, results in zip(
            KEYS, race(lab, lambda rival, name: PutOnce(name, bytes([rival]), 60_000)), strict=True
        ):
            assert results.count(Stored(stored=True)) == 1
            assert lab.one(Take(name)) == Taken(bytes([results.index(Stored(stored=True))]))

    def test_of_a_hundred_at_once_exactly_one_takes_a_value(self, lab: Lab) -> None:
        """A code or a token is used once."""
        lab.store.execute([PutOnce(name, b"data", 60_000) for name in KEYS])
        for results in race(lab, lambda _, name: Take(name)):
            assert results.count(Taken(b"data")) == 1
            assert results.count(Taken(None)) == RIVALS - 1

    def test_of_a_hundred_at_once_exactly_one_raises_a_number(self, lab: Lab) -> None:
        """The same time-step of a code is accepted once."""
        lab.store.execute([Advance(name, 6, 60_000) for name in KEYS])
        for results in race(lab, lambda _, name: Advance(name, 7, 60_000)):
            assert results.count(Stored(stored=True)) == 1
