"""A new password as a field of a pydantic model, a dataclass or a TypedDict.

::

    class Registration(BaseModel):
        username: str
        email: str
        password: Annotated[SecretStr, NewPassword(guard.passwords, context=("username", "email"))]

pydantic tells each error with its input. So the password is put behind a mask before its check can fail. An
error about another field may still show it, because a missing one is told with all that was sent:
``guard.init_app`` keeps that out of the answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SecretStr, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from authguard_core.errors import ConfigurationError
from authguard_core.passwords import PasswordContext, PasswordPolicy

__all__ = ["NewPassword"]


@dataclass(frozen=True, slots=True)
class NewPassword:
    """Has pydantic check a ``SecretStr`` by the password policy: ``Annotated[SecretStr, NewPassword(...)]``.

    A refused one fails with an error whose ``type`` is the code of the first reason, and whose
    ``ctx["feedback"]`` holds all of them. Nothing in that error shows the password, whatever was sent in its
    place. The error about *another* field may, in its ``input``: log ``errors(include_input=False)``. The
    JSON schema says ``format: password``, ``writeOnly`` and ``minLength``.

    Nobody is asked about breaches, because that takes a network: an endpoint does it with
    ``Passwords``.

    Args:
        policy: ``guard.passwords``, say.
        context: Other fields of the model, dataclass or TypedDict that an attacker may know, and that are
            declared *before* this one: pydantic validates in that order. ``username`` and ``email`` are what
            they are called, what ends in ``name`` is a person's name, all else is a word. When the
            application starts, the guard refuses a context that isn't there.
        second_factor: Whether a second factor is due as well: then a shorter one will do.

    Raises:
        ConfigurationError: It annotates something else than a ``SecretStr``.
    """

    policy: PasswordPolicy
    context: tuple[str, ...] = field(default=(), kw_only=True)
    second_factor: bool = field(default=False, kw_only=True)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Mask, then check: the error of the inner step tells the mask."""
        if source is not SecretStr:
            raise ConfigurationError.of(
                "NewPassword",
                got=source,
                expected="Annotated[SecretStr, NewPassword(...)]",
                do="Annotate a SecretStr: plain text would be shown by the model's repr.",
            )
        checked = core_schema.with_info_wrap_validator_function(self._checked, handler(source))
        return core_schema.no_info_before_validator_function(_masked, checked)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe what a client may send. Neither example nor default."""
        shortest = self.policy.length.least(second_factor=self.second_factor)
        return {**handler(schema), "minLength": shortest}

    def _checked(self, value: SecretStr, _inner: object, info: ValidationInfo) -> SecretStr:
        if isinstance(value, _NotText):
            raise PydanticKnownError("string_type")
        assessment = self.policy.check(
            value.get_secret_value(),
            context=self._context(cast("Mapping[str, Any] | None", info.data) or {}),
            second_factor=self.second_factor,
        )
        if assessment.ok:
            return value
        reason = assessment.reasons[0]
        # Literal strings are asked for, against templates that strangers write. Ours are constants.
        raise PydanticCustomError(
            cast("Any", reason.code.value),
            cast("Any", reason.text),
            {"feedback": assessment.feedback},
        )

    def _context(self, data: Mapping[str, Any]) -> PasswordContext:
        told = {name: str(data[name]) for name in self.context if data.get(name) is not None}
        username, email = told.pop("username", ""), told.pop("email", "")
        names = [text for name, text in told.items() if name.endswith("name")]
        words = [text for name, text in told.items() if not name.endswith("name")]
        return PasswordContext(username=username, email=email, names=names, words=words)


class _NotText(SecretStr):
    """Stands for something that is no text. Nobody sees what it was: it may hold a password all the same."""


def _masked(value: object) -> SecretStr:
    if isinstance(value, SecretStr):
        return value
    return SecretStr(value) if isinstance(value, str) else _NotText("not text")
