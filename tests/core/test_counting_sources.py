"""Claims about known sources, operators' verbs and single-use values, in stores of objects and of bytes."""

import pytest

from authguard_core.counting.limits import DAY
from authguard_core.counting.ops import (
    Admitted,
    Advance,
    Charge,
    Clear,
    Cleared,
    Inspect,
    Inspected,
    Issue,
    Known,
    PutOnce,
    Refused,
    Settle,
    Stored,
    Take,
    Taken,
)
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.registry import LIFETIME
from authguard_core.counting.state import Proof, Registry
from tests.core.counting_store import (
    ACCOUNT,
    ADDRESS,
    DEVICE,
    EVERYTHING,
    HERE,
    PROOF,
    REGISTRY,
    SUBNET,
    THERE,
    WINDOW,
    Bytes,
    Objects,
)

VALUE = b"value"


@pytest.fixture(params=[Objects, Bytes])
def store(request: pytest.FixtureRequest) -> Objects:
    made = request.param()
    assert isinstance(made, Objects)
    return made


def sign_in(store: Objects, known: Known | None = None) -> Known:
    """Sign in and become known, by a cookie that holds the proof."""
    proof = store.admit(known=known).settle(issue=Issue(REGISTRY, True))
    assert proof is not None
    return Known(REGISTRY, proof, DEVICE)


def is_known(store: Objects, known: Known) -> bool:
    """Try, without a trace, whether a source is known."""
    ticket = store.admit(known=known)
    ticket.settle(checked=False)
    return ticket.admitted.known


# ------------------------------------------------------------ known sources


def test_a_known_source_is_charged_to_its_own_counter_alone(store: Objects) -> None:
    """Neither the account nor the address hears of it."""
    known = sign_in(store)
    ticket = store.admit(known=known)
    assert ticket.admitted.known
    assert [charged.scope for charged in ticket.admitted.charged] == [Scope.DEVICE]
    assert store.failures() == (0, 0)
    assert store.view(DEVICE).failures == 1


def test_a40_a_known_source_gets_in_while_the_account_is_locked(store: Objects) -> None:
    """Guesses from elsewhere can't lock the owner out."""
    known = sign_in(store)
    for _ in range(5):
        store.admit(source=THERE)
    assert isinstance(store.ask(), Refused)
    assert store.admit(known=known).settle(issue=Issue(REGISTRY, False)) is None


def test_a41_a_known_source_that_used_up_its_budget_is_refused(store: Objects) -> None:
    """It is not moved to the account's budget, so a stolen cookie brings N tries, not 2 N at once."""
    known = sign_in(store)
    for _ in range(5):
        store.admit(known=known)
    assert store.ask(known=known) == Refused(((Scope.DEVICE, Refusal(Reason.LOCKED, WINDOW)),), known=True)
    assert store.failures() == (0, 0)


def test_a_known_source_is_the_same_one_wherever_it_comes_from(store: Objects) -> None:
    """Its success clears its older failures from another address too."""
    known = sign_in(store)
    for _ in range(3):
        store.admit(source=THERE, known=known)
    store.admit(source=HERE, known=known).settle()
    assert store.view(DEVICE).failures == 0


def test_the_success_of_a_known_source_begins_the_accounts_consecutive_count_anew(store: Objects) -> None:
    """It ends the account's cap, and takes nothing from its window."""
    known = sign_in(store)
    for _ in range(3):
        store.admit(source=THERE)
    store.admit(known=known).settle()
    assert store.view(ACCOUNT)[1:3] == (3, 0)


def test_a11_the_success_of_a_known_source_forgets_no_failure_that_began_after_it(store: Objects) -> None:
    """It notes where the count stood when it was admitted."""
    known = sign_in(store)
    store.admit(source=THERE)
    ticket = store.admit(known=known)
    store.admit(source=THERE)
    ticket.settle()
    assert store.view(ACCOUNT)[1:3] == (2, 1)


def test_a_failure_of_a_known_source_forgets_nothing(store: Objects) -> None:
    """Nor does one whose secret nobody looked at."""
    known = sign_in(store)
    store.admit(source=THERE)
    store.admit(known=known).settle(checked=False)
    store.admit(known=known)
    assert store.view(ACCOUNT)[1:3] == (1, 1)


def test_a_known_source_of_an_account_without_a_counter_observes_nothing(store: Objects) -> None:
    """There is nothing to forget, and a settlement makes no counter."""
    known = sign_in(store)
    del store.records[ACCOUNT.key]
    ticket = store.admit(known=known)
    assert ticket.admitted.observed == ()
    ticket.settle()
    assert ACCOUNT.key not in store.records


def test_an_account_counted_by_a_bucket_has_no_consecutive_count_to_forget(store: Objects) -> None:
    """A known source's success fills no bucket."""
    bucket = Charge(Scope.ACCOUNT, b"bucket", ACCOUNT.rule._replace(burst=3, cap=0, lock=0))
    known = sign_in(store)
    for _ in range(3):
        store.admit(bucket)
    ticket = store.admit(bucket, known=known)
    assert ticket.admitted.observed == ()
    ticket.settle()
    assert isinstance(store.ask(bucket), Refused)


