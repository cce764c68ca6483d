"""Claims about replies that are none of the scripts', and about what can't be sent."""

import pytest

from authguard_core import StorageError
from authguard_core.counting.ops import (
    Admit,
    Advance,
    Clear,
    Inspect,
    Issue,
    Known,
    Op,
    PutOnce,
    Settle,
    Take,
)
from authguard_core.counting.state import Proof
from authguard_core.testing.suite.lab import ACCOUNT, DEVICE, key
from tests.adapters.redis_stores import KINDS, lab
from tests.adapters.redis_world import KINDS as ALONE
from tests.adapters.redis_world import opened, proxy_to
from tests.servers import shared
from tests.servers.fault_proxy import Fault

REGISTRY = key("registry")
OPS: dict[str, Op] = {
    "admit": Admit(1, 0, (ACCOUNT,), Known(REGISTRY, Proof(0, 1), DEVICE), REGISTRY),
    "settle": Settle(1, 0, (), issue=Issue(REGISTRY, fresh=True)),
    "inspect": Inspect((ACCOUNT,), REGISTRY),
    "clear": Clear((ACCOUNT,), REGISTRY),
    "put once": PutOnce(key("value"), b"data", 1_000),
    "advance": Advance(key("value"), 1, 1_000),
    "take": Take(key("value")),
}
SHAPES = [b"+OK\r\n", b":1\r\n", b"_\r\n", b"*0\r\n", b"*1\r\n:1\r\n", b"*1\r\n_\r\n", b"*1\r\n*0\r\n"]
SHAPES += [b"*2\r\n$1\r\n\x00\r\n$1\r\n\x00\r\n"]


def bulk(data: bytes) -> bytes:
    """Return an answer of one string."""
    return b"*1\r\n$%d\r\n%b\r\n" % (len(data), data)


STRINGS = {
    "admit": [
        b"",
        b"\0",
        b"\1",
        b"\2\0",
        b"\7\0",
        b"\1\0\0\0\0\0\2",
        b"\1\0\0\0\0\0\2" + b"\0\0\0\0\0\1\0" * 2 + b"\0",
        b"\1\0\0\0\0\0\1\0\0\0\0\0\1\7",
        b"\1\0\0\0\0\0\1\0\0\0\0\0\1\0",
        b"\1\0\0\0\0\0\1\0\0\0\0\0\1\0\1",
        b"\0\0\1",
        b"\0\0\1\7\1\0\0\0\0\0\0",
        b"\0\0\1\1\0\0\0\0\0\0\0",
        b"\0\0\1\1\7\0\0\0\0\0\0",
    ],
    "settle": [b"", b"\0\0\0", b"\0\0\0\0\0\0\1"],
    "inspect": [b"", b"\0" * 18, b"\0" * 17 + b"\1" * 12, b"\0" * 11 + b"\7" + b"\0" * 18],
    "clear": [b"", b"\0"],
    "put once": [b"", b"\2", b"\0\0"],
    "advance": [b"", b"\2"],
    "take": [b"", b"\2"],
}
CASES = [("admit", reply) for reply in SHAPES]
CASES += [(name, bulk(reply)) for name in OPS for reply in STRINGS[name]]


@pytest.mark.parametrize("kind", ALONE)
@pytest.mark.parametrize(("name", "reply"), CASES)
def test_a_reply_that_is_none_of_the_scripts_decides_nothing(kind: str, name: str, reply: bytes) -> None:
    """It is an outage, whatever it looks like, and no other error."""
    with (
        proxy_to(str(shared.redis().socket)) as proxy,
        opened(f"redis://127.0.0.1:{proxy.port}?prefix={shared.prefix()}", kind) as driven,
    ):
        driven.one(OPS[name])
        proxy.set(Fault.SAYING, says=reply, times=1)
        with pytest.raises(StorageError, match=r"^redis: "):
            driven.one(OPS[name])


UNSENDABLE: dict[str, Op] = {
    "attempt": Admit(2**63, 0, (ACCOUNT,)),
    "source": Admit(1, -(2**63) - 1, (ACCOUNT,)),
    "window": Admit(1, 0, (ACCOUNT._replace(rule=ACCOUNT.rule._replace(window=2**48)),)),
    "counters": Admit(1, 0, (ACCOUNT,) * 256),
    "epoch": Clear((), REGISTRY, epoch=2**32),
    "time to live": PutOnce(key("value"), b"", -1),
    "number": Advance(key("value"), 2**63, 1_000),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("op", UNSENDABLE.values(), ids=UNSENDABLE)
def test_a_number_that_no_rule_allows_is_not_sent(kind: str, op: Op) -> None:
    """It is refused by the one error that a store may raise."""
    with lab(kind) as driven, pytest.raises(StorageError):
        driven.one(op)
