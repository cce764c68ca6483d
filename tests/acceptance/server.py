"""Starts an application as its users do, with settings of the test's own, and stops it for sure."""

import os
import random
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.acceptance.candidates import Candidate

OWN_SETTINGS = ("AUTHGUARD_", "DEMO_")
SECONDS = 60
POLL_SECONDS = 0.02

# Below the range from which systems choose the ports of outgoing connections: nothing takes it meanwhile.
PORTS = range(20_000, 32_000)

CANARY = "canary"
"""What every password, name and mail address of these tests holds, and no log may."""


@contextmanager
def serving(candidate: Candidate, directory: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Run an application, give its URL, and look into its log when it has ended.

    Args:
        candidate: The application.
        directory: Its data; another server of the same directory continues with them.
        settings: ``AUTHGUARD_*`` and ``DEMO_*`` variables. It sees none but these.

    """
    log, port = directory / "server.log", free_port()
    process = started(candidate, port, directory, settings)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(process, url, log)
        yield url
    finally:
        stop(process)
    told = log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in told, told
    assert CANARY not in told, told


def refusing(candidate: Candidate, directory: Path, settings: Mapping[str, str]) -> tuple[int, str]:
    """Run an application that ends by itself. Return its exit status, and what it said."""
    process = started(candidate, free_port(), directory, settings)
    try:
        status = process.wait(SECONDS)
    finally:
        stop(process)
    return status, (directory / "server.log").read_text(encoding="utf-8", errors="replace")


def started(
    candidate: Candidate, port: int, directory: Path, settings: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """Start an application, its output going into ``server.log``."""
    told = {"DEMO_DATA_DIR": str(directory), "DEMO_PORT": str(port), **settings}
    with (directory / "server.log").open("wb") as output:
        return subprocess.Popen(
            candidate.started_on(port),
            cwd=candidate.directory,
            env=environment() | told,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


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
