"""How settings come in, and how a refusal reads: by the name the user wrote, without secrets."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from authguard_core.errors import ConfigurationError

__all__ = ["merge", "nested", "refusal", "refuse_unknown"]

SEPARATOR = "__"


def nested(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with lower-case names, and ``A__B`` as B within A.

    A model within it becomes a mapping of what was set in it, so that the rest can come
    from a lower layer.

    Raises:
        ConfigurationError: a name that no UTF-8 can spell.

    """
    result: dict[str, Any] = {}
    for name, value in mapping.items():
        _refuse_broken(str(name))
        *parents, last = str(name).lower().split(SEPARATOR)
        inner: dict[str, Any] = {last: _deeper(value)}
        for parent in reversed(parents):
            inner = {parent: inner}
        result = merge(result, inner)
    return result


def _deeper(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    return nested(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one mapping over another, all the way down."""
    merged = dict(below)
    for name, value in above.items():
        held = merged.get(name)
        if isinstance(held, Mapping) and isinstance(value, Mapping):
            value = merge(cast("Mapping[str, Any]", held), cast("Mapping[str, Any]", value))  # noqa: PLW2901
        merged[name] = value
    return merged


def refuse_unknown(environment: Iterable[str], prefix: str, known: Mapping[str, frozenset[str]]) -> None:
    """Refuse names in the environment that set nothing: a typing error there would switch off a limit.

    Raises:
        ConfigurationError: a name with the prefix that no setting has, or that no UTF-8 can spell.

    """
    for name in environment:
        if name.upper().startswith(prefix):
            _refuse_broken(name)
            if not _is_known(name[len(prefix) :].lower(), known):
                raise _unknown("environment", name, prefix, known)


def _refuse_broken(name: str) -> None:
    """Refuse a name with lone surrogates, as bytes become that aren't UTF-8: pydantic can't hold it."""
    if any("\ud800" <= character <= "\udfff" for character in name):
        raise ConfigurationError.of("settings", got=name, expected="a name in UTF-8", do="Rename it.")


def _is_known(name: str, known: Mapping[str, frozenset[str]]) -> bool:
    first, *rest = name.split(SEPARATOR)
    if first not in known:
        return False
    inner = rest[1:] if first == "purposes" else rest
    return len(inner) <= 1 and all(part in known[first] for part in inner)


def _unknown(where: str, name: str, prefix: str, known: Mapping[str, frozenset[str]]) -> ConfigurationError:
    every = [prefix + one.upper() for one in _names(name, known)]
    close = get_close_matches(name.upper(), every, n=1)
    do = (
        f"Did you mean {close[0]}?" if close else "Remove it, or look the name up in the settings' reference."
    )
    return ConfigurationError.of(where, got=name, expected="the name of a setting", do=do)


def _names(written: str, known: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Yield every name there could be, a purpose of the user's own under the name that was written."""
    own = written.split(SEPARATOR)[1:2]
    for first, below in known.items():
        yield first
        parents = [first, *own] if first == "purposes" else [first]
        yield from (SEPARATOR.join((*parents, inner)) for inner in below)


def refusal(error: ValidationError, known: Mapping[str, frozenset[str]]) -> ConfigurationError:
    """Turn pydantic's findings into one refusal, a line each."""
    lines = [str(_line(details, known)) for details in error.errors(include_url=False)]
    return ConfigurationError("\n".join(dict.fromkeys(lines)))


def _line(details: ErrorDetails, known: Mapping[str, frozenset[str]]) -> ConfigurationError:
    name = _name(details["loc"])
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, ConfigurationError):
        return _named(cause, name)
    if details["type"] == "extra_forbidden":
        return _unknown("settings", name, "", known)
    got = details.get("input")
    shown = got if isinstance(got, str | int | float) and "SECRET" not in name else type(got).__name__
    expected = details["msg"].removeprefix("Input should be ")
    return ConfigurationError.of(name, got=shown, expected=expected, do="Correct the setting.")


def _named(cause: ConfigurationError, name: str) -> ConfigurationError:
    """Give a refusal the name of its setting.

    One about a single value doesn't know it; one about several values names the first
    of them; one about all settings has its full name already.
    """
    own = str(cause).partition(": ")[0]
    if not name:
        return cause
    return cause.renamed(name if own in VALUE_KINDS else f"{name}{SEPARATOR}{own.upper()}")


VALUE_KINDS = frozenset(
    ("limit", "limit count", "limit window", "limit burst", "duration", "cap", "number", "list")
)


def _name(location: tuple[int | str, ...]) -> str:
    parts = [part for part in location if isinstance(part, str)]
    return SEPARATOR.join(parts).upper().removeprefix("AUTHGUARD_")
