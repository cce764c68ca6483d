"""The middleware that :meth:`AuthGuard.init_app` adds."""

from authguard_asgi import ASGIApp, PeerWatch, Receive, Scope, Send
from authguard_core import AsyncGuard
from authguard_fastapi.exchange import Exchange
from authguard_fastapi.finding import GuardedRoutes

__all__ = ["GuardMiddleware"]


class GuardMiddleware:
    """Puts an :class:`~authguard_fastapi.exchange.Exchange` between server and application.

    WebSockets and the lifespan pass with their very objects. Under a server that takes anybody's word for the
    client's address the application isn't started, see :mod:`authguard_asgi.servers`.
    """

    def __init__(self, app: ASGIApp, guard: AsyncGuard, max_body: int, body_timeout: float) -> None:
        self.app = app
        self._guard = guard
        self._routes = GuardedRoutes()
        self._max_body = max_body
        self._body_timeout = body_timeout
        self._watch = PeerWatch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the application's lifespan."""
        if scope["type"] == "lifespan" and await self._watch.refuses_start(receive, send):
            return
        if scope["type"] == "http":
            self._watch.look(scope)
            exchange = Exchange(
                self._guard,
                self._routes,
                scope,
                receive,
                send,
                max_body=self._max_body,
                body_timeout=self._body_timeout,
            )
            receive, send = exchange.receive, exchange.send
        await self.app(scope, receive, send)
