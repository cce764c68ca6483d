"""Where the service is, and how it is reached."""

import ssl
from dataclasses import dataclass
from ipaddress import ip_address

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.pwned import PwnedQuery
from authguard_httpx.backend import URL, InvalidURL, create_ssl_context, httpcore

__all__ = ["Service"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Service:
    """An address that was checked, and what a connection to it needs."""

    base: URL
    proxy: httpcore.Proxy | None
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, base_url: str, *, proxy: str | None, tls: ssl.SSLContext | None) -> "Service":
        """Check the addresses.

        Raises:
            ConfigurationError: One can't be used. It repeats neither, for both may hold a password.
        """
        base = _parsed("base_url", base_url)
        if base.scheme != "https" and not _is_loopback(base):
            raise _refusal("base_url", f"one that begins with {base.scheme}://", "Write https://.")
        if base.userinfo or b"?" in base.raw_path or base.fragment or "#" in str(base_url):
            raise _refusal("base_url", "one with a user, a query or a fragment", "Take them out.")
        needs_tls = tls is None and base.scheme == "https"
        return cls(
            base=base,
            proxy=None if proxy is None else _proxy(proxy),
            tls=create_ssl_context() if needs_tls else tls,
        )

    def url(self, query: PwnedQuery) -> httpcore.URL:
        """Return where the answer is."""
        base = self.base
        path = base.raw_path.rstrip(b"/") + query.path.encode("ascii")
        return httpcore.URL(scheme=base.raw_scheme, host=base.raw_host, port=base.port, target=path)

    def headers(self, query: PwnedQuery) -> list[tuple[bytes | str, bytes | str]]:
        """Return what to send: the query's own headers, and the wish for plain text and a single answer.

        Nothing is decompressed here, so a small answer can't become a large one. Nor is a connection kept:
        sign-ups are rare, and one that broke while it was idle would count as a failure.
        """
        return [
            ("Host", self.base.netloc),
            *query.headers.items(),
            ("Accept", "text/plain"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]


def _parsed(name: str, text: str) -> URL:
    """Read an address with a scheme and a host."""
    try:
        url = URL(text)
    except (InvalidURL, TypeError):
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise _refusal(name, "something else", "Write it whole.")
    return url


def _proxy(text: str) -> httpcore.Proxy:
    """Read a proxy's address, and take the credentials out of it.

    A request through it is a tunnel, with TLS from end to end; TLS to the proxy itself would hide only the
    service's name, and there the transport doesn't keep to the deadline.
    """
    url = _parsed("proxy", text)
    if url.scheme != "http" or url.raw_path != b"/":
        raise _refusal("proxy", "one with https:// or a path", "Write http://host:port.")
    auth = (url.username.encode(), url.password.encode()) if url.userinfo else None
    address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore.Proxy(address, auth=auth)


def _is_loopback(url: URL) -> bool:
    try:
        return ip_address(url.host).is_loopback
    except ValueError:
        return url.host == "localhost"


def _refusal(name: str, got: str, do: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name}: got {got}, expected the address of a server, such as https://api.pwnedpasswords.com. {do}"
    )
