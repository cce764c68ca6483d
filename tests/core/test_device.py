"""Claims about the device cookie."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authguard_core.counting.state import Proof
from authguard_core.device import (
    COOKIE_NAME,
    INSECURE_COOKIE_NAME,
    Device,
    DeviceCookie,
    Subject,
    cookie_name,
    read,
    received,
    write,
)
from authguard_core.keys import KeyRing

RING = KeyRing([b"1" * 32])
OTHER_RING = KeyRing([b"2" * 32])
ALICE = Subject("identifier", "alice")
DEVICE = Device(bytes(range(16)), Proof(generation=3, serial=7))
NOW = 1_700_000_000.0
DAYS_180 = 180 * 86_400
VALUE = write(RING, ALICE, DEVICE, now=NOW)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def raw(value: str = VALUE) -> bytes:
    return base64.urlsafe_b64decode(value + "=")


def spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def reads(value: str) -> Device | None:
    return read(RING, ALICE, value, now=NOW)


def test_what_is_written_is_read() -> None:
    """A cookie says which device it is and what proves it."""
    assert reads(VALUE) == DEVICE


@given(
    st.binary(min_size=16, max_size=16),
    st.builds(Proof, *[st.integers(0, 2**32 - 1)] * 3),
    st.text(st.characters(codec=None)),
)
def test_every_device_of_every_account_reads_back(identifier: bytes, proof: Proof, name: str) -> None:
    """Whatever the account's name and the numbers, the cookie reads back; it always has 92 characters."""
    device = Device(identifier, proof)
    value = write(RING, Subject("identifier", name), device, now=NOW)

    assert read(RING, Subject("identifier", name), value, now=NOW) == device
    assert len(value) == 92
    assert set(value) <= set(ALPHABET)


def test_a41_every_flipped_bit_is_refused() -> None:
    """A cookie with any one bit changed, in payload or signature, is worth nothing."""
    number = int.from_bytes(raw(), "big")
    forged = [spelled((number ^ (1 << bit)).to_bytes(len(raw()), "big")) for bit in range(8 * len(raw()))]

    assert [value for value in forged if reads(value)] == []


def test_a41_every_changed_character_is_refused() -> None:
    """No character at any place can be another, the last one's unused bits included."""
    forged = [
        f"{VALUE[:place]}{letter}{VALUE[place + 1 :]}"
        for place in range(len(VALUE))
        for letter in ALPHABET
        if letter != VALUE[place]
    ]

    assert [value for value in forged if reads(value)] == []


def test_a78_every_truncation_and_extension_is_refused() -> None:
    """A prefix, a suffix, or more than the cookie is no cookie."""
    forged = [VALUE[:length] for length in range(len(VALUE))]
    forged += [VALUE[length:] for length in range(1, len(VALUE))]
    forged += [spelled(raw()[:length]) for length in range(len(raw()))]
    forged += [VALUE + "A", VALUE + VALUE, "A" + VALUE, spelled(raw() + b"\x00")]

    assert [value for value in forged if reads(value)] == []


@pytest.mark.parametrize(
    "value",
    [
        VALUE + "=",
        VALUE + "==",
        VALUE + "\n",
        " " + VALUE,
        VALUE[:40] + "\n" + VALUE[40:],
        VALUE[:40] + "=" + VALUE[40:],
        f'"{VALUE}"',
        VALUE + ";",
        VALUE.replace("-", "+").replace("_", "/"),
        VALUE[:-1] + ALPHABET[ALPHABET.index(VALUE[-1]) + 1],
        VALUE[:10] + "\ufeff" + VALUE[10:],
        VALUE + "\ud800",
        "",
        "=" * 88,
        "\x00" * 87,
        "A" * 1_000_000,
    ],
    ids=ascii,
)
def test_a78_there_is_one_spelling_of_a_cookie(value: str) -> None:
    """Padding, space, quotes, the other alphabet and stray bits make another text, and only one is good."""
    assert value != VALUE
    assert reads(value) is None


def test_the_other_alphabet_was_a_difference() -> None:
    """The cookie of the test above has a letter that base64's two alphabets spell differently."""
    assert {"-", "_"} & set(VALUE)


@given(st.text(st.characters(codec=None)) | st.text(ALPHABET, min_size=87, max_size=87))
@example("A" * 87)
def test_a76_reading_never_raises_and_nothing_made_up_is_read(value: str) -> None:
    """Whatever a client sends as a cookie, the answer is that it isn't one."""
    assert reads(value) is None


@pytest.mark.parametrize(
    "subject",
    [
        Subject("identifier", "bob"),
        Subject("account", "alice"),
        Subject("identifier", "alicé"),
        Subject("", ""),
    ],
    ids=["other name", "account id of equal text", "look-alike", "nobody"],
)
def test_a41_a_cookie_is_worth_nothing_with_another_account(subject: Subject) -> None:
    """The account is signed too, in its own space: another's cookie is no cookie."""
    assert read(RING, subject, VALUE, now=NOW) is None


