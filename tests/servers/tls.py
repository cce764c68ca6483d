"""Certificates for the tests' servers, of an authority that nobody else trusts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import trustme

from tests.servers.redis_server import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Files: the authority, and a certificate of it with its key."""

    authority: Path
    certificate: Path
    key: Path

    @classmethod
    def make(cls, directory: Path, *names: str) -> Self:
        """Make an authority, and a certificate for these names, by default this machine's."""
        directory.mkdir(parents=True, exist_ok=True)
        made = cls(
            authority=directory / "ca.pem", certificate=directory / "own.pem", key=directory / "own.key"
        )
        authority = trustme.CA()
        issued = authority.issue_cert(*(names or ("localhost", "127.0.0.1")))
        authority.cert_pem.write_to_path(made.authority)
        issued.cert_chain_pems[0].write_to_path(made.certificate)
        issued.private_key_pem.write_to_path(made.key)
        return made

    def server(self, port: int, *, clients: bool = False) -> Options:
        """Return the options of a server with this certificate that speaks nothing but TLS.

        Args:
            port: where it listens.
            clients: whether it wants a certificate of who connects.

        """
        return {
            "port": 0,
            "tls-port": port,
            "tls-ca-cert-file": self.authority,
            "tls-cert-file": self.certificate,
            "tls-key-file": self.key,
            "tls-auth-clients": "yes" if clients else "no",
            "tls-replication": "yes",
            "tls-cluster": "yes",
        }

    def client(self) -> dict[str, object]:
        """Return what the driver needs to connect to such a server."""
        return {"ssl": True, "ssl_ca_certs": str(self.authority)}
