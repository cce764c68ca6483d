"""The defaults of every purpose, as the text a person would write, with their sources.

- Five failures in fifteen minutes, then a lock of fifteen minutes that doubles to an
  hour: within the waits of 30 seconds to one hour that NIST SP 800-63B-4, 3.2.2, names.
- At most 100 consecutive failures: the same section's "no more than 100".
- Thirty a quarter of an hour from one address, three hundred from its subnet: an
  office or a campus shares one; OWASP's Credential Stuffing cheat sheet asks for
  address limits beside the account's, never in its stead.
- Five mails an hour to one recipient: NIST SP 800-63B-4, 3.1.3.3, and OWASP ASVS 5.0,
  V6.6.4, ask to limit what is sent.
- A hundred and twenty assessments of a password in five minutes for one visitor: ten times
  what a person needs who types and corrects, and nothing that would be worth automating.
"""

from collections.abc import Mapping

__all__ = ["PRESETS", "PURPOSES", "defaults"]

_SECRET = {
    "account_limit": "5/15m",
    "device_limit": "5/15m",
    "ip_limit": "30/15m",
    "subnet_limit": "300/15m",
    "lock": "15m",
    "lock_max": "1h",
    "delay_after": "3",
    "delay": "1s",
    "delay_max": "30s",
    "failure_cap": "100",
}
_SENDING = {
    "account_limit": "5/1h",
    "device_limit": "off",
    "ip_limit": "30/1h",
    "subnet_limit": "300/1h",
    "lock": "off",
    "delay": "off",
    "failure_cap": "off",
}
_REGISTERING = {**_SENDING, "ip_limit": "100/1h", "subnet_limit": "1000/1h"}
# Its account is the visitor's address. What names nobody, a body that can't be read, has the address's own.
_ASSESSING = {**_SENDING, "account_limit": "120/5m", "ip_limit": "240/5m", "subnet_limit": "2400/5m"}

PURPOSES: Mapping[str, Mapping[str, str]] = {
    "login": _SECRET,
    "otp": _SECRET,
    "reset": _SENDING,
    "register": _REGISTERING,
    "meter": _ASSESSING,
}
"""The purposes that are always there. A user's own begin with those of ``login``."""

PRESETS: Mapping[str, Mapping[str, str]] = {
    "standard": {},
    # A university, a carrier-grade NAT or an office tower behind a few addresses (RFC 6598).
    "large": {"ip_limit": "100/15m", "subnet_limit": "1000/15m"},
    # Clients without cookies: OWASP's device cookie protocol, with the address in the cookie's stead.
    "api": {"known_by_address": "true"},
}
"""What a preset changes in the purposes that check a secret."""


def defaults(preset: str, purpose: str) -> dict[str, str]:
    """Return a purpose's defaults under a preset."""
    base = PURPOSES.get(purpose, _SECRET)
    return {**base, **PRESETS[preset]} if base is _SECRET else dict(base)
