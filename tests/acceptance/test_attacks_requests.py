"""Claims about forged addresses, paths and bodies, as an attacker over HTTP sends them."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlencode

import pytest

from tests.acceptance.conftest import PLAIN, QUICK, UNDELAYED, Start
from tests.acceptance.example_site import ADDRESS_LIMIT, LIMIT, LONG, WRONG, Site, raw_post

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"

FORWARDING: Final = {
    "X-Forwarded-For": "203.0.113.{}",
    "Forwarded": "for=203.0.113.{}",
    "X-Real-IP": "203.0.113.{}",
    "X-Client-IP": "203.0.113.{}",
    "True-Client-IP": "203.0.113.{}",
    "CF-Connecting-IP": "203.0.113.{}",
}
GARBAGE: Final = {
    "empty": b"",
    "commas": b"," * 2_000,
    "no address": b"unknown",
    "obfuscated": b"_hidden",
    "a port alone": b":80",
    "too many groups": b"1.2.3.4.5",
    "leading zeros": b"0127.0.0.01",
    "other digits": "\u0661.2.3.4".encode(),
    "open bracket": b"[2001:db8::1",
    "zone": b"fe80::1%eth0",
    "ten thousand hops": b"203.0.113.1, " * 1_000 + b"203.0.113.2",
    "latin-1": b"\xff\xfe",
    "quotes": b'"203.0.113.1, 203.0.113.2',
}
TARGETS: Final = [
    "/login",
    "/login/",
    "//login",
    "/%6cogin",
    "/%6Cogin",
    "/LOGIN",
    "/Login",
    "/login;x",
    "/login;jsessionid=1",
    "/./login",
    "/x/../login",
    "/%2e/login",
    "/login%2f",
    "/login%20",
    "/login?x=1",
    "/login%3fx",
    "/login%00",
    "/login#x",
    "/%256cogin",
    "/login.json",
    "/\\login",
    "http://127.0.0.1/login",
]
METHODS: Final = ["POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "QUERY", "post", "Post"]
GUARDED: Final = ["/login", "/register", "/reset", "/reset/confirm"]
NESTED: Final = 5_000
HOSTILE: Final = {
    "empty": (JSON, b""),
    "arrays in arrays": (JSON, b"[" * NESTED),
    "objects in objects": (JSON, b'{"a":' * (NESTED // 2)),
    "closed arrays": (JSON, b"[" * NESTED + b"]" * NESTED),
    "a deep member": (JSON, b'{"username":' + b"[" * NESTED + b"]" * NESTED + b"}"),
    "a thousand members": (JSON, json.dumps({f"k{number}": 1 for number in range(1_000)}).encode()),
    "a thousand fields": (FORM, urlencode({f"k{number}": 1 for number in range(1_000)}).encode()),
    "a huge number": (JSON, b'{"username":' + b"9" * 10_000 + b"}"),
    "a huge exponent": (JSON, b'{"username":1e999999999}'),
    "not a number": (JSON, b'{"username":NaN,"password":-Infinity}'),
    "no end": (JSON, b'{"username":"a'),
    "two values": (JSON, b"{}{}"),
    "null": (JSON, b"null"),
    "a mark before": (JSON, b"\xef\xbb\xbf{}"),
    "utf-16": (JSON, "{}".encode("utf-16")),
    "utf-32": (JSON, "{}".encode("utf-32")),
    "nul": (JSON, b"\0" * 100),
    "a broken percent": (FORM, b"username=%&password=%zz"),
    "separators alone": (FORM, b"&=&=&=&&&;"),
    "compressed": (JSON, b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
    "ten megabytes": (JSON, b" " * 10_000_000),
    "parts": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
    "no boundary": ("multipart/form-data", b"--x--"),
    "a strange charset": ("application/json; charset=utf-7", b"{}"),
    "an unknown charset": ("application/x-www-form-urlencoded; charset=canary", b"username=a&password=b"),
    "a strange type": ("\xff/\xfe;;;=", b"{}"),
}
BYTES: Final = {
    "a76 json in latin-1": (JSON, '{"username":"\xe4","password":"canary"}'.encode("latin-1")),
    "a76 json with half a character": (JSON, b'{"username":"\xe2\x82","password":"canary"}'),
    "a76 a raw surrogate": (JSON, b'{"username":"\xed\xa0\x80","password":"canary"}'),
    "a76 half an escaped pair": (JSON, b'{"username":"\\ud800","password":"canary"}'),
    "a76 half an escaped pair in the password": (JSON, b'{"username":"canary","password":"\\udfff"}'),
    "a76 form in latin-1": (FORM, b"username=%E4&password=canary"),
    "a76 raw bytes in a form": (FORM, b"username=\xff&password=canary"),
    "a76 half a character in a form": (FORM, b"username=%E2%82&password=canary"),
}
TEXTS: Final = {
    "nul": "\0",
    "line ends": "canary\r\nSet-Cookie: canary=1\r\n\r\n<script>",
    "lone carriage return": "canary\rcanary",
    "escape sequence": "\x1b[31mcanary",
    "right to left": "\u202ecanary",
    "beyond the first plane": "\U0001f4a5" * 64,
    "no characters": "\uffff\ufffe\U0010ffff",
    "combining": "e" + "\u0301" * 300,
    "markup": "<script>alert(1)</script>",
    "template": "{{7*7}}${7*7}",
    "sql": "' OR 1=1 --",
}


# Addresses


def test_a26_a27_what_an_untrusted_peer_says_of_its_address_counts_for_nothing(start: Start) -> None:
    """Without trusted proxies no header buys a guess, even if the server was told to believe them."""
    with start(**QUICK, **PLAIN, **UNDELAYED, FORWARDED_ALLOW_IPS="*") as site:
        statuses = [
            site.here()
            .send("POST", "/login", json={"username": site.name(), "password": WRONG}, headers={name: text})
            .status_code
            for number in range(10)
            for name, text in ((name, value.format(number)) for name, value in FORWARDING.items())
        ]
    assert statuses == [401] * ADDRESS_LIMIT + [429] * (60 - ADDRESS_LIMIT)


def test_a26_what_a_client_writes_before_the_proxy_counts_for_nothing(site: Site) -> None:
    """Behind a trusted proxy the address that it appended is counted, whatever stands to its left."""
    real = site.address()
    browsers = [site.browser(f"203.0.113.{number}, {real}") for number in range(ADDRESS_LIMIT + 5)]
    statuses = [browser.sign_in(site.name()).status_code for browser in browsers]
    assert statuses == [401] * ADDRESS_LIMIT + [429] * 5


def test_a26_a_header_line_of_the_clients_own_counts_for_nothing(site: Site) -> None:
    """Of two forwarding lines the last one, the proxy's, decides; other headers aren't looked at."""
    real = f"X-Forwarded-For: {site.address()}"
    forged = [
        [f"{name}: {text.format(number)}", real] for number in range(6) for name, text in FORWARDING.items()
    ]
    bodies = [json.dumps({"username": site.name(), "password": WRONG}).encode() for _ in forged]
    statuses = [
        site.at_one_moment([raw_post("/login", body, f"Content-Type: {JSON}", *lines)])[0]
        for body, lines in zip(bodies, forged, strict=True)
    ]
    assert statuses == [401] * ADDRESS_LIMIT + [429] * (len(forged) - ADDRESS_LIMIT)


def test_a29_a_spoofed_address_is_never_charged(site: Site) -> None:
    """Who names another's address uses up his own budget, not the other's."""
    victim, attacker, person = site.address(), site.address(), site.person()
    spoofing = site.browser(f"{victim}, {attacker}")
    while spoofing.sign_in(site.name()).status_code == 401:
        pass
    assert site.browser(attacker).sign_in(person.username, person.password).status_code == 429
    assert site.browser(victim).sign_in(person.username, person.password).status_code == 200


@pytest.mark.parametrize("value", GARBAGE.values(), ids=GARBAGE)
def test_a28_garbage_in_a_forwarding_header_is_survived(site: Site, value: bytes) -> None:
    """It is refused, or the proxy that sent it pays; it is never a 5xx."""
    body = json.dumps({"username": site.name(), "password": WRONG}).encode()
    head, _, _ = raw_post("/login", body, f"Content-Type: {JSON}").partition(b"\r\n\r\n")
    request = head + b"\r\nX-Forwarded-For: " + value + b"\r\n\r\n" + body
    [status] = site.at_one_moment([request])
    assert status in {400, 401, 429, 431}


ADDRESSES: Final = {
    "a30 a whole /64": ("2001:db8:1:1::{:x}", "2001:db8:1:1:ffff::"),
    "a31 mapped": ("::ffff:198.51.1.7", "198.51.1.7"),
    "a31 mapped in hex": ("::ffff:c633:207", "198.51.2.7"),
    "a31 with a port": ("198.51.3.7:{}", "198.51.3.7"),
    "a31 in brackets": ("[2001:db8:1:2::1]:{}", "2001:db8:1:2::2"),
}


@pytest.mark.parametrize(("spelling", "plain"), ADDRESSES.values(), ids=ADDRESSES)
def test_a30_a31_one_client_has_one_budget_however_its_address_is_written(
    site: Site, spelling: str, plain: str
) -> None:
    """Thirty failures from all spellings of an address, or all addresses of a /64, together."""
    browsers = [site.browser(spelling.format(number)) for number in range(1, ADDRESS_LIMIT + 3)]
    statuses = [browser.sign_in(site.name()).status_code for browser in browsers]
    assert statuses == [401] * ADDRESS_LIMIT + [429] * 2
    assert site.browser(plain).sign_in(site.name()).status_code == 429


# Paths and methods


def ask(site: Site, method: str, target: str, body: bytes, address: str) -> tuple[int, str]:
    """Send a request whose target goes out as it is written; return status and cookies."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.putrequest(method, target)
    lines = {"Content-Type": JSON, "Content-Length": str(len(body)), "X-Forwarded-For": address}
    for name, value in (lines | {"X-HTTP-Method-Override": "POST"}).items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.getheader("Set-Cookie", "")


