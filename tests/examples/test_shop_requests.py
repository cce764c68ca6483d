"""What a request says of itself: where it comes from, and what it wants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.shop.negotiation import wants_html
from examples.shop.origins import names_this_machine, origin_allowed

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

# ------------------------------------------------------------------ origins


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        (None, "localhost:8000", "http"),
        ("http://localhost:8000", "localhost:8000", "http"),
        ("http://LOCALHOST:8000", "localhost:8000", "HTTP"),
        ("https://shop.example", "shop.example", "https"),
        ("https://shop.example", "shop.example:443", "https"),
        ("http://shop.example", "shop.example:80", "http"),
        ("http://[::1]:8000", "[::1]:8000", "http"),
    ],
)
def test_a87_posts_of_this_site_and_of_no_browser_pass(origin: str | None, host: str, scheme: str) -> None:
    """No origin, or the site's own in any spelling that browsers send, may go on."""
    assert origin_allowed(origin, host, scheme)


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("null", "shop.example", "https"),
        ("", "shop.example", "https"),
        ("", "", "http"),
        ("http://shop.example", "shop.example", "https"),
        ("https://shop.example:444", "shop.example", "https"),
        ("https://shop.example:80", "shop.example", "https"),
        ("https://evil.example", "shop.example", "https"),
        ("https://shop.example.evil.example", "shop.example", "https"),
        ("https://evil.example/shop.example", "shop.example", "https"),
        ("https://shop.example@evil.example", "shop.example", "https"),
        ("https://shop.example, https://evil.example", "shop.example", "https"),
        ("shop.example", "shop.example", "https"),
        ("chrome-extension://shop.example", "shop.example", "https"),
    ],
)
def test_a87_posts_of_another_site_are_refused(origin: str, host: str, scheme: str) -> None:
    """Anything but the site's own scheme, host and port is foreign."""
    assert not origin_allowed(origin, host, scheme)


@given(st.text(), st.text(), st.text())
def test_an_origin_never_raises(origin: str, host: str, scheme: str) -> None:
    """Whatever the headers hold, there is an answer."""
    assert origin_allowed(origin, host, scheme) in {True, False}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]", "[::1]:80"]
)
def test_this_machines_own_names_are_recognised(host: str) -> None:
    """With and without a port."""
    assert names_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":8000",
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "evil.example:127.0.0.1",
        "localhost@evil.example",
        "localhost:8000:8000",
        "localhost:x",
        "::1",
        "10.0.0.1",
    ],
)
def test_a87_any_other_name_is_not_this_machines(host: str) -> None:
    """A name that was rebound to 127.0.0.1 is still a foreign one."""
    assert not names_this_machine(host)


# ------------------------------------------------------------------ negotiation


@pytest.mark.parametrize(
    "accept",
    [
        BROWSER,
        "text/html",
        "TEXT/HTML ; Q=0.5",
        "text/html;level=1",
        "text/*",
        "application/json;q=0.5, text/html;q=0.6",
        "text/html;q=0.3, */*;q=0.2",
        "text/html, application/json;q=0",
        "*/*;q=0.9, application/json;q=0.1",
    ],
)
def test_who_prefers_pages_gets_pages(accept: str) -> None:
    """HTML weighed above JSON is a page, by the most specific range."""
    assert wants_html(accept)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/json",
        "application/problem+json",
        "application/*",
        "application/json, text/html",
        "application/json, text/html;q=0.9",
        "text/html;q=0",
        "text/html;q=nan",
        "text/html;q=inf, application/json;q=0.1",
        "text/html;q=1e9",
        "text/html;q=2",
        "text/html;q=-1",
        "text/html;q=",
        "text/html;q=0.1234",
        "text/html;q=\u0661",
        "text/plain",
        "text/html, */*;q=1.0, application/json",
        "text/html," + "a" * 5000,
    ],
)
def test_who_does_not_prefer_pages_gets_data(accept: str | None) -> None:
    """Without a clear and readable wish for HTML the answer is data."""
    assert not wants_html(accept)


@given(st.text(alphabet="texhml/*;q=.019, apliconj\x00é", max_size=200))
def test_an_accept_header_never_raises(accept: str) -> None:
    """Whatever the header holds, there is an answer."""
    assert wants_html(accept) in {True, False}
