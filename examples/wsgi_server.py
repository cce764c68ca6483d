"""The server of the examples on WSGI: Werkzeug's own, with a thread for each connection.

It leaves ``REMOTE_ADDR`` to be the peer, and drops headers with an underscore, which WSGI can't tell from
those with a hyphen. It is good for an example on this machine. Serve your application with one that bounds
how many connections it works on: in one process with threads, while the store is ``memory://``.
"""

import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["serve_wsgi"]


def serve_wsgi(app: "WSGIApplication", *, host: str, port: int) -> None:
    """Run an application until it is told to stop."""
    server = make_server(host, port, app, threaded=True, request_handler=_Quiet)
    signal.signal(signal.SIGTERM, _stop)
    with suppress(SystemExit):
        server.serve_forever()


class _Quiet(WSGIRequestHandler):
    """Logs no requests: what people put into a path is theirs."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - Werkzeug's own name
        """Say nothing."""


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit
