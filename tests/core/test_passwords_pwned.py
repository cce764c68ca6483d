"""Claims about Have I Been Pwned without I/O: what is asked, and what counts as an answer."""

import hashlib
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.errors import AuthGuardError
from authguard_core.passwords.pwned import MAX_BODY, PwnedQuery, PwnedResponseError

PASSWORD = "thistle saffron quartz ribbon"
DIGEST = hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).hexdigest().upper()
QUERY = PwnedQuery.of(PASSWORD)
MINE = DIGEST[5:].encode()
OTHER = b"0" * 35
LAST = b"F" * 35
DIGITS = st.text("0123456789ABCDEF", min_size=35, max_size=35)


def row(suffix: bytes, count: int) -> bytes:
    return b"%b:%d" % (suffix, count)


def told(error: BaseException) -> str:
    """What a collector of errors sees, but for this file's own frames."""
    seen = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts = [*seen.format_exception_only(), repr(error.__cause__), repr(error.__context__)]
    return "".join([*parts, *(repr(frame.locals) for frame in seen.stack if frame.filename != __file__)])


def test_the_path_holds_the_first_five_digits_of_the_sha_1() -> None:
    """The well-known digest of a well-known password, in upper case."""
    assert PwnedQuery.of("password").path == "/range/5BAA6"


@given(st.text())
def test_prefix_and_suffix_are_the_sha_1_of_the_utf_8_bytes_as_they_are(password: str) -> None:
    """Nothing is normalised, stripped or folded: other bytes are another password."""
    query = PwnedQuery.of(password)
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    assert query.prefix + query.suffix.decode() == digest


def test_a_query_asks_for_padding_and_says_who_asks() -> None:
    """The service's documentation wants a User-Agent."""
    assert QUERY.headers["Add-Padding"] == "true"
    assert "authguard" in QUERY.headers["User-Agent"]


def test_the_headers_are_the_same_for_everybody() -> None:
    """No caller can change what the next one sends."""
    with pytest.raises(TypeError, match="assignment"):
        QUERY.headers["Add-Padding"] = "false"  # type: ignore[index]


def test_a82_the_repr_of_a_query_shows_nothing() -> None:
    """Not even the prefix, which derives from the password."""
    assert f"{QUERY!r}{QUERY}" == "PwnedQuery()" * 2


