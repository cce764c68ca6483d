"""Settings out of an application's configuration."""

from collections.abc import Mapping
from typing import Any, Final

from authguard_core import Settings
from authguard_core.errors import ConfigurationError

__all__ = ["settings_of"]

PREFIX: Final = "AUTHGUARD_"


def settings_of(config: Mapping[str, Any], code: Settings | Mapping[str, Any] | None) -> Settings:
    """Read the settings: code over the application's configuration over the environment over defaults.

    Raises:
        ConfigurationError: One can't be used, or the configuration has some that nobody would look at.
    """
    told = {name.removeprefix(PREFIX): value for name, value in config.items() if name.startswith(PREFIX)}
    _refuse_unread(config, told, code)
    if isinstance(code, Settings):
        return code
    try:
        return Settings.load(told, **dict(code or {}))
    except ConfigurationError as error:
        raise _prefixed(error) from None


def _refuse_unread(config: Mapping[str, Any], told: Mapping[str, Any], code: object) -> None:
    """Refuse what would be passed over without a word."""
    if "AUTHGUARD" in config:
        raise ConfigurationError.of(
            "app.config",
            got="AUTHGUARD",
            expected="a name for each setting, as AUTHGUARD_LOGIN",
            do="Set the names in it one by one, with AUTHGUARD_ before each.",
        )
    if told and isinstance(code, Settings):
        raise ConfigurationError.of(
            "settings",
            got=f"a Settings object beside {sorted(PREFIX + name for name in told)}",
            expected="one place for all of them",
            do="Give a mapping, which stands above the configuration, or remove these names from app.config.",
        )


def _prefixed(error: ConfigurationError) -> ConfigurationError:
    """Return a refusal with the names as Flask's configuration has them: SECRET_KEY is another one there."""
    lines = str(error).splitlines()
    return ConfigurationError("\n".join(PREFIX + line if _names(line) else line for line in lines))


def _names(line: str) -> bool:
    """Whether a line of a refusal begins with the name of a setting."""
    return line.partition(":")[0].isupper()
