"""What comes back from a browser or a store is what was given out, or it is nothing."""

import base64
from typing import Final

from authguard_core.counting.state import Counter, Proof, Registry, Value, pack, unpack
from authguard_core.device import Device, Subject, read, write
from authguard_core.keys import KeyRing
from examples.shop.tokens import digest
from tests.fuzz.feed import chosen, divided, text

__all__ = ["cookie", "record", "token"]

RING: Final = KeyRing([b"a secret for the fuzzers of forty-odd characters"])
ALICE: Final = Subject("identifier", "alice")
DEVICE: Final = Device(bytes(range(16)), Proof(generation=3, serial=7))
NOW: Final = 1_700_000_000.0
GOOD: Final = write(RING, ALICE, DEVICE, now=NOW)
GOOD_DATA: Final = base64.urlsafe_b64decode(f"{GOOD}=")
DIGEST_BYTES: Final = 32


def cookie(data: bytes) -> None:
    """Check the device cookie's reader: a variant, and text, or what is laid over a good cookie."""
    which, rest = divided(data)
    value = chosen((text(rest), spelled(overlaid(rest)), f"{GOOD}{text(rest)}", f"{text(rest)}{GOOD}"), which)
    found = read(RING, ALICE, value, now=NOW)
    assert found == (DEVICE if value == GOOD else None), "a made-up cookie is read"
    device = Device(rest[:16].ljust(16, b"\x00"), Proof(which, len(rest)))
    written = write(RING, Subject("account", text(rest)), device, now=NOW)
    assert read(RING, Subject("account", text(rest)), written, now=NOW) == device
    assert read(RING, Subject("identifier", text(rest)), written, now=NOW) is None


def overlaid(data: bytes) -> bytes:
    """Change the good cookie's bits where the data has some."""
    return bytes(a ^ b for a, b in zip(GOOD_DATA, data.ljust(len(GOOD_DATA), b"\x00"), strict=False))


def spelled(data: bytes) -> str:
    """Write bytes the way a cookie is written."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(data: bytes) -> None:
    """Check what is stored of a token: two texts, told apart by a line's end."""
    one, _, other = data.partition(b"\n")
    assert len(digest(text(one))) == DIGEST_BYTES
    assert (digest(text(one)) == digest(text(other))) == (one == other)


def record(data: bytes) -> None:
    """Check ``unpack``: bytes that nobody packed are refused, or are a record that packs and reads again."""
    try:
        found = unpack(data)
    except ValueError:
        return
    assert isinstance(found, Counter | Registry | Proof | Value)
    packed = pack(found)
    assert pack(unpack(packed)) == packed
