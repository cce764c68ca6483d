"""Claims about how a look-up is set up: what can't work is refused at once, and no secret repeated."""

import importlib
import subprocess
import sys
from typing import Any

import pytest

from authguard_core.errors import ConfigurationError
from authguard_httpx import AsyncPwnedPasswords, OnFailure, PwnedPasswords
from tests.adapters.range_client import FLAVOURS

Flavour = type[PwnedPasswords | AsyncPwnedPasswords]


class Nothing:
    """An empty list."""

    words: tuple[str, ...] = ()

    def rank(self, word: str) -> int | None:
        return self.words.index(word) if word in self.words else None


@pytest.fixture(params=FLAVOURS, ids=["sync", "async"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    found: Flavour = request.param
    return found


def test_the_service_itself_is_the_default(flavour: Flavour) -> None:
    """What a failure means is all that has to be said."""
    flavour(on_failure=OnFailure.SKIP)


def test_what_a_failure_means_has_no_default(flavour: Flavour) -> None:
    """Whether an outage lets passwords through is a decision, not an accident."""
    with pytest.raises(TypeError, match="on_failure"):
        flavour()  # type: ignore[call-arg]


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("on_failure", {"on_failure": "skip"}),
    ("offline", {"on_failure": OnFailure.OFFLINE}),
    ("offline", {"on_failure": OnFailure.SKIP, "offline": Nothing()}),
    ("timeout", {"timeout": 0}),
    ("timeout", {"timeout": 61}),
    ("timeout", {"timeout": float("nan")}),
    ("timeout", {"timeout": float("inf")}),
    ("timeout", {"timeout": True}),
    ("timeout", {"timeout": "2s"}),
    ("timeout", {"timeout": None}),
    ("max_bytes", {"max_bytes": 0}),
    ("max_bytes", {"max_bytes": 2**30}),
    ("max_bytes", {"max_bytes": 1.5}),
    ("min_count", {"min_count": 0}),
    ("min_count", {"min_count": True}),
    ("cache_size", {"cache_size": -1}),
    ("cache_seconds", {"cache_seconds": -1}),
    ("pause", {"pause": -1}),
    ("base_url", {"base_url": "http://api.pwnedpasswords.com"}),
    ("base_url", {"base_url": "http://192.0.2.1"}),
    ("base_url", {"base_url": "http://localhost.example"}),
    ("base_url", {"base_url": "ftp://127.0.0.1"}),
    ("base_url", {"base_url": "api.pwnedpasswords.com"}),
    ("base_url", {"base_url": "https://"}),
    ("base_url", {"base_url": "https://example.com:port"}),
    ("base_url", {"base_url": "https://example.com/?key=canary"}),
    ("base_url", {"base_url": "https://example.com/?"}),
    ("base_url", {"base_url": "https://example.com/#canary"}),
    ("base_url", {"base_url": "https://example.com/#"}),
    ("base_url", {"base_url": "https://canary:canary@example.com"}),
    ("base_url", {"base_url": "https://canary:canary@example.com:port"}),
    ("base_url", {"base_url": None}),
    ("proxy", {"proxy": "socks5://canary:canary@127.0.0.1"}),
    ("proxy", {"proxy": "https://canary:canary@127.0.0.1"}),
    ("proxy", {"proxy": "http://canary:canary@127.0.0.1/path"}),
    ("proxy", {"proxy": "127.0.0.1:8080"}),
]
IDS = [f"{name} {number}" for number, (name, _) in enumerate(REFUSED)]


@pytest.mark.parametrize(("name", "options"), REFUSED, ids=IDS)
def test_a82_what_can_not_work_is_refused_by_name(
    flavour: Flavour, name: str, options: dict[str, Any]
) -> None:
    """The message begins with the argument's name, and repeats no credentials or keys."""
    with pytest.raises(ConfigurationError, match=f"^{name}: got ") as refusal:
        flavour(**{"on_failure": OnFailure.SKIP, **options})
    assert "canary" not in f"{refusal.value}{refusal.value.__context__}{refusal.value.__cause__}"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_on_this_machine_plain_http_is_legal(flavour: Flavour, host: str) -> None:
    """Nobody is between."""
    flavour(on_failure=OnFailure.SKIP, base_url=f"http://{host}:8080/mirror")


@pytest.mark.parametrize(
    "options",
    [{"timeout": 60}, {"timeout": 0.01, "pause": 0}, {"cache_size": 0, "cache_seconds": 0}],
    ids=str,
)
def test_the_ends_of_the_ranges_are_legal(flavour: Flavour, options: dict[str, Any]) -> None:
    """Whole numbers of seconds too."""
    flavour(on_failure=OnFailure.OFFLINE, offline=Nothing(), **options)


def test_without_httpx_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the extra."""
    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.delitem(sys.modules, "authguard_httpx.backend", raising=False)
    with pytest.raises(ImportError, match=r'pip install "authguard\[httpx\]"'):
        importlib.import_module("authguard_httpx.backend")


def test_the_adapter_loads_no_framework() -> None:
    """It serves any application, and the command line."""
    code = "import sys, authguard_httpx; print({'starlette', 'fastapi', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
