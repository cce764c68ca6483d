"""Claims about known sources: a browser that signed in before has a budget of its own."""

from authguard_core.counting.limits import DAY
from authguard_core.counting.ops import (
    Admitted,
    Clear,
    Cleared,
    Inspect,
    Inspected,
    Issue,
    Known,
    Refused,
    Settled,
)
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.state import Proof, Registry
from authguard_core.testing.suite.lab import ACCOUNT, DEVICE, EVERYTHING, HERE, THERE, WINDOW, Lab, Suite, key

__all__ = ["SourceClaims"]

REGISTRY, PROOF = key("registry"), key("proof")
LIFETIME = 180 * DAY


def become_known(lab: Lab, known: Known | None = None) -> Known:
    """Sign in and become known, by a cookie that holds the proof."""
    proof = lab.settle(lab.admit(known=known), issue=Issue(REGISTRY, fresh=True)).proof
    assert proof is not None, "a fresh source was to get a proof"
    return Known(REGISTRY, proof, DEVICE)


def is_known(lab: Lab, known: Known) -> bool:
    """Try, without a trace, whether a source is known."""
    running = lab.admit(known=known)
    lab.settle(running, checked=False)
    return running.admitted.known


class SourceClaims(Suite):
    """Who is known, what is charged to whom, and what ends it."""

    def test_a_known_source_is_charged_to_its_own_counter_alone(self, lab: Lab) -> None:
        """Neither the account nor the address hears of it."""
        admitted = lab.admit(known=become_known(lab)).admitted
        assert admitted.known
        assert [charged.scope for charged in admitted.charged] == [Scope.DEVICE]
        assert lab.failures(*EVERYTHING, DEVICE) == [0, 0, 0, 1]

    def test_a_known_source_gets_in_while_the_account_is_locked(self, lab: Lab) -> None:
        """Guesses from elsewhere can't lock the owner out, nor can the owner's lock anybody else."""
        known = become_known(lab)
        lab.lock(ACCOUNT)
        assert lab.settle(lab.admit(known=known), issue=Issue(REGISTRY, fresh=False)) == Settled()
        assert lab.view(ACCOUNT).refusal == Refusal(Reason.LOCKED, WINDOW)

    def test_a_known_source_that_used_up_its_budget_is_refused(self, lab: Lab) -> None:
        """It isn't moved to the account's: a stolen cookie brings N tries, not 2 N."""
        known = become_known(lab)
        for _ in range(5):
            lab.admit(known=known)
        refusals = ((Scope.DEVICE, Refusal(Reason.LOCKED, WINDOW)),)
        assert lab.ask(known=known) == Refused(refusals, known=True)
        assert lab.failures() == [0, 0, 0]

    def test_a_known_source_is_the_same_wherever_it_comes_from(self, lab: Lab) -> None:
        """Its success clears its own older failures from another address too."""
        known = become_known(lab)
        for source in (HERE, THERE):
            lab.admit(known=known, source=source)
        lab.settle(lab.admit(known=known, source=HERE))
        assert lab.failures(DEVICE) == [0]

    def test_the_success_of_a_known_source_ends_the_accounts_run_up_to_itself(self, lab: Lab) -> None:
        """It takes nothing from the account's window, and forgets no failure that began after it."""
        known = become_known(lab)
        lab.fail(ACCOUNT, times=2, source=THERE)
        running = lab.admit(known=known)
        lab.admit(ACCOUNT, source=THERE)
        lab.settle(running)
        assert lab.view(ACCOUNT)[1:3] == (3, 1)

    def test_an_unchecked_attempt_of_a_known_source_ends_no_run(self, lab: Lab) -> None:
        """It clears nothing."""
        known = become_known(lab)
        lab.fail(ACCOUNT, times=2, source=THERE)
        lab.settle(lab.admit(known=known), checked=False)
        assert lab.view(ACCOUNT)[1:3] == (2, 2)
        assert lab.failures(DEVICE) == [0]

    def test_a_known_sources_attempt_that_comes_again_is_charged_once(self, lab: Lab) -> None:
        """It is told again that it is known."""
        op = lab.attempt(known=become_known(lab))
        for _ in range(2):
            result = lab.one(op)
            assert isinstance(result, Admitted)
            assert result.known
        assert lab.failures(DEVICE) == [1]

    def test_ten_sources_are_known_and_the_eleventh_ends_the_first(self, lab: Lab) -> None:
        """Each that becomes known takes the next place."""
        sources = [become_known(lab) for _ in range(11)]
        assert [is_known(lab, source) for source in sources] == [False] + [True] * 10

    def test_a_known_source_that_signs_in_again_takes_no_further_place(self, lab: Lab) -> None:
        """The others stay known however often it does."""
        sources = [become_known(lab) for _ in range(10)]
        for _ in range(12):
            lab.settle(lab.admit(known=sources[-1]), issue=Issue(REGISTRY, fresh=False))
        assert all(is_known(lab, source) for source in sources)

    def test_a_forged_proof_buys_nothing(self, lab: Lab) -> None:
        """Of another generation, of a place not given yet, or of none: it is counted like anybody's."""
        become_known(lab)
        claims: list[Proof | bytes] = [
            Proof(1, 1),
            Proof(0, 2),
            Proof(0, 2**31),
            Proof(0, -9),
            Proof(2**31, 1),
            PROOF,
        ]
        for proof in claims:
            assert not is_known(lab, Known(REGISTRY, proof, DEVICE)), proof
        admitted = lab.admit(known=Known(REGISTRY, Proof(1, 1), DEVICE)).admitted
        assert [charged.scope for charged in admitted.charged] == [one.scope for one in EVERYTHING]

    def test_a_proof_of_another_account_buys_nothing(self, lab: Lab) -> None:
        """Each account has a registry of its own."""
        known = become_known(lab)
        assert not is_known(lab, known._replace(registry=key("another registry")))

    def test_the_registry_lives_as_long_as_its_sources_and_no_longer(self, lab: Lab) -> None:
        """Each sign-in keeps it for another lifetime."""
        known = become_known(lab)
        for _ in range(2):
            lab.pass_time(LIFETIME - 1)
            lab.settle(lab.admit(known=known), issue=Issue(REGISTRY, fresh=False))
        lab.pass_time(LIFETIME - 1)
        assert is_known(lab, known)
        lab.pass_time(1)
        assert not is_known(lab, known)

    def test_a_source_without_a_cookie_is_known_by_a_stored_proof(self, lab: Lab) -> None:
        """From its first success on, for a lifetime from each."""
        known = Known(REGISTRY, PROOF, DEVICE)
        assert not is_known(lab, known)
        assert lab.settle(lab.admit(known=known), issue=Issue(REGISTRY, fresh=True, proof=PROOF)) == Settled(
            Proof(0, 1)
        )
        lab.pass_time(LIFETIME - 1)
        running = lab.admit(known=known)
        assert running.admitted.known
        assert lab.settle(running, issue=Issue(REGISTRY, fresh=False, proof=PROOF)) == Settled()
        lab.pass_time(LIFETIME - 1)
        assert is_known(lab, known)
        lab.pass_time(1)
        assert not is_known(lab, known)

    def test_a_source_that_becomes_known_has_its_whole_budget(self, lab: Lab) -> None:
        """What was counted for it in an earlier life is forgotten."""
        lab.lock(DEVICE)
        lab.settle(lab.admit(), issue=Issue(REGISTRY, fresh=True, proof=PROOF, charge=DEVICE))
        assert lab.view(DEVICE)[1:] == (0, 0, 0, None)

    def test_a_new_generation_ends_every_source_but_the_one_that_began_it(self, lab: Lab) -> None:
        """A completed reset: an old cookie is worth nothing, the new one is known."""
        old = [become_known(lab) for _ in range(3)]
        assert lab.one(Clear((ACCOUNT,), REGISTRY)) == Cleared(Proof(1, 1))
        assert lab.one(Inspect((), REGISTRY)) == Inspected((), Registry(1, 1))
        assert not any(is_known(lab, source) for source in old)
        assert is_known(lab, Known(REGISTRY, Proof(1, 1), DEVICE))

    def test_clearing_without_a_registry_ends_no_source(self, lab: Lab) -> None:
        """An operator's unlocking leaves browsers known."""
        known = become_known(lab)
        lab.one(Clear((ACCOUNT,)))
        assert is_known(lab, known)

    def test_an_attempt_from_before_a_reset_makes_nobody_known(self, lab: Lab) -> None:
        """Its success is of yesterday."""
        running = lab.admit()
        lab.one(Clear((ACCOUNT,), REGISTRY))
        assert lab.settle(running, issue=Issue(REGISTRY, fresh=True)) == Settled()

    def test_settling_twice_makes_one_source_known(self, lab: Lab) -> None:
        """What comes again takes no further place."""
        running, issue = lab.admit(), Issue(REGISTRY, fresh=True)
        answers = [lab.settle(running, issue=issue) for _ in range(3)]
        assert answers == [Settled(Proof(0, 1)), Settled(), Settled()]
        assert lab.one(Inspect((), REGISTRY)) == Inspected((), Registry(0, 1))

    def test_a_registry_that_was_forgotten_begins_in_another_epoch(self, lab: Lab) -> None:
        """Else what a reset had ended would be known again as soon as somebody else is."""
        old = become_known(lab)
        lab.one(Clear((ACCOUNT,), REGISTRY))
        lab.pass_time(LIFETIME)
        issue = Issue(REGISTRY, fresh=True, epoch=7)
        assert lab.settle(lab.admit(), issue=issue) == Settled(Proof(0, 1, 7))
        assert lab.one(Inspect((), REGISTRY)) == Inspected((), Registry(0, 1, 7))
        assert not is_known(lab, old)
        assert lab.settle(lab.admit(), issue=issue._replace(epoch=8)) == Settled(Proof(0, 2, 7))
        assert lab.one(Clear((), REGISTRY, 9)) == Cleared(Proof(1, 1, 7))

    def test_a_reset_may_begin_a_registry(self, lab: Lab) -> None:
        """Its epoch is that of the reset."""
        assert lab.one(Clear((), REGISTRY, 7)) == Cleared(Proof(1, 1, 7))

    def test_a_success_that_makes_nobody_known_begins_no_registry(self, lab: Lab) -> None:
        """Keeping what isn't there keeps nothing."""
        issue = Issue(REGISTRY, fresh=False, proof=PROOF, epoch=7)
        assert lab.settle(lab.admit(), issue=issue) == Settled()
        assert lab.one(Inspect((), REGISTRY)) == Inspected((), Registry())

    def test_an_unknown_registry_is_empty(self, lab: Lab) -> None:
        """Nobody was ever known."""
        assert lab.one(Inspect((), REGISTRY)) == Inspected((), Registry(0, 0))
