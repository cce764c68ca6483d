"""The claims that the fuzzers look for the exception to, tried with a few hundred inputs each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import records
from tests.fuzz.targets import TARGETS, Target

MANY = settings(max_examples=3 * settings().max_examples)


def inputs(name: str) -> st.SearchStrategy[bytes]:
    """Bytes at random, text, and what is made of the words and seeds that the target knows."""
    target = TARGETS[name]
    words = st.sampled_from([*target.words, b" "]) | st.binary(max_size=4) | st.text(max_size=4).map(encoded)
    sentence = st.lists(words, max_size=24).map(b"".join)
    variant = st.integers(0, 15).map(lambda number: bytes([number]))
    return st.one_of(
        st.binary(max_size=256),
        st.text(max_size=64).map(encoded),
        st.tuples(variant, sentence).map(b"".join),
        st.tuples(st.sampled_from(target.seeds), sentence).map(b"".join),
        st.sampled_from(target.seeds).flatmap(damaged),
    )


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def damaged(seed: bytes) -> st.SearchStrategy[bytes]:
    """The seed with a few bytes anywhere replaced by a few others."""
    place = st.integers(0, len(seed))
    return st.builds(
        lambda start, gone, new: seed[:start] + new + seed[start + gone :],
        place,
        st.integers(0, 3),
        st.binary(max_size=4),
    )


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_every_seed_of_every_target_keeps_its_claim(target: Target) -> None:
    """What a fuzzer once found, or begins with, is tried first in every run."""
    for seed in target.seeds:
        target.check(seed)


@MANY
@given(inputs("forwarding"))
def test_a26_a28_no_header_lets_a_client_choose_its_address(data: bytes) -> None:
    """Any peer and header lines give an address in its normal form, and what a proxy appended decides."""
    TARGETS["forwarding"].check(data)


@MANY
@given(inputs("asgi"))
def test_a76_no_header_bytes_break_a_request(data: bytes) -> None:
    """From any raw headers, lengths and cookies are read within their bounds, and nothing raises."""
    TARGETS["asgi"].check(data)


@MANY
@given(inputs("identity"))
def test_a20_every_name_has_one_canonical_form_or_none(data: bytes) -> None:
    """It is its own canonical form, short, encodable, and that of every spelling Unicode calls the same."""
    TARGETS["identity"].check(data)


@MANY
@given(inputs("parts"))
def test_a24_a78_no_parts_share_a_key_or_a_signature(data: bytes) -> None:
    """Different tuples have different keys, and bytes that the ring didn't make are no signature of it."""
    TARGETS["parts"].check(data)


@MANY
@given(inputs("body"))
def test_a38_a39_a76_a_body_is_read_as_other_parsers_read_it(data: bytes) -> None:
    """Any body of any type is refused with a status, or says what the standard library's parsers say."""
    TARGETS["body"].check(data)


@MANY
@given(inputs("cookie"))
def test_a41_a78_no_made_up_device_cookie_is_read(data: bytes) -> None:
    """Of all texts only the cookie that was given out for that account is one."""
    TARGETS["cookie"].check(data)


@MANY
@given(inputs("token"))
def test_a78_every_token_has_a_digest_of_its_own(data: bytes) -> None:
    """Any text of a link or cookie is looked up by 32 bytes that no other text has."""
    TARGETS["token"].check(data)


@MANY
@given(inputs("record"))
def test_a76_bytes_that_nobody_packed_are_no_record(data: bytes) -> None:
    """A store's bytes are refused with ValueError, or make a whole record that packs and reads again."""
    TARGETS["record"].check(data)


@MANY
@given(inputs("breaches"))
def test_a76_a82_no_answer_about_breaches_is_misread(data: bytes) -> None:
    """Any body is refused without repeating it, or gives the count that its lines say."""
    TARGETS["breaches"].check(data)


@MANY
@given(inputs("limit"))
def test_a96_every_limit_is_refused_or_read_as_it_is_written(data: bytes) -> None:
    """Any text for a limit or a duration is refused in words, or reads the same when it is written again."""
    TARGETS["limit"].check(data)


@MANY
@given(inputs("environment"))
def test_a82_a96_no_environment_starts_a_guard_without_limits(data: bytes) -> None:
    """Any variables are refused in words that repeat no secret, or every purpose has its limit."""
    TARGETS["environment"].check(data)


@MANY
@given(inputs("mapping"))
def test_a82_a96_no_mapping_starts_a_guard_without_limits(data: bytes) -> None:
    """Any values of any types are refused in words that repeat no secret, or every purpose has its limit."""
    TARGETS["mapping"].check(data)


def test_a_broken_claim_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check fails when what it checks gives another answer: here, a good cookie of another device."""
    monkeypatch.setattr(records, "DEVICE", records.DEVICE._replace(id=bytes(16)))
    with pytest.raises(AssertionError, match="a made-up cookie is read"):
        TARGETS["cookie"].check(TARGETS["cookie"].seeds[0])
