"""The device cookie: a browser that has signed in before has a budget of its own.

It follows the device cookie protocol that OWASP describes, so that guesses from
elsewhere can't lock the owner out. The cookie is an opaque random id with a
generation, a serial and an end, signed together with the account it was given
for: it says nothing, and it is worth nothing with another account.
"""

import base64
import binascii
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from authguard_core.counting.registry import LIFETIME
from authguard_core.counting.state import Proof
from authguard_core.keys import KeyRing

__all__ = [
    "COOKIE_NAME",
    "INSECURE_COOKIE_NAME",
    "Device",
    "DeviceCookie",
    "Subject",
    "cookie_name",
    "read",
    "received",
    "write",
]

COOKIE_NAME = "__Host-authguard_device"
INSECURE_COOKIE_NAME = "authguard_device"
"""The name without Secure, for plain http on loopback: the prefix demands Secure (RFC 6265bis)."""

MAX_AGE = LIFETIME // 1_000
ID_BYTES = 16
LABEL = "device cookie"
_PAYLOAD = struct.Struct(">B16sIIIQ")
_SIGNATURE_BYTES = 32
_VERSION = 1
_LONGEST = 512
"""Characters of a value that are worth a look; an honest one has about 120."""
_LENGTH = 4 * -(-(_PAYLOAD.size + _SIGNATURE_BYTES) // 3)


class Subject(NamedTuple):
    """Who is counted: an identifier as submitted, or the account it was resolved to.

    The two live in different spaces, so that no user name can be another's account id.
    """

    space: str
    text: str

    def __repr__(self) -> str:
        return f"<Subject: {self.space}>"


class Device(NamedTuple):
    """What a valid cookie says."""

    id: bytes
    proof: Proof
    secret: int = 0
    """Which of the secrets signed it: where to look its registry up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCookie:
    """A cookie for the adapter to set, in its framework's own way."""

    name: str
    value: str = field(repr=False)
    secure: bool
    max_age: int = MAX_AGE
    """Seconds."""
    path: str = "/"
    httponly: bool = True
    samesite: str = "Lax"

    @property
    def header(self) -> str:
        """The value of a Set-Cookie header."""
        secure = "; Secure" if self.secure else ""
        return (
            f"{self.name}={self.value}; Max-Age={self.max_age}; Path={self.path}; HttpOnly"
            f"; SameSite={self.samesite}{secure}"
        )


def cookie_name(*, secure: bool) -> str:
    """Return the name the cookie is read and set under."""
    return COOKIE_NAME if secure else INSECURE_COOKIE_NAME


def write(ring: KeyRing, subject: Subject, device: Device, *, now: float) -> str:
    """Return the cookie's value, good for 180 days from ``now`` (seconds)."""
    payload = _PAYLOAD.pack(_VERSION, device.id, *device.proof, int(now) + MAX_AGE)
    signature = ring.sign(LABEL, *subject, payload)
    return base64.urlsafe_b64encode(payload + signature).rstrip(b"=").decode()


def received(lines: Iterable[str], name: str) -> str | None:
    """Return the cookie's value in ``Cookie`` lines; None if it is missing, overlong or there twice.

    A browser sends a ``__Host-`` cookie once. Of two, one was planted (RFC 6265bis, 8.6), and nothing
    says which, so neither counts.
    """
    pairs = (pair.partition("=") for line in lines for pair in line.split(";"))
    found = [value.strip() for key, _, value in pairs if key.strip() == name]
    return found[0] if len(found) == 1 and len(found[0]) <= _LONGEST else None


def read(ring: KeyRing, subject: Subject, value: str, *, now: float) -> Device | None:
    """Return what the cookie says, or None where it is forged, foreign, old or broken. Never raises."""
    data = _decode(value)
    if data is None:
        return None
    payload, signature = data[: _PAYLOAD.size], data[_PAYLOAD.size :]
    secret = ring.signer(signature, LABEL, *subject, payload)
    if secret is None:
        return None
    _, device, *proof, ends = _PAYLOAD.unpack(payload)
    return Device(device, Proof(*proof), secret) if now < ends else None


def _decode(value: str) -> bytes | None:
    """Decode the one spelling of the value: with another the same cookie would have several."""
    try:
        data = base64.b64decode(value.ljust(_LENGTH, "="), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    spelled = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    return data if len(data) == _PAYLOAD.size + _SIGNATURE_BYTES and spelled == value else None
