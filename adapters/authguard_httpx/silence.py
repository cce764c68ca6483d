"""Keeps the transport's own log out of a look-up.

At DEBUG the transport logs the headers of every answer, and what was wrong with one that it couldn't read. A
server that repeats the requested path there, as redirects do, would write digits of a password's hash into
it.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["silenced"]

_LOGGERS: Final = tuple(logging.getLogger(f"httpcore.{name}") for name in ("connection", "http11", "proxy"))
_asking: ContextVar[bool] = ContextVar("authguard_httpx_asking", default=False)


def _is_heard(_record: logging.LogRecord) -> bool:
    return not _asking.get()


@contextmanager
def silenced() -> Generator[None]:
    """Let the transport log nothing in this thread and task. Other users of it are heard as ever."""
    for logger in _LOGGERS:
        logger.addFilter(_is_heard)  # there already but for the first time
    token = _asking.set(True)
    try:
        yield
    finally:
        _asking.reset(token)
