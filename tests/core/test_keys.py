"""Claims about the keys of counters, and about signatures."""

import weakref

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authguard_core.errors import ConfigurationError
from authguard_core.keys import KeyRing, encode

FIRST = b"1" * 32
SECOND = b"2" * 32
RING = KeyRing([FIRST])

PARTS = st.lists(st.text(st.characters(codec=None), max_size=6), max_size=4).map(tuple)


@given(PARTS, PARTS)
@example(("a:b", "c"), ("a", "b:c"))
@example(("ab", ""), ("", "ab"))
@example(("a",), ("a", ""))
@example((), ("",))
@example(("a\x00\x00\x00\x01b",), ("a", "b"))
def test_a24_different_parts_are_encoded_differently(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """No two tuples of texts have one encoding, whatever delimiters or lengths stand in them."""
    assert (encode(one) == encode(other)) == (one == other)


@given(PARTS)
def test_a76_any_text_can_be_a_part(parts: tuple[str, ...]) -> None:
    """Lone surrogates and NUL make a key like any other text: 16 bytes, and nothing raises."""
    assert len(RING.key(*parts)) == 16


def test_a24_bytes_are_taken_as_they_are() -> None:
    """A part of bytes is counted by its length, like a part of text."""
    assert encode((b"\xff\x00", "ab")) == b"\x00\x00\x00\x02\xff\x00\x00\x00\x00\x02ab"


def test_the_same_parts_give_the_same_key_in_another_process() -> None:
    """A key depends on secret and parts alone, so that processes share their counters."""
    assert KeyRing([FIRST]).key("login", "account", "alice") == RING.key("login", "account", "alice")


def test_a80_without_the_secret_no_key_can_be_tried() -> None:
    """Another secret gives another key for the same address."""
    assert KeyRing([SECOND]).key("address", "203.0.113.1") != RING.key("address", "203.0.113.1")


def test_a_key_is_no_signature() -> None:
    """A signature is the whole hash, so a key that leaks into a log signs nothing."""
    assert not RING.verify(RING.key("a"), "a")
    assert RING.verify(RING.sign("a"), "a")


def test_a78_a_former_secret_verifies_and_the_new_one_signs() -> None:
    """Rotation: what the old first secret signed stays valid, what is signed from now on is the new one's."""
    rotated = KeyRing([SECOND, FIRST])

    assert rotated.verify(RING.sign("a"), "a")
    assert rotated.sign("a") == KeyRing([SECOND]).sign("a")


def test_a78_a_retired_secret_verifies_nothing() -> None:
    """Once a secret is taken off the list, its signatures are worth nothing."""
    assert not KeyRing([SECOND]).verify(RING.sign("a"), "a")


def test_keys_come_from_the_first_secret_unless_another_is_named() -> None:
    """A former secret at the end of the list changes no counter's key, and still finds its own."""
    ring = KeyRing([FIRST, SECOND])

    assert len(ring) == 2
    assert ring.key("a") == RING.key("a")
    assert ring.key("a", secret=1) == KeyRing([SECOND]).key("a")


def test_a78_a_signature_tells_which_secret_made_it() -> None:
    """So what it vouches for is looked up where it was kept; a forged one tells of none."""
    ring = KeyRing([FIRST, SECOND])

    assert [ring.signer(KeyRing([one]).sign("a"), "a") for one in (FIRST, SECOND)] == [0, 1]
    assert ring.signer(bytes(32), "a") is None


def test_a78_every_flipped_bit_and_every_truncation_spoils_a_signature() -> None:
    """Only the whole signature verifies, and only for its own parts."""
    signature = RING.sign("device cookie", "alice")
    flipped = [
        (int.from_bytes(signature, "big") ^ (1 << bit)).to_bytes(32, "big")
        for bit in range(8 * len(signature))
    ]
    truncated = [signature[:length] for length in range(len(signature))]

    assert not any(RING.verify(forged, "device cookie", "alice") for forged in [*flipped, *truncated])
    assert not RING.verify(signature, "device cookie", "bob")
    assert not RING.verify(signature + b"\x00", "device cookie", "alice")


@pytest.mark.parametrize(
    ("secrets", "got"),
    [([], "0 secrets of []"), ([b"s" * 31], "1 secrets of [31]"), ([FIRST, b""], "2 secrets of [32, 0]")],
    ids=["none", "short", "second empty"],
)
def test_a79_a_missing_or_short_secret_is_refused(secrets: list[bytes], got: str) -> None:
    """Each secret has at least 32 bytes, and the refusal says how many were got and how to make one."""
    with pytest.raises(ConfigurationError) as refused:
        KeyRing(secrets)

    assert str(refused.value) == (
        f"SECRET_KEY: got '{got} bytes', expected one or more of at least 32 bytes."
        ' Make one with: python -c "import secrets; print(secrets.token_hex(32))"'
    )


def test_a82_no_secret_is_shown() -> None:
    """Neither the repr nor the refusal of a second, short secret repeats one."""
    with pytest.raises(ConfigurationError) as refused:
        KeyRing([b"canary" * 6, b"canary"])

    assert "canary" not in f"{KeyRing([b'canary' * 6])!r}{refused.value!r}"


class Watched(str):
    """A part that tells when nobody keeps it any more."""

    __slots__ = ("__weakref__",)


def test_a_ring_keeps_no_more_than_16384_keys() -> None:
    """Keys are kept because attackers come again, but a key for every address there is fills no memory."""
    ring, part = KeyRing([FIRST]), Watched("203.0.113.1")
    kept = weakref.ref(part)
    ring.key(part)
    del part
    for number in range(16_384):
        assert kept() is not None
        ring.key(str(number))

    assert kept() is None


def test_the_keys_of_a_group_begin_alike_and_nothing_else_is_alike() -> None:
    """A cluster keeps together what begins alike: 6 bytes of the group, then 18 bytes of each key's own."""
    group = RING.group("account", "alice")
    one, other = RING.member(group, "login", "alice"), RING.member(group, "otp", "alice")

    assert (len(group), len(one)) == (6, 24)
    assert one[:6] == other[:6] == group
    assert one[6:] != other[6:]
    assert group != RING.group("account", "bob")


def test_a80_a_group_tells_nothing_without_the_secret() -> None:
    """Group and member depend on the secret, so that nobody can try names against either."""
    foreign = KeyRing([SECOND])

    assert foreign.group("account", "alice") != RING.group("account", "alice")
    assert foreign.member(b"", "alice") != RING.member(b"", "alice")
    assert KeyRing([FIRST, SECOND]).member(b"", "alice", secret=1) == foreign.member(b"", "alice")
    assert KeyRing([FIRST, SECOND]).group("a", secret=1) == foreign.group("a")
