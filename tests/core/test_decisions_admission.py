"""Claims about who may look at the secret."""

from collections.abc import Sequence

import pytest

from authguard_core import Attempt, ConfigurationError, EventKind, Outcome, Reason, Scope, Verdict
from authguard_core.counting.ops import Admitted, Op, Result, Settled
from authguard_core.decisions import admission
from authguard_core.decisions.policy import Plan
from authguard_core.device import Subject
from tests.core.scene import DAY, ELSEWHERE, HOME, Scene, outage, scene, settings


def failures(world: Scene, name: str = "alice", *, purpose: str = "login") -> int:
    """How many unproven attempts the account's window holds."""
    return world.guard.inspect(name, purpose=purpose).failures


# Who is counted


def test_an_admitted_attempt_is_charged_before_its_secret_is_checked() -> None:
    """Whatever becomes of the worker, the attempt counts until it is proven right."""
    world = scene()
    decision = world.check()

    assert (decision.verdict, decision.reason, decision.wait) == (Verdict.ALLOW, Reason.ADMITTED, None)
    assert decision.ticket
    assert failures(world) == 1
    assert world.heard() == [EventKind.ADMITTED]


def test_a_script_without_a_connection_counts_the_account_alone() -> None:
    """peer=None: no address is charged, and the account is."""
    world = scene(login={"delay": "off", "ip_limit": "1/15m"})
    for _ in range(5):
        ticket = world.ticket(peer=None)
        assert [charged.scope for charged in ticket.charged] == [Scope.ACCOUNT]

    assert world.check(peer=None).reason is Reason.LOCKED
    assert world.check("bob").allowed


@pytest.mark.parametrize("name", [None, "", " ", "\u200b", "a" * 321, "\ud800"], ids=ascii)
def test_a23_an_attempt_that_names_nobody_is_charged_to_its_address(name: str | None) -> None:
    """It is refused, its address pays for it, and everybody who leaves the field empty shares no account."""
    world = scene(login={"ip_limit": "2/15m"})

    refusals = [world.check(name) for _ in range(3)]

    assert [refusal.reason for refusal in refusals] == [
        Reason.UNIDENTIFIED,
        Reason.UNIDENTIFIED,
        Reason.LIMITED,
    ]
    assert {refusal.verdict for refusal in refusals} == {Verdict.REFUSE}
    assert [refusal.ticket for refusal in refusals] == [None, None, None]
    assert world.check("alice").reason is Reason.LIMITED
    assert world.check("alice", peer=ELSEWHERE).allowed


def test_a23_nobody_from_nowhere_is_refused_too() -> None:
    """Without name and address there is nothing to count, and nothing is allowed."""
    world = scene()

    assert world.check(None, peer=None).reason is Reason.UNIDENTIFIED
    assert world.heard() == [EventKind.REFUSED]


@pytest.mark.parametrize("name", ["alice", None])
def test_a_purpose_that_nobody_defined_is_refused(name: str | None) -> None:
    """A typing error in the application's code admits nobody."""
    with pytest.raises(ConfigurationError, match="purpose: got 'logni', expected one of"):
        scene().check(name, purpose="logni")


def test_a17_spellings_of_one_name_share_one_budget() -> None:
    """The canonical form is counted."""
    world = scene()
    for name in ("alice", "ALICE", " alice ", "\uff21lice", "al\u200bice"):
        world.fail(name)

    assert world.check("aLiCe").reason is Reason.LOCKED


# Closing events


def test_the_attempt_that_fills_the_window_says_so() -> None:
    """An operator hears of the lock when it begins, with its scope."""
    world = scene()
    world.fail(times=4)
    world.heard()

    closing = world.check().events
    assert [(event.kind, event.reason, event.scope) for event in closing] == [
        (EventKind.ADMITTED, Reason.ADMITTED, None),
        (EventKind.LOCKED, Reason.LOCKED, Scope.ACCOUNT),
    ]


def test_the_attempt_that_reaches_the_cap_says_so() -> None:
    """The cap is an event of its own."""
    world = scene(login={"delay": "off", "failure_cap": "3"})
    world.fail(times=2)
    world.heard()

    assert [event.kind for event in world.check().events] == [EventKind.ADMITTED, EventKind.CAPPED]


# Known sources


def test_a40_a_browser_that_signed_in_has_a_budget_of_its_own() -> None:
    """While strangers keep the account locked, the owner's browser gets in, from anywhere."""
    world = scene()
    cookie = world.cookie()
    world.fail(peer=ELSEWHERE, times=5)

    assert world.check().reason is Reason.LOCKED
    ticket = world.ticket(peer="192.0.2.200", device=cookie)
    assert ticket.known
    assert [charged.scope for charged in ticket.charged] == [Scope.DEVICE]


def test_a41_a_known_source_that_has_used_its_budget_up_is_refused_not_moved() -> None:
    """A stolen cookie buys N guesses, not 2 N: the account's budget isn't touched."""
    world = scene()
    cookie = world.cookie()
    world.fail(device=cookie, times=5)
    refused = world.check(device=cookie)

    assert (refused.reason, [event.scope for event in refused.events]) == (Reason.LOCKED, [Scope.DEVICE])
    assert failures(world) == 0
    assert world.check().allowed


