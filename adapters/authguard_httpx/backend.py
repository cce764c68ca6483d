"""The one place that imports httpx and its transport, so that their absence is explained once.

The transport is used without ``httpx.Client``: the client logs the URL of every request, and the URL holds
digits of a password's hash. It also has no place for one deadline over a whole look-up.
"""

try:
    import anyio
    import httpcore
    from httpx import URL, InvalidURL, create_ssl_context
except ImportError as error:
    raise ImportError(
        'authguard_httpx needs httpx. Install it with: pip install "authguard[httpx]"', name="httpx"
    ) from error

__all__ = ["URL", "InvalidURL", "anyio", "create_ssl_context", "httpcore"]