@pytest.mark.parametrize(
    "proof",
    [Proof(1, 1), Proof(0, -9), PROOF],
    ids=["another generation", "fallen out", "nothing stored"],
)
def test_a41_a_source_that_is_not_known_is_counted_like_any_other(
    store: Objects, proof: Proof | bytes
) -> None:
    """A claim without a living proof brings no budget of its own."""
    sign_in(store)
    ticket = store.admit(known=Known(REGISTRY, proof, DEVICE))
    assert not ticket.admitted.known
    assert [charged.scope for charged in ticket.admitted.charged] == [charge.scope for charge in EVERYTHING]


def test_ten_known_sources_are_alive_and_the_eleventh_ends_the_first(store: Objects) -> None:
    """Each sign-in that makes a source known takes the next place."""
    sources = [sign_in(store) for _ in range(11)]
    assert [is_known(store, source) for source in sources] == [False] + [True] * 10


def test_a_known_source_that_signs_in_again_takes_no_further_place(store: Objects) -> None:
    """The other nine stay known however often one of ten signs in."""
    sources = [sign_in(store) for _ in range(10)]
    for _ in range(20):
        store.admit(known=sources[-1]).settle(issue=Issue(REGISTRY, False))
    assert all(is_known(store, source) for source in sources)


def test_the_registry_lives_for_another_lifetime_with_each_sign_in(store: Objects) -> None:
    """It must outlive every cookie, or ended generations would come alive again."""
    old = sign_in(store)
    store.execute(Clear((), REGISTRY))
    fresh = sign_in(store)
    for _ in range(3):
        store.now += LIFETIME - 1
        store.admit(known=fresh).settle(issue=Issue(REGISTRY, False))
    assert is_known(store, fresh)
    assert not is_known(store, old)


def test_a_source_without_a_cookie_is_known_by_a_stored_proof(store: Objects) -> None:
    """After a success from it, and for a lifetime from each sign-in."""
    by_address = Known(REGISTRY, PROOF, DEVICE)
    assert not is_known(store, by_address)
    store.admit().settle(issue=Issue(REGISTRY, True, PROOF))
    for _ in range(2):
        store.now += LIFETIME - 1
        ticket = store.admit(known=by_address)
        assert ticket.admitted.known
        ticket.settle(issue=Issue(REGISTRY, False, PROOF))
    store.now += LIFETIME
    assert not is_known(store, by_address)


def test_a_new_generation_ends_all_known_sources_but_the_one_that_began_it(store: Objects) -> None:
    """A completed reset: a stolen cookie is worth nothing, the new one is known."""
    old = [sign_in(store) for _ in range(3)]
    cleared = store.execute(Clear((ACCOUNT,), REGISTRY))
    assert cleared == Cleared(Proof(generation=1, serial=1))
    assert not any(is_known(store, source) for source in old)
    assert is_known(store, Known(REGISTRY, Proof(1, 1), DEVICE))
    inspected = store.execute(Inspect((), REGISTRY))
    assert inspected == Inspected((), Registry(generation=1, serial=1))


def test_a64_a_known_sources_admission_that_comes_again_is_charged_once(store: Objects) -> None:
    """It is told the same, and that it is known."""
    known = sign_in(store)
    first = store.ask(known=known, attempt=50)
    assert isinstance(first, Admitted)
    assert store.ask(known=known, attempt=50) == first
    assert store.view(DEVICE).failures == 1


def test_an_attempt_that_no_log_holds_any_more_makes_nobody_known(store: Objects) -> None:
    """Settled before, or cleared by a reset that came in between: its success is of yesterday."""
    ticket = store.admit()
    store.records.clear()
    assert ticket.settle(issue=Issue(REGISTRY, True)) is None


def test_settling_twice_takes_one_place(store: Objects) -> None:
    """A settlement that comes again, its reply lost, gives nothing twice."""
    ticket = store.admit()
    assert ticket.settle(issue=Issue(REGISTRY, True)) == Proof(0, 1)
    assert ticket.settle(issue=Issue(REGISTRY, True)) is None


def test_a_source_that_becomes_known_has_its_whole_budget(store: Objects) -> None:
    """What was counted for it in an earlier life, its cap too, is forgotten."""
    store.admit(DEVICE)
    ticket = store.admit()
    ticket.settle(issue=Issue(REGISTRY, True, PROOF, DEVICE))
    assert (store.view(DEVICE).failures, store.view(DEVICE).consecutive) == (0, 0)


def test_a_store_that_forgot_the_registry_knows_nobody(store: Objects) -> None:
    """Else every cookie that a reset had ended would be alive again."""
    known = sign_in(store)
    store.records.clear()
    result = store.ask(known=known)
    assert isinstance(result, Admitted)
    assert not result.known


# ------------------------------------------------------------ looking and clearing


