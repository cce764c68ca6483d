"""What is fuzzed: a check, bytes that reach its corners, and words that it knows."""

from collections.abc import Callable
from typing import Final, NamedTuple

from tests.fuzz.addresses import asgi, forwarding
from tests.fuzz.bodies import body
from tests.fuzz.breaches import ROW, breaches
from tests.fuzz.names import identity, parts
from tests.fuzz.options import environment, limit, mapping
from tests.fuzz.records import GOOD, cookie, record, token

__all__ = ["TARGETS", "Target"]


class Target(NamedTuple):
    """A claim about any bytes. The check raises ``AssertionError`` where it is broken."""

    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]


def _target(check: Callable[[bytes], None], seeds: tuple[bytes, ...], words: str) -> Target:
    return Target(check, seeds, tuple(word.encode() for word in words.split(" ") if word))


TARGETS: Final = {
    "forwarding": _target(
        forwarding,
        (
            b"\x0010.0.0.1\n198.51.100.7, 10.0.0.2",
            b"\x0010.0.0.1:80\n[2001:db8::1]:80\nunknown",
            b'\x0110.0.0.1\nfor="[2001:db8::1%eth0]:_x";by=_a, for=10.0.0.2;host="a\\",b"',
            b"\x01unix\nfor=_hidden,for=unknown",
            b"\x02::ffff:10.0.0.1\n::1",
        ),
        '10.0.0.1 2001:db8::1 ::ffff: 64:ff9b:: 2002: for= For= by= unknown _x " \\" \\\\ , ; : [ ] % . / \n',
    ),
    "asgi": _target(
        asgi,
        (
            b"\x00X-Forwarded-For:1.2.3.4\ncontent-length:12\nContent-Type:application/json",
            b"\x01cookie:__Host-authguard_device=abc; other=1\ncookie:x",
            b"\x02Forwarded:for=1.2.3.4\ncontent-length:99999999999999999999999",
        ),
        "x-forwarded-for: cookie: content-length: content-type: __Host-authguard_device= ; , = : 1 \n",
    ),
    "identity": _target(
        identity,
        (
            b"\x00 Alice@Example.com ",
            "\x00\ufb01\u00df\u1e9e\u0390\u0345\u0301\u00b4\u200b\u0308".encode(),
            b"\x01" + "\u0130\u0131\u1160\u3164\uffa0\u2126".encode("utf-16-le"),
            b"\x00" + b"A" * 320,
        ),
        "\u200b \ufeff \u0301 \u0345 \u0390 \u00df \u0130 \ufdfa \u1d43 \u3000 \u115f I @",
    ),
    "parts": _target(parts, (b"a:b\na:b", b"a\nb", b":\n::", b"ab:c\na:bc"), ": \n a \x00\x00\x00\x01"),
    "body": _target(
        body,
        (
            b'\x01{"username": "alice", "password": "\\u0061"}',
            b"\x02username=alice&password=a+b%20c",
            b'\x00application/json; charset="utf-8"\n{"username": "a", "password": "b", "username": "c"}',
            b'\x05{"e": "\\ud800"}',
            b"\x06e=%C3%A9",
            b"\x01" + b"[" * 40,
        ),
        '"username" "password" username= &password= application/json charset= ; \\u %C3%A9 %00 + '
        "{ } [ ] : , null 1e9 \ufeff application/x-www-form-urlencoded \n",
    ),
    "cookie": _target(
        cookie,
        (b"\x00" + GOOD.encode(), b"\x01", b"\x01\x00\x01", b"\x02=", b"\x03 ", b"\x00"),
        "= == - _ + / A \n",
    ),
    "token": _target(token, (b"a\nb", b"a\na", b"\xff\n\xfe"), "\n"),
    "record": _target(
        record,
        (
            b"\x13value",
            b"\x11" + bytes(8),
            b"\x12" + bytes(8),
            b"\x10" + bytes(37),
            b"\x10\x00\x01\x00\x00\x00" + bytes(32 + 24),
        ),
        "\x10 \x11 \x12 \x13",
    ),
    "breaches": _target(
        breaches,
        (
            b"\x00" + ROW,
            b"\x01" + ROW,
            b"\x00" + ROW + b"\n",
            b"\x00" + b"\r\n".join([b"0" * 35 + b":0", ROW, b"F" * 35 + b":9999999999", b""]),
            b"\x00" + b"\n".join([b"0" * 35 + b":1", ROW]),
            b"\x00<!DOCTYPE html>",
        ),
        ":0 :1 :42 \r\n \n 00000000000000000000000000000000000 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF - + <",
    ),
    "limit": _target(limit, (b"5/15m", b"1000/15m burst 50", b"250ms", b" 1d "), "/ burst ms s m h d 0 9"),
    "environment": _target(
        environment,
        (
            b"\x0000=5/15m\n04=15m",
            b"\x01#=large",
            b"\x02LOGIN__LOCK=off\nPURPOSES__EXPORT__LOCK=1h",
            b"\x00PURPOSES__\xe9__LOCK=1h",
        ),
        "5/15m burst off 15m 1s 0 true = __ LOGIN OTP PURPOSES # standard api 10.0.0.0/8 * unix , \n",
    ),
    "mapping": _target(
        mapping,
        (b"\x0000=5/15m\n20=#3", b"\x01LOGIN={LOCK=15m", b"\x02#=,10.0.0.0/8,unix", b"\x06PRESET=?"),
        "5/15m burst off 15m 1s # ? ~ - { , = b LOGIN PURPOSES SECRET_KEY __ standard \n",
    ),
}
