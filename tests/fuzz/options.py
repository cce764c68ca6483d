"""Whatever is set, a guard has its limits, or it says what to correct without repeating a secret."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from authguard_core import ConfigurationError, Settings
from authguard_core.counting.limits import Limit, format_duration, parse_duration
from tests.fuzz.feed import chosen, divided, lines, text

__all__ = ["environment", "limit", "mapping"]

SECRET: Final = "canary: a secret that nobody may see in a message"
SHORT_SECRET: Final = "canary"
NAMES: Final = (
    "ACCOUNT_LIMIT",
    "DEVICE_LIMIT",
    "IP_LIMIT",
    "SUBNET_LIMIT",
    "LOCK",
    "LOCK_MAX",
    "DELAY_AFTER",
    "DELAY",
    "DELAY_MAX",
    "FAILURE_CAP",
    "KNOWN_BY_ADDRESS",
)
BLOCKS: Final = ("LOGIN", "OTP", "RESET", "REGISTER", "REGISTRATION", "PURPOSES__EXPORT", "PURPOSES")
PLAIN: Final = (
    "PRESET",
    "TRUSTED_PROXIES",
    "TRUSTED_HEADER",
    "COOKIE_SECURE",
    "RESOLVE_TIMEOUT",
    "PASSWORD__MIN_LENGTH",
    "PASSWORD__MAX_LENGTH",
)


def environment(data: bytes) -> None:
    """Check the environment: a variant, and lines of a setting's number, or of a name, and its text."""
    which, rest = divided(data)
    pairs = dict(_setting(line) for line in lines(rest.replace(b"\x00", b""), 12))
    with _set({f"AUTHGUARD_{name}": value for name, value in pairs.items()}):
        _load({"SECRET_KEY": chosen((SECRET, SHORT_SECRET, f"{SECRET},{SHORT_SECRET}"), which)})


def mapping(data: bytes) -> None:
    """Check a mapping: a variant, and lines of a setting, its kind and its text."""
    which, rest = divided(data)
    pairs: dict[str, object] = {
        name: _valued(value) for name, value in (_setting(line) for line in lines(rest, 12))
    }
    misplaced: tuple[dict[str, object], ...] = (
        {"SECRET_KEY": SECRET},
        {"secret_key": [SECRET, SHORT_SECRET]},
        {"SECRET_KEY": {"LOGIN": SECRET}},
        {"SECRET_KEYS": SECRET},
        {"SECRET_KEY__FIRST": SECRET},
        {"SECRET_KEY": SECRET.encode()},
        {"SECRET_KEY": SECRET, "LOGIN__SECRET_KEY": SECRET},
    )
    _load(pairs | chosen(misplaced, which))


def _setting(line: str) -> tuple[str, str]:
    """Read a name, itself or two digits for a place in the tables, an equals sign and a text."""
    name, _, value = line.partition("=")
    if name[:2].isascii() and name[:2].isdigit():
        number = int(name[:2])
        name = f"{chosen(BLOCKS, number)}__{chosen(NAMES, number // len(BLOCKS))}{name[2:]}"
    elif name[:1] == "#":
        name = f"{chosen(PLAIN, len(name) - 1)}"
    return name or "PRESET", value


def _valued(value: str) -> object:
    """Read a text, or by its first letter another kind of value."""
    kind, rest = value[:1], value[1:]
    kinds: dict[str, Callable[[str], object]] = {
        "#": lambda digits: int(digits) if digits.isascii() and digits.isdigit() else float("nan"),
        "-": lambda text: -len(text),
        "~": lambda text: len(text) / 7,
        "?": lambda text: None if text else True,
        ",": lambda text: text.split(","),
        "{": lambda text: dict(_setting(part) for part in text.split("{")),
        "b": lambda text: text.encode("utf-8", "surrogateescape"),
    }
    return kinds[kind](rest) if kind in kinds else value


def _load(values: dict[str, object]) -> None:
    """Claim that the settings are usable or refused in words, and that neither shows a secret."""
    try:
        settings = Settings.load(values)
    except ConfigurationError as refusal:
        _assert_secret(f"{refusal}{refusal!r}{refusal.__cause__!r}")
        return
    _assert_secret(f"{settings}{settings!r}")
    for purpose in settings.policy().purposes.values():
        assert purpose.account.limit > 0
        assert purpose.account.window > 0
        assert not purpose.account.lock or purpose.account.lock >= purpose.account.window
        assert 0 <= purpose.account.cap <= 100


def _assert_secret(shown: str) -> None:
    assert SHORT_SECRET not in shown, "a secret is shown"


@contextmanager
def _set(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for a while; names and texts that no environment can hold are left out."""
    before = dict(os.environ)
    try:
        for name, value in values.items():
            if _fits(name) and _fits(value):
                os.environ[name] = value
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]


def _fits(part: str) -> bool:
    try:
        return "=" not in part[1:] and b"\x00" not in os.fsencode(part)
    except UnicodeEncodeError:
        return False


def limit(data: bytes) -> None:
    """Check limits and durations: any text is refused, or read as what is written back."""
    written = text(data)
    try:
        read = Limit.parse(written)
    except ConfigurationError:
        pass
    else:
        assert Limit.parse(str(read)) == read
        assert read.bound
    try:
        duration = parse_duration(written)
    except ConfigurationError:
        return
    assert parse_duration(format_duration(duration)) == duration > 0