def test_a41_a_cookie_of_another_secret_is_refused() -> None:
    """Whoever doesn't know the secret can't make a cookie."""
    assert reads(write(OTHER_RING, ALICE, DEVICE, now=NOW)) is None


def test_a78_a_signature_for_another_use_is_no_cookie() -> None:
    """What the same secret signs elsewhere, under another label or none, doesn't pass for a cookie."""
    payload = raw()[:33]
    forged = [
        RING.sign("session cookie", *ALICE, payload),
        RING.sign(*ALICE, payload),
        RING.sign(payload),
        RING.key("device cookie", *ALICE, payload) * 2,
    ]

    assert [signature for signature in forged if reads(spelled(payload + signature))] == []


def test_a_cookie_lives_180_days() -> None:
    """In the last second it is good; from its end on it isn't, nor ever after."""
    last = NOW + DAYS_180 - 0.001

    assert read(RING, ALICE, VALUE, now=last) == DEVICE
    assert read(RING, ALICE, VALUE, now=NOW + DAYS_180) is None
    assert read(RING, ALICE, VALUE, now=NOW + 100 * DAYS_180) is None


def test_a61_a_clock_that_goes_back_takes_no_cookie_away() -> None:
    """A cookie from before a step back of the clock is read as ever."""
    assert read(RING, ALICE, VALUE, now=NOW - 3_600) == DEVICE


def test_a78_a_cookie_survives_the_rotation_of_the_secret() -> None:
    """While the old secret is listed its cookies are read, and told apart; the new one signs the next."""
    rotated = KeyRing([b"2" * 32, b"1" * 32])

    assert read(rotated, ALICE, VALUE, now=NOW) == DEVICE._replace(secret=1)
    assert reads(write(rotated, ALICE, DEVICE, now=NOW)) is None
    assert read(OTHER_RING, ALICE, write(rotated, ALICE, DEVICE, now=NOW), now=NOW) == DEVICE


@pytest.mark.parametrize(("secure", "name"), [(True, COOKIE_NAME), (False, INSECURE_COOKIE_NAME)])
def test_the_name_demands_what_the_browser_shall_enforce(*, secure: bool, name: str) -> None:
    """``__Host-`` promises Secure, so the cookie without Secure has another name (RFC 6265bis)."""
    assert cookie_name(secure=secure) == name
    assert name.startswith("__Host-") == secure


def test_the_header_says_all_that_protects_the_cookie() -> None:
    """HttpOnly, SameSite, the whole path, no domain, 180 days and, over TLS, Secure."""
    cookie = DeviceCookie(name=COOKIE_NAME, value="v", secure=True)

    assert cookie.header == (
        "__Host-authguard_device=v; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax; Secure"
    )


def test_the_header_of_an_insecure_cookie_says_so() -> None:
    """Without Secure nothing else is missing."""
    cookie = DeviceCookie(name=INSECURE_COOKIE_NAME, value="v", secure=False)

    assert cookie.header == "authguard_device=v; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax"


def test_a82_a_cookie_holds_no_personal_datum() -> None:
    """The account is in the signature only: nobody reads it off the cookie."""
    device = DEVICE._replace(id=b"\x00" * 16)
    value = write(RING, Subject("identifier", "canary"), device, now=NOW)

    assert b"canary" not in raw(value)


def test_a82_neither_the_value_nor_the_account_is_shown() -> None:
    """A repr of cookie or subject shows no more than a log may hold."""
    cookie = DeviceCookie(name=COOKIE_NAME, value="canary", secure=True)

    assert "canary" not in f"{cookie!r}{cookie}{Subject('identifier', 'canary')!r}"


@pytest.mark.parametrize(
    "lines",
    [[f"{COOKIE_NAME}=abc"], [f"a=1; {COOKIE_NAME} = abc ;b=2"], ["a=1", f"{COOKIE_NAME}=abc"]],
    ids=["alone", "among others", "in a line of its own"],
)
def test_the_cookie_is_found_among_others(lines: list[str]) -> None:
    """Wherever it stands, without the space around it."""
    assert received(lines, COOKIE_NAME) == "abc"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["a=1"],
        [f"{COOKIE_NAME}=a; {COOKIE_NAME}=b"],
        [f"{COOKIE_NAME}=a"] * 2,
        [f"{COOKIE_NAME}={'a' * 513}"],
    ],
    ids=["no header", "an empty one", "another", "twice", "twice in two lines", "too long"],
)
def test_what_no_browser_sends_is_no_cookie(lines: list[str]) -> None:
    """Of two one was planted (RFC 6265bis, 8.6); and an honest one has about 120 characters."""
    assert received(lines, COOKIE_NAME) is None
