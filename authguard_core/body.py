"""Reads the credentials of a login body so that the guard and the application see one thing.

The guard counts the identity that it reads; the application checks the password for the identity that *it*
reads. If a body can be read in two ways, an attacker has the guard count one name and the application try
another. So a body is either read in the one way that every parser agrees on, or it is :class:`Unreadable`,
and the caller answers with its status and charges the attempt to the address alone.

Refused although some parser would make sense of it:

- duplicate keys or fields: one parser takes the first, another the last;
- JSON in anything but UTF-8 without a byte order mark: some sniff UTF-16 and UTF-32, some don't;
- a raw ``;`` in a form, which some still take for a separator, raw bytes beyond ASCII, which are Latin-1 to
  one and UTF-8 to another, and a ``%`` that encodes nothing. Browsers and HTTP libraries encode all of them;
- ``multipart/form-data``, whose parts carry types and charsets of their own. A login form needs none of that.

Sources: RFC 8259 (JSON), RFC 6839 (``+json``), the URL Standard's application/x-www-form-urlencoded.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias, TypeGuard
from urllib.parse import unquote_plus

from authguard_core.errors import ConfigurationError

__all__ = [
    "MAX_BODY",
    "MAX_DEPTH",
    "MAX_FIELDS",
    "BodyFault",
    "BodyShape",
    "Fields",
    "Unreadable",
    "read_fields",
]

MAX_BODY: Final = 16 * 1024
"""Default for the longest body in bytes: ample for a name and a password of any policy."""

MAX_FIELDS: Final = 100
"""Most members of a JSON object or fields of a form."""

MAX_DEPTH: Final = 32
"""Deepest nesting of a JSON body. Far below what makes any Python version's parser give up."""

_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")
_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_SUBTYPE_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+")  # RFC 6838, 4.2
_UTF_8: Final = frozenset({"utf-8", "utf8"})


class BodyFault(StrEnum):
    """Why a body can't be read."""

    TOO_LARGE = "too_large"
    MEDIA_TYPE = "media_type"
    CHARSET = "charset"
    MALFORMED = "malformed"
    TOO_DEEP = "too_deep"
    TOO_MANY_FIELDS = "too_many_fields"
    DUPLICATE = "duplicate"
    NOT_AN_OBJECT = "not_an_object"
    MISSING = "missing"
    NOT_TEXT = "not_text"


