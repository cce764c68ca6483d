"""What a storage URL says: where Redis is, how it is reached, and what the keys begin with."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from authguard_core.errors import ConfigurationError
from authguard_redis.place import PREFIX

__all__ = ["Shape", "Target"]

FORMS = (
    "redis://[user:password@]host[:6379][/db], rediss:// for TLS, redis+unix:///path/to/socket, "
    "redis+sentinel://host[,host...]/service[/db] or redis+cluster://host[,host...]"
)
TIMEOUTS = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
"""In seconds. A guard's own deadline, STORAGE_TIMEOUT, comes earlier: these free what hangs on behind it."""


class Shape(enum.Enum):
    """How many servers there are, and who says which of them to ask."""

    ALONE = "alone"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


SCHEMES = {
    "redis": (Shape.ALONE, False),
    "rediss": (Shape.ALONE, True),
    "redis+unix": (Shape.ALONE, False),
    "redis+sentinel": (Shape.SENTINEL, False),
    "rediss+sentinel": (Shape.SENTINEL, True),
    "redis+cluster": (Shape.CLUSTER, False),
    "rediss+cluster": (Shape.CLUSTER, True),
}
PORTS = {Shape.ALONE: 6379, Shape.SENTINEL: 26379, Shape.CLUSTER: 6379}


def _flag(text: str) -> bool:
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def _count(text: str) -> int:
    if not _number(text):
        raise ValueError(text)
    return _number(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < inf:
        raise ValueError(text)
    return seconds


OPTIONS: Mapping[str, Callable[[str], Any]] = {
    "client_name": str,
    "db": _number,
    "health_check_interval": _number,
    "max_connections": _count,
    "prefix": str,
    "sentinel_password": str,
    "sentinel_username": str,
    "socket_connect_timeout": _seconds,
    "socket_keepalive": _flag,
    "socket_timeout": _seconds,
    "ssl_ca_certs": str,
    "ssl_certfile": str,
    "ssl_check_hostname": _flag,
    "ssl_keyfile": str,
    "ssl_password": str,
}
"""What may stand behind the question mark, and how it is read. Certificates can't be left unchecked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where Redis is. Its text shows no password."""

    shape: Shape
    hosts: tuple[tuple[str, int], ...] = ()
    service: str = ""
    """The name that Sentinel knows the servers by."""
    options: Mapping[str, Any]
    """For the driver's connections."""
    sentinel: Mapping[str, Any]
    """For connections to the Sentinels, where they differ."""
    prefix: str = PREFIX

    def __repr__(self) -> str:
        return f"<Target: {self.shape.value}, prefix {self.prefix}>"

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a URL.

        Raises:
            ConfigurationError: it has another form. The message repeats nothing of it but names of options.

        """
        try:
            parts = _split(url)
            shape, tls = SCHEMES[parts.scheme]
            hosts = _hosts(parts, shape)
            given = _given(parts, _taken(shape, tls=tls))
            return cls(
                shape=shape,
                hosts=hosts,
                service=_service(parts, shape),
                prefix=given.pop("prefix", PREFIX),
                sentinel=_sentinel(given),
                options={**TIMEOUTS, **_login(parts), **_where(parts, shape), **given}
                | ({"ssl": True} if tls else {}),
            )
        except ConfigurationError:
            raise
        except (KeyError, ValueError):
            raise _unusable("one that can't be read") from None


def _split(url: str) -> SplitResult:
    """Split a URL. Newer versions of ``urlsplit`` refuse lists of IPv6 hosts, so these are left out of it."""
    scheme, slashes, rest = url.partition("://")
    netloc = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    parts = urlsplit(f"{scheme}://{rest[len(netloc) :]}")._replace(netloc=netloc)
    # An @ that far behind belongs to a password with a ? or # in it.
    if not slashes or "@" in parts.query + parts.fragment:
        raise ValueError(url)
    return parts


def _unusable(got: str) -> ConfigurationError:
    return ConfigurationError.of("STORAGE_URL", got=got, expected=FORMS, do="Correct the URL.")


def _taken(shape: Shape, *, tls: bool) -> Mapping[str, Callable[[str], Any]]:
    """Return the options that a URL of this form takes: one that would do nothing is a mistake."""
    without = [] if tls else ["ssl_"]
    without += [] if shape is Shape.SENTINEL else ["sentinel_"]
    without += ["db", "ssl_password"] if shape is Shape.CLUSTER else []  # its clients don't take them
    return {name: read for name, read in OPTIONS.items() if not name.startswith(tuple(without))}


def _given(parts: SplitResult, taken: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """Return the options behind the question mark."""
    pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    unknown = sorted({name for name, _ in pairs} - taken.keys())
    if unknown or parts.fragment:
        raise ConfigurationError.of(
            "STORAGE_URL",
            got=f"the options {unknown}" if unknown else "something behind a #",
            expected=f"any of {sorted(taken)}",
            do="Correct or remove them; TLS takes rediss; encode a # in a password as %23.",
        )
    return {name: taken[name](text) for name, text in pairs}


def _hosts(parts: SplitResult, shape: Shape) -> tuple[tuple[str, int], ...]:
    if parts.scheme == "redis+unix":
        return ()
    hosts = parts.netloc.rpartition("@")[2].split(",")
    if shape is Shape.ALONE and len(hosts) > 1:
        raise _unusable("several hosts for a server that stands alone")
    if len(hosts) > 1 and "" in hosts:
        raise _unusable("a host without a name")
    return tuple([_host(host, PORTS[shape]) for host in hosts])


def _host(text: str, port: int) -> tuple[str, int]:
    one = urlsplit(f"//{text}")
    if not one.hostname and text:
        raise ValueError(text)
    return one.hostname or "localhost", one.port or port


def _login(parts: SplitResult) -> dict[str, str]:
    login = parts.netloc.rpartition("@")[0]
    username, _, password = login.partition(":")
    both = {"username": unquote(username), "password": unquote(password)}
    return {name: text for name, text in both.items() if text}


def _path(parts: SplitResult) -> list[str]:
    return [unquote(part) for part in parts.path.split("/") if part]


def _service(parts: SplitResult, shape: Shape) -> str:
    if shape is not Shape.SENTINEL:
        return ""
    path = _path(parts)
    if not path:
        raise _unusable("no service for Sentinel")
    return path[0]


def _where(parts: SplitResult, shape: Shape) -> dict[str, Any]:
    """Return the database, or the socket, that the path names."""
    if parts.scheme == "redis+unix":
        if not parts.path or parts.netloc.rpartition("@")[2]:
            raise _unusable("no absolute path of a socket")
        return {"unix_socket_path": unquote(parts.path)}
    path = _path(parts)[1 if shape is Shape.SENTINEL else 0 :]
    if len(path) > (shape is not Shape.CLUSTER):
        raise _unusable("too long a path")
    return {"db": _number(path[0])} if path else {}


def _sentinel(given: dict[str, Any]) -> dict[str, Any]:
    return {
        name: given.pop(f"sentinel_{name}")
        for name in ("username", "password")
        if f"sentinel_{name}" in given
    }
