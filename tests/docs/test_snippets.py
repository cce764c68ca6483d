"""Every Python snippet of the README and the guides runs, and does what the text says."""

import re
from pathlib import Path
from types import CodeType

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *(str(page.relative_to(ROOT)) for page in sorted(ROOT.glob("docs/guides/*.md")))]
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def snippets(page: str) -> list[CodeType]:
    """Return the page's Python blocks, compiled so that a traceback shows the page's own line."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        compile("\n" * text.count("\n", 0, match.start(1)) + match[1], page, "exec")
        for match in FENCE.finditer(text)
    ]


def run(page: str) -> dict[str, object]:
    """Run a page's blocks in order, as one module."""
    names: dict[str, object] = {"__name__": "snippet"}
    for block in snippets(page):
        exec(block, names)  # noqa: S102 - our own documentation
    return names


slowapi = pytest.mark.filterwarnings("ignore:'asyncio.iscoroutinefunction':DeprecationWarning")
"""It asks what Python 3.14 wants asked elsewhere."""


@pytest.fixture(autouse=True)
def secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the one variable that the pages tell the reader to set."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", "0123456789abcdef" * 4)


@slowapi
@pytest.mark.parametrize("page", PAGES)
def test_every_snippet_of_a_page_runs(page: str) -> None:
    """A page has snippets, and they run in order as they stand."""
    assert len(run(page)) > 2


@pytest.mark.anyio
async def test_the_readmes_fastapi_login_withstands_guessing() -> None:
    """What the README shows answers 401, then 429 to the fourth guess in a row."""
    transport = httpx.ASGITransport(run("README.md")["app"])  # type: ignore[arg-type]
    form = {"username": "alice", "password": "wrong"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = [await client.post("/login", data=form) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


def test_the_readmes_flask_login_withstands_guessing() -> None:
    """So does the one in Flask."""
    client = run("README.md")["flask_app"].test_client()  # type: ignore[attr-defined]
    guesses = [client.post("/login", data={"username": "bob", "password": "wrong"}) for _ in range(4)]
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429]


def test_the_readmes_two_commands_come_first() -> None:
    """Its first two sh blocks are the demo and the tests, one line each."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert [block.count("\n") for block in blocks[:2]] == [1, 1]
    assert [block.split("nox -s ")[1].strip() for block in blocks[:2]] == ["demo", "tests"]
