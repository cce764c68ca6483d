"""An example in a process of its own, which never outlives the program that started it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final, Self

import httpx

__all__ = ["Interrupted", "Interrupts", "Server", "ServerError", "serve"]

_ROOT: Final = Path(__file__).parent.parent
_STARTING_SECONDS: Final = 60.0
_STOPPING_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.1
_LINES_OF_LOG: Final = 20
_SETTINGS_PREFIX: Final = "AUTHGUARD_"

# Windows knows no SIGHUP, which a closed terminal sends elsewhere.
_SIGNALS: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class ServerError(Exception):
    """The example didn't start, or ended by itself."""


class Interrupted(SystemExit):
    """A signal asks the program to end. As a SystemExit it gets through an event loop."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(self.exit_code)


class Interrupts:
    """Turns signals into one :class:`Interrupted`, and holds them back where it would do harm.

    A signal at the wrong moment would lose the handle of a process that has just started,
    or keep one from being stopped. After the first :class:`Interrupted` no other is raised.
    """

    def __init__(self) -> None:
        self._held = False
        self._pending: int | None = None

    def __enter__(self) -> Self:
        self._previous = {number: signal.signal(number, self._arrived) for number in _SIGNALS}
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def hold(self) -> None:
        """Keep signals for later."""
        self._held = True

    def deliver(self) -> None:
        """Raise what was held back, and what arrives from now on."""
        self._held = False
        if self._pending is not None:
            self._arrived(self._pending, None)

    def _arrived(self, number: int, _frame: FrameType | None) -> None:
        if self._held:
            self._pending = number
            return
        self._held = True
        raise Interrupted(number)


def serve(module: str, interrupts: Interrupts, use: Callable[["Server"], int]) -> int:
    """Start an example, use it, and stop it, whatever happens in between.

    Args:
        module: What ``python -m`` starts, with ``--port``.
        interrupts: Must be active. Signals get through while the server is used.
        use: What to do with the running server; its result is passed on.

    Raises:
        ServerError: What ``use`` raises of it.
        Interrupted: A signal arrived.
    """
    with tempfile.TemporaryDirectory(prefix="authguard-attacked-", ignore_cleanup_errors=True) as scratch:
        interrupts.hold()
        server = Server(module, Path(scratch))
        try:
            interrupts.deliver()
            return use(server)
        finally:
            try:
                interrupts.hold()
            finally:  # a signal may have got in just before it was held
                server.stop()


class Server:
    """An example that runs in a process of its own, on a free port.

    It gets fresh settings: a random key, a directory of its own, plain-http cookies, and
    this machine as a trusted proxy, so that the attack may name the addresses it comes from.
    """

    def __init__(self, module: str, scratch: Path) -> None:
        self._port = _free_port()
        self._log = scratch / "server.log"
        with self._log.open("wb") as log:
            # A session of its own: Ctrl-C reaches this program alone, which then stops the other.
            self._process = subprocess.Popen(  # noqa: S603 - this checkout's own example
                [sys.executable, "-m", module, "--port", str(self._port)],
                cwd=_ROOT,
                env=_environment(scratch),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def stop(self) -> None:
        """End the process, politely first, and wait until it is gone. Harmless when repeated."""
        self._process.terminate()
        try:
            self._process.wait(_STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_until_healthy(self) -> None:
        """Return as soon as it answers.

        Raises:
            ServerError: It ended, or took too long.
        """
        deadline = time.monotonic() + _STARTING_SECONDS
        with httpx.Client(trust_env=False) as client:
            while time.monotonic() < deadline:
                self._refuse_if_ended()
                if _is_healthy(client, self.url):
                    return
                time.sleep(_POLL_SECONDS)
        raise ServerError(
            f"The example didn't answer within {_STARTING_SECONDS:.0f} seconds.\n{self._last_lines()}"
        )

    def wait_until_it_ends(self) -> None:
        """Wait for the example. It isn't supposed to end.

        Raises:
            ServerError: It ended.
            Interrupted: A signal arrived first.
        """
        self._process.wait()
        self._refuse_if_ended()

    def _refuse_if_ended(self) -> None:
        status = self._process.poll()
        if status is not None:
            raise ServerError(f"The example ended with status {status}.\n{self._last_lines()}")

    def _last_lines(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_LINES_OF_LOG:])


def _environment(scratch: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS_PREFIX)}
    return inherited | {
        "AUTHGUARD_SECRET_KEY": secrets.token_hex(32),
        "AUTHGUARD_COOKIE_SECURE": "false",
        "AUTHGUARD_TRUSTED_PROXIES": "127.0.0.1/32,::1/128",
        "DEMO_DATA_DIR": str(scratch),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_healthy(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(f"{url}/healthz").is_success
    except httpx.HTTPError:
        return False
