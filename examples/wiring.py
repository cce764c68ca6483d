"""What every example wires alike: settings, hasher, password length, and the server."""

import argparse
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

import uvicorn

from authguard_argon2 import MAX_PASSWORD_BYTES, Argon2Hasher, Argon2Parameters
from authguard_core import HasherBusy, Settings
from authguard_core.hashing import AsyncHasher
from examples.shop import Shop
from examples.shop.desk import Desk
from examples.shop.keyfile import secret_key
from examples.shop.passwords import PasswordLength

__all__ = ["load_settings", "make_hasher", "open_desk", "password_length", "serve"]

HOST: Final = "127.0.0.1"
LONGEST_CHARACTER: Final = 4
"""Bytes of UTF-8."""


def load_settings(environ: Mapping[str, str], shop: Shop) -> Settings:
    """Read the settings; an example without a key makes itself one."""
    if environ.get("AUTHGUARD_SECRET_KEY"):
        return Settings.load()
    return Settings.load(secret_key=secret_key(shop.directory.path))


def make_hasher(shop: Shop) -> Argon2Hasher | None:
    """Return a hasher of ``DEMO_ARGON2``'s cost; None stands for the default."""
    cost = shop.argon2
    if cost is None:
        return None
    parameters = Argon2Parameters(time_cost=cost.time, memory_kib=cost.memory_kib, lanes=cost.lanes)
    return Argon2Hasher(parameters=parameters)


def password_length(settings: Settings) -> PasswordLength:
    """Return what ``AUTHGUARD_PASSWORD__*`` say of a new password, but no more than is hashed whole."""
    told = settings.password
    maximum = min(told.max_length, MAX_PASSWORD_BYTES // LONGEST_CHARACTER)
    return PasswordLength(minimum=told.min_length, maximum=maximum, most_bytes=MAX_PASSWORD_BYTES)


def open_desk(shop: Shop, settings: Settings, hasher: AsyncHasher, port: int) -> Desk:
    """Open the shop's desk for an application on a port."""
    return Desk(
        shop.accounts,
        hasher,
        busy=HasherBusy,
        length=password_length(settings),
        base_url=f"http://{HOST}:{port}",
    )


def serve(module: str, create_app: Callable[[Mapping[str, str], int], Any]) -> None:
    """Run an example on 127.0.0.1 until it is told to stop."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description="Serve the example.")
    parser.add_argument("--port", type=int, default=8000)
    port: int = parser.parse_args().port
    # The guard finds the client behind trusted proxies itself, so the server must leave the peer alone.
    uvicorn.run(create_app(os.environ, port), host=HOST, port=port, proxy_headers=False, access_log=False)
