"""Claims about what each operation does to the records, whether a store keeps objects or bytes.

What known sources and single-use values bring is in ``test_counting_sources.py``.
"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authguard_core.counting.apply import keys_of
from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Advance,
    Charge,
    Clear,
    Inspect,
    Issue,
    Known,
    Op,
    PutOnce,
    Refused,
    Settle,
    Settled,
    Take,
)
from authguard_core.counting.refusal import Reason, Refusal, Scope
from authguard_core.counting.state import Proof
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

KNOWN = Known(REGISTRY, PROOF, DEVICE)


@pytest.fixture(params=[Objects, Bytes])
def store(request: pytest.FixtureRequest) -> Objects:
    made = request.param()
    assert isinstance(made, Objects)
    return made


# ------------------------------------------------------------ admission


def test_an_admitted_attempt_is_charged_to_all_its_counters(store: Objects) -> None:
    """As if it had failed, before anybody looks at the secret."""
    ticket = store.admit()
    assert [(charged.scope, charged.key) for charged in ticket.admitted.charged] == [
        (scope, key) for scope, key, _ in EVERYTHING
    ]
    assert store.failures() == (1, 1)
    assert not ticket.admitted.known


@pytest.mark.parametrize("full", EVERYTHING, ids=lambda charge: charge.scope.value)
def test_if_any_counter_refuses_none_is_charged(store: Objects, full: Charge) -> None:
    """An attacker whose address is blocked must not eat the victim's budget."""
    while isinstance(store.ask(full), Admitted):
        pass
    before = {charge.scope: store.view(charge)[1:4] for charge in EVERYTHING}
    refused = store.ask()
    assert isinstance(refused, Refused)
    assert [scope for scope, _ in refused.refusals] == [full.scope]
    assert {charge.scope: store.view(charge)[1:4] for charge in EVERYTHING} == before


def test_every_counter_that_refuses_says_so(store: Objects) -> None:
    """The answer is the longest wait, so all of them must be known."""
    narrow = Charge(Scope.ADDRESS, b"narrow", Rule(5, 2 * WINDOW))
    for _ in range(5):
        store.admit(narrow, ACCOUNT)
    assert store.ask(narrow, ACCOUNT) == Refused(
        (
            (Scope.ADDRESS, Refusal(Reason.LIMITED, 2 * WINDOW)),
            (Scope.ACCOUNT, Refusal(Reason.LOCKED, WINDOW)),
        )
    )


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Rule(3, WINDOW), None),
        (Rule(3, WINDOW, lock=WINDOW, lock_max=WINDOW), Reason.LOCKED),
        (Rule(3, WINDOW, cap=3), Reason.CAPPED),
        (Rule(3, WINDOW, lock=WINDOW, lock_max=WINDOW, cap=3), Reason.CAPPED),
    ],
    ids=["limit", "lock", "cap", "lock and cap"],
)
def test_the_charge_that_closes_a_counter_says_so(store: Objects, rule: Rule, reason: Reason | None) -> None:
    """Exactly one attempt brings the event, the one that filled the counter."""
    charge = Charge(Scope.ACCOUNT, b"closing", rule)
    closes = [store.admit(charge).charged(Scope.ACCOUNT).closes for _ in range(3)]
    assert closes == [None, None, reason]


def test_a64_an_admission_that_comes_again_is_charged_once(store: Objects) -> None:
    """Its reply was lost; it gets the same one again, even though the window is full by now."""
    first = store.ask(attempt=7)
    assert isinstance(first, Admitted)
    for _ in range(4):
        store.admit()
    again = store.ask(attempt=7)
    assert isinstance(again, Admitted)
    assert store.failures() == (5, 5)
    assert [charged[:4] for charged in again.charged if not charged.rule.burst] == [
        charged[:4] for charged in first.charged if not charged.rule.burst
    ]


def test_a64_a_repeated_admission_whose_account_forgot_it_clears_nothing_there(store: Objects) -> None:
    """Its success can't clear failures that came since, because nobody knows any more when it began."""
    wide = ADDRESS._replace(rule=Rule(30, 4 * WINDOW))
    assert isinstance(store.ask(wide, ACCOUNT, attempt=50), Admitted)
    store.now += WINDOW
    for _ in range(3):
        store.admit(wide, ACCOUNT, source=THERE)
    again = store.ask(wide, ACCOUNT, attempt=50)
    assert isinstance(again, Admitted)
    store.execute(Settle(50, HERE, again.charged))
    assert store.view(ACCOUNT)[1:3] == (3, 4)


def test_a_record_of_another_kind_counts_as_none(store: Objects) -> None:
    """A key that holds something else can't stop an attempt, nor let it go uncounted."""
    store.execute(PutOnce(ACCOUNT.key, b"other", DAY))
    store.admit()
    assert store.view(ACCOUNT).failures == 1


# ------------------------------------------------------------ settlement


