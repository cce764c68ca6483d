"""What is decided, without doing it: operations as data in, results in, a decision out.

::

    step = plan(...)                                  # pure: a Plan is operations as data
    while isinstance(step, Plan):
        step = step.decide(storage.execute(step.ops))   # the one line that awaits in AsyncGuard
    return step

:mod:`~authguard_core.decisions.admission`, :mod:`~authguard_core.decisions.settlement` and
:mod:`~authguard_core.decisions.operations` make the plans from a :class:`Policy`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from authguard_core.clientip import TrustedProxies, client_address
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import Charge, Op, Result
from authguard_core.counting.refusal import Scope
from authguard_core.device import Subject
from authguard_core.errors import ConfigurationError, StorageError
from authguard_core.keys import KeyRing

__all__ = ["Account", "Place", "Plan", "Policy", "PurposePolicy", "Results", "stricter"]

T = TypeVar("T")

BY_ADDRESS = ("address",)
"""What precedes an address in the key of a known source's counter, so that none is a device's id."""

NOBODY = TrustedProxies.parse(())

Results = Sequence[Result] | StorageError
"""What a storage trip brought: the results in the operations' order, or its failure as a value."""

REMEMBERED = 16_384
"""How many names, accounts and addresses aren't worked out again: who attacks comes again and again."""


def stricter(charge: Charge) -> Charge:
    """Return the counter as one process keeps it on its own while the store is out: at half its limit.

    The other processes do the same, and none knows of the others' counts nor of the store's.
    """
    rule = charge.rule
    halved = rule._replace(limit=max(1, rule.limit // 2), burst=-(-rule.burst // 2))
    return charge._replace(rule=halved)


class Plan(NamedTuple, Generic[T]):
    """Operations to execute, and what to make of their results."""

    ops: tuple[Op, ...]
    decide: "Callable[[Results], T | Plan[T]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposePolicy:
    """The rules of one purpose. None switches a counter off."""

    address: Rule | None
    subnet: Rule | None
    account: Rule
    device: Rule | None = None
    """The budget of a known source. None: no source is ever known."""
    known_by_address: bool = False
    """The pair of account and address is a known source after a success, for clients without cookies."""


class Account(NamedTuple):
    """An account as it is counted for one purpose."""

    charge: Charge
    """Its counter, for all sources that aren't known."""
    ref: str
    """Its pseudonym, the same for all purposes."""
    registry: bytes | None
    """Where it is kept which sources of it are known; None where the purpose knows none."""
    local: Charge
    """What counts it while the store is out."""


class Place(NamedTuple):
    """A client's address as it is counted for one purpose."""

    charges: tuple[Charge, ...]
    """The counters of the address and its subnet."""
    ref: str
    """Its pseudonym, the same for all purposes."""
    source: int
    """The number under which an account's counter remembers that an attempt came from it."""
    local: tuple[Charge, ...]
    """What counts them while the store is out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a decision depends on, besides the attempt and the store."""

    purposes: Mapping[str, PurposePolicy]
    keys: KeyRing
    trusted: TrustedProxies = field(default_factory=lambda: TrustedProxies.parse(()))
    cookie_secure: bool = True
    account: Callable[[str, Subject], Account] = field(init=False, repr=False, compare=False)
    """Returns how an account is counted for a purpose."""
    place: Callable[[str, str, str], Place] = field(init=False, repr=False, compare=False)
    """Returns how a network and its subnet are counted for a purpose."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "account", lru_cache(REMEMBERED)(self._account))
        object.__setattr__(self, "place", lru_cache(REMEMBERED)(self._place))

    def purpose(self, name: str) -> PurposePolicy:
        """Return the rules of a purpose.

        Raises:
            ConfigurationError: there is none of that name.

        """
        found = self.purposes.get(name)
        if found is None:
            raise ConfigurationError.of(
                "purpose",
                got=name,
                expected=f"one of {sorted(self.purposes)}",
                do="Define it in the settings.",
            )
        return found

    def _account(self, purpose: str, subject: Subject) -> Account:
        key = self.keys.member(self._group(subject), purpose, Scope.ACCOUNT.value, *subject)
        ref = self.keys.key("account", *subject).hex()
        rules = self.purpose(purpose)
        registry = self.registry_key(subject) if rules.device else None
        charge = Charge(Scope.ACCOUNT, key, rules.account)
        return Account(charge, ref, registry, stricter(charge))

    def _place(self, purpose: str, network: str, subnet: str) -> Place:
        rules = self.purpose(purpose)
        group = self.keys.group("subnet", subnet)
        counted = ((Scope.ADDRESS, network, rules.address), (Scope.SUBNET, subnet, rules.subnet))
        charges = [
            Charge(scope, self.keys.member(group, purpose, scope.value, part), rule)
            for scope, part, rule in counted
            if rule is not None
        ]
        ref = self.keys.key("address", network)
        source = int.from_bytes(ref[:8], "big") >> 1
        local = [stricter(charge) for charge in charges]
        return Place(tuple(charges), ref.hex(), source, tuple(local))

    def known_charge(self, purpose: str, subject: Subject, *source: str | bytes) -> Charge | None:
        """Return the counter of a known source, or None where the purpose knows none."""
        rule = self.purpose(purpose).device
        if rule is None:
            return None
        key = self.keys.member(self._group(subject), purpose, Scope.DEVICE.value, *subject, *source)
        return Charge(Scope.DEVICE, key, rule)

    def may_set_cookie(self, peer: str | None) -> bool:
        """Say whether a device cookie may go over this connection.

        Without Secure only if the connection can't have come over a network: from loopback, or from a peer
        that has no address at all.
        """
        if self.cookie_secure or peer is None:
            return True
        found = client_address(peer, (), NOBODY)
        return found.loopback or found.network == found.subnet

    def registry_key(self, subject: Subject, secret: int = 0) -> bytes:
        """Return where it is kept which sources of an account are known, whose cookies a secret signed."""
        return self.keys.member(self._group(subject, secret), "known sources", *subject, secret=secret)

    def proof_key(self, subject: Subject, network: str) -> bytes:
        """Return where the proof is kept that an address is a known source of an account."""
        return self.keys.member(self._group(subject), "known address", *subject, network)

    def _group(self, subject: Subject, secret: int = 0) -> bytes:
        """Return what the keys of an account begin with, whatever the purpose: one step reaches them all."""
        return self.keys.group("account", *subject, secret=secret)
