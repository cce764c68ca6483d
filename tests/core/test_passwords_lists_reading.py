"""Claims about how lists of passwords and dumps of hashes are read."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.errors import ConfigurationError
from authguard_core.passwords.lists.reading import (
    first_line,
    is_dump,
    is_hash,
    most_common_digests,
    passwords,
)

A, B, C = (digit * 40 for digit in ("A", "b", "0"))
MARK = b"\xef\xbb\xbf"


def line(digest: str, count: object) -> bytes:
    return f"{digest}:{count}\r\n".encode()


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b"password\nqwerty\n", ["password", "qwerty"]),
        (b"password\r\nqwerty\r", ["password", "qwerty"]),
        (b"\n\r\npassword\n\n", ["password"]),
        (b"\xef\xbb\xbfpassword\n\xef\xbb\xbfqwerty\n", ["password", "\ufeffqwerty"]),
        (b" two words \n", [" two words "]),
        ("contraseña\n".encode(), ["contraseña"]),
        ("contraseña\n".encode("latin-1"), ["contraseña"]),
        (b"x" * 1_025 + b"\n" + b"y" * 1_024, ["y" * 1_024]),
        (b"", []),
    ],
)
def test_a_list_has_one_password_a_line(raw: bytes, read: list[str]) -> None:
    """Any line ends, a byte order mark, blank and endless lines, another encoding: all are put up with."""
    assert list(passwords(raw.splitlines(keepends=True))) == read


@given(st.lists(st.binary(max_size=30)))
def test_any_bytes_can_be_read_as_a_list(lines: list[bytes]) -> None:
    """Nothing raises, and nothing that comes out is empty."""
    assert all(passwords(lines))


def test_the_highest_counts_of_a_dump_come_first() -> None:
    """In whatever order the lines come, and whichever way their digits are written."""
    lines = [line(A, 5), line(B, 70), line(C, 6)]
    assert most_common_digests(lines, 2) == [bytes.fromhex(B), bytes.fromhex(C)]


def test_of_equal_counts_the_lower_digest_comes_first() -> None:
    """So the same dump gives the same list, sorted by count or by hash."""
    lines = [line(A, 5), line(B, 5), line(C, 5)]
    expected = [bytes.fromhex(C), bytes.fromhex(A)]
    assert most_common_digests(lines, 2) == most_common_digests(reversed(lines), 2) == expected


def test_padding_and_blank_lines_are_passed_over() -> None:
    """A count of 0 is what Have I Been Pwned pads its answers with."""
    assert most_common_digests([b"\n", line(A, 0), line(B, 1), b""], 9) == [bytes.fromhex(B)]


def test_a_byte_order_mark_is_passed_over_wherever_a_file_begins() -> None:
    """Several files are read as one, so it may stand before any line, a blank one too."""
    lines = [MARK + line(A, 2), line(C, 3), MARK + line(B, 1), MARK + b"\r\n"]
    assert most_common_digests(lines, 9) == [bytes.fromhex(digest) for digest in (C, A, B)]


def test_none_of_a_dump_can_be_asked_for() -> None:
    """No entries are no entries."""
    assert most_common_digests([line(A, 1)], 0) == []


@given(st.lists(st.tuples(st.binary(min_size=20, max_size=20), st.integers(1, 99)), unique_by=lambda e: e[0]))
def test_the_heap_finds_what_sorting_finds(entries: list[tuple[bytes, int]]) -> None:
    """The five first of any dump are the five first of the sorted one."""
    lines = [line(digest.hex(), count) for digest, count in entries]
    expected = [digest for digest, _ in sorted(entries, key=lambda entry: (-entry[1], entry[0]))]
    assert most_common_digests(lines, 5) == expected[:5]


def test_memory_is_bounded_however_long_the_dump_is() -> None:
    """A dump of 50,000 lines, three megabytes, takes under 100 kilobytes to find its hundred."""

    def dump() -> Iterator[bytes]:
        return (line(f"{number:040X}", number % 977 + 1) for number in range(50_000))

    tracemalloc.start()
    try:
        assert len(most_common_digests(dump(), 100)) == 100
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "bad",
    [
        b"secret",
        b"secret:1",
        line("S" * 40, 1),
        line(A[:32], 1),
        line(A, ""),
        line(A, "-1"),
        line(A, "1_0"),
        line(A, "9" * 19),
        line(A, "secret"),
        b":1",
    ],
)
def test_a_malformed_line_is_named_by_its_number_alone(bad: bytes) -> None:
    """The complaint says which line, and nothing of what stands in it."""
    with pytest.raises(ConfigurationError) as refusal:
        most_common_digests([line(A, 1), bad], 1)
    assert str(refusal.value).startswith("line 2: got 'something else'")
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    ("first", "dump"),
    [
        (line(A, 3), True),
        (line(A, 0), True),
        (MARK + line(A, 3), True),
        (line(A[:32], 3), False),
        (b"password\n", False),
        (b"pass:word", False),
        (b"", False),
    ],
)
def test_a_dump_is_known_by_its_first_line(first: bytes, dump: bool) -> None:
    """Forty hexadecimal digits, a colon and a count, be it 0, which is padding."""
    assert is_dump(first) is dump


@pytest.mark.parametrize(
    ("first", "hashed"),
    [
        (line("0123456789abcdefABCDEF9876543210", 3), True),
        (line(A, 3), True),
        (line(A, "9" * 19), True),
        (line("f" * 128, 0), True),
        (A.encode(), True),
        (MARK + line(A[:32], 3), True),
        (line(A[:31], 3), False),
        (line("g" * 32, 3), False),
        (line(A, "secret"), False),
        (line(A, ""), False),
        (b"password", False),
        (b"", False),
    ],
)
def test_a_hash_is_known_by_its_digits(first: bytes, hashed: bool) -> None:
    """32 hexadecimal digits or more, as an NTLM dump has, with a count or alone."""
    assert is_hash(first) is hashed


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        ([b"password\n", b"qwerty\n"], b"password"),
        ([MARK + b"\r\n", b" \n", b"\n", b" password\n"], b"password"),
        ([b"\n", b""], b""),
        ([], b""),
    ],
)
def test_the_first_line_is_the_first_that_isnt_blank(lines: list[bytes], first: bytes) -> None:
    """A byte order mark and space around it don't count."""
    assert first_line(lines) == first
