"""Claims about a real uvicorn, which may believe forwarding headers before any application sees a request.

Each server is a process of its own, started as its operators do it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.acceptance.candidates import ROOT
from tests.acceptance.server import free_port, stop

SECONDS: Final = 60
LIMIT: Final = 5
TRUSTED: Final = {"AUTHGUARD_TRUSTED_PROXIES": "127.0.0.1/32"}
SETTINGS: Final = {
    "AUTHGUARD_SECRET_KEY": "k" * 32,
    "AUTHGUARD_COOKIE_SECURE": "false",
    "AUTHGUARD_LOGIN__IP_LIMIT": f"{LIMIT}/15m",
}
APPLICATIONS: Final = ["starlette", "fastapi"]

Command = Sequence[str]


def by_command_line(application: str, port: int, *options: str) -> Command:
    """``uvicorn tests...:application --port N options``."""
    target = f"tests.adapters.uvicorn_target:{application}"
    return [sys.executable, "-m", "uvicorn", target, "--port", str(port), *options]


def by_argument(port: int, arguments: str) -> Command:
    """``uvicorn.run(..., arguments)``."""
    call = f"uvicorn.run('tests.adapters.uvicorn_target:starlette', port={port}, {arguments})"
    return [sys.executable, "-c", f"import uvicorn; {call}"]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of the tests without what would configure guard or server, and what is given."""
    own = {name: value for name, value in os.environ.items() if name != "FORWARDED_ALLOW_IPS"}
    return own | SETTINGS | dict(settings)


@contextmanager
def running(command: Command, settings: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server, its output going into a file, and stop it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(settings), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        stop(process)


def ending(command: Command, settings: Mapping[str, str], log: Path) -> tuple[int, str]:
    """Wait for a server that doesn't start. Return its exit status and what it said."""
    with running(command, settings, log) as process:
        status = process.wait(SECONDS)
    return status, log.read_text()


@contextmanager
def serving(application: str, log: Path, *options: str, **settings: str) -> Iterator[httpx.Client]:
    """Run a server, and give a client of it as soon as it listens."""
    port = free_port()
    with running(by_command_line(application, port, *options), settings, log) as process:
        transport = httpx.HTTPTransport(retries=0)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=SECONDS
        ) as client:
            while not is_listening(client):
                assert process.poll() is None, log.read_text()
            yield client


def is_listening(client: httpx.Client) -> bool:
    """Whether the server answers."""
    try:
        return client.get("/").is_success
    except httpx.HTTPError:
        return False


def guesses(client: httpx.Client, forwarded: str) -> list[int]:
    """Guess more often than an address may, another name each time; ``forwarded`` has a number's place."""
    return [
        client.post(
            "/login",
            data={"username": f"name{number}", "password": "guess"},
            headers={"X-Forwarded-For": forwarded.format(number), "X-Real-IP": f"203.0.113.{number}"},
        ).status_code
        for number in range(LIMIT + 5)
    ]


# What the documentation says


@pytest.mark.parametrize("application", APPLICATIONS)
def test_a27_documented_an_untrusted_peer_gets_no_guess_by_rotating_its_header(
    application: str, tmp_path: Path
) -> None:
    """Without proxy headers and without trusted proxies the peer is counted, whatever it says."""
    with serving(application, tmp_path / "log", "--no-proxy-headers") as client:
        assert guesses(client, "203.0.113.{}") == [401] * LIMIT + [429] * 5


@pytest.mark.parametrize("application", APPLICATIONS)
def test_a27_documented_behind_a_trusted_proxy_no_guess_is_got_by_rotating(
    application: str, tmp_path: Path
) -> None:
    """What the client writes stands left of what the proxy appends, and counts for nothing."""
    with serving(application, tmp_path / "log", "--no-proxy-headers", **TRUSTED) as client:
        assert guesses(client, "203.0.113.{}, 198.51.100.7") == [401] * LIMIT + [429] * 5
        assert guesses(client, "203.0.113.{}, 198.51.100.8")[0] == 401


@pytest.mark.parametrize("settings", [{}, TRUSTED], ids=["the server alone", "both"])
def test_a27_the_servers_default_behind_a_proxy_of_this_machine_is_safe(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    """It believes 127.0.0.1 and takes the right-most entry; nothing has to be warned about."""
    with serving("starlette", tmp_path / "log", **settings) as client:
        assert guesses(client, "203.0.113.{}, 198.51.100.7") == [401] * LIMIT + [429] * 5
    assert "didn't come from its connection" not in (tmp_path / "log").read_text()


def test_a27_an_environment_that_the_server_ignores_stops_nothing(tmp_path: Path) -> None:
    """FORWARDED_ALLOW_IPS=* beside --no-proxy-headers is harmless, and safe."""
    with serving("starlette", tmp_path / "log", "--no-proxy-headers", FORWARDED_ALLOW_IPS="*") as client:
        assert guesses(client, "203.0.113.{}") == [401] * LIMIT + [429] * 5


# What is refused


def assert_refused(command: Command, log: Path, **settings: str) -> None:
    """Check that a server ends at its start, and says why and what to do."""
    status, said = ending(command, settings, log)
    assert status != 0
    assert "forwarded_allow_ips: got" in said
    assert "--no-proxy-headers" in said
    assert "Application startup failed" in said


@pytest.mark.parametrize("application", APPLICATIONS)
def test_a27_a_server_that_believes_everybody_is_refused(application: str, tmp_path: Path) -> None:
    """On the command line, with either adapter."""
    command = by_command_line(application, free_port(), "--forwarded-allow-ips", "*")
    assert_refused(command, tmp_path / "log")


def test_a27_trusted_proxies_dont_heal_a_server_that_believes_everybody(tmp_path: Path) -> None:
    """The real peer is gone by then: there is nobody left to compare with the trusted ones."""
    command = by_command_line("starlette", free_port(), "--forwarded-allow-ips", "*")
    assert_refused(command, tmp_path / "log", **TRUSTED)


def test_a27_a_server_that_believes_everybody_by_its_environment_is_refused(tmp_path: Path) -> None:
    """FORWARDED_ALLOW_IPS=* and nothing else."""
    assert_refused(by_command_line("starlette", free_port()), tmp_path / "log", FORWARDED_ALLOW_IPS="*")


@pytest.mark.parametrize("value", ["'*'", "['*']", "'0.0.0.0/0'"])
def test_a27_a_server_that_believes_everybody_by_argument_is_refused(value: str, tmp_path: Path) -> None:
    """In code, as text, as a list, and as a network that holds everybody."""
    assert_refused(by_argument(free_port(), f"forwarded_allow_ips={value}"), tmp_path / "log")


def test_a27_a_server_that_hides_its_configuration_is_warned_about_once(tmp_path: Path) -> None:
    """Without a lifespan nothing shows before the first sign-in whose address a header brought."""
    options = ("--lifespan", "off", "--forwarded-allow-ips", "*")
    with serving("starlette", tmp_path / "log", *options) as client:
        assert guesses(client, "203.0.113.{}") == [401] * (LIMIT + 5)
    assert (tmp_path / "log").read_text().count("didn't come from its connection") == 1
