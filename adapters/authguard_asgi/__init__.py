"""authguard for any ASGI application.

:class:`AuthGuardMiddleware` guards sign-ins without touching their handlers;
:class:`AttemptContext` guards one from inside a handler::

    app = AuthGuardMiddleware(app, AsyncGuard(), [LoginRoute("POST", "/login", success={200})])

Beside sign-ins it counts what is sent (:class:`SendRoute`) and what costs work
(:class:`ThrottledRoute`), and reports completed resets (:class:`ResetRoute`). The rest is for
those who write an adapter of their own on top.
"""

import authguard_asgi.backend  # noqa: F401 # pyright: ignore[reportUnusedImport] - it says what to install
from authguard_asgi.bodies import BODY_TIMEOUT, BufferedBody, check_limits
from authguard_asgi.contexts import AttemptContext, AttemptError, RunningAttempt, SyncAttempt
from authguard_asgi.courses import Course, Lookup
from authguard_asgi.declared import (
    AttemptRoute,
    GuardedRoute,
    LoginRoute,
    ResetRoute,
    SendRoute,
    ThrottledRoute,
)
from authguard_asgi.middleware import AuthGuardMiddleware
from authguard_asgi.protocol import ASGIApp, Message, Receive, Scope, Send
from authguard_asgi.requests import (
    attempt_of,
    client_address_of,
    content_type_of,
    device_cookie_of,
    peer_of,
)
from authguard_asgi.responses import Headers, Respond, device_headers, replace_headers, send_answer
from authguard_asgi.servers import PeerWatch
from authguard_asgi.unreadable import charge_unreadable

__all__ = [
    "BODY_TIMEOUT",
    "ASGIApp",
    "AttemptContext",
    "AttemptError",
    "AttemptRoute",
    "AuthGuardMiddleware",
    "BufferedBody",
    "Course",
    "GuardedRoute",
    "Headers",
    "LoginRoute",
    "Lookup",
    "Message",
    "PeerWatch",
    "Receive",
    "ResetRoute",
    "Respond",
    "RunningAttempt",
    "Scope",
    "Send",
    "SendRoute",
    "SyncAttempt",
    "ThrottledRoute",
    "attempt_of",
    "charge_unreadable",
    "check_limits",
    "client_address_of",
    "content_type_of",
    "device_cookie_of",
    "device_headers",
    "peer_of",
    "replace_headers",
    "send_answer",
]
