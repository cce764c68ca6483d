"""What every example wires alike: settings, hasher, password policy, and the server."""

import argparse
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

import uvicorn

from authguard_argon2 import MAX_PASSWORD_BYTES, Argon2Hasher, Argon2Parameters
from authguard_core import HasherBusy, Settings
from authguard_core.hashing import AsyncHasher, Hasher
from authguard_core.passwords import PasswordContext, PasswordPolicy
from examples.shop import Shop
from examples.shop.blocking import BlockingDesk
from examples.shop.desk import Desk
from examples.shop.keyfile import secret_key
from examples.shop.passwords import Advice, Assessment, Finding, PasswordLength

__all__ = [
    "HOST",
    "PolicyPasswords",
    "load_settings",
    "make_hasher",
    "open_blocking_desk",
    "open_desk",
    "own_settings",
    "password_length",
    "read_port",
    "serve",
]

HOST: Final = "127.0.0.1"
LONGEST_CHARACTER: Final = 4
"""Bytes of UTF-8."""
SITE_WORDS: Final = "AUTHGUARD_PASSWORD__SITE_WORDS"
SITE: Final = "authguard"
"""What the pages call themselves. No password is made of it."""


def own_settings(environ: Mapping[str, str], shop: Shop) -> dict[str, Any]:
    """Return what the environment doesn't say: a key, and what the example calls itself."""
    own: dict[str, Any] = {}
    if not environ.get("AUTHGUARD_SECRET_KEY"):
        own["secret_key"] = secret_key(shop.directory.path)
    if not environ.get(SITE_WORDS):
        own["password"] = {"site_words": SITE}
    return own


def load_settings(environ: Mapping[str, str], shop: Shop) -> Settings:
    """Read the settings."""
    return Settings.load(**own_settings(environ, shop))


def make_hasher(shop: Shop) -> Argon2Hasher | None:
    """Return a hasher of ``DEMO_ARGON2``'s cost; None stands for the default."""
    cost = shop.argon2
    if cost is None:
        return None
    parameters = Argon2Parameters(time_cost=cost.time, memory_kib=cost.memory_kib, lanes=cost.lanes)
    return Argon2Hasher(parameters=parameters)


def password_length(settings: Settings) -> PasswordLength:
    """Return what the forms say of a new password: as much as is hashed whole, whatever is in it."""
    told = settings.password
    maximum = min(told.max_length, MAX_PASSWORD_BYTES // LONGEST_CHARACTER)
    return PasswordLength(minimum=told.min_length, maximum=maximum)


class PolicyPasswords:
    """The password policy as the shop asks it."""

    def __init__(self, policy: PasswordPolicy) -> None:
        self._policy = policy

    def assess(self, password: str, *, username: str, email: str) -> Assessment:
        """Assess a password of somebody with this name and address."""
        found = self._policy.check(password, context=PasswordContext(username=username, email=email))
        return Assessment(
            ok=found.ok,
            score=found.score,
            findings=[
                Finding(code=one.code.value, title=one.title, message=one.text, blocks=one.blocks)
                for one in found.findings
            ],
            advice=[Advice(code=one.code.value, title=one.title, message=one.text) for one in found.advice],
        )


def open_blocking_desk(shop: Shop, policy: PasswordPolicy, hasher: Hasher, port: int) -> BlockingDesk:
    """Open the desk of a synchronous application."""
    return BlockingDesk(
        shop.accounts,
        hasher,
        busy=HasherBusy,
        passwords=PolicyPasswords(policy),
        base_url=f"http://{HOST}:{port}",
    )


def open_desk(shop: Shop, policy: PasswordPolicy, hasher: AsyncHasher, port: int) -> Desk:
    """Open the shop's desk for an application on a port."""
    return Desk(
        shop.accounts,
        hasher,
        busy=HasherBusy,
        passwords=PolicyPasswords(policy),
        base_url=f"http://{HOST}:{port}",
    )


def read_port(module: str) -> int:
    """Read the command line of an example: where on 127.0.0.1 it is to listen."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description="Serve the example.")
    parser.add_argument("--port", type=int, default=8000)
    port: int = parser.parse_args().port
    return port


def serve(module: str, create_app: Callable[[Mapping[str, str], int], Any]) -> None:
    """Run an example on 127.0.0.1 until it is told to stop."""
    port = read_port(module)
    # The guard finds the client behind trusted proxies itself, so the server must leave the peer alone.
    uvicorn.run(create_app(os.environ, port), host=HOST, port=port, proxy_headers=False, access_log=False)
