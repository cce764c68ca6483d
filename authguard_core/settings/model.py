"""The one model of all settings."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self, cast

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from authguard_core import presets
from authguard_core.clientip import TrustedProxies
from authguard_core.decisions.policy import Policy
from authguard_core.errors import ConfigurationError
from authguard_core.keys import KeyRing
from authguard_core.passwords.policy import PasswordPolicy
from authguard_core.settings.input import SEPARATOR, merge, nested, refusal, refuse_unknown
from authguard_core.settings.purpose import Milliseconds, PasswordSettings, PurposeSettings

__all__ = ["Settings"]

PREFIX = "AUTHGUARD_"
REGISTER = f"{PREFIX}REGISTER"
SPELLED = {"register": REGISTER, "registration": REGISTER}
"""The names of a setting that the model spells in another way."""


class Settings(BaseSettings):
    """All settings of a guard.

    Raises:
        ConfigurationError: any of them can't be used.

    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        enable_decoding=False,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_default=False,
    )

    secret_key: tuple[SecretStr, ...] = ()
    """At least 32 bytes. A list rotates: the first makes keys and signs, all of them verify."""
    # The URL may hold a password.
    storage_url: str = Field(default="memory://", repr=False)
    storage_timeout: Milliseconds = 250
    """How long a trip to the store may take. Nothing in memory takes that long."""
    on_storage_failure: Literal["local", "open", "closed"] = "local"
    """While the store is out: stricter limits that each process keeps on its own, none, or a refusal."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose forwarding header is believed, in CIDR notation; ``unix`` for a Unix socket."""
    trusted_header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    preset: Literal["standard", "large", "api"] = "standard"
    cookie_secure: bool = True
    resolve_timeout: Milliseconds = 250
    """How long the ``resolve`` hook may take."""
    login: PurposeSettings
    otp: PurposeSettings
    reset: PurposeSettings
    # "register" would shadow the method that every abstract base class has.
    registration: PurposeSettings = Field(validation_alias=REGISTER)
    meter: PurposeSettings
    """For the feedback on a password while it is typed; each address is its own account."""
    purposes: dict[str, PurposeSettings] = {}
    """Purposes of the application's own; what they don't set has the defaults of ``login``."""
    password: PasswordSettings = PasswordSettings()

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - pydantic's own signature
        known = self._known_names()
        refuse_unknown(os.environ, PREFIX, known)
        try:
            super().__init__(**_renamed(nested(values)))
        except ValidationError as error:
            raise refusal(error, known) from None

    @classmethod
    def load(cls, mapping: Mapping[str, Any] | None = None, **code: Any) -> "Settings":  # noqa: ANN401 - any setting
        """Read the settings.

        Args:
            mapping: a framework's own configuration: names in either case, nested or joined by ``__``.
            **code: settings that stand above the mapping and the environment.

        """
        return cls(**merge(nested(mapping or {}), nested(code)))

    @classmethod
    def _known_names(cls) -> dict[str, frozenset[str]]:
        """Return every name the environment may set, with the names below it."""
        below = frozenset(PurposeSettings.model_fields)
        names = {name: frozenset[str]() for name in cls.model_fields if name != "registration"}
        names |= dict.fromkeys((*presets.PURPOSES, "purposes"), below)
        return names | {"password": frozenset(PasswordSettings.model_fields)}

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Put a purpose's own defaults, under the preset, below what was set."""
        preset = data.get("preset", "standard")
        if preset not in tuple(presets.PRESETS):
            raise ConfigurationError.of(
                "PRESET", got=preset, expected=f"one of {list(presets.PRESETS)}", do="Choose one."
            )
        filled = dict(data)
        for name in presets.PURPOSES:
            key = SPELLED.get(name, name)
            filled[key] = presets.defaults(preset, name) | _below(name, data.get(key, {}))
        own = _below("purposes", data.get("purposes", {}))
        filled["purposes"] = {name: _own(preset, name, one) for name, one in own.items()}
        return filled

    @field_validator("secret_key", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Read a comma-separated list; one value is one."""
        if isinstance(value, str | SecretStr):
            text = value.get_secret_value() if isinstance(value, SecretStr) else value
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if isinstance(value, bytes) or not isinstance(value, Iterable):
            raise ConfigurationError.of(
                "list",
                got=type(value).__name__,
                expected="text or a list of texts",
                do="Write one as text, several as a list or with commas between.",
            )
        return cast("Iterable[object]", value)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        self._keys()
        self._trusted()
        return self

    def _keys(self) -> KeyRing:
        # What isn't UTF-8 in the environment comes as lone surrogates.
        return KeyRing(
            [secret.get_secret_value().encode(errors="surrogatepass") for secret in self.secret_key]
        )

    def _trusted(self) -> TrustedProxies:
        return TrustedProxies.parse(self.trusted_proxies, header=self.trusted_header)

    @property
    def resolve_timeout_seconds(self) -> float:
        """The deadline of the ``resolve`` hook."""
        return self.resolve_timeout / 1_000

    @property
    def storage_timeout_seconds(self) -> float:
        """The deadline of a trip to the store."""
        return self.storage_timeout / 1_000

    def policy(self) -> Policy:
        """Return what the core decides by."""
        own = {name: purpose.policy() for name, purpose in self.purposes.items()}
        return Policy(
            purposes={
                "login": self.login.policy(),
                "otp": self.otp.policy(),
                "reset": self.reset.policy(),
                "register": self.registration.policy(),
                "meter": self.meter.policy(),
                **own,
            },
            keys=self._keys(),
            trusted=self._trusted(),
            cookie_secure=self.cookie_secure,
        )

    def password_policy(self) -> PasswordPolicy:
        """Return what a new password must be."""
        guesses = self.login.policy().account
        return self.password.policy(guesses_per_second=1_000 * guesses.limit / guesses.window)


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        renamed = merge(renamed, {SPELLED.get(name, name): value})
    return renamed


def _own(preset: str, name: str, value: object) -> dict[str, Any]:
    """Return what a purpose of the application's own is made of."""
    if name in presets.PURPOSES:
        do = f"Set {name.upper()}__ACCOUNT_LIMIT and the like in its stead."
        raise ConfigurationError.of("PURPOSES", got=name, expected="a name of your own", do=do)
    return presets.defaults(preset, name) | _below(f"PURPOSES{SEPARATOR}{name}", value)


def _below(name: str, value: object) -> dict[str, Any]:
    """Return what was set below a name. A value of its own, which it can't have, would set nothing."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    example = f"{name}{SEPARATOR}{'EXPORT' + SEPARATOR if name == 'purposes' else ''}ACCOUNT_LIMIT".upper()
    raise ConfigurationError.of(
        name.upper(),
        got=type(value).__name__,
        expected="settings below it",
        do=f"Set {example}, for example.",
    )