def test_inspecting_keeps_nothing(store: Objects) -> None:
    """Who looks at an account leaves no trace of it."""
    store.execute(Inspect(EVERYTHING, REGISTRY))
    assert store.records == {}


def test_inspecting_says_what_the_next_attempt_would_be_told(store: Objects) -> None:
    """Failures, consecutive failures, level and the refusal."""
    for _ in range(5):
        store.admit()
    assert store.view(ACCOUNT) == (Scope.ACCOUNT, 5, 5, 0, Refusal(Reason.LOCKED, WINDOW))
    assert store.view(SUBNET) == (Scope.SUBNET, 0, 0, 0, None)
    store.now += WINDOW
    assert store.view(ACCOUNT) == (Scope.ACCOUNT, 0, 5, 1, None)


def test_looking_at_an_account_after_its_lock_leaves_the_lock_counted_once(store: Objects) -> None:
    """However often an operator looks, the level rises by one a lock."""
    for _ in range(5):
        store.admit()
    store.now += WINDOW
    assert [store.view(ACCOUNT).level for _ in range(3)] == [1, 1, 1]
    store.admit()
    assert store.view(ACCOUNT).level == 1


def test_clearing_gives_every_counter_its_whole_budget_back(store: Objects) -> None:
    """Entries, lock, level, cap and tokens."""
    for _ in range(5):
        store.admit()
    assert store.execute(Clear(EVERYTHING)) == Cleared(None)
    assert [store.view(charge)[1:] for charge in EVERYTHING] == [(0, 0, 0, None)] * 3
    assert sum(isinstance(store.ask(SUBNET), Admitted) for _ in range(20)) == 10


def test_a_token_taken_before_a_clearing_is_not_given_back_after_it(store: Objects) -> None:
    """The whole budget is not more than the whole budget."""
    old = [store.admit(ADDRESS, SUBNET) for _ in range(10)]
    store.execute(Clear((SUBNET,)))
    store.now += 1
    for _ in range(10):
        store.admit(SUBNET)
    for ticket in old:
        ticket.settle()
    assert isinstance(store.ask(SUBNET), Refused)


# ------------------------------------------------------------ single-use values


def test_a_value_is_put_once(store: Objects) -> None:
    """The first stays until its time is over; then the key is free again."""
    assert store.execute(PutOnce(VALUE, b"one", 1_000)) == Stored(True)
    store.now += 999
    assert store.execute(PutOnce(VALUE, b"two", 1_000)) == Stored(False)
    store.now += 1
    assert store.execute(PutOnce(VALUE, b"three", 1_000)) == Stored(True)
    assert store.execute(Take(VALUE)) == Taken(b"three")


def test_a_value_is_taken_once(store: Objects) -> None:
    """Whoever comes second, or too late, gets nothing."""
    store.execute(PutOnce(VALUE, b"one", 1_000))
    assert store.execute(Take(VALUE)) == Taken(b"one")
    assert store.execute(Take(VALUE)) == Taken(None)
    store.execute(PutOnce(VALUE, b"two", 1_000))
    store.now += 1_000
    assert store.execute(Take(VALUE)) == Taken(None)


def test_an_empty_value_is_a_value(store: Objects) -> None:
    """It is put once and taken once like any other."""
    assert store.execute(PutOnce(VALUE, b"", 1_000)) == Stored(True)
    assert store.execute(PutOnce(VALUE, b"", 1_000)) == Stored(False)
    assert store.execute(Take(VALUE)) == Taken(b"")


def test_taking_under_a_counters_key_takes_nothing(store: Objects) -> None:
    """Only values are taken; a count can't be removed that way."""
    store.admit()
    assert store.execute(Take(ACCOUNT.key)) == Taken(None)
    assert store.view(ACCOUNT).failures == 1


@pytest.mark.parametrize("first", [0, 57_000_000, -5, 2**62])
def test_a51_a_number_only_ever_advances(store: Objects, first: int) -> None:
    """The same one, or an older one, is refused; a later one is accepted once."""
    numbers = [first, first, first - 1, first + 1, first, first + 1, first + 5, first + 4]
    stored = [store.execute(Advance(VALUE, number, DAY)) for number in numbers]
    assert stored == [Stored(answer) for answer in (True, False, False, True, False, False, True, False)]


def test_a_number_is_forgotten_when_its_time_is_over(store: Objects) -> None:
    """Each advance keeps it for another while."""
    store.execute(Advance(VALUE, 5, 1_000))
    store.now += 999
    assert store.execute(Advance(VALUE, 6, 1_000)) == Stored(True)
    store.now += 999
    assert store.execute(Advance(VALUE, 6, 1_000)) == Stored(False)
    store.now += 1
    assert store.execute(Advance(VALUE, 1, 1_000)) == Stored(True)


def test_settling_nothing_says_nothing(store: Objects) -> None:
    """An attempt without counters has nothing to give back."""
    assert store.execute(Settle(1, HERE, ())) == (None,)
