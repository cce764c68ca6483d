"""A headless Chromium for the browser tests.

It is the one on the machine: ``TESTS_CHROMIUM`` names it, or it is found on the path. Where there is none
the tests are skipped, unless ``TESTS_REQUIRE_BROWSER`` is set: then they fail.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """The executable to start, if there is one."""
    return os.environ.get("TESTS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    for item in items:
        if item.path.parent == ROOT:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser process for all tests."""
    path = chromium_path()
    if path is None:
        message = f"no Chromium: none of {', '.join(NAMES)} is on the path; install one or set TESTS_CHROMIUM"
        if os.environ.get("TESTS_REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a profile of its own: no cookies, nothing stored."""
    with chromium.new_context() as context:
        yield context.new_page()