def test_a76_a82_half_a_surrogate_pair_is_refused_without_the_password() -> None:
    """A ValueError in words; neither it nor what is behind it holds the password."""
    with pytest.raises(ValueError, match="surrogate pair") as refusal:
        PwnedQuery.of(f"{PASSWORD}\ud800")
    assert PASSWORD not in told(refusal.value)


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
@pytest.mark.parametrize("final", [True, False], ids=["ended", "open"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_listed_password_has_its_count(end: bytes, place: int, *, final: bool) -> None:
    """In whichever line it is, and however lines end."""
    rows = [row(OTHER, 3), row(LAST, 9_999_999_999)]
    rows.insert(place, row(MINE, 42))
    assert QUERY.count(end.join(rows) + end * final) == 42


def test_a_password_that_is_not_listed_was_not_seen() -> None:
    """Others of the same prefix don't count."""
    assert QUERY.count(row(OTHER, 3)) == 0


def test_a_row_of_padding_is_no_sighting() -> None:
    """Padding has the count 0, even where it bears the suffix that was asked for."""
    assert QUERY.count(row(MINE, 0)) == 0


@pytest.mark.parametrize("counts", [(7, 0), (0, 7)])
def test_padding_hides_no_row(counts: tuple[int, int]) -> None:
    """If a row of padding has the same suffix as a real one, the real one counts."""
    assert QUERY.count(b"\r\n".join(row(MINE, count) for count in counts)) == 7


MALFORMED = {
    "empty": b"",
    "empty line": row(OTHER, 1) + b"\r\n\r\n" + row(LAST, 1),
    "two ends": row(OTHER, 1) + b"\r\n\r\n",
    "a CR alone": row(OTHER, 1) + b"\r",
    "mixed ends": row(OTHER, 1) + b"\n" + row(LAST, 1) + b"\r\n" + row(LAST, 2),
    "HTML": b"<!DOCTYPE html>\n<title>Sign in to the network</title>",
    "JSON": b'{"error": "rate limited"}',
    "cut in the suffix": row(OTHER, 1) + b"\r\n" + LAST[:20],
    "cut at the colon": row(OTHER, 1) + b"\r\n" + LAST,
    "cut after the colon": row(OTHER, 1) + b"\r\n" + LAST + b":",
    "suffix too short": b"A" * 34 + b":1",
    "suffix too long": b"A" * 36 + b":1",
    "whole digest": DIGEST.encode() + b":1",
    "lower case": b"a" * 35 + b":1",
    "no hexadecimal": b"G" * 35 + b":1",
    "not ASCII": b"\xc3\xa9" + b"A" * 33 + b":1",
    "negative": OTHER + b":-1",
    "signed": OTHER + b":+1",
    "fraction": OTHER + b":1.0",
    "spaces": OTHER + b": 1",
    "underscore": OTHER + b":1_0",
    "leading zero": OTHER + b":01",
    "absurd": OTHER + b":" + b"9" * 11,
    "digits of another script": OTHER + ":\u0661".encode(),
    "NUL": OTHER + b":1\x00",
    "byte order mark": b"\xef\xbb\xbf" + row(OTHER, 1),
    "too long": b"\n".join([row(OTHER, 1)] * (MAX_BODY // 38 + 1)),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_an_answer_says_nothing(body: bytes) -> None:
    """It is refused as a whole, never read as "not listed"."""
    with pytest.raises(PwnedResponseError):
        QUERY.count(body)


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_bad_line_spoils_the_answer_wherever_it_is(place: str) -> None:
    """Also behind the line that was looked for: such a server isn't believed."""
    bad = MALFORMED["negative"]
    rows = [bad, row(MINE, 1)] if place == "before" else [row(MINE, 1), bad]
    with pytest.raises(PwnedResponseError):
        QUERY.count(b"\r\n".join(rows))


def test_the_longest_answer_is_still_read() -> None:
    """The limit is for what lies beyond it."""
    rows, rest = divmod(MAX_BODY, 38)
    body = b"\n".join([row(OTHER, 1)] * (rows - 1) + [row(MINE, 1)])
    assert len(body) == rows * 38 - 1 <= MAX_BODY < len(body) + rest + 39
    assert QUERY.count(body) == 1


def test_a82_a_refused_answer_is_not_repeated() -> None:
    """Neither the error nor the variables of its frames hold anything of the answer or the query."""
    body = row(MINE, 1) + b"\r\n" + b"canary"
    with pytest.raises(PwnedResponseError) as refusal:
        QUERY.count(body)
    shown = told(refusal.value)
    assert not any(part in shown for part in ("canary", DIGEST[:5], DIGEST[5:], PASSWORD))


def test_a_refused_answer_is_an_error_of_authguard() -> None:
    """One except clause catches it with the others."""
    assert issubclass(PwnedResponseError, AuthGuardError)


@given(st.dictionaries(DIGITS, st.integers(0, 10**10 - 1), min_size=1, max_size=20), st.integers(0, 10**6))
def test_every_well_formed_answer_is_read(listed: dict[str, int], count: int) -> None:
    """Whatever else is listed, the count is the password's own."""
    mine = MINE.decode()
    body = "\r\n".join(f"{suffix}:{number}" for suffix, number in {**listed, mine: count}.items())
    assert QUERY.count(body.encode()) == count


@given(st.binary() | st.lists(st.sampled_from([*MALFORMED.values(), row(MINE, 1)])).map(b"\r\n".join))
def test_a76_no_bytes_raise_anything_but_the_one_error(body: bytes) -> None:
    """Any body is read or refused as no answer."""
    try:
        assert QUERY.count(body) >= 0
    except PwnedResponseError as refusal:
        assert "expected lines" in str(refusal)  # noqa: PT017 - either outcome is fine, a third isn't
