"""Both flavours of the look-up as one thing that can be asked and waits for the answer."""

import socket
from typing import Any

import anyio

from authguard_core.passwords import Exposure
from authguard_httpx import AsyncPwnedPasswords, OnFailure, PwnedPasswords

__all__ = ["FLAVOURS", "Asker", "closed_port"]

FLAVOURS = (PwnedPasswords, AsyncPwnedPasswords)


class Asker:
    """A look-up that says UNKNOWN when it fails, unless it is told otherwise, and never pauses."""

    def __init__(
        self, flavour: type[PwnedPasswords | AsyncPwnedPasswords], base_url: str, **more: object
    ) -> None:
        options: dict[str, Any] = {**self.defaults(base_url), **more}
        self.client = flavour(**options)

    @staticmethod
    def defaults(base_url: str) -> dict[str, Any]:
        """The arguments that it is made with."""
        return {"on_failure": OnFailure.SKIP, "pause": 0, "timeout": 30, "base_url": base_url}

    def __call__(self, password: str) -> Exposure:
        if isinstance(self.client, AsyncPwnedPasswords):
            return anyio.run(self.client.lookup, password)
        return self.client.lookup(password)

    def close(self) -> None:
        if isinstance(self.client, AsyncPwnedPasswords):
            anyio.run(self.client.aclose)
        else:
            self.client.close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