def test_a10_a_success_refunds_address_and_subnet_its_own_entry_only(store: Objects) -> None:
    """Who signs in to an account of his own has not won back what he spent on others."""
    victim = Charge(Scope.ACCOUNT, b"victim", ACCOUNT.rule)
    for _ in range(4):
        store.admit(ADDRESS, SUBNET, victim)
    store.admit().settle()
    assert store.view(ADDRESS).failures == 4
    assert store.view(victim).failures == 4
    assert [isinstance(store.ask(SUBNET), Admitted) for _ in range(7)] == [True] * 6 + [False]


def test_a_success_clears_the_account_of_its_own_source(store: Objects) -> None:
    """Older entries from there go, those from elsewhere stay, the consecutive count begins anew."""
    store.admit(source=THERE)
    store.admit()
    right = store.admit()
    store.admit()
    right.settle()
    assert store.view(ACCOUNT)[1:3] == (2, 1)


def test_a11_no_order_of_outcomes_lets_a_success_clear_what_began_after_it(store: Objects) -> None:
    """The lock that later failures made stands, although an earlier attempt proves right."""
    right = store.admit(source=THERE)
    for _ in range(4):
        store.admit()
    assert isinstance(store.ask(), Refused)
    right.settle()
    assert store.view(ACCOUNT)[1:3] == (4, 4)
    store.admit()
    assert isinstance(store.ask(), Refused)


def test_an_attempt_nobody_looked_at_is_given_back_and_clears_nothing(store: Objects) -> None:
    """Address, subnet and account are as they were before it; other failures stay."""
    for _ in range(3):
        store.admit()
    before = [store.view(charge) for charge in EVERYTHING]
    store.admit().settle(checked=False)
    assert [store.view(charge) for charge in EVERYTHING] == before


def test_an_attempt_nobody_looked_at_makes_no_source_known(store: Objects) -> None:
    """Only a right secret does, whatever else the operation asks for."""
    assert store.admit().settle(checked=False, issue=Issue(REGISTRY, True, PROOF)) is None
    assert store.records.keys() == {charge.key for charge in EVERYTHING}


@pytest.mark.parametrize("checked", [True, False])
def test_a64_a_settlement_that_comes_again_changes_nothing(store: Objects, checked: bool) -> None:
    """Entries, tokens and the consecutive count are given back once."""
    store.admit(source=THERE)
    ticket = store.admit()
    ticket.settle(checked=checked)
    before = [store.view(charge) for charge in EVERYTHING]
    ticket.settle(checked=checked)
    assert [store.view(charge) for charge in EVERYTHING] == before
    assert sum(isinstance(store.ask(SUBNET), Admitted) for _ in range(20)) == 9


def test_a_bucket_gives_back_only_what_a_log_vouches_for(store: Objects) -> None:
    """A ticket of nobody's, or of a bucket alone, brings no token."""
    ticket = store.admit(SUBNET)
    ticket.settle()
    store.execute(Settle(999, HERE, ticket.admitted.charged))
    assert sum(isinstance(store.ask(SUBNET), Admitted) for _ in range(20)) == 9


@pytest.mark.parametrize("checked", [True, False])
def test_settling_on_counters_that_are_gone_makes_none(store: Objects, checked: bool) -> None:
    """An outcome that comes after its counters expired is only noted."""
    ticket = store.admit()
    store.records.clear()
    ticket.settle(checked=checked)
    assert store.records == {}


def test_settling_where_only_the_bucket_is_gone_makes_none(store: Objects) -> None:
    """A bucket that is full again needs nothing back."""
    ticket = store.admit()
    del store.records[SUBNET.key]
    ticket.settle()
    assert SUBNET.key not in store.records
    assert store.failures() == (0, 0)


def test_an_accounts_counter_that_expires_meanwhile_is_not_made_again(store: Objects) -> None:
    """Its consecutive count is nothing already."""
    store.admit()
    proof = store.admit().settle(issue=Issue(REGISTRY, True))
    ticket = store.admit(known=KNOWN._replace(proof=proof or PROOF))
    assert ticket.admitted.observed
    del store.records[ACCOUNT.key]
    ticket.settle()
    assert ACCOUNT.key not in store.records


def test_keeping_a_source_known_of_which_nothing_is_stored_stores_nothing(store: Objects) -> None:
    """An empty registry is the same as none."""
    store.admit().settle(issue=Issue(REGISTRY, False, PROOF))
    assert store.records.keys() == {charge.key for charge in EVERYTHING}


# ------------------------------------------------------------ keys

CHARGED = Objects().admit().admitted.charged
KEYS: list[tuple[Op, set[bytes]]] = [
    (Admit(1, 1, EVERYTHING), {b"address", b"subnet", b"account"}),
    (Admit(1, 1, (), KNOWN), {b"registry", b"device", b"proof"}),
    (Admit(1, 1, (), KNOWN._replace(proof=Proof(0, 1))), {b"registry", b"device"}),
    (Settle(1, 1, CHARGED), {b"address", b"subnet", b"account"}),
    (Settle(1, 1, (), CHARGED[2:]), {b"account"}),
    (Settle(1, 1, (), issue=Issue(REGISTRY, True)), {b"registry"}),
    (Settle(1, 1, (), issue=Issue(REGISTRY, True, PROOF)), {b"registry", b"proof"}),
    (Inspect((ACCOUNT,)), {b"account"}),
    (Inspect((ACCOUNT,), REGISTRY), {b"account", b"registry"}),
    (Clear((ACCOUNT,)), {b"account"}),
    (Clear((), REGISTRY), {b"registry"}),
    (PutOnce(b"value", b"", 1), {b"value"}),
    (Advance(b"value", 1, 1), {b"value"}),
    (Take(b"value"), {b"value"}),
]


