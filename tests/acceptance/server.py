"""Starts an example as its users do, with settings of the test's own, and stops it for sure."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

EXAMPLES = ["examples.fastapi_app", "examples.starlette_app", "examples.flask_app", "examples.django_app"]
"""The applications that keep the contract. Another one is one more line here."""

ROOT = Path(__file__).parents[2]
OWN_SETTINGS = ("AUTHGUARD_", "DEMO_")
SECONDS = 60
POLL_SECONDS = 0.02

# Below the range from which systems choose the ports of outgoing connections: nothing takes it meanwhile.
PORTS = range(20_000, 32_000)

CANARY = "canary"
"""What every password, name and mail address of these tests holds, and no log may."""


@contextmanager
def serving(module: str, directory: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Run ``python -m module --port N``, give its URL, and look into its log when it has ended.

    Args:
        module: The example.
        directory: Its data; another server of the same directory continues with them.
        settings: ``AUTHGUARD_*`` and ``DEMO_*`` variables. It sees none but these.

    """
    log = directory / "server.log"
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "--port", str(port)],
            cwd=ROOT,
            env=environment() | {"DEMO_DATA_DIR": str(directory), **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(process, url, log)
        yield url
    finally:
        stop(process)
    told = log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in told, told
    assert CANARY not in told, told


def environment() -> dict[str, str]:
    """The environment of the tests, without anything that would configure an example."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)}


def free_port() -> int:
    """Find a port that nobody listens on."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("a hundred ports are taken")


def wait_until_healthy(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    """Return as soon as the server answers; fail with its log if it doesn't."""
    deadline = time.monotonic() + SECONDS
    with httpx.Client(trust_env=False) as client:
        while process.poll() is None and time.monotonic() < deadline:
            if is_healthy(client, url):
                return
            time.sleep(POLL_SECONDS)
    raise AssertionError(f"The example didn't start ({process.poll()}):\n{log.read_text(errors='replace')}")


def is_healthy(client: httpx.Client, url: str) -> bool:
    """Whether the server answers."""
    try:
        return client.get(f"{url}/healthz").is_success
    except httpx.HTTPError:
        return False


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End the process, politely first, and wait until it is gone."""
    process.terminate()
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
