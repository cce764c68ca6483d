"""Whatever a body is, it is read in the one way in which others read it, or not at all."""

import json
from typing import Final
from urllib.parse import parse_qs

from authguard_core.body import MAX_FIELDS, BodyFault, BodyShape, Fields, Unreadable, read_fields
from tests.fuzz.feed import chosen, divided, text

__all__ = ["body"]

TYPES: Final = (
    None,
    "application/json",
    "application/x-www-form-urlencoded",
    "application/problem+json; charset=utf-8",
)
FORM: Final = "application/x-www-form-urlencoded"
SHAPES: Final = (
    BodyShape(),
    BodyShape(identity="e", text_fields=(), max_bytes=64),
    BodyShape(identity="\u00e9", text_fields=("p", "q")),
)
STATUSES: Final = frozenset({400, 413, 415, 422})


def body(data: bytes) -> None:
    """Check ``read_fields``: a variant, a content type where the variant has none, and the body."""
    which, rest = divided(data)
    content_type = chosen(TYPES, which)
    if content_type is None:
        line, _, rest = rest.partition(b"\n")
        content_type = text(line)
    shape = chosen(SHAPES, which // len(TYPES))
    found = read_fields(content_type, rest, shape)
    if isinstance(found, Unreadable):
        assert found.status in STATUSES
        assert isinstance(found.code, BodyFault)
    else:
        assert_well_formed(found, shape)
        assert dict(found) == as_others_read(content_type, rest, shape), "another parser reads another body"


def assert_well_formed(found: Fields, shape: BodyShape) -> None:
    """Claim that all that was asked for is there as text that can be stored, and that the repr hides it."""
    assert tuple(found) == shape.names
    assert found.identity == found[shape.identity]
    assert all(value.encode().decode() == value for value in found.values())
    assert repr(found) == f"Fields({', '.join(shape.names)})"


def as_others_read(content_type: str, data: bytes, shape: BodyShape) -> dict[str, str]:
    """Read the same body with the standard library's parsers, which take the last of two keys or all."""
    if content_type.lower().strip(" \t").startswith(FORM):
        read = parse_qs(
            data.decode(), keep_blank_values=True, strict_parsing=False, max_num_fields=MAX_FIELDS * 2
        )
        return {name: "\x00twice\x00".join(read[name]) for name in shape.names}
    whole = json.loads(data)
    return {name: whole[name] for name in shape.names}