@pytest.mark.parametrize(
    ("op", "keys"), KEYS, ids=[f"{type(op).__name__} {sorted(keys)}" for op, keys in KEYS]
)
def test_an_operation_names_its_keys_beforehand(op: Op, keys: set[bytes]) -> None:
    """A store locks exactly those rows; the stores of these claims refuse any other key."""
    assert set(keys_of(op)) == keys
    assert len(keys_of(op)) == len(keys)


# ------------------------------------------------------------ both kinds of store


class Story:
    """Any row of operations on one store, and all that it answers."""

    def __init__(self, store: Objects) -> None:
        self.store = store
        self.told: list[object] = []
        self.admitted: list[Admitted] = []
        self.proof: Proof | bytes = PROOF

    def step(self, what: str, which: int) -> object:
        """Do one thing; which one of several, and from where, says the number."""
        if what.startswith("ask"):
            return self.ask(what, HERE + which % 2)
        if what in {"succeed", "release"}:
            return self.settle(which, HERE + which % 2, checked=what == "succeed")
        ops: dict[str, Op] = {
            "look": Inspect((*EVERYTHING, DEVICE), REGISTRY),
            "clear": Clear(EVERYTHING, REGISTRY if which % 2 else None),
            "put": PutOnce(b"value", bytes([which]), WINDOW),
            "take": Take(b"value"),
            "advance": Advance(b"value", which, WINDOW),
        }
        return self.store.execute(ops[what])

    def ask(self, what: str, source: int) -> object:
        known = KNOWN._replace(proof=self.proof) if what == "ask, known" else None
        attempt = self.store.ids if what == "ask again" else None
        result = self.store.ask(source=source, known=known, attempt=attempt)
        self.admitted += [result] if isinstance(result, Admitted) else []
        return result

    def settle(self, which: int, source: int, *, checked: bool) -> object:
        admitted = self.admitted[which % len(self.admitted)] if self.admitted else Admitted(())
        issue = Issue(REGISTRY, not admitted.known, PROOF if which % 3 else None)
        op = Settle(1 + which, source, admitted.charged, admitted.observed, checked, issue)
        settled = self.store.execute(op)
        assert isinstance(settled, Settled)
        self.proof = settled.proof or self.proof
        return settled


STEPS = st.sampled_from([*["ask", "ask, known"] * 3, "ask again", *["succeed"] * 2, "release"]) | (
    st.sampled_from(["look", "clear", "put", "take", "advance"])
)
WAITS = st.sampled_from([0, 0, 1_000, 60_000, WINDOW, DAY])


@given(st.lists(st.tuples(WAITS, STEPS, st.integers(min_value=0, max_value=99)), max_size=50))
@example(
    [
        (0, what, which)
        for what, which in [
            ("release", 0),
            ("ask", 0),
            ("succeed", 0),
            ("ask, known", 0),
            ("ask", 0),
            ("ask again", 0),
            ("succeed", 1),
            ("succeed", 2),
            ("clear", 0),
            ("clear", 1),
            ("succeed", 3),
            ("look", 0),
            ("put", 0),
            ("put", 0),
            ("take", 0),
            ("take", 0),
            ("advance", 1),
            ("advance", 1),
            ("ask, known", 1),
        ]
    ]
)
def test_stores_of_objects_and_of_bytes_never_differ(steps: list[tuple[int, str, int]]) -> None:
    """No operation relies on a change that it didn't put."""

    def run(store: Objects) -> list[object]:
        story = Story(store)
        for wait, what, which in steps:
            store.now += wait
            story.told.append(story.step(what, which))
        return story.told

    assert run(Objects()) == run(Bytes())


def test_an_address_that_becomes_known_has_its_whole_budget(store: Objects) -> None:
    """What its counter held from an earlier life is forgotten when it becomes known again."""
    store.admit(DEVICE)
    ticket = store.admit()
    assert ticket.settle(issue=Issue(REGISTRY, True, PROOF, DEVICE)) == Proof(0, 1)
    assert store.view(DEVICE).failures == 0


@pytest.mark.parametrize(("generation", "proof"), [(None, Proof(1, 2)), (1, Proof(1, 2)), (0, None)])
def test_a41_nobody_becomes_known_in_a_later_generation(
    store: Objects, generation: int | None, proof: Proof | None
) -> None:
    """Which generation it was when the attempt began is told at admission, and asked for at settlement."""
    admitted = store.execute(Admit(1, HERE, (ACCOUNT,), registry=REGISTRY))
    assert isinstance(admitted, Admitted)
    assert admitted.generation == 0
    store.execute(Clear((), REGISTRY))
    issue = Issue(REGISTRY, True, generation=generation)
    assert store.execute(Settle(1, HERE, admitted.charged, issue=issue)) == Settled(proof)
