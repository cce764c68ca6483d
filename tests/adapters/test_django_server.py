"""The same project behind a real ASGI server."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from django.core.asgi import get_asgi_application

from tests.adapters.django_world import hashes, opened
from tests.adapters.support import RIGHT, WRONG, serving

DEVICE = "__Host-authguard_device"


def post(port: int, password: str) -> httpx.Response:
    """Sign in with the asynchronous view."""
    body = {"username": "alice", "password": password}
    return httpx.post(f"http://127.0.0.1:{port}/api/login/", json=body, trust_env=False, timeout=30)


def test_behind_uvicorn_the_same_holds() -> None:
    """Sign-in and device cookie, refusal and its header."""
    application: Any = get_asgi_application()
    with opened() as world, serving(application) as port:
        assert DEVICE in post(port, RIGHT).headers["set-cookie"]
        assert [post(port, WRONG).status_code for _ in range(4)] == [401, 401, 401, 429]
        assert post(port, WRONG).headers["retry-after"] == "1"
        assert world.told.kinds["attempt_refused"] == 2


def test_a12_of_parallel_guesses_no_more_are_checked_than_the_limit_allows() -> None:
    """Twenty requests at once, five checks."""
    application: Any = get_asgi_application()
    with opened(LOGIN={"DELAY_AFTER": 5}), serving(application) as port:
        with ThreadPoolExecutor(20) as threads:
            statuses = list(threads.map(lambda _number: post(port, WRONG).status_code, range(20)))
        assert sorted(statuses) == [401] * 5 + [429] * 15
        assert hashes["encode"] == 5
