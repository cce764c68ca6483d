"""The page about new passwords tells every code, and what it shows does what it says."""

import re
import struct
from pathlib import Path

import httpx
import pytest

from authguard_core.passwords.findings import ADVICE, FINDINGS
from authguard_core.settings.purpose import PasswordSettings
from tests.docs.test_snippets import run

ROOT = Path(__file__).parents[2]
PAGE = "docs/guides/validate-a-password.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
WIDEST = 1_000
MOST_BYTES = 60_000


@pytest.fixture(autouse=True)
def secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the one variable that the pages tell the reader to set."""
    monkeypatch.setenv("AUTHGUARD_SECRET_KEY", "0123456789abcdef" * 4)


def test_every_code_is_told_with_its_title() -> None:
    """Findings and advice, none forgotten and none made up."""
    rows = [
        line for line in TEXT.partition("## What the codes mean")[2].splitlines() if line.startswith("| `")
    ]
    told = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    titles = " | ".join(rows)
    assert told == {*map(str, FINDINGS), *map(str, ADVICE)}
    assert [one.title for one in (*FINDINGS.values(), *ADVICE.values()) if one.title not in titles] == []


def test_every_setting_of_passwords_is_told() -> None:
    """By the name under which it is set."""
    told = set(re.findall(r"`PASSWORD__(\w+)`", TEXT))
    assert told == {name.upper() for name in PasswordSettings.model_fields}


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/register", "/sign-up"])
async def test_what_the_page_shows_refuses_a_weak_password(path: str) -> None:
    """The answer is the very one that the page prints, and a good passphrase gets in."""
    shown = run(PAGE)
    form = {"username": "HansFlorian", "email": "hans@example.org"}
    transport = httpx.ASGITransport(shown["app"])  # type: ignore[arg-type]  # the page's application
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        refused = await client.post(path, json={**form, "password": "HansFlorian1990"})
        accepted = await client.post(path, json={**form, "password": "four walnut lanterns under ice"})
        typed = await client.post("/password/assess", json={"password": "HansFlorian1990"})
    [printed] = re.findall(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert refused.json() == httpx.Response(200, text=printed).json()
    assert (accepted.status_code, typed.json()["ok"]) == (202, False)


def test_its_pictures_are_small() -> None:
    """They are there, and no page is slow for them: nox -s screenshots takes them anew."""
    pictures = [ROOT / "docs" / "_static" / name for name in re.findall(r"_static/([\w-]+\.png)", TEXT)]
    assert len(pictures) == 3
    for picture in pictures:
        content = picture.read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        assert content.startswith(b"\x89PNG")
        assert len(content) < MOST_BYTES
        assert max(width, height) < WIDEST