def test_a32_a_known_source_is_counted_under_no_address() -> None:
    """An address that others have used up doesn't stand in its way."""
    world = scene(login={"delay": "off", "ip_limit": "2/15m"})
    cookie = world.cookie()
    world.fail("mallory", times=2)

    assert world.check("bob").reason is Reason.LIMITED
    assert world.check(device=cookie).allowed


@pytest.mark.parametrize("which", ["forged", "foreign", "expired", "forgotten"])
def test_a41_a_cookie_that_isn_t_this_account_s_buys_nothing_and_is_told(which: str) -> None:
    """The attempt is charged like a stranger's, and the operator hears of it."""
    world = scene()
    cookie = world.cookie("bob" if which == "foreign" else "alice")
    if which == "forged":
        cookie = cookie[:-1] + ("A" if cookie[-1] != "A" else "E")
    if which == "expired":
        world.clock.advance(181 * DAY)
    if which == "forgotten":
        world.guard.reset_completed("alice")
    world.heard()
    ticket = world.ticket(device=cookie)

    assert not ticket.known
    assert ticket.device is None
    assert {charged.scope for charged in ticket.charged} == {Scope.ADDRESS, Scope.SUBNET, Scope.ACCOUNT}
    assert world.heard() == [EventKind.DEVICE_REJECTED, EventKind.ADMITTED]


def test_a_refused_attempt_with_a_bad_cookie_tells_of_both() -> None:
    """The refusal doesn't hide the cookie."""
    world = scene()
    world.fail(times=5)
    world.heard()

    assert [event.kind for event in world.check(device="x").events] == [
        EventKind.DEVICE_REJECTED,
        EventKind.REFUSED,
    ]


def test_a_known_source_that_is_refused_brought_no_bad_cookie() -> None:
    """Its cookie is good, its budget is gone."""
    world = scene()
    cookie = world.cookie()
    world.fail(device=cookie, times=5)

    assert [event.kind for event in world.check(device=cookie).events] == [EventKind.REFUSED]


@pytest.mark.parametrize(
    ("purpose", "name"), [("reset", "alice"), ("login", None)], ids=["no known sources", "names nobody"]
)
def test_a_good_cookie_where_none_is_read_is_no_alarm(purpose: str, name: str | None) -> None:
    """Browsers send their cookie to every route of the site; only where it is read can it be bad."""
    world = scene()
    cookie = world.cookie()
    world.heard()
    world.check(name, purpose=purpose, device=cookie)

    assert EventKind.DEVICE_REJECTED not in world.heard()


def test_a_device_is_known_to_every_purpose_with_a_budget_for_each() -> None:
    """The browser that signed in is known where the code is asked for, too."""
    world = scene(otp={"delay": "off"})
    cookie = world.cookie()
    world.fail(device=cookie, times=5)

    assert world.ticket(device=cookie, purpose="otp").known


def test_an_address_that_signed_in_is_known_where_clients_have_no_cookies() -> None:
    """Preset api: the pair of account and address has a budget of its own, other pairs have not."""
    world = scene(preset="api")
    world.sign_in()
    world.fail(peer=ELSEWHERE, times=5)

    assert world.check(peer=ELSEWHERE).reason is Reason.LOCKED
    assert world.ticket(peer=HOME).known
    assert world.check("bob", peer=HOME).ticket
    assert not world.ticket("bob", peer=HOME).known


def test_a_known_address_that_has_used_its_budget_up_is_refused() -> None:
    """It isn't moved to the account's budget."""
    world = scene(preset="api")
    world.sign_in()
    world.fail(times=5)

    assert [event.scope for event in world.check().events] == [Scope.DEVICE]
    assert failures(world) == 0


def test_a_bad_cookie_from_a_known_address_is_told() -> None:
    """What made the source known was its address."""
    world = scene(preset="api")
    world.sign_in()
    world.heard()

    assert world.ticket(device="x").known
    assert EventKind.DEVICE_REJECTED in world.heard()


def test_without_the_preset_no_address_is_ever_known() -> None:
    """An address alone proves nothing where cookies are had."""
    world = scene()
    world.sign_in()

    assert not world.ticket().known


def test_a_script_is_never_known_by_its_address() -> None:
    """It has none."""
    world = scene(preset="api")
    world.sign_in(peer=None)

    assert not world.ticket(peer=None).known


# Cookies without TLS


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "unix", "testclient", None])
def test_an_insecure_cookie_is_good_on_this_machine(peer: str | None) -> None:
    """COOKIE_SECURE=false: from loopback, a Unix socket or no connection it is read and set."""
    world = scene(cookie_secure=False)
    cookie = world.cookie(peer=peer)

    assert world.ticket(peer=peer, device=cookie).known
    assert EventKind.COOKIE_WITHHELD not in world.heard()


@pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.1", "fe80::1", "2002:7f00:1::", "64:ff9b::7f00:1"])
def test_a96_an_insecure_cookie_never_crosses_a_network(peer: str) -> None:
    """From anywhere else it is neither read nor set, and an event says so each time."""
    world = scene(cookie_secure=False)
    cookie = world.cookie(peer="127.0.0.1")
    world.heard()
    ticket = world.ticket(peer=peer, device=cookie)

    assert not ticket.known
    assert world.guard.settle(ticket, Outcome.SUCCESS).device is None
    assert world.heard() == [EventKind.COOKIE_WITHHELD, EventKind.ADMITTED, EventKind.SUCCEEDED]


# Other events


def test_a28_garbage_from_a_trusted_proxy_is_told() -> None:
    """The attempt is counted under the proxy, and the operator hears that its header can't be read."""
    world = scene(
        trusted_proxies="10.0.0.1", login={"account_limit": "9/15m", "ip_limit": "off", "subnet_limit": "off"}
    )
    world.check(peer="10.0.0.1", headers=[("X-Forwarded-For", "garbage")])
    assert world.heard() == [EventKind.ADDRESS_SUSPECT, EventKind.ADMITTED]

    world.check(None, peer="10.0.0.1", headers=[("X-Forwarded-For", "garbage")])
    assert world.heard() == [EventKind.ADDRESS_SUSPECT, EventKind.REFUSED]


def test_a29_a_header_of_a_peer_that_isn_t_trusted_charges_nobody_else() -> None:
    """Whoever claims the victim's address pays under his own."""
    world = scene(login={"delay": "off", "ip_limit": "1/15m"})
    world.fail("mallory", peer=ELSEWHERE, headers=[("X-Forwarded-For", HOME)])

    assert world.check("alice", peer=HOME).allowed
    assert world.check("alice", peer=ELSEWHERE).reason is Reason.LIMITED


def test_a66_a_full_store_is_told() -> None:
    """New keys share counters, and the decision says so."""
    world = scene(max_keys=8)
    for number in range(4):
        world.check(f"user{number}", peer=f"192.0.2.{number}")
    world.heard()
    world.check("alice")

    assert EventKind.STORE_SHARED in world.heard()


# Sources


@pytest.mark.parametrize(
    "off",
    [{}, {"ip_limit": "off"}, {"subnet_limit": "off"}, {"ip_limit": "off", "subnet_limit": "off"}],
    ids=str,
)
def test_a10_whatever_limits_are_on_a_success_clears_its_own_address_only(off: dict[str, str]) -> None:
    """With address limits switched off, an attacker's failures still survive the owner's success."""
    world = scene(login={"delay": "off", **off})
    world.fail(peer="203.0.113.2", times=3)
    world.fail(peer=HOME)
    world.sign_in(peer=HOME)

    assert failures(world) == 3


# Outages


def test_an_outage_refuses_and_says_when_to_come_back() -> None:
    """Never unlimited, never an exception: refused for two seconds, with an event."""
    world = scene(down={1})
    refused = world.check()

    assert (refused.verdict, refused.reason, refused.wait) == (Verdict.REFUSE, Reason.STORAGE_FAILED, 2.0)
    assert refused.ticket is None
    assert world.heard() == [EventKind.STORAGE_FAILED]
    assert world.check().allowed


def test_a_look_up_that_failed_charges_nobody() -> None:
    """Nobody knows who is meant: the raw name isn't counted in his stead."""
    policy = settings().policy()
    refused = admission.unresolved(policy, Attempt(identifier="alice", peer=HOME), now=0, nonce=bytes(16))

    assert (refused.reason, refused.wait) == (Reason.STORAGE_FAILED, admission.STORAGE_FAILURE_WAIT)
    assert [(event.kind, event.account) for event in refused.events] == [(EventKind.RESOLVE_FAILED, None)]


def test_a_store_that_answers_something_else_is_a_bug_not_a_verdict() -> None:
    """A backend that doesn't keep to the port is found out at once, and admits nobody."""
    step = admission.plan(
        settings().policy(), Attempt(identifier="a"), Subject("identifier", "a"), now=0, nonce=bytes(16)
    )
    assert isinstance(step, Plan)

    with pytest.raises(TypeError):
        step.decide((Settled(),))


# While the store is out


def test_g9_an_outage_allows_half_of_each_limit_and_says_so() -> None:
    """Every decision of the meantime bears an event."""
    world = outage()
    answers = [world.check().reason for _ in range(3)]

    assert answers == [Reason.ADMITTED, Reason.ADMITTED, Reason.LOCKED]
    assert world.heard().count(EventKind.DECIDED_LOCALLY) == 3


def test_a68_a_damaged_record_is_reported() -> None:
    """The counter began anew, and an operator should know."""

    class Damaging:
        def execute(self, _: Sequence[Op], /) -> Sequence[Result]:
            return [Admitted((), damaged=True)]

    world = scene()
    world.guard.storage = Damaging()
    world.check()

    assert world.heard() == [EventKind.RECORD_DAMAGED, EventKind.ADMITTED]