def test_a37_no_spelling_of_path_or_method_gets_a_sixth_guess(site: Site) -> None:
    """All variants together are answered at most five times; the rest is no route, or refused."""
    body = json.dumps({"username": site.name(), "password": WRONG}).encode()
    statuses = [
        ask(site, method, target, body, site.address())[0] for target in TARGETS * 2 for method in METHODS
    ]
    assert 0 < statuses.count(401) <= LIMIT
    assert set(statuses) <= {307, 308, 400, 401, 404, 405, 429}


@pytest.mark.parametrize("target", TARGETS)
def test_a37_no_spelling_of_path_or_method_gets_into_a_locked_account(site: Site, target: str) -> None:
    """With the right password neither a 200 of the sign-in nor a cookie comes of any variant."""
    person = site.person()
    site.lock(person.username)
    body = json.dumps({"username": person.username, "password": person.password}).encode()
    for method in METHODS:
        status, cookie = ask(site, method, target, body, site.address())
        assert (status in {307, 308, 400, 404, 405, 429}, cookie) == (True, "")


# Bodies


def ambiguous(first: str, second: str, password: str) -> Iterator[tuple[str, bytes]]:
    """Bodies that name two people, or try two passwords."""
    yield JSON, f'{{"username":"{first}","username":"{second}","password":"{password}"}}'.encode()
    yield JSON, f'{{"username":"{first}","\\u0075sername":"{second}","password":"{password}"}}'.encode()
    yield JSON, f'{{"username":"{second}","password":"{WRONG}","password":"{password}"}}'.encode()
    yield JSON, json.dumps([{"username": second, "password": password}]).encode()
    yield JSON, json.dumps({"username": [first, second], "password": password}).encode()
    yield JSON, json.dumps({"username": second, "password": [WRONG, password]}).encode()
    yield JSON, json.dumps({"username": {"$ne": ""}, "password": password}).encode()
    yield FORM, urlencode({"username": [first, second], "password": password}, doseq=True).encode()
    yield FORM, urlencode({"username": second, "password": [WRONG, password]}, doseq=True).encode()
    yield FORM, urlencode({"username[]": second, "password[]": password}).encode()
    yield FORM, f"username={first};username={second}&password={password}".encode()
    yield f"{JSON}, {FORM}", json.dumps({"username": second, "password": password}).encode()


