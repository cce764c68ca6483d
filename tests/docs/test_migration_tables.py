"""The migration pages leave out nothing that the installed libraries offer, and make nothing up."""

import re
from collections.abc import Callable
from importlib.metadata import version
from pkgutil import resolve_name
from typing import NamedTuple

import pytest
from django.conf import global_settings

from authguard_core import EventKind, PurposeSettings, Settings
from authguard_core.presets import PURPOSES
from tests.docs.installed import arguments, commands, constants, functions, signals
from tests.docs.labelled import text_of

CODE = re.compile(r"(`+)(.+?)\1")
RATELIMIT = r"RATELIMIT_\w*[A-Z0-9]"
INNER = {"context", "get_app_config", "identify_request", "init_app", "limiter", "slowapi_startup", "storage"}
"""Public by their names alone: what a limiter is built of, and how it is installed."""
DJANGO_OWN = {"CLOCK", "IDENTITY", "OBSERVERS", "RESOLVE", "RESPOND", "STORAGE"}
"""What AUTHGUARD may hold besides the settings of the core."""


class Peer(NamedTuple):
    """A library that is migrated from."""

    distribution: str
    offers: Callable[[], set[str]]
    """Everything by which an application can have come to depend on it."""
    prefix: str
    """How the names of its settings begin."""

    @property
    def page(self) -> str:
        return f"docs/guides/migrate-from-{self.distribution.lower()}.md"


def of_axes() -> set[str]:
    """Settings, commands, signals, decorators, and what resets."""
    called = functions("axes", "decorators.py") | functions("axes", "utils.py")
    return constants("axes", r"AXES_\w*[A-Z]") | commands("axes") | signals("axes") | called


def of_defender() -> set[str]:
    """Settings, commands, signals, and the decorator's arguments."""
    called = arguments("defender", "decorators.py", "watch_login")
    return constants("defender", r"DEFENDER_\w*[A-Z]") | commands("defender") | signals("defender") | called


def of_ratelimit() -> set[str]:
    """Settings, checks, and the decorator's arguments."""
    named = constants("django_ratelimit", rf"{RATELIMIT}|django_ratelimit\.[EW]\d+")
    return (
        named | arguments("django_ratelimit", "decorators.py", "ratelimit") | {"is_ratelimited", "get_usage"}
    )


def of_flask_limiter() -> set[str]:
    """Settings, methods, and the arguments of the extension and of its decorators."""
    return constants("flask_limiter", RATELIMIT) | limiter("flask_limiter", "_extension.py") - {"app"}


def of_slowapi() -> set[str]:
    """Settings, methods, the arguments of the limiter and of its decorators, and what finds addresses."""
    return (
        constants("slowapi", RATELIMIT) | limiter("slowapi", "extension.py") | functions("slowapi", "util.py")
    )


def limiter(package: str, module: str) -> set[str]:
    """Return what a class named Limiter is asked and given."""
    given = {
        argument
        for name in ("__init__", "limit", "shared_limit")
        for argument in arguments(package, module, name, within="Limiter")
    }
    return given | functions(package, module, within="Limiter") - INNER


PEERS = [
    Peer("django-axes", of_axes, "AXES_"),
    Peer("django-defender", of_defender, "DEFENDER_"),
    Peer("django-ratelimit", of_ratelimit, "RATELIMIT_"),
    Peer("Flask-Limiter", of_flask_limiter, "RATELIMIT_"),
    Peer("slowapi", of_slowapi, "RATELIMIT_"),
]
every_peer = pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.distribution)


def rows_of(page: str) -> list[list[str]]:
    """Return the cells of all tables, their heads left out."""
    lines = [line for line in text_of(page).splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\) ?\| ?", line.strip("| ")) for line in lines if not line.startswith("|---")]


def words_of(text: str) -> set[str]:
    """Return the words of the code in a text."""
    return {word for _, code in CODE.findall(text) for word in re.findall(r"[\w.]+", code)}


@every_peer
def test_a_page_tells_of_everything_that_its_library_offers(peer: Peer) -> None:
    """Each setting, argument, command, signal and method stands in the first column of a table."""
    told = words_of("\n".join(row[0] for row in rows_of(peer.page)))
    parts = told | {word.rpartition(".")[2] for word in told}
    assert sorted(peer.offers() - parts) == []


@every_peer
def test_a_page_makes_up_no_setting_of_its_library(peer: Peer) -> None:
    """A name with the library's prefix is one of its settings."""
    told = set(re.findall(rf"\b{peer.prefix}\w+", text_of(peer.page)))
    assert sorted(told - peer.offers()) == []


@every_peer
def test_a_page_names_the_version_that_it_was_checked_with(peer: Peer) -> None:
    """The installed one, to its minor number."""
    major, minor, *_ = version(peer.distribution).split(".")
    assert re.search(rf"{peer.distribution} {major}\.{minor}\b", text_of(peer.page).replace("\n", " "))


@every_peer
def test_every_setting_of_authguard_on_a_page_exists(peer: Peer) -> None:
    """The second column names settings of the core, the adapter or Django, and kinds of events."""
    purposes = (*PURPOSES, "purposes__export")
    below = [f"{purpose}__{name}" for purpose in purposes for name in PurposeSettings.model_fields]
    core = {name.upper() for name in (*Settings.model_fields, *below)}
    words = words_of("\n".join(row[1] for row in rows_of(peer.page)))
    told = {word for word in words if word.isupper()} - {"ADDRESS", "NAME", "POST"}
    assert sorted(told - core - DJANGO_OWN - {*dir(global_settings), *EventKind.__members__}) == []


@every_peer
def test_every_object_of_authguard_on_a_page_exists(peer: Peer) -> None:
    """A dotted path can be imported, and what is said to be of a package is there."""
    text = text_of(peer.page)
    paths = set(re.findall(r"\bauthguard_\w+(?:\.\w+)+", text))
    owned = re.findall(r"`(\w+)(?:\(\))?`(?: or `(\w+)\(\)`)? of `(authguard_\w+)`", text)
    named = {f"{package}.{name}" for *names, package in owned for name in names if name}
    missing = [path for path in sorted(paths | named) if not _exists(path)]
    assert missing == []


def _exists(path: str) -> bool:
    try:
        resolve_name(path)
    except (AttributeError, ImportError):
        return False
    return True
