"""The production guide's proxy, and its servers with several workers, which count as one."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.docs.production_page import ROOT, block, command, exported
from tests.servers import processes, shared

SETTINGS = {
    "AUTHGUARD_SECRET_KEY": "0123456789abcdef" * 4,
    "AUTHGUARD_LOGIN__DELAY_AFTER": "5",
    "AUTHGUARD_LOGIN__IP_LIMIT": "7/15m",
    "AUTHGUARD_STORAGE_TIMEOUT": "30s",
}
"""No delays, and much patience: it doesn't matter how busy this machine is."""
SERVERS = {
    "uvicorn": (
        "README.md",
        """
@app.middleware("http")
async def tell(request, call_next):
    response = await call_next(request)
    response.headers["x-worker"] = str(__import__("os").getpid())
    return response
""",
    ),
    "gunicorn": (
        "docs/guides/flask.md",
        """
@app.after_request
def tell(response):
    response.headers["x-worker"] = str(__import__("os").getpid())
    return response
""",
    ),
}
"""For each the page whose first Python snippet is the application, and what makes it say who answers."""
AT = {"uvicorn": "--port {}", "gunicorn": "--bind 127.0.0.1:{} --no-control-socket"}


def application(page: str, more: str) -> str:
    """Return the first application of a page as a module."""
    return (ROOT / page).read_text(encoding="utf-8").split("```python\n", 1)[1].split("```", 1)[0] + more


@contextmanager
def served(name: str, directory: Path) -> Iterator[str]:
    """Start an application by the page's command, beside a Redis; yield its URL."""
    port, log = processes.free_port(), directory / "server.log"
    (directory / "app.py").write_text(application(*SERVERS[name]), encoding="utf-8")
    program, *words = command(block(name).replace("--workers 4", "--workers 2"))
    assert program == name
    environment = {
        **SETTINGS,
        "AUTHGUARD_STORAGE_URL": f"{shared.redis().url}?socket_timeout=30&prefix={shared.prefix()}",
        "AUTHGUARD_TRUSTED_PROXIES": exported(block(name), "AUTHGUARD_TRUSTED_PROXIES"),
        "PYTHONPATH": os.pathsep.join([str(directory), str(ROOT), str(ROOT / "adapters")]),
    }
    where = AT[name].format(port).split(" ")
    process = processes.start([sys.executable, "-m", name, *words, *where], log, environment=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        processes.wait_until(lambda: answers(url), process, log)
        yield url
    finally:
        processes.stop(process)


def answers(url: str) -> bool:
    """Say whether somebody listens."""
    try:
        httpx.get(url, trust_env=False)
    except httpx.HTTPError:
        return False
    return True


def guess(url: str, account: str, *, via: str, at: str = "127.0.0.1") -> httpx.Response:
    """Guess a password over a connection of its own, so that any of the workers may get it."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=at)) as client:
        return client.post(
            f"{url}/login",
            data={"username": account, "password": "wrong"},
            headers={"X-Forwarded-For": via} if via else {},
        )


@pytest.mark.parametrize("name", SERVERS)
def test_all_workers_count_together(name: str, tmp_path: Path) -> None:
    """Five guesses at an account, whoever gets them; seven from an address, as the trusted proxy names it."""
    shared.need_redis()
    with served(name, tmp_path) as url, ThreadPoolExecutor(6) as pool:
        told = [*pool.map(lambda number: guess(url, "alice", via=f"198.51.100.{number}"), range(30))]
        assert Counter(answer.status_code for answer in told) == {401: 5, 429: 25}
        assert len({answer.headers["x-worker"] for answer in told}) > 1

        told = [*pool.map(lambda number: guess(url, f"user{number}", via="203.0.113.9"), range(12))]
        assert Counter(answer.status_code for answer in told) == {401: 7, 429: 5}
        assert guess(url, "somebody", via="203.0.113.10").status_code == 401


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """The application behind the proxy of the page; the proxy's URL."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.skip("no nginx on PATH")
    shared.need_redis()
    with served("uvicorn", tmp_path) as behind:
        port, log = processes.free_port(), tmp_path / "nginx.log"
        location = block("nginx").replace("http://127.0.0.1:8000", behind)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = [f"{kind}_temp_path {tmp_path};" for kind in kinds]
        server = f"server {{ listen 127.0.0.1:{port}; {location} }}"
        configuration = tmp_path / "nginx.conf"
        configuration.write_text(
            f"daemon off; pid {tmp_path}/nginx.pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; {' '.join(paths)} {server} }}",
            encoding="utf-8",
        )
        process = processes.start([found, "-p", tmp_path, "-e", "stderr", "-c", configuration], log)
        url = f"http://127.0.0.1:{port}"
        try:
            processes.wait_until(lambda: answers(url), process, log)
            yield url
        finally:
            processes.stop(process)


def test_a_client_behind_the_pages_nginx_cannot_choose_its_address(nginx: str) -> None:
    """What it writes into the header stands to the left of what nginx appends."""
    forged = [
        guess(nginx, f"user{number}", via=f"198.51.100.{number}", at="127.0.0.2").status_code
        for number in range(9)
    ]

    assert forged == [401] * 7 + [429] * 2
    assert guess(nginx, "somebody", via="", at="127.0.0.3").status_code == 401
