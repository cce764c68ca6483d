"""Claims about the demo's process: whatever happens to it, the server that it started is gone afterwards."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

# Reports to the test by a connection that lasts as long as its process, then plays its part.
STAND_IN = """
import http.server, json, os, signal, socket, sys

line = socket.create_connection(("127.0.0.1", int(os.environ["STAND_IN_REPORTS_TO"])))
part = os.environ["STAND_IN_PART"]
told = {name: value for name, value in os.environ.items() if name.startswith(("AUTHGUARD_", "DEMO_"))}
line.sendall(json.dumps(told).encode() + b"\\n")
if part == "fails":
    sys.exit("the settings can't be used")
if part == "is stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if part == "is no example" else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()
        line.sendall(b"asked\\n")

    do_POST = do_GET


http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
"""


class Demo(NamedTuple):
    """A running demo, and the line that its server holds open as long as it lives."""

    process: "subprocess.Popen[str]"
    line: socket.socket

    def is_asked(self) -> None:
        """Return once the demo asks its server whether it is healthy."""
        with self.line.makefile("rb") as lines:
            assert b"asked\n" in iter(lines.readline, b"")

    def server_is_gone(self) -> bool:
        """Whether the server's end of the line is closed, which its process does by ending."""
        while self.line.recv(4096):
            pass
        return True


@pytest.fixture
def demo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Demo]:
    (tmp_path / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as reports:
        reports.settimeout(60)
        environment = os.environ | {
            "AUTHGUARD_PRESET": "large",
            "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
            "STAND_IN_PART": str(request.param),
            "STAND_IN_REPORTS_TO": str(reports.getsockname()[1]),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "examples.demo", "--app", "stand_in"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            line, _address = reports.accept()
            line.settimeout(60)
            with line:
                yield Demo(process, line)
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.mark.skipif(sys.platform == "win32", reason="this system sends no such signals to a process")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("demo", ["never gets healthy"], indirect=True)
def test_a_signal_ends_the_server_too(demo: Demo, name: str) -> None:
    """Ctrl-C, a termination and a closed terminal leave no server behind; the exit code tells of it."""
    number = getattr(signal, name)
    demo.is_asked()
    demo.process.send_signal(number)
    demo.process.wait(60)
    assert demo.server_is_gone()
    assert demo.process.returncode == 128 + number


@pytest.mark.skipif(sys.platform == "win32", reason="this system sends no such signals to a process")
@pytest.mark.slow
@pytest.mark.parametrize("demo", ["is stubborn"], indirect=True)
def test_a_server_that_does_not_listen_is_ended_all_the_same(demo: Demo) -> None:
    """A server that ignores the polite request is killed, even if Ctrl-C is pressed again meanwhile."""
    demo.is_asked()
    for _impatience in range(3):
        demo.process.send_signal(signal.SIGINT)
    demo.process.wait(60)
    assert demo.server_is_gone()
    assert demo.process.returncode == 128 + signal.SIGINT


@pytest.mark.parametrize("demo", ["fails"], indirect=True)
def test_a_server_that_fails_to_start_is_explained(demo: Demo) -> None:
    """The demo ends with 2 and shows what the server said."""
    told, _errors = demo.process.communicate(timeout=60)
    assert (demo.process.returncode, "the settings can't be used" in told) == (2, True)
    assert demo.server_is_gone()


@pytest.mark.parametrize("demo", ["fails"], indirect=True)
def test_the_server_gets_fresh_settings(demo: Demo) -> None:
    """A random key, a trusted loopback proxy and plain-http cookies; nothing of the caller's own settings."""
    with demo.line.makefile("r") as lines:
        told = lines.readline()
    assert '"AUTHGUARD_TRUSTED_PROXIES": "127.0.0.1/32,::1/128"' in told
    assert '"AUTHGUARD_COOKIE_SECURE": "false"' in told
    assert "AUTHGUARD_PRESET" not in told


@pytest.mark.parametrize("demo", ["is no example"], indirect=True)
def test_a_server_that_does_not_keep_the_contract_is_no_target(demo: Demo) -> None:
    """What answers otherwise than the examples can't be put to the test, and the demo says why."""
    with demo.process.stdout or pytest.fail("the demo's output is not read") as output:
        told = next(line for line in output if "can't be used" in line)
    assert "POST /register answered 200" in told
