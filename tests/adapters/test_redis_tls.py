"""Claims about Redis over TLS: who answers is checked, and nobody else hears a word."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from authguard_core import StorageError
from authguard_core.counting.ops import Admitted
from tests.adapters.redis_world import KINDS, opened
from tests.servers import processes, shared
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_sentinel import RedisSentinel
from tests.servers.redis_server import RedisServer
from tests.servers.tls import Certificates

pytestmark = pytest.mark.parametrize("kind", KINDS)


class Secured(NamedTuple):
    """A server that speaks TLS, and its certificates."""

    server: RedisServer
    own: Certificates

    def url(self, **options: object) -> str:
        """Return its URL: the authority is named unless the options say otherwise."""
        query = {"prefix": shared.prefix(), "ssl_ca_certs": self.own.authority} | options
        told = "&".join(f"{name}={text}" for name, text in query.items())
        return f"rediss://127.0.0.1:{self.server.port}?{told}"


def secured(directory: Path, *names: str, clients: bool = False) -> Secured:
    """Make a server with a certificate for these names."""
    shared.need_tls()
    own, port = Certificates.make(directory / "tls", *names), processes.free_port()
    return Secured(RedisServer(directory, own.server(port, clients=clients), port=port), own)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A server that all but one of the tests can share."""
    made = secured(tmp_path_factory.mktemp("usual"))
    with made.server:
        yield made


def fails(url: str, kind: str) -> str:
    """Say how an attempt fails."""
    with opened(url, kind) as driven, pytest.raises(StorageError) as caught:
        driven.admit()
    return str(caught.value)


def test_a_server_whose_authority_is_named_counts(usual: Secured, kind: str) -> None:
    """``rediss://host?ssl_ca_certs=/path``."""
    with opened(usual.url(), kind) as driven:
        assert [isinstance(driven.admit(), Admitted) for _ in range(6)] == [True] * 5 + [False]


def test_a_certificate_of_another_authority_is_refused(usual: Secured, kind: str, tmp_path: Path) -> None:
    """Whoever answers in the server's stead gets no password and no key."""
    stranger = Certificates.make(tmp_path).authority
    assert fails(usual.url(ssl_ca_certs=stranger), kind) == "redis: ConnectionError"


def test_by_default_the_systems_authorities_are_asked(usual: Secured, kind: str) -> None:
    """A certificate is never left unchecked; no option says so."""
    url = f"rediss://127.0.0.1:{usual.server.port}"
    assert fails(url, kind) == "redis: ConnectionError"
    with pytest.raises(ValueError, match="ssl_cert_reqs"):
        fails(f"{url}?ssl_cert_reqs=none", kind)


def test_a_certificate_for_another_host_is_refused(kind: str, tmp_path: Path) -> None:
    """Unless one says that names aren't compared, as for an address that no certificate names."""
    made = secured(tmp_path, "redis.example.org")
    with made.server:
        assert fails(made.url(), kind) == "redis: ConnectionError"
        with opened(made.url(ssl_check_hostname="false"), kind) as driven:
            assert isinstance(driven.admit(), Admitted)


def test_a_client_shows_a_certificate_of_its_own(kind: str, tmp_path: Path) -> None:
    """Where the server wants one, and it refuses who has none."""
    made = secured(tmp_path, clients=True)
    with made.server:
        own = {"ssl_certfile": made.own.certificate, "ssl_keyfile": made.own.key}
        with opened(made.url(**own), kind) as driven:
            assert isinstance(driven.admit(), Admitted)
        assert fails(made.url(), kind) == "redis: ConnectionError"


def test_without_tls_nothing_is_understood(usual: Secured, kind: str) -> None:
    """``redis://`` at a port that speaks TLS is an outage."""
    assert fails(f"redis://127.0.0.1:{usual.server.port}", kind) == "redis: ConnectionError"


def test_sentinels_and_servers_speak_tls(kind: str, tmp_path: Path) -> None:
    """``rediss+sentinel://``: neither hears anything in the clear."""
    shared.need_tls()
    own = Certificates.make(tmp_path / "tls")
    with RedisSentinel(tmp_path, own) as servers:
        url = f"rediss{servers.url.removeprefix('redis')}?ssl_ca_certs={own.authority}"
        with opened(url, kind) as driven:
            assert isinstance(driven.admit(), Admitted)


def test_the_nodes_of_a_cluster_speak_tls(kind: str, tmp_path: Path) -> None:
    """``rediss+cluster://``: they name each other's ports for TLS."""
    shared.need_tls()
    own = Certificates.make(tmp_path / "tls")
    with (
        RedisCluster(tmp_path, masters=2, own=own) as cluster,
        opened(f"rediss{cluster.url.removeprefix('redis')}?ssl_ca_certs={own.authority}", kind) as driven,
    ):
        assert [isinstance(driven.admit(), Admitted) for _ in range(6)] == [True] * 5 + [False]