def test_a38_a_body_that_can_be_read_in_two_ways_is_refused(site: Site) -> None:
    """Duplicate fields, lists and batches are a 4xx: no request tries two passwords, or two names."""
    person, other = site.person(), site.name()
    for media_type, body in ambiguous(other, person.username, person.password):
        browser = site.browser()
        answer = browser.send("POST", "/login", content=body, headers={"Content-Type": media_type})
        assert (answer.status_code in {400, 415, 422}, browser.cookies) == (True, {})


def test_a39_json_and_form_have_one_budget(site: Site) -> None:
    """Guesses in either encoding add up."""
    person = site.person()
    wrong = {"username": person.username, "password": WRONG}
    statuses = [
        (
            site.browser().send("POST", "/login", json=wrong)
            if number % 2
            else site.browser().send("POST", "/login", form=wrong)
        ).status_code
        for number in range(LIMIT + 2)
    ]
    assert statuses == [401] * LIMIT + [429] * 2
    assert site.entry(person) == 429


def test_a39_credentials_count_in_the_body_alone(site: Site) -> None:
    """A name in the query neither signs in nor takes the place of the one in the body."""
    locked, person = site.person(), site.person()
    site.lock(locked.username)
    right = urlencode({"username": person.username, "password": person.password})
    assert site.browser().post(f"/login?{right}").status_code in {400, 422}
    answer = site.browser().post(
        f"/login?username={person.username}", username=locked.username, password=locked.password
    )
    assert answer.status_code == 429


