"""Claims about operations at their edges, where the general ones find no example by chance."""

from authguard_core.counting.limits import DAY
from authguard_core.counting.ops import Advance, Clear, Cleared, Inspect, Inspected, Issue, Take, Taken
from authguard_core.counting.refusal import Reason, Refusal
from authguard_core.counting.state import NO_DEVICES, Counter, Proof
from tests.core.counting_store import ACCOUNT, EVERYTHING, REGISTRY, SUBNET, THERE, WINDOW, Objects


def test_an_unknown_source_observes_nothing() -> None:
    """Its success begins the account's consecutive count anew as one of its charges, not beside them."""
    store = Objects()
    store.admit(ACCOUNT).settle(issue=Issue(REGISTRY, True))
    assert store.admit(ACCOUNT).admitted.observed == ()


def test_a_number_is_kept_in_eight_bytes_whose_order_is_theirs() -> None:
    """What one process stores another one reads, whatever machine it runs on."""
    store = Objects()
    store.execute(Advance(b"number", 0x0102, DAY))
    assert store.execute(Take(b"number")) == Taken(bytes([0, 0, 0, 0, 0, 0, 1, 2]))
    store.execute(Advance(b"number", -1, WINDOW))
    assert store.execute(Take(b"number")) == Taken(b"\xff" * 8)


# ------------------------------------------------------------ known sources


def test_a_registry_begins_with_the_epoch_that_the_operation_names() -> None:
    """Whether a sign-in or a reset begins it: an earlier store's proofs are told apart by it."""
    issued, cleared = Objects(), Objects()
    assert issued.admit().settle(issue=Issue(REGISTRY, True, epoch=7)) == Proof(0, 1, 7)
    assert cleared.execute(Clear((), REGISTRY, 7)) == Cleared(Proof(1, 1, 7))


def test_an_account_that_no_source_is_known_of_has_no_devices() -> None:
    """To look at a registry that isn't there begins none."""
    assert Objects().execute(Inspect((), REGISTRY)) == Inspected((), NO_DEVICES)


# ------------------------------------------------------------ giving back


def test_refilling_a_bucket_leaves_the_logs_beside_it_alone() -> None:
    """Even when the clock says less than a log has charges, as it may where a store's own begins at 0."""
    store = Objects()
    store.now = 0
    for _ in range(3):
        store.admit(SUBNET, ACCOUNT, source=THERE)
    store.admit(SUBNET, ACCOUNT).settle(checked=False)
    assert store.view(ACCOUNT)[1:3] == (3, 3)


def test_clearing_a_key_that_nobody_tried_stops_its_clock_from_going_back() -> None:
    """What was cleared is kept under its rule, so that no later attempt counts as one from before."""
    store = Objects()
    store.execute(Clear(EVERYTHING))
    kept = {key: record for key, (record, _) in store.records.items() if isinstance(record, Counter)}
    assert {key: counter.rule for key, counter in kept.items()} == {key: rule for _, key, rule in EVERYTHING}
    store.now -= WINDOW
    for _ in range(ACCOUNT.rule.limit):
        store.admit(ACCOUNT)
    store.now += WINDOW
    assert store.view(ACCOUNT).refusal == Refusal(Reason.LOCKED, WINDOW)
