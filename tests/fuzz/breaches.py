"""Whatever a look-up of breached passwords is answered, it is a list that was read whole, or no answer."""

from typing import Final

from authguard_core.passwords.pwned import PwnedQuery, PwnedResponseError
from tests.fuzz.feed import chosen, divided

__all__ = ["ROW", "breaches"]

PASSWORD: Final = "password"
QUERY: Final = PwnedQuery.of(PASSWORD)
ROW: Final = b"%b:7" % QUERY.suffix
ENDS: Final = (b"\r\n", b"\n")


def breaches(data: bytes) -> None:
    """Check ``PwnedQuery.count``: a variant, and the body, which others read line by line."""
    which, body = divided(data)
    try:
        count = QUERY.count(body)
    except PwnedResponseError as refusal:
        _assert_secret(str(refusal), body)
        return
    rows = [line.split(":") for line in body.decode("ascii").splitlines()]
    assert count == max((int(seen) for suffix, seen in rows if suffix.encode() == QUERY.suffix), default=0)
    end = next((end for end in ENDS if end in body), chosen(ENDS, which))
    more = body.removesuffix(end) + end + ROW
    assert QUERY.count(more) == max(count, int(ROW.rpartition(b":")[2])), "a row hides another"


def _assert_secret(shown: str, body: bytes) -> None:
    """Claim that a refusal tells nothing of what was asked or answered."""
    told = [
        QUERY.prefix,
        QUERY.suffix.decode(),
        *(line for line in body.decode("latin-1").split() if line[20:]),
    ]
    assert not any(part in shown for part in told), "a refusal repeats the answer"
