"""Claims about storage URLs: what they say is done, what can't be meant is refused and never repeated."""

import traceback
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from authguard_core import ConfigurationError, StorageError
from authguard_core.counting.ops import Admitted
from authguard_redis import open_async_storage, open_storage
from authguard_redis.target import Shape, Target
from tests.adapters.redis_world import KINDS, opened
from tests.servers import shared

USER, SECRET = "authguard", "hunter2 :/?#[]@,%&=+é"
PATIENT = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}


class Said(NamedTuple):
    """What a URL says."""

    url: str
    shape: Shape
    hosts: tuple[tuple[str, int], ...]
    options: Mapping[str, Any] = {}
    service: str = ""
    prefix: str = "authguard"
    sentinel: Mapping[str, Any] = {}


TLS = {"ssl": True}
SAID = [
    Said("redis://", Shape.ALONE, (("localhost", 6379),)),
    Said("redis://db.example:7000", Shape.ALONE, (("db.example", 7000),)),
    Said("REDIS://db.example/", Shape.ALONE, (("db.example", 6379),)),
    Said("redis://[2001:db8::1]:7000/5", Shape.ALONE, (("2001:db8::1", 7000),), {"db": 5}),
    Said("rediss://[::1]", Shape.ALONE, (("::1", 6379),), TLS),
    Said("redis://:a%2Fb%40c@h", Shape.ALONE, (("h", 6379),), {"password": "a/b@c"}),
    Said("redis://u%3A:p@h", Shape.ALONE, (("h", 6379),), {"username": "u:", "password": "p"}),
    Said("redis://u@h", Shape.ALONE, (("h", 6379),), {"username": "u"}),
    Said("redis+unix:///run/r%20s.sock", Shape.ALONE, (), {"unix_socket_path": "/run/r s.sock"}),
    Said(
        "redis+unix://u:p@/r.sock?db=2",
        Shape.ALONE,
        (),
        {"unix_socket_path": "/r.sock", "username": "u", "password": "p", "db": 2},
    ),
    Said("redis+cluster://a", Shape.CLUSTER, (("a", 6379),)),
    Said("redis+cluster://a,b:7000/", Shape.CLUSTER, (("a", 6379), ("b", 7000))),
    Said("rediss+cluster://[::1],[::2]:7000", Shape.CLUSTER, (("::1", 6379), ("::2", 7000)), TLS),
    Said("redis+sentinel://a/counters", Shape.SENTINEL, (("a", 26379),), {}, "counters"),
    Said(
        "rediss+sentinel://:p@a,[::1]:7000/co%2Funters/3?sentinel_username=su&sentinel_password=s%40p",
        Shape.SENTINEL,
        (("a", 26379), ("::1", 7000)),
        {"password": "p", "db": 3} | TLS,
        "co/unters",
        sentinel={"username": "su", "password": "s@p"},
    ),
    Said("redis://h?prefix=shop", Shape.ALONE, (("h", 6379),), prefix="shop"),
    Said(
        "redis://h?client_name=web&health_check_interval=30&max_connections=7&socket_keepalive=Yes",
        Shape.ALONE,
        (("h", 6379),),
        {
            "client_name": "web",
            "health_check_interval": 30,
            "max_connections": 7,
            "socket_keepalive": True,
        },
    ),
    Said(
        "redis://h?socket_timeout=0.5&socket_connect_timeout=2&db=1",
        Shape.ALONE,
        (("h", 6379),),
        {"socket_timeout": 0.5, "socket_connect_timeout": 2.0, "db": 1},
    ),
    Said(
        "rediss://h?ssl_ca_certs=/ca&ssl_certfile=/own&ssl_keyfile=/key&ssl_password=p&ssl_check_hostname=no",
        Shape.ALONE,
        (("h", 6379),),
        {
            "ssl_ca_certs": "/ca",
            "ssl_certfile": "/own",
            "ssl_keyfile": "/key",
            "ssl_password": "p",
            "ssl_check_hostname": False,
        }
        | TLS,
    ),
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.url)
def test_a_url_says_where_redis_is_and_how_it_is_reached(said: Said) -> None:
    """Each scheme, with hosts of every kind, percent-encoded logins, and each option."""
    target = Target.parse(said.url)
    assert (target.shape, target.hosts) == (said.shape, said.hosts)
    assert target.options == {**PATIENT, **said.options}
    assert (target.service, target.prefix, target.sentinel) == (said.service, said.prefix, said.sentinel)


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.url)
def test_opening_a_store_connects_to_nothing(said: Said) -> None:
    """A guard is built while the network may still be down; what it prints names the prefix alone."""
    assert repr(open_storage(said.url)) == f"<RedisStorage: {said.prefix}:1:>"
    assert repr(open_async_storage(said.url)) == f"<AsyncRedisStorage: {said.prefix}:1:>"
    assert repr(Target.parse(said.url)) == f"<Target: {said.shape.value}, prefix {said.prefix}>"


