"""Keys that hold no personal datum and never collide.

A key is HMAC-SHA256 (RFC 2104) over length-prefixed parts: no two tuples of parts
encode alike, and without the secret nobody can try addresses or names against a
store's content.
"""

import hmac
from collections.abc import Sequence
from functools import lru_cache

from authguard_core.errors import ConfigurationError

__all__ = ["KeyRing", "encode"]

KEY_BYTES = 16
GROUP_BYTES = 6
"""What a store's key begins with: keys of one group can be kept together, and counted in one step."""
MEMBER_BYTES = 18
MIN_SECRET_BYTES = 32
CACHED_KEYS = 16_384


def encode(parts: Sequence[str | bytes]) -> bytes:
    """Join parts so that different tuples give different bytes: each after its length."""
    chunks: list[bytes] = []
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        chunks += (len(data).to_bytes(4, "big"), data)
    return b"".join(chunks)


class KeyRing:
    """The application's secrets: the first makes keys and signs, all of them verify.

    Counting keys come from the first, so a new first secret begins every count anew,
    once. What was signed by a former one is looked up under that one's keys.

    Args:
        secrets: each of at least 32 bytes (NIST SP 800-107r1: as long as the hash).

    Raises:
        ConfigurationError: no secret, or a short one.

    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets or any(len(secret) < MIN_SECRET_BYTES for secret in secrets):
            lengths = [len(secret) for secret in secrets]
            raise ConfigurationError.of(
                "SECRET_KEY",
                got=f"{len(lengths)} secrets of {lengths} bytes",
                expected=f"one or more of at least {MIN_SECRET_BYTES} bytes",
                do='Make one with: python -c "import secrets; print(secrets.token_hex(32))"',
            )
        self._secrets = tuple(dict.fromkeys(secrets))
        # Whoever attacks an account or from an address comes again and again.
        self._cached_key = lru_cache(CACHED_KEYS)(self._make_key)
        self._cached_member = lru_cache(CACHED_KEYS)(self._make_member)

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self._secrets)}>"

    def __len__(self) -> int:
        return len(self._secrets)

    def key(self, *parts: str | bytes, secret: int = 0) -> bytes:
        """Return the 16-byte key for these parts, by the first secret or another of the list."""
        return self._cached_key(parts, secret)

    def group(self, *parts: str | bytes, secret: int = 0) -> bytes:
        """Return the 6 bytes that each key of a group begins with; a cluster keeps them on one node.

        Two groups may share theirs: it says where a key is kept, and no more.
        """
        return self.key("group", *parts, secret=secret)[:GROUP_BYTES]

    def member(self, group: bytes, *parts: str | bytes, secret: int = 0) -> bytes:
        """Return a store's 24-byte key for these parts: its group, and 18 bytes of its own."""
        return group + self._cached_member(parts, secret)

    def _make_member(self, parts: tuple[str | bytes, ...], secret: int) -> bytes:
        return hmac.digest(self._secrets[secret], encode(("member", *parts)), "sha256")[:MEMBER_BYTES]

    def _make_key(self, parts: tuple[str | bytes, ...], secret: int) -> bytes:
        return hmac.digest(self._secrets[secret], encode(parts), "sha256")[:KEY_BYTES]

    def sign(self, *parts: str | bytes) -> bytes:
        """Return the 32-byte signature of these parts by the first secret."""
        return hmac.digest(self._secrets[0], encode(parts), "sha256")

    def verify(self, signature: bytes, *parts: str | bytes) -> bool:
        """Say whether any of the secrets made this signature."""
        return self.signer(signature, *parts) is not None

    def signer(self, signature: bytes, *parts: str | bytes) -> int | None:
        """Return which of the secrets made this signature, in constant time a secret; None if none did."""
        message = encode(parts)
        matches = [
            hmac.compare_digest(hmac.digest(secret, message, "sha256"), signature) for secret in self._secrets
        ]
        return matches.index(True) if any(matches) else None
