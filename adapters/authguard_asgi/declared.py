"""The routes that a middleware guards, as an application declares them: one class for each thing to tell.

========================  ==================================  =====================================
route                     a request is                        what its answer tells
========================  ==================================  =====================================
:class:`LoginRoute`       an attempt at a secret              whether the secret was right
:class:`SendRoute`        a mail, call or message to be sent  at most that nothing was sent
:class:`ResetRoute`       the redemption of a reset's link    whether the reset is complete
:class:`ThrottledRoute`   work that is about no account       nothing
========================  ==================================  =====================================
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar, Final, cast

from authguard_asgi.courses import AttemptCourse, Course, Lookup, ResetCourse, owner_of
from authguard_asgi.paths import Segments, declared
from authguard_asgi.protocol import Scope
from authguard_asgi.requests import attempt_of, client_address_of, peer_of
from authguard_asgi.responses import Respond
from authguard_core import AsyncGuard, Outcome
from authguard_core.answers import BUSY, Answer, refused
from authguard_core.body import BodyShape, Fields
from authguard_core.errors import ConfigurationError

__all__ = ["AttemptRoute", "GuardedRoute", "LoginRoute", "ResetRoute", "SendRoute", "ThrottledRoute"]

_METHODS: Final = ("POST", "PUT", "PATCH")
_SUCCESSES: Final = range(200, 400)
_REFUSALS: Final = range(400, 600)
_APART: Final = frozenset({"method", "path", "refused"})
"""What two routes may differ in and be counted alike."""


@dataclass(frozen=True, slots=True)
class GuardedRoute(ABC):
    r"""What all guarded routes have.

    Args:
        method: POST, PUT or PATCH.
        path: As the application declares it, below its root path. A segment may be a parameter, such as
            ``{tenant}``. What a status tells holds for requests with this very method and path; what merely
            resembles them (``/Login``, ``/login/``, ``/login%3Fx``, an overridden method, a parameter with
            one of ``{}%;?#\`` in it) is counted too, and nothing that it is answered gives it back. That
            goes for every POST on the path of a route of another method, because its body may name that one.
            Of two routes that a path may be (``/{tenant}/login``, ``/admin/login``) it is the one with the
            literal segment, in whatever order they are given; the application must choose alike. If the two
            are counted in different ways, one must be literal wherever the other is, and what only resembles
            both (``/ADMIN/login``) is refused with 400.
        purpose: Whose limits hold.
        refused: Makes the response to a request that is refused, of the same shape as the middleware's
            ``respond``, and asked before it.

    Raises:
        ConfigurationError: No request can be such a one.
    """

    counts: ClassVar[bool] = True
    """Whether a request is charged."""

    method: str
    path: str
    purpose: str = field(kw_only=True)
    refused: Respond | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.method not in _METHODS:
            raise self._refusal(
                "method", self.method, f"one of {_METHODS}", "What is guarded is read from a body."
            )
        _ = self.segments, self.shape(1)

    @property
    def segments(self) -> Segments:
        """The path's folded segments, None for a parameter.

        Raises:
            ConfigurationError: It isn't a path of literal segments and ``{parameters}``.
        """
        segments = declared(self.path)
        if segments is None:
            raise self._refusal(
                "path",
                self.path,
                'an absolute path such as "/login" or "/{tenant}/login"',
                "Write it decoded; each segment is plain text or one parameter in braces.",
            )
        return segments

    @property
    def counted_by(self) -> tuple[object, ...]:
        """All that says how a request is counted: where two routes agree in it, either may stand for both."""
        names = [one.name for one in fields(self) if one.name not in _APART]
        return (type(self), *[getattr(self, name) for name in names])

    def shape(self, max_body: int) -> BodyShape:
        """Return what the body must hold.

        Raises:
            ConfigurationError: No body can have such fields.
        """
        identity, texts = self._fields()
        return BodyShape(identity=identity, text_fields=texts, max_bytes=max_body)

    @abstractmethod
    async def begin(self, guard: AsyncGuard, scope: Scope, fields: Fields, *, exact: bool) -> Course | Answer:
        """Begin with a request whose body was read: ask the guard.

        Args:
            guard: Who decides.
            scope: The request's ASGI scope.
            fields: What :meth:`shape` asked for.
            exact: Whether it is the declared method and path to the letter.

        Returns:
            What is to hear the application's answer; for a refused request the guard's own.
        """

    @abstractmethod
    def _fields(self) -> tuple[str, tuple[str, ...]]:
        """Return the body's field that says who is meant, and all others that it must have."""

    def _statuses(self, name: str, given: Collection[int], allowed: range, do: str) -> frozenset[int]:
        """Return statuses in a form that can be compared; refuse those that can't mean what is said."""
        if not all(status in allowed for status in given):
            expected = f"statuses from {allowed.start} to {allowed.stop - 1}"
            raise self._refusal(name, sorted(given), expected, do)
        return frozenset(given)

    def _success(self, given: Collection[int]) -> frozenset[int]:
        do = "Name those that a success alone leads to, at least one."
        return self._statuses("success", given or {0}, _SUCCESSES, do)

    def _refusal(self, name: str, got: object, expected: str, do: str) -> ConfigurationError:
        return ConfigurationError.of(f"{type(self).__name__}.{name}", got=got, expected=expected, do=do)


@dataclass(frozen=True, slots=True)
class AttemptRoute(GuardedRoute):
    """A route whose requests are charged before the application sees them.

    Args:
        method: POST, PUT or PATCH.
        path: As the application declares it, see :class:`GuardedRoute`.
        purpose: Whose limits hold.
        identity: The body's field that says who is charged.
        refused: Makes the response to a refused attempt, in place of the middleware's ``respond``.
    """

    identity: str = field(default="username", kw_only=True)

    async def begin(self, guard: AsyncGuard, scope: Scope, fields: Fields, *, exact: bool) -> Course | Answer:
        """Charge the attempt, and ask whether it may go on."""
        attempt = attempt_of(guard, scope, fields.identity, purpose=self.purpose)
        decision = await guard.check(attempt)
        if decision.ticket is None:
            return refused(decision)
        if not exact:
            return AttemptCourse(guard, decision.ticket)
        return AttemptCourse(guard, decision.ticket, self._outcomes(), when_busy=self._when_busy())

    @abstractmethod
    def _outcomes(self) -> Mapping[int, Outcome]:
        """Return what the statuses tell; all others are failures."""

    @abstractmethod
    def _when_busy(self) -> Outcome:
        """Return what it tells if every hashing slot was taken."""


@dataclass(frozen=True, slots=True)
class LoginRoute(AttemptRoute):
    """A route whose posts are attempts at a secret.

    Args:
        method: POST, PUT or PATCH.
        path: As the application declares it, see :class:`GuardedRoute`.
        identity: The body's field that says whose secret is tried.
        secrets: Further fields that must be there as text.
        success: The statuses, 200 to 399, by which the application says that the secret was right.
            Everything else is a failure. There is no default: an application that shows its form again with
            200 after a wrong password must not name 200, nor a redirect back to the login. Name what a right
            one alone leads to.
        purpose: Whose limits hold.
        refused: Makes the response to a refused attempt, in place of the middleware's ``respond``.

    Raises:
        ConfigurationError: No request can be such an attempt.
    """

    secrets: tuple[str, ...] = field(default=("password",), kw_only=True)
    success: Collection[int] = field(kw_only=True)
    purpose: str = field(default="login", kw_only=True)

    def __post_init__(self) -> None:
        GuardedRoute.__post_init__(self)
        object.__setattr__(self, "success", self._success(self.success))

    def _outcomes(self) -> Mapping[int, Outcome]:
        return dict.fromkeys(self.success, Outcome.SUCCESS)

    def _when_busy(self) -> Outcome:
        return Outcome.UNCHECKED

    def _fields(self) -> tuple[str, tuple[str, ...]]:
        return self.identity, self.secrets


@dataclass(frozen=True, slots=True)
class SendRoute(AttemptRoute):
    """A route whose posts have something sent: a mail with a link, a code, a call.

    Nothing that it is answered makes such a post right: all of them stay counted, for whom they name and for
    their address (OWASP ASVS 5.0, V6.6.4).

    Over the limit an application that wants to tell nobody anything answers as it always does. It says so
    with ``refused``, which must make the very response that the handler makes (it is asked after an outage,
    an answer of 503, too)::

        SendRoute("POST", "/reset", purpose="reset", refused=lambda scope, answer: JSONResponse(SENT, 202))

    Args:
        method: POST, PUT or PATCH.
        path: As the application declares it, see :class:`GuardedRoute`.
        purpose: Whose limits hold.
        identity: The body's field that says to whom something is sent.
        fields: Further fields that must be there as text.
        unsent: The statuses, 400 to 599, by which the application says that it has sent nothing and looked
            nothing up: that a new password is too short, say. They give the attempt back. Name 503 only if
            the handler hashes *before* it sends: then a ``HasherBusy`` out of it, which is answered with 503,
            has sent nothing. Without it such a post stays counted, because its mail may be on its way.
        refused: Makes the response to a refused attempt, in place of the middleware's ``respond``.

    Raises:
        ConfigurationError: No request can be such a post.
    """

    fields: tuple[str, ...] = field(default=(), kw_only=True)
    unsent: Collection[int] = field(default=frozenset[int](), kw_only=True)

    def __post_init__(self) -> None:
        GuardedRoute.__post_init__(self)
        do = "Name refusals alone: what is answered like a mail that was sent counts like one."
        object.__setattr__(self, "unsent", self._statuses("unsent", self.unsent, _REFUSALS, do))

    def _outcomes(self) -> Mapping[int, Outcome]:
        return dict.fromkeys(self.unsent, Outcome.UNCHECKED)

    def _when_busy(self) -> Outcome:
        return self._outcomes().get(BUSY.status, Outcome.FAILURE)

    def _fields(self) -> tuple[str, tuple[str, ...]]:
        return self.identity, self.fields


@dataclass(frozen=True, slots=True)
class ResetRoute(GuardedRoute):
    """A route whose posts redeem the link of a password reset.

    They are never limited, because who has an issued link is the owner (only bodies that can't be read are
    charged to their address). Redeem a link once and in one step: the application's answer alone tells which
    of two posts at one moment was right. On a success the account's lock and cap end, every known browser is
    forgotten, and the response makes this one known.

    A store that can't be reached then changes no answer, because the new password is set already. The log
    tells of it, and the account stays as it was until its next reset, or until an operator calls
    :meth:`~authguard_core.AsyncGuard.reset_completed`.

    Args:
        method: POST, PUT or PATCH.
        path: As the application declares it, see :class:`GuardedRoute`.
        account: Finds whose reset a token is for, before the application uses it up: the account's id as
            ``resolve`` returns it, without that hook the user name; None for a token that isn't valid. A
            plain function runs in a thread. It has as long as ``RESOLVE_TIMEOUT`` says; one that raises, or
            takes longer, is answered with 503, and the link stays unused.
        token: The body's field that holds the token.
        secrets: Further fields that must be there as text.
        success: The statuses, 200 to 399, by which the application says that the new password is set, and
            no refused token is answered with. There is no default.
        purpose: Whose lock and cap end.
        refused: Makes the response where ``account`` failed, in place of the middleware's ``respond``.

    Raises:
        ConfigurationError: No request can be such a redemption.
    """

    counts: ClassVar[bool] = False

    account: Lookup = field(kw_only=True)
    token: str = field(default="token", kw_only=True)
    secrets: tuple[str, ...] = field(default=("password",), kw_only=True)
    success: Collection[int] = field(kw_only=True)
    purpose: str = field(default="login", kw_only=True)

    def __post_init__(self) -> None:
        GuardedRoute.__post_init__(self)
        object.__setattr__(self, "success", self._success(self.success))

    async def begin(self, guard: AsyncGuard, scope: Scope, fields: Fields, *, exact: bool) -> Course | Answer:
        """Ask the application whose reset it is."""
        if not exact:
            return Course()
        found = await owner_of(self.account, fields.identity, guard.settings.resolve_timeout_seconds)
        if not isinstance(found, str):
            return found or Course()
        return ResetCourse(guard, found, self.success, purpose=self.purpose, peer=peer_of(scope))

    def _fields(self) -> tuple[str, tuple[str, ...]]:
        return self.token, self.secrets


@dataclass(frozen=True, slots=True)
class ThrottledRoute(GuardedRoute):
    """A route whose posts are about no account: each client's address stands for itself.

    For what costs work and opens nothing, such as the assessment of a password while it is typed
    (``purpose="meter"``). Every post counts, whatever it is answered: against the account limit of the
    purpose, which is the address's here. A ``resolve`` hook is asked about the address, and finds nobody.

    Args:
        method: POST, PUT or PATCH.
        path: As the application declares it, see :class:`GuardedRoute`.
        fields: The body's fields that must be there as text, at least one.
        purpose: Whose limits hold. Take one of its own: what is used up here must be nobody's sign-in.
        refused: Makes the response to a refused post, in place of the middleware's ``respond``.

    Raises:
        ConfigurationError: No request can be such a post.
    """

    fields: tuple[str, ...] = field(kw_only=True)

    def __post_init__(self) -> None:
        do = "Name what the body must hold."
        if isinstance(cast("object", self.fields), str):
            raise self._refusal("fields", self.fields, 'a tuple of names, such as ("password",)', do)
        if not self.fields:
            raise self._refusal("fields", self.fields, "at least one name", do)
        GuardedRoute.__post_init__(self)

    async def begin(self, guard: AsyncGuard, scope: Scope, fields: Fields, *, exact: bool) -> Course | Answer:
        """Charge the address, and ask whether it may go on."""
        del fields, exact
        address = client_address_of(guard, scope).network
        decision = await guard.check(attempt_of(guard, scope, address, purpose=self.purpose))
        return refused(decision) if decision.ticket is None else AttemptCourse(guard, decision.ticket)

    def _fields(self) -> tuple[str, tuple[str, ...]]:
        return self.fields[0], self.fields[1:]