def test_a39_a_body_is_read_as_what_it_says_it_is(site: Site) -> None:
    """JSON that is sent as a form, or a form as JSON, signs nobody in."""
    person = site.person()
    right = {"username": person.username, "password": person.password}
    for media_type, body in [
        (FORM, json.dumps(right)),
        (JSON, urlencode(right)),
        ("text/json", json.dumps(right)),
    ]:
        answer = site.browser().send(
            "POST", "/login", content=body.encode(), headers={"Content-Type": media_type}
        )
        assert answer.status_code in {400, 415, 422}


@pytest.mark.parametrize("path", GUARDED)
def test_a71_a_password_of_a_megabyte_is_refused_unhashed(site: Site, path: str) -> None:
    """413, for every body that may hold one."""
    person = site.stranger()
    fields = {**person._asdict(), "token": "canary", "password": "x" * 1_000_000}
    assert site.browser().post(path, **fields).status_code == 413


def test_a71_a_long_password_that_fits_is_a_wrong_password(site: Site) -> None:
    """Ten thousand characters are answered like any other wrong password, for everybody alike."""
    names = [site.person().username, site.name()]
    answers = [site.browser().sign_in(name, "x" * 10_000) for name in names]
    assert answers[0].status_code in {401, 413, 422}
    assert (answers[0].status_code, answers[0].content) == (answers[1].status_code, answers[1].content)


def test_a72_every_character_of_a_long_password_counts(site: Site) -> None:
    """Passwords that share their first 127 bytes are different ones."""
    stranger = site.stranger()._replace(password=LONG[:127] + "y")
    site.register(stranger)
    assert site.here().get(f"/confirm?token={site.mails(stranger.email)[0].token}").status_code == 200
    assert (site.entry(stranger._replace(password=LONG[:127] + "z")), site.entry(stranger)) == (401, 200)


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(("media_type", "body"), HOSTILE.values(), ids=HOSTILE)
def test_a73_a_hostile_body_is_a_4xx(site: Site, path: str, media_type: str, body: bytes) -> None:
    """Whatever is sent as a body, every route refuses it and none breaks."""
    headers = {"Content-Type": media_type.encode("latin-1")}
    answer = site.browser().send("POST", path, content=body, headers=headers)
    assert 400 <= answer.status_code < 500


def test_a73_a_body_without_a_length_is_cut_off(site: Site) -> None:
    """A chunked body that goes on and on is a 413."""
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    head = raw_post("/login", b"", f"Content-Type: {JSON}", "Transfer-Encoding: chunked")
    request = head.replace(b"Content-Length: 0\r\n", b"") + chunk * 8
    assert site.at_one_moment([request]) == [413]


@pytest.mark.parametrize(("media_type", "body"), BYTES.values(), ids=BYTES)
def test_a76_bytes_that_are_no_text_are_a_4xx(site: Site, media_type: str, body: bytes) -> None:
    """What isn't UTF-8 is refused, and never guessed at."""
    answer = site.browser().send("POST", "/login", content=body, headers={"Content-Type": media_type})
    assert answer.status_code in {400, 415, 422}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("path", GUARDED)
def test_a76_hostile_text_breaks_no_route(site: Site, path: str, text: str) -> None:
    """In any field, for data and for pages: no 5xx, no header of the sender's, no markup in the answer."""
    fields = {
        "username": site.name(),
        "email": "a@b.example",
        "password": "a canary to be",
        "token": "canary",
    }
    for field in fields:
        for accept in ("application/json", "text/html"):
            answer = site.browser().send(
                "POST", path, json=fields | {field: text}, headers={"Accept": accept}
            )
            assert answer.status_code < 500
            assert "canary=1" not in str(answer.headers)
            assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "name", ["Cookie", "Accept", "Authorization", "User-Agent", "Origin", "X-Forwarded-For"]
)
def test_a76_bytes_in_headers_break_no_route(site: Site, name: str) -> None:
    """Latin-1, lone separators and overlong values in any header: no 5xx."""
    for value in (b"\xff\xfe=\xff; session=\xff; authguard_device=\xff", b";;;,,,===", b"\xc3\x28" * 4_000):
        for method, path in (("POST", "/login"), ("GET", "/me"), ("GET", "/"), ("POST", "/logout")):
            answer = site.here().send(method, path, json={"username": "canary"}, headers={name: value})
            assert answer.status_code < 500
