"""Claims about the work that a path costs, whoever sends it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_asgi import LoginRoute
from authguard_asgi.paths import Segments, declared, matches, readings
from authguard_asgi.routes import RouteTable
from tests.adapters.support import scope_of
from tests.attacks.work import MOST, growth, work_of

TABLE = RouteTable(
    [LoginRoute("POST", "/{tenant}/login", success={200}), LoginRoute("POST", "/login", success={200})]
)
LONG = 60_000
"""Characters: about what servers take."""
A_CHARACTER = 25
"""The most work for one; splitting, replacing and decoding go over each a fixed number of times."""

REPEATED = ["a/", "/", "../", "a/../", "./", ";", "a;b/", "%61/", "%252f", "\\", "?", "#/", "é/", "\ufdfa/"]


def look(path: str) -> object:
    return TABLE.find(scope_of(path, "GET"))


@pytest.mark.parametrize("unit", REPEATED)
def test_a74_a_twice_as_long_path_costs_twice_as_much(unit: str) -> None:
    """At most, whatever it is made of."""
    assert growth(lambda text: look(f"/{text}/logout"), unit, 4_000) <= MOST


def numbered(unit: str) -> str:
    """A path of segments that are all different."""
    count = LONG // (len(unit) + 5)
    return "/" + "/".join([f"{number:04}{unit}" for number in range(count)])


@pytest.mark.parametrize("unit", ["", "a", ";x", "é", "%61", "\ufdfa", " "])
def test_a74_a_long_path_is_hardly_looked_at(unit: str) -> None:
    """Segments that are all different aren't folded: after the few that a route has, it is another path."""
    path = numbered(unit)
    assert work_of(lambda: look(path)) <= A_CHARACTER * len(path)


@pytest.mark.parametrize("unit", REPEATED)
def test_a74_a_repeated_segment_is_folded_once(unit: str) -> None:
    """However often it is there."""
    path = "/" + unit * (LONG // len(unit))
    assert work_of(lambda: look(path)) <= 2 * A_CHARACTER * len(path)


def every(path: str, wanted: Segments) -> bool:
    return any(matches(wanted, reading) for reading in readings(path, "", len(wanted)))


@given(st.lists(st.sampled_from(["a", "login", "..", ".", "", ";", "é", "..;x"]), max_size=12))
def test_a37_a_path_that_goes_up_ends_where_it_would_step_by_step(segments: list[str]) -> None:
    """RFC 3986, 5.2.4, with what applications cut off."""
    kept: list[str] = []
    for segment in segments:
        plain = segment.partition(";")[0]
        if plain == "..":
            del kept[-1:]
        elif plain not in {"", "."}:
            kept.append(plain)
    assert every("/" + "/".join(segments), tuple(kept))


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_reading_has_no_more_segments_than_any_route(length: int) -> None:
    """Longer ones can't be a route."""
    found = {len(reading) for reading in readings("/a/b/../c//d?x/y", "", length)}
    assert max(found, default=0) <= length


def test_a37_what_is_cut_off_may_be_in_any_segment() -> None:
    """A query or a fragment that was encoded ends the path for some."""
    wanted = declared("/{tenant}/login")
    assert wanted is not None
    assert all(
        every(path, wanted) for path in ("/a/login?b/c", "/a/login#", "/a/login%3F/x/y", "/a/login/?#")
    )
