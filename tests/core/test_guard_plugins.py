"""Claims about how storage backends and the hasher are found among what is installed."""

import sys
from pathlib import Path

import pytest

from authguard_core import ConfigurationError, memory
from authguard_core.guard import plugins

MODULE = """
def open_storage(url):
    return ("opened", url)

class Hasher:
    pass
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is all that is installed."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return tmp_path


def install(site: Path, name: str, entry_points: str) -> None:
    """Install a distribution with a module of the same name."""
    (site / f"{name}.py").write_text(MODULE, encoding="utf-8")
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")


@pytest.mark.usefixtures("site")
def test_memory_needs_nothing_installed() -> None:
    """The default store is the core's own, whatever else is there."""
    assert plugins.backend("memory://") is memory


def test_a_backend_is_found_by_its_scheme(site: Path) -> None:
    """The part of the URL before the colon is the entry point's name."""
    install(site, "plug_a", "[authguard.storage]\nthing+tls = plug_a\n")

    opened: object = plugins.backend("thing+tls://host").open_storage("thing+tls://host")

    assert opened == ("opened", "thing+tls://host")


def test_a_scheme_that_nobody_offers_is_refused(site: Path) -> None:
    """The refusal names those that are installed, and what to do."""
    install(site, "plug_b", "[authguard.storage]\nthing = plug_b\n")

    with pytest.raises(ConfigurationError) as refused:
        plugins.backend("redis://localhost")

    assert str(refused.value) == (
        "STORAGE_URL: got 'redis:...', expected one of the schemes ['memory', 'thing']."
        " Install the extra that brings the backend."
    )


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "url",
    [
        "redis://user:canary@localhost",
        "canary",
        "canary@localhost:6379",
        "//:canary@localhost",
        ":canary@localhost",
        "redis//:canary@localhost",
        "",
    ],
)
def test_a82_no_part_of_a_url_but_its_scheme_is_shown(url: str) -> None:
    """Whatever is malformed in it may be the password."""
    with pytest.raises(ConfigurationError, match="STORAGE_URL: got ") as refused:
        plugins.backend(url)

    assert "canary" not in str(refused.value)


def test_the_hasher_that_is_installed_is_made(site: Path) -> None:
    """What its entry point names is called without arguments."""
    install(site, "plug_c", "[authguard.hasher]\nmine = plug_c:Hasher\n")

    assert type(plugins.hasher()).__name__ == "Hasher"


@pytest.mark.usefixtures("site")
def test_without_a_hasher_the_extra_is_named() -> None:
    """Rather than a weaker hash than the one that was promised."""
    with pytest.raises(ConfigurationError) as refused:
        plugins.hasher()

    assert str(refused.value) == (
        "hasher: got '[] installed', expected exactly one password hasher."
        ' Run pip install "authguard[argon2]", or hand one to the guard.'
    )


def test_between_two_hashers_nobody_chooses_by_chance(site: Path) -> None:
    """Which of them makes the hashes must not depend on the order of installation."""
    install(site, "plug_d", "[authguard.hasher]\none = plug_d:Hasher\n")
    install(site, "plug_e", "[authguard.hasher]\nother = plug_e:Hasher\n")

    with pytest.raises(ConfigurationError, match="expected exactly one password hasher") as refused:
        plugins.hasher()

    assert "'one'" in str(refused.value)
    assert "'other'" in str(refused.value)
