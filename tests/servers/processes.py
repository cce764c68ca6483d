"""Servers in processes of their own, which never outlive the tests."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SECONDS = 30
POLL_SECONDS = 0.01

# Below the range from which systems choose the ports of outgoing connections: nothing takes it meanwhile.
PORTS = range(20_000, 32_000)
BUS = 10_000
"""By how much the port is higher over which the nodes of a Redis Cluster talk to each other."""
PR_SET_PDEATHSIG = 1


def free_port(*, with_bus: bool = False) -> int:
    """Find a port of this machine that nobody listens on, or two: one for the bus of a Cluster's node."""
    ports = range(PORTS.start, PORTS.stop - BUS) if with_bus else PORTS
    for port in random.sample(ports, 200):
        if not any(_is_taken(one) for one in ([port, port + BUS] if with_bus else [port])):
            return port
    raise OSError("two hundred ports are taken")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(
    command: Sequence[str | Path],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a server that ends with this process, however that ends.

    Args:
        command: what is run.
        log: where its output goes.
        environment: further variables.

    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            preexec_fn=_dying_with_parent(),  # noqa: PLW1509 - it calls nothing of Python's
        )


def _dying_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)

    def ask_for_signal() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask_for_signal


def wait_until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return as soon as the server is ready; fail with its log if it ends or takes too long."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return
        time.sleep(POLL_SECONDS)
    raise AssertionError(
        f"{process.args!r} didn't start ({process.poll()}):\n{log.read_text(errors='replace')}"
    )


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a server, politely first, and wait until it is gone. Harmless when repeated."""
    process.terminate()
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
