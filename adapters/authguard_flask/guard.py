"""The extension: one object, for one application or several."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from flask import Flask, has_request_context, request

from authguard_core import AccountStatus, Attempt, Decision, Guard, Observer, Reason, Settings
from authguard_core.answers import refused, unreadable
from authguard_core.body import MAX_BODY, BodyShape, Fields
from authguard_core.clientip import ClientAddress
from authguard_core.errors import ConfigurationError
from authguard_flask.bodies import read_body
from authguard_flask.configuration import settings_of
from authguard_flask.contexts import AttemptContext
from authguard_flask.decorating import View, check_purpose, guarding
from authguard_flask.errors import AttemptHTTPException
from authguard_flask.exchange import Exchange
from authguard_flask.installation import EXTENSION, Installation, Page, installation_of
from authguard_flask.passwords import PasswordCheck
from authguard_flask.requests import attempt_of, forwarding_headers, peer_of
from authguard_flask.watching import DeploymentWatch

if TYPE_CHECKING:
    from authguard_core.guard import Resolve
    from authguard_core.hashing import Hasher, HasherPlugin
    from authguard_core.storage import Storage
    from authguard_flask.passwords import BreachLookup

__all__ = ["AuthGuard"]

T = TypeVar("T", bound=Page)


class AuthGuard:
    """Guards the sign-ins of Flask applications, as :mod:`authguard_flask` shows.

    Settings come from ``app.config["AUTHGUARD_..."]``, nested or joined by ``__``, and below it from the
    environment. Each application has a guard of its own, with its own settings; this object finds the one
    of the current application. Outside of an application context it finds it if there is but one.

    Args:
        app: Where to install it; None to call :meth:`init_app` later.
        settings: What stands above the configuration. A ``Settings`` object is taken as it is, and the
            configuration may hold none then.
        storage: The store; by default the one that ``STORAGE_URL`` names, one for each application.
        hasher: By default the one of the entry-point group ``authguard.hasher``.
        resolve: Finds the account id of an identifier, so that one person's user name and e-mail are counted
            together. It runs in the request's thread, so its own driver's time-out bounds it.
        observers: Are told every event.
        pwned: Knows breached passwords. It is asked about a new one only if the policy accepts it.
        max_body: The longest body that :meth:`read` takes, in bytes.

    Raises:
        ConfigurationError: A setting or argument can't be used.
    """

    def __init__(
        self,
        app: Flask | None = None,
        settings: Settings | Mapping[str, Any] | None = None,
        *,
        storage: "Storage | None" = None,
        hasher: "HasherPlugin | None" = None,
        resolve: "Resolve | None" = None,
        observers: Iterable[Observer] = (),
        pwned: "BreachLookup | None" = None,
        max_body: int = MAX_BODY,
    ) -> None:
        if max_body < 1:
            raise ConfigurationError.of(
                "max_body", got=max_body, expected="at least 1 byte", do=f"The default is {MAX_BODY}."
            )
        self._settings = settings
        self._storage = storage
        self._hasher = hasher
        self._resolve = resolve
        self._observers = tuple(observers)
        self._pwned = pwned
        self._max_body = max_body
        self._page: Page | None = None
        self._installed: list[Installation] = []
        if app is not None:
            self.init_app(app)

    # Installing

    def init_app(self, app: Flask) -> None:
        """Install a guard in an application, before its first request.

        It adds handlers for its answers, for ``HasherBusy`` and for ``StorageError`` (those that are
        registered already stay), a hook that completes responses, and the commands ``flask authguard``.

        Raises:
            ConfigurationError: A guard is installed already, or a setting can't be used.
        """
        if EXTENSION in app.extensions:
            raise ConfigurationError.of(
                "init_app", got="an application with a guard", expected="one without", do="Call it once."
            )
        core = Guard(
            settings_of(app.config, self._settings),
            storage=self._storage,
            hasher=self._hasher,
            resolve=self._resolve,
            observers=self._observers,
        )
        installation = Installation(
            owner=self,
            core=core,
            passwords=PasswordCheck(core.passwords, self._pwned),
            watch=DeploymentWatch(core),
            max_body=self._max_body,
            page=lambda: self._page,
        )
        installation.install(app)
        self._installed.append(installation)

    def page(self, function: T) -> T:
        """Have a function make pages of the guard's answers, for browsers.

        It is called where ``Accept`` asks for HTML, with the answer, and returns what a view may return,
        or None where problem details are to be sent all the same. Status, ``Retry-After`` and caching are
        the answer's. To answer alike for known and unknown accounts it must look at nothing else of an
        account than that answer.
        """
        self._page = function
        return function

    # In views

    def attempt(self, identifier: str | None, *, purpose: str = "login") -> AttemptContext:
        """Return the context of an attempt: ``with guard.attempt(name) as attempt:``.

        Entering raises the 429 before the secret is looked at; a block that is left without ``succeed`` stays
        counted. Outside of a request (a script, a task) the account alone is counted.

        Args:
            identifier: Whose secret is tried, exactly as submitted. Take it from the same parsed value as the
                look-up of the user, so that there is but one reading of the body. None, as a form has it
                for a field that wasn't sent, names nobody: a 422, charged to the address.
            purpose: Whose limits hold.
        """
        if not has_request_context():
            attempt = Attempt(identifier=identifier, purpose=purpose)
            return AttemptContext(self.core, attempt, on_success=lambda _: None)
        return AttemptContext(
            self.core, self._attempt(identifier, purpose), on_success=self._exchange().remember
        )

    def attempt_by_address(self, *, purpose: str) -> AttemptContext:
        """Return the context of an attempt that is about no account: the client's address stands for it.

        For what costs work and opens nothing, with a limit of its own (``meter``, say): left without an
        outcome, each request counts. A ``resolve`` hook is asked about the address, and finds nobody.
        """
        return self.attempt(self.client_address.network, purpose=purpose)

    def read(
        self, *, identity: str = "username", fields: tuple[str, ...] = ("password",), purpose: str = "login"
    ) -> Fields:
        """Read the request's body in the one way that every parser agrees on: JSON, or a form.

        A body that can't be read so is refused (400, 413, 415 or 422), and charged to the client's address.
        ``request.form`` and ``request.get_json()`` still work afterwards, for what else is in it.

        Args:
            identity: The field that says whose secret is tried.
            fields: Further fields that must be there as text.
            purpose: Whose limits hold for a body that can't be read.

        Raises:
            AttemptHTTPException: The body can't be read.
        """
        return self._read(self._shape(identity, fields), purpose)

    def refuse_body(self, status: int, *, purpose: str = "login") -> NoReturn:
        """Refuse a body that the view couldn't read itself, and charge it to the client's address.

        Args:
            status: 400, 413, 415 or 422.
            purpose: Whose limits hold.

        Raises:
            AttemptHTTPException: Always: with this status, or 429 over the address's limit.
        """
        self._exchange()
        decision = self.core.check(self._attempt("", purpose))
        unidentified = decision.reason is Reason.UNIDENTIFIED
        raise AttemptHTTPException(unreadable(status) if unidentified else refused(decision))

    def guarded(
        self, purpose: str = "login", *, identity: str = "username", fields: tuple[str, ...] = ("password",)
    ) -> Callable[[View], View]:
        """Return a decorator for views that are one attempt from their first line to their last.

        ::

            @app.post("/login")
            @guard.guarded()
            def login(attempt, fields):
                user = find(fields.identity)
                if not guard.hasher.verify(user and user.hash, fields["password"]):
                    attempt.fail()
                attempt.succeed(user.id)
                return redirect("/")

        The body is read as by :meth:`read`, and the view called with ``attempt`` and ``fields`` beside its
        own arguments. It decorates ``def`` and ``async def`` views, in blueprints and of classes, below
        the route: for the method that posts alone.

        Raises:
            ConfigurationError: Fields that no body can have, or a view that yields its response.
        """
        check_purpose(purpose)
        shape = self._shape(identity, fields)
        return guarding(partial(self._read, shape, purpose), partial(self.attempt, purpose=purpose))

    def reset_completed(self, account: str, *, purpose: str = "login") -> Decision:
        """Report a password reset that its owner has completed, and make this browser known.

        Lock and cap of the account end, and all other known browsers are forgotten.

        Args:
            account: The account's id, as ``resolve`` returns it; without that hook, the user name.
            purpose: Whose lock and cap end.

        Raises:
            StorageError: The store could not answer. Out of a view it is answered with 503.
            ValueError: Nothing usable in the account.
        """
        if not has_request_context():
            return self.core.reset_completed(account, purpose=purpose)
        exchange = self._exchange()
        decision = self.core.reset_completed(account, purpose=purpose, peer=peer_of(request.environ))
        exchange.remember(decision)
        return decision

    @property
    def client_address(self) -> ClientAddress:
        """The address under which the request is counted, behind the trusted proxies of the settings.

        It rests on the server saying who connected: an extra middleware that writes ``REMOTE_ADDR`` takes
        that decision away from the guard. Only ``ProxyFix`` says what it has replaced, once.
        """
        return self.core.client_address(peer_of(request.environ), forwarding_headers(request.environ))

    # Anywhere

    @property
    def core(self) -> Guard:
        """The guard itself, of the current application."""
        return self._installation().core

    @property
    def settings(self) -> Settings:
        """What was read."""
        return self.core.settings

    @property
    def hasher(self) -> "Hasher":
        """Verifies passwords at equal cost for known and unknown users."""
        return self.core.hasher

    @property
    def passwords(self) -> PasswordCheck:
        """What a new password must be: ``guard.passwords.require(password, context=...)``."""
        return self._installation().passwords

    def describe(self) -> str:
        """Say in words what every limit promises, a line each."""
        return self.core.describe()

    def inspect(self, identifier: str, *, purpose: str = "login") -> AccountStatus:
        """Say how an account stands, without changing it. Errors as for :meth:`unlock`."""
        return self.core.inspect(identifier, purpose=purpose)

    def unlock(self, identifier: str, *, purpose: str = "login") -> Decision:
        """Give an account its whole budget back.

        Raises:
            StorageError: The store, or ``resolve``, could not answer.
            ValueError: Nothing usable in the identifier.
        """
        return self.core.unlock(identifier, purpose=purpose)

    def unlock_address(self, address: str, *, purpose: str = "login") -> Decision:
        """Give an address and its subnet their whole budgets back.

        Raises:
            StorageError: The store could not answer.
        """
        return self.core.unlock_address(address, purpose=purpose)

    def _attempt(self, identifier: str | None, purpose: str) -> Attempt:
        return attempt_of(self.core, request.environ, identifier, purpose=purpose)

    def _shape(self, identity: str, fields: tuple[str, ...]) -> BodyShape:
        return BodyShape(identity=identity, text_fields=fields, max_bytes=self._max_body)

    def _read(self, shape: BodyShape, purpose: str) -> Fields:
        found = read_body(request, shape)
        if isinstance(found, int):
            self.refuse_body(found, purpose=purpose)
        return found

    def _exchange(self) -> Exchange:
        """Note that the guard has to do with this request."""
        self._installation().watch.look(request.environ)
        return Exchange.of(request.environ)

    def _installation(self) -> Installation:
        return installation_of(self, self._installed)