_STATUS: Final[Mapping[BodyFault, int]] = {
    BodyFault.TOO_LARGE: 413,
    BodyFault.MEDIA_TYPE: 415,
    BodyFault.CHARSET: 415,
    BodyFault.MALFORMED: 400,
    BodyFault.TOO_DEEP: 400,
    BodyFault.TOO_MANY_FIELDS: 400,
    BodyFault.DUPLICATE: 400,
    BodyFault.NOT_AN_OBJECT: 422,
    BodyFault.MISSING: 422,
    BodyFault.NOT_TEXT: 422,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyShape:
    """What a body must hold: the identity, and further fields that must be there as text.

    ``max_bytes`` is the longest body that is read. Fields that aren't named here are ignored.
    """

    identity: str = "username"
    text_fields: tuple[str, ...] = ("password",)
    max_bytes: int = MAX_BODY

    def __post_init__(self) -> None:
        """Refuse shapes that no body can have.

        Raises:
            ConfigurationError: a field without a name or named twice, or a body of less than one byte.
        """
        if isinstance(self.text_fields, str):
            raise ConfigurationError.of(
                "text_fields",
                got=self.text_fields,
                expected="a tuple of names",
                do="Put the name into a tuple.",
            )
        if "" in self.names or len(set(self.names)) < len(self.names):
            raise ConfigurationError.of(
                "fields", got=self.names, expected="different names, none empty", do="Name each field once."
            )
        if self.max_bytes < 1:
            raise ConfigurationError.of(
                "max_bytes", got=self.max_bytes, expected="at least 1", do=f"The default is {MAX_BODY}."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The required fields, the identity first."""
        return (self.identity, *self.text_fields)


_LOGIN: Final = BodyShape()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fields(Mapping[str, str]):
    """The required fields of a body and nothing else. Its repr shows names, no values.

    ``identity`` is the text as it was sent. It may be empty. All values can be encoded as UTF-8.
    """

    identity: str
    _texts: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._texts)})"


class Unreadable(NamedTuple):
    """A body that can't be read, or not in one way only: the HTTP status to answer with, and why."""

    status: int
    code: BodyFault


class _Object(NamedTuple):
    """A JSON object as it was written, so that duplicate keys are still there."""

    members: list[tuple[str, object]]


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_Object)

_Members: TypeAlias = list[tuple[str, object]]
_Reader: TypeAlias = Callable[[bytes], _Members | BodyFault]


def read_fields(content_type: str | None, body: bytes, shape: BodyShape = _LOGIN) -> Fields | Unreadable:
    """Read the fields of ``shape`` from a JSON or form body. Never raises, whatever the bytes are.

    ``content_type`` is the header's value, or None without one. ``body`` is the whole body, or its first
    ``shape.max_bytes`` + 1 bytes. Types: ``application/json``, ``application/*+json`` and
    ``application/x-www-form-urlencoded``, in UTF-8.

    Statuses: 413 for longer than ``shape.max_bytes``; 415 for no or another type or charset; 400 for
    malformed, nested deeper than :data:`MAX_DEPTH`, more than :data:`MAX_FIELDS` fields, or a field twice;
    422 for no object, or a required field that is missing or no text (lone surrogates are no text).
    """
    found = _read(content_type, body, shape)
    return Unreadable(_STATUS[found], found) if isinstance(found, BodyFault) else found


def _read(content_type: str | None, body: bytes, shape: BodyShape) -> Fields | BodyFault:
    if len(body) > shape.max_bytes:
        return BodyFault.TOO_LARGE
    reader = _reader(content_type or "")
    if isinstance(reader, BodyFault):
        return reader
    members = reader(body)
    return members if isinstance(members, BodyFault) else _required(members, shape)


def _reader(content_type: str) -> _Reader | BodyFault:
    """Choose the reader by media type; types and parameter names have no case (RFC 9110, 8.3.1)."""
    media_type, *parameters = content_type.lower().split(";")
    reader = _READERS.get(_family(media_type.strip(" \t")))
    if reader is None:
        return BodyFault.MEDIA_TYPE
    return reader if all(map(_is_utf_8, parameters)) else BodyFault.CHARSET


def _family(media_type: str) -> str:
    """Fold the ``+json`` types into one (RFC 6839, 3.1)."""
    tree, _, subtype = media_type.partition("/")
    is_json = tree == "application" and subtype.endswith("+json") and _SUBTYPE_CHARACTERS.issuperset(subtype)
    return _JSON if is_json else media_type


def _is_utf_8(parameter: str) -> bool:
    """Whether a parameter leaves the body in UTF-8: it is another one, or names that charset."""
    name, _, value = parameter.partition("=")
    # charset*=... (RFC 8187) is one to some parsers; a sign-in needs no such thing.
    return not name.strip(" \t").startswith("charset") or (
        name.strip(" \t") == "charset" and value.strip(' \t"') in _UTF_8
    )


def _json_members(body: bytes) -> _Members | BodyFault:
    try:
        text = body.decode()
        if _is_too_deep(text):
            return BodyFault.TOO_DEEP
        value: object = _DECODER.decode(text)
    except ValueError:  # no UTF-8, no JSON, or an integer of more digits than Python converts
        return BodyFault.MALFORMED
    if not isinstance(value, _Object):
        return BodyFault.NOT_AN_OBJECT
    return BodyFault.TOO_MANY_FIELDS if len(value.members) > MAX_FIELDS else value.members


def _is_too_deep(text: str) -> bool:
    """Measure the nesting before parsing, because the parser recurses and gives up at a depth of its own.

    Up to the first error this sees the same brackets as the parser, which sees nothing of what comes after.
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    unescaped = text.replace("\\\\", "").replace('\\"', "")
    depth = deepest = 0
    for character in "".join(unescaped.split('"')[::2]):
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH


def _form_members(body: bytes) -> _Members | BodyFault:
    if not body.isascii() or b";" in body:
        return BodyFault.MALFORMED
    pairs = [pair for pair in body.decode("ascii").split("&") if pair]
    if len(pairs) > MAX_FIELDS:
        return BodyFault.TOO_MANY_FIELDS
    if not all(map(_is_percent_encoded, pairs)):
        return BodyFault.MALFORMED
    try:
        return [
            (_decoded(name), _decoded(value)) for name, _, value in (pair.partition("=") for pair in pairs)
        ]
    except UnicodeDecodeError:
        return BodyFault.MALFORMED


def _is_percent_encoded(text: str) -> bool:
    """Whether two hexadecimal digits follow every percent sign."""
    return all(len(rest) > 1 and _HEX_DIGITS.issuperset(rest[:2]) for rest in text.split("%")[1:])


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="strict")


_READERS: Final[Mapping[str, _Reader]] = {_JSON: _json_members, _FORM: _form_members}


def _required(members: _Members, shape: BodyShape) -> Fields | BodyFault:
    """Pick the required fields, none of which may be there twice, missing or no text."""
    values = dict(members)
    if len(values) < len(members):
        return BodyFault.DUPLICATE
    if not values.keys() >= set(shape.names):
        return BodyFault.MISSING
    texts = {name: value for name in shape.names if _is_text(value := values[name])}
    return Fields(texts[shape.identity], texts) if len(texts) == len(shape.names) else BodyFault.NOT_TEXT


def _is_text(value: object) -> TypeGuard[str]:
    """Whether it is text that can be encoded: JSON can escape half a surrogate pair."""
    return isinstance(value, str) and (
        value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
    )
