"""Takes the documentation's pictures of the meter anew: ``nox -s screenshots``, or as a module.

They show the running example in a headless Chromium.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final, Literal, NamedTuple

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from examples.server import Server
from tests.browser.conftest import chromium_path

ROOT: Final = Path(__file__).parents[2]
DIRECTORY: Final = ROOT / "docs" / "_static"
MOST_BYTES: Final = 60_000


class Picture(NamedTuple):
    """One state of the meter."""

    name: str
    password: str
    says: str
    scheme: Literal["light", "dark"]
    width: int = 460


PICTURES: Final = [
    Picture("password-weak", "HansFlorian1990", "Very weak.", "light"),
    Picture("password-fair", "sunshine and moonlight", "Fair, but not enough.", "dark"),
    Picture("password-strong", "four walnut lanterns under ice", "You can use it.", "light"),
]


def take(browser: Browser, url: str, picture: Picture, directory: Path) -> Path:
    """Type a password into the form, wait for what is said of it, and take a picture of the form."""
    viewport = ViewportSize(width=picture.width, height=900)
    with browser.new_context(color_scheme=picture.scheme, viewport=viewport) as context:
        page = context.new_page()
        page.goto(f"{url}/#register")
        form = page.locator("#register")
        form.get_by_label("User name").fill("HansFlorian")
        form.get_by_label("E-mail").fill("hans.zimmer@example.org")
        form.locator("input[name=password]").press_sequentially(picture.password)
        form.locator("[data-verdict]", has_text=picture.says).wait_for()
        path = directory / f"{picture.name}.png"
        page.locator(".card").screenshot(path=path, caret="hide")
    return path


def main(directory: Path = DIRECTORY) -> int:
    """Take all pictures; fail if one is too big for a page."""
    directory.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        server = Server("examples.fastapi_app", Path(scratch))
        try:
            server.wait_until_healthy()
            browser = playwright.chromium.launch(executable_path=chromium_path())
            paths = [take(browser, server.url, picture, directory) for picture in PICTURES]
            browser.close()
        finally:
            server.stop()
    return int(any(path.stat().st_size > MOST_BYTES for path in paths))


if __name__ == "__main__":
    sys.exit(main())