REFUSED = [
    "hunter2",
    "redis",
    "redis:hunter2",
    "http://:hunter2@h",
    "redis://:hunter2@h:port",
    "redis://:hunter2@h:99999",
    "redis://:hunter2@:6379",
    "redis://:hunter2@[::1",
    "redis://:hunter2@h/one",
    "redis://:hunter2@h/-1",
    "redis://:hunter2@h/1/2",
    "redis://:hunter2@h,i",
    "redis://:hunter2/x@h",
    "redis://user:12/hunter2@h",
    "redis://:x?hunter2=y@h",
    "redis://:x#hunter2@h",
    "redis://:hunter2@h#x",
    "redis://:hunter2@h?x",
    "redis://:hunter2@h?decode_responses=1",
    "redis://:hunter2@h?db=one",
    "redis://:hunter2@h?db=-1",
    "redis://:hunter2@h?max_connections=0",
    "redis://:hunter2@h?health_check_interval=1.5",
    "redis://:hunter2@h?socket_timeout=0",
    "redis://:hunter2@h?socket_timeout=-1",
    "redis://:hunter2@h?socket_timeout=inf",
    "redis://:hunter2@h?socket_connect_timeout=nan",
    "redis://:hunter2@h?socket_keepalive=maybe",
    "redis://:hunter2@h?ssl_ca_certs=/ca",
    "redis://:hunter2@h?sentinel_password=hunter2",
    "redis://:hunter2@h?prefix=",
    "redis://:hunter2@h?prefix=a%7Bb",
    "redis+unix://:hunter2@h/r.sock",
    "redis+unix://:hunter2@",
    "redis+cluster://:hunter2@a,,b",
    "redis+cluster://:hunter2@a/0",
    "redis+cluster://:hunter2@a?db=0",
    "rediss+cluster://:hunter2@a?ssl_password=hunter2",
    "redis+sentinel://:hunter2@a",
    "redis+sentinel://:hunter2@a/",
    "redis+sentinel://:hunter2@a/counters/one",
    "redis+sentinel://:hunter2@a/counters/1/2",
    "redis+sentinel://:hunter2@a/counters?ssl_keyfile=/key",
]


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.parametrize("open_it", [open_storage, open_async_storage])
def test_a_url_that_cannot_be_meant_is_refused_and_not_repeated(open_it: Any, url: str) -> None:  # noqa: ANN401 - either of them
    """When the guard is built, and never with the password that stands somewhere in it."""
    with pytest.raises(ConfigurationError, match=r"^(STORAGE_URL|prefix): got .*, expected ") as caught:
        open_it(url)
    told = "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in told


@pytest.fixture(scope="module")
def login() -> Iterator[str]:
    """A user with a password that a URL must encode."""
    with shared.redis().client() as client:
        client.acl_setuser(USER, enabled=True, passwords=[f"+{SECRET}"], keys=["*"], categories=["+@all"])
        yield f"{USER}:{quote(SECRET, safe='')}"
        client.acl_deluser(USER)


@pytest.mark.parametrize("kind", KINDS)
def test_a_percent_encoded_password_signs_in(login: str, kind: str) -> None:
    """Over TCP, and over a Unix socket."""
    server, prefix = shared.redis(), shared.prefix()
    for url in (f"redis://{login}@127.0.0.1:{server.port}", f"redis+unix://{login}@{server.socket}"):
        with opened(f"{url}?prefix={prefix}", kind) as driven:
            assert not driven.admit().local
            assert "hunter2" not in repr(driven.store)


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_password_is_an_outage_that_repeats_nothing(login: str, kind: str) -> None:
    """Neither user nor password nor host."""
    url = f"redis://{login}wrong@127.0.0.1:{shared.redis().port}"
    with opened(url, kind) as driven, pytest.raises(StorageError) as caught:
        driven.admit()
    told = "".join(traceback.format_exception(caught.value))
    assert str(caught.value) == "redis: AuthenticationError"
    assert not any(word in told for word in ("hunter2", str(shared.redis().port)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_of_its_own_is_counted_in(kind: str) -> None:
    """The path's number, behind a host, and the option, behind a socket."""
    server, prefix = shared.redis(), shared.prefix()
    for url in (f"{server.url}/5?prefix={prefix}", f"{server.unix_url}?db=5&prefix={prefix}"):
        with opened(url, kind) as driven:
            driven.admit()
            assert isinstance(driven.admit(), Admitted)
    with server.client(db=5) as fifth, server.client() as usual:
        assert len(fifth.keys(f"{prefix}*")) == 2
        assert not usual.keys(f"{prefix}*")
