"""A guard as it is installed in one application: its hooks and answers, and how it is found again."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from flask import Flask, Response, current_app, has_app_context, request
from flask.typing import ResponseReturnValue

from authguard_core import Guard
from authguard_core.answers import BUSY, Answer
from authguard_core.errors import ConfigurationError, HasherBusy, StorageError
from authguard_flask.bodies import keep_form
from authguard_flask.commands import command_group
from authguard_flask.errors import UNAVAILABLE, AttemptHTTPException
from authguard_flask.exchange import Exchange, finish
from authguard_flask.passwords import PasswordCheck
from authguard_flask.watching import DeploymentWatch

__all__ = ["EXTENSION", "Installation", "Page", "installation_of"]

logger = logging.getLogger("authguard")

EXTENSION: Final = "authguard"

Page: TypeAlias = (
    Callable[[Answer], ResponseReturnValue | None] | Callable[[Answer], Awaitable[ResponseReturnValue | None]]
)
"""Makes the page that a browser gets in place of an answer of the guard, None for that answer itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What one application's requests need."""

    owner: object
    """The extension object that installed it."""
    core: Guard
    passwords: PasswordCheck
    watch: DeploymentWatch
    max_body: int
    page: Callable[[], Page | None]

    def install(self, app: Flask) -> None:
        """Register hooks, handlers and commands. Handlers that the application has already stay."""
        app.after_request(finish)
        app.extensions[EXTENSION] = self
        # Before all others, which may parse the form: these come ahead of the before_request functions.
        app.url_value_preprocessors.setdefault(None, []).insert(0, self._keep_form)
        handlers = app.error_handler_spec[None][None]
        handlers.setdefault(AttemptHTTPException, lambda error: self._respond(app, error.answer))
        handlers.setdefault(HasherBusy, lambda _: self._respond(app, BUSY))
        handlers.setdefault(StorageError, lambda error: self._unavailable(app, error))
        app.cli.add_command(command_group(self.core))

    def _unavailable(self, app: Flask, error: StorageError) -> Response:
        logger.error("the store failed outside of an attempt: %s", type(error).__name__)
        return self._respond(app, UNAVAILABLE)

    def _keep_form(self, _endpoint: str | None, _values: dict[str, Any] | None) -> None:
        keep_form(request, self.max_body)

    def _respond(self, app: Flask, answer: Answer) -> Response:
        """Send an answer of the guard, or to a browser the page that the application makes of it."""
        Exchange.of(request.environ)
        page = self.page()
        made = app.ensure_sync(page)(answer) if page and _prefers_html() else None
        if made is None:
            return app.response_class(answer.body, answer.status, list(answer.headers))
        response = app.make_response(made)
        response.status_code = answer.status
        for name, value in answer.headers:
            if name != "Content-Type":
                response.headers.set(name, value)
        return response


def installation_of(owner: object, installed: Sequence[Installation]) -> Installation:
    """Find the guard of the current application, or the only one.

    Args:
        owner: The extension object that asks.
        installed: What it has installed.

    Raises:
        ConfigurationError: There is none, or nothing says which.
    """
    if not has_app_context():
        if len(installed) == 1:
            return installed[0]
        raise _not_found(f"no application context, and a guard of {len(installed)} applications")
    found: object = current_app.extensions.get(EXTENSION)
    if not isinstance(found, Installation) or found.owner is not owner:
        raise _not_found("an application without this guard")
    return found


def _not_found(got: str) -> ConfigurationError:
    return ConfigurationError.of(
        "guard",
        got=got,
        expected="the one that belongs to the application",
        do="Call guard.init_app(app), and outside of its requests use app.app_context().",
    )


def _prefers_html() -> bool:
    """Whether the client wants a page more than data. With both alike it gets data."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > max(accepted["application/json"], accepted["application/problem+json"])
