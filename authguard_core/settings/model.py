"""The one model of all settings."""

import os
from collections.abc import Mapping
from typing import Any, Literal, Self, cast

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from authguard_core import presets
from authguard_core.clientip import TrustedProxies
from authguard_core.decisions.policy import Policy
from authguard_core.errors import ConfigurationError
from authguard_core.keys import KeyRing
from authguard_core.settings.input import merge, nested, refusal, refuse_unknown
from authguard_core.settings.purpose import Milliseconds, PasswordSettings, PurposeSettings

__all__ = ["Settings"]

PREFIX = "AUTHGUARD_"


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
        populate_by_name=True,
        validate_default=False,
    )

    secret_key: tuple[SecretStr, ...] = ()
    """At least 32 bytes. A list rotates: the first makes keys and signs, all of them verify."""
    storage_url: str = "memory://"
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
    registration: PurposeSettings = Field(validation_alias=f"{PREFIX}REGISTER")
    purposes: dict[str, PurposeSettings] = {}
    """Purposes of the application's own; what they don't set is as for ``login``."""
    password: PasswordSettings = PasswordSettings()

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - pydantic's own signature
        refuse_unknown(os.environ, PREFIX, self._known_names())
        try:
            super().__init__(**_renamed(values))
        except ValidationError as error:
            raise refusal(error) from None

    @classmethod
    def load(cls, mapping: Mapping[str, Any] | None = None, **code: Any) -> "Settings":  # noqa: ANN401 - any setting
        """Read the settings.

        Args:
            mapping: a framework's own configuration: names in either case, nested or joined by ``__``.
            **code: settings that stand above the mapping and the environment.

        """
        return cls(**merge(nested(mapping or {}), code))

    @classmethod
    def _known_names(cls) -> dict[str, frozenset[str]]:
        """Return every name the environment may set, with the names below it."""
        below = frozenset(PurposeSettings.model_fields)
        names = {RENAMED.get(name, name): frozenset[str]() for name in cls.model_fields}
        names |= dict.fromkeys((*presets.PURPOSES, "purposes"), below)
        return names | {"password": frozenset(PasswordSettings.model_fields)}

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Put a purpose's own defaults, under the preset, below what was set."""
        preset = data.get("preset", "standard")
        if preset not in presets.PRESETS:
            raise ConfigurationError.of(
                "PRESET", got=preset, expected=f"one of {list(presets.PRESETS)}", do="Choose one."
            )
        filled = dict(data)
        for name in presets.PURPOSES:
            key = next((key for key in _spellings(name) if key in data), name)
            filled[key] = presets.defaults(preset, name) | _given(data.get(key))
        own = _given(data.get("purposes"))
        filled["purposes"] = {name: presets.defaults(preset, name) | _given(one) for name, one in own.items()}
        return _renamed(filled)

    @field_validator("secret_key", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Read a comma-separated list; one value is one."""
        if isinstance(value, str | SecretStr):
            text = value.get_secret_value() if isinstance(value, SecretStr) else value
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return value

    @model_validator(mode="after")
    def _usable(self) -> Self:
        self._keys()
        self._trusted()
        return self

    def _keys(self) -> KeyRing:
        return KeyRing([secret.get_secret_value().encode() for secret in self.secret_key])

    def _trusted(self) -> TrustedProxies:
        return TrustedProxies.parse(self.trusted_proxies, header=self.trusted_header)

    @property
    def resolve_timeout_seconds(self) -> float:
        """The deadline of the ``resolve`` hook."""
        return self.resolve_timeout / 1_000

    def policy(self) -> Policy:
        """Return what the core decides by."""
        own = {name: purpose.policy() for name, purpose in self.purposes.items()}
        return Policy(
            purposes={
                "login": self.login.policy(),
                "otp": self.otp.policy(),
                "reset": self.reset.policy(),
                "register": self.registration.policy(),
                **own,
            },
            keys=self._keys(),
            trusted=self._trusted(),
            cookie_secure=self.cookie_secure,
        )


RENAMED = {"registration": "register"}


def _spellings(purpose: str) -> tuple[str, ...]:
    return ("registration", f"{PREFIX}REGISTER", "register") if purpose == "register" else (purpose,)


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    return {
        ("registration" if name in _spellings("register") else name): value for name, value in values.items()
    }


def _given(value: object) -> dict[str, Any]:
    """Return what was set, whether it came as a model or as a mapping."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {}
