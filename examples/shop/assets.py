"""The style sheet and the scripts, read once."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from examples.shop.response import Answer

__all__ = ["asset", "asset_url"]

_DIRECTORY: Final = Path(__file__).parent / "static"
_MEDIA_TYPES: Final = {
    "style.css": "text/css; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "meter.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_HEADERS: Final = (("Cache-Control", "public, max-age=3600"), ("X-Content-Type-Options", "nosniff"))


@cache
def asset_url(name: str) -> str:
    """Return where a page links an asset, different with each version of it."""
    version = hashlib.sha256(_read(name)).hexdigest()[:12]
    return f"/static/{name}?v={version}"


def asset(name: str) -> Answer | None:
    """Answer ``GET /static/<name>``; ``None`` for a name that isn't one of the few there are."""
    if name not in _MEDIA_TYPES:
        return None
    return Answer(status=200, body=_read(name), media_type=_MEDIA_TYPES[name], headers=_HEADERS)


@cache
def _read(name: str) -> bytes:
    return (_DIRECTORY / name).read_bytes()
