"""Claims about a policy: which keys it counts under, and that purposes are defined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core import ConfigurationError, Scope
from authguard_core.clientip import TrustedProxies, client_address
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Charge
from authguard_core.decisions.policy import Policy, PurposePolicy, stricter
from authguard_core.device import Subject
from authguard_core.keys import KeyRing

RULE = Rule(5, 900_000)
LOGIN = PurposePolicy(
    address=RULE._replace(limit=30), subnet=RULE._replace(limit=300), account=RULE, device=RULE
)
BARE = PurposePolicy(address=None, subnet=None, account=RULE)
POLICY = Policy(purposes={"login": LOGIN, "otp": LOGIN, "bare": BARE}, keys=KeyRing([b"1" * 32]))
ADDRESS = client_address("2001:db8:1:2::3", (), TrustedProxies())
ALICE = Subject("identifier", "alice")
SUBJECTS = st.builds(Subject, st.sampled_from(["identifier", "account"]), st.text(max_size=4))


def test_address_and_subnet_are_counted_apart() -> None:
    """Each under its own key and rule, in this order."""
    address, subnet = POLICY.place("login", ADDRESS.network, ADDRESS.subnet).charges

    assert (address.scope, address.rule.limit) == (Scope.ADDRESS, 30)
    assert (subnet.scope, subnet.rule.limit) == (Scope.SUBNET, 300)
    assert address.key != subnet.key


def test_what_is_off_is_not_counted() -> None:
    """A purpose without address limits charges the account alone."""
    assert POLICY.place("bare", ADDRESS.network, ADDRESS.subnet).charges == ()
    assert POLICY.account("bare", ALICE).charge.rule == RULE


def test_one_step_can_reach_all_that_belongs_together() -> None:
    """The keys of an account, whatever the purpose, begin alike; so do those of an address and its subnet."""
    account = [
        POLICY.account("login", ALICE).charge.key,
        POLICY.account("otp", ALICE).charge.key,
        POLICY.known_charge("login", ALICE, b"device").key,  # type: ignore[union-attr]
        POLICY.registry_key(ALICE),
        POLICY.proof_key(ALICE, ADDRESS.network),
    ]
    place = [charge.key for charge in POLICY.place("login", ADDRESS.network, ADDRESS.subnet).charges]

    assert len({key[:6] for key in account}) == 1
    assert len({key[:6] for key in place}) == 1
    assert account[0][:6] != place[0][:6]
    assert len(set(account + place)) == 7


def test_a50_each_purpose_counts_for_itself() -> None:
    """Failures of one factor say nothing about another: no counter is shared between purposes."""
    login, otp = (
        {
            charge.key
            for charge in (
                *POLICY.place(purpose, ADDRESS.network, ADDRESS.subnet).charges,
                POLICY.account(purpose, ALICE).charge,
            )
        }
        for purpose in ("login", "otp")
    )

    assert not login & otp


def test_a24_an_account_id_is_no_identifier() -> None:
    """Who is called like another's account id shares no counter, source or pseudonym with it."""
    other = Subject("account", "alice")

    assert POLICY.account("login", ALICE).charge.key != POLICY.account("login", other).charge.key
    assert POLICY.registry_key(ALICE) != POLICY.registry_key(other)
    assert POLICY.account("login", ALICE).ref != POLICY.account("login", other).ref
    assert POLICY.proof_key(ALICE, "192.0.2.1") != POLICY.proof_key(other, "192.0.2.1")


@given(SUBJECTS, SUBJECTS, st.text(max_size=4))
def test_a24_no_two_uses_of_the_secret_meet(one: Subject, other: Subject, network: str) -> None:
    """Counters, registries, proofs and pseudonyms of any accounts and addresses have keys of their own."""
    keys = [
        POLICY.account("login", one).charge.key,
        POLICY.account("otp", one).charge.key,
        bytes.fromhex(POLICY.account("login", one).ref),
        POLICY.registry_key(one),
        POLICY.proof_key(one, network),
        bytes.fromhex(POLICY.place("login", network, network).ref),
    ]
    if one != other:
        keys += [POLICY.account("login", other).charge.key, POLICY.proof_key(other, network)]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", ["logni", "", "LOGIN"])
def test_a_purpose_that_nobody_defined_is_refused(name: str) -> None:
    """A typing error must not open a purpose without limits; the refusal names those there are."""
    with pytest.raises(ConfigurationError) as refused:
        POLICY.purpose(name)

    assert str(refused.value) == (
        f"purpose: got {name!r}, expected one of ['bare', 'login', 'otp']. Define it in the settings."
    )


def test_nothing_is_trusted_unless_named() -> None:
    """A policy made without proxies believes no header, and its cookie demands TLS."""
    assert not POLICY.trusted.trusts("127.0.0.1")
    assert POLICY.cookie_secure


def test_a82_a_policy_shows_no_secret() -> None:
    """Its repr can be logged."""
    policy = Policy(purposes={"login": LOGIN}, keys=KeyRing([b"canary" * 6]))

    assert "canary" not in repr(policy)


def test_a_known_source_is_counted_apart() -> None:
    """Each under its own key, by the purpose's rule for known sources; none where that is off."""
    first, second = (POLICY.known_charge("login", ALICE, source) for source in (b"one", b"two"))

    assert first
    assert second
    assert (first.scope, first.rule) == (Scope.DEVICE, RULE)
    assert first.key != second.key
    assert POLICY.known_charge("bare", ALICE, b"one") is None


@pytest.mark.parametrize(
    ("peer", "allowed"),
    [("127.0.0.1", True), ("::1", True), ("unix", True), (None, True), ("192.0.2.1", False)],
)
def test_without_secure_a_cookie_stays_on_this_machine(peer: str | None, *, allowed: bool) -> None:
    """With Secure it may go over any connection."""
    plain = Policy(purposes={}, keys=KeyRing([b"1" * 32]), cookie_secure=False)

    assert plain.may_set_cookie(peer) is allowed
    assert POLICY.may_set_cookie(peer)


@pytest.mark.parametrize(
    ("rule", "halved"),
    [
        (Rule(5, 900_000), Rule(2, 900_000)),
        (Rule(1, 900_000), Rule(1, 900_000)),
        (Rule(60, 1_000, burst=5), Rule(30, 1_000, burst=3)),
        (Rule(1, 1_000, burst=1), Rule(1, 1_000, burst=1)),
    ],
)
def test_g9_on_its_own_a_process_allows_half(rule: Rule, halved: Rule) -> None:
    """At least one; whatever else the rule says stays as it is."""
    charge = Charge(Scope.ACCOUNT, b"key", rule)

    assert stricter(charge) == charge._replace(rule=halved)


def test_g9_every_counter_has_its_stricter_one() -> None:
    """Under the same key."""
    place, account = POLICY.place("login", ADDRESS.network, ADDRESS.subnet), POLICY.account("login", ALICE)

    assert place.local == tuple([stricter(charge) for charge in place.charges])
    assert account.local == stricter(account.charge)
