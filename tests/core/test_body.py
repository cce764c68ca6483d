"""Claims about reading the credentials of a body."""

import json
import sys
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authguard_core.body import (
    MAX_BODY,
    BodyFault,
    BodyShape,
    Fields,
    Unreadable,
    read_fields,
)
from authguard_core.errors import ConfigurationError

JSON = "application/json"
SHAPE = BodyShape()
FORM = "application/x-www-form-urlencoded"
LOGIN = b'{"username":"alice","password":"s3cret"}'
LOGIN_FORM = b"username=alice&password=s3cret"
ALICE = {"username": "alice", "password": "s3cret"}

MALFORMED = Unreadable(400, BodyFault.MALFORMED)
DUPLICATE = Unreadable(400, BodyFault.DUPLICATE)
TOO_DEEP = Unreadable(400, BodyFault.TOO_DEEP)
TOO_MANY = Unreadable(400, BodyFault.TOO_MANY_FIELDS)
MEDIA_TYPE = Unreadable(415, BodyFault.MEDIA_TYPE)
CHARSET = Unreadable(415, BodyFault.CHARSET)
NOT_AN_OBJECT = Unreadable(422, BodyFault.NOT_AN_OBJECT)
MISSING = Unreadable(422, BodyFault.MISSING)
NOT_TEXT = Unreadable(422, BodyFault.NOT_TEXT)

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
CONTENT_TYPES = (
    st.sampled_from([JSON, FORM, "application/vnd.api+json", "multipart/form-data", None]) | st.text()
)
CLOSE_TO_JSON = st.lists(
    st.sampled_from(
        [b'{"username":', b'"alice"', b',"password":', b'"x"', b"}", b"[", b"]", b"\\", b"\xff", b"1e9"]
    )
).map(b"".join)
CLOSE_TO_FORM = st.lists(
    st.sampled_from(
        [b"username=", b"password=", b"&", b"%", b"%61", b"%ff", b"+", b"=", b";", b"\xc3\xa9", b"a"]
    )
).map(b"".join)


def read(content_type: str | None, body: bytes, shape: BodyShape = SHAPE) -> object:
    return read_fields(content_type, body, shape)


def of_json(body: bytes) -> object:
    return read_fields(JSON, body)


def of_form(body: bytes) -> object:
    return read_fields(FORM, body)


def with_password(text: str) -> bytes:
    return b'{"username":"alice","password":' + text.encode() + b"}"


@pytest.mark.parametrize(("content_type", "body"), [(JSON, LOGIN), (FORM, LOGIN_FORM)])
def test_a39_json_and_form_say_the_same(content_type: str, body: bytes) -> None:
    """Identity and password are the same thing in both media types."""
    fields = read(content_type, body)

    assert isinstance(fields, Fields)
    assert fields.identity == "alice"
    assert dict(fields) == ALICE


@given(TEXT, TEXT)
def test_a39_what_is_read_is_what_a_json_parser_reads(username: str, password: str) -> None:
    """The fields are what the application's own JSON parser finds, escaped or not."""
    sent = {"username": username, "password": password}
    plain, escaped = json.dumps(sent, ensure_ascii=False).encode(), json.dumps(sent).encode()

    assert of_json(plain) == of_json(escaped) == sent == json.loads(plain)


@given(TEXT, TEXT)
def test_a39_what_is_read_is_what_a_form_parser_reads(username: str, password: str) -> None:
    """The fields are what the application's own form parser finds, blank values included."""
    sent = {"username": username, "password": password}
    body = urlencode(sent)

    assert of_form(body.encode()) == sent == dict(parse_qsl(body, keep_blank_values=True))


def test_a39_a_plus_in_a_form_is_a_space() -> None:
    """A plus is a space, an encoded plus is a plus."""
    assert of_form(b"username=a+b%2Bc&password=+") == {"username": "a b+c", "password": " "}


@pytest.mark.parametrize("body", [b"username&password=", b"username=&password", b"&&username=&&password=&"])
def test_a39_blank_form_values_are_empty_texts(body: bytes) -> None:
    """A field without a value is there and empty, and empty pairs between separators are none."""
    assert of_form(body) == {"username": "", "password": ""}


def test_a39_only_the_first_equals_sign_divides() -> None:
    """A password may hold equals signs."""
    assert of_form(b"username=a&password=b=c==") == {"username": "a", "password": "b=c=="}


def test_other_fields_are_ignored() -> None:
    """What the shape doesn't name is neither refused nor returned."""
    assert of_json(b'{"x":[{"y":NaN}],"n":-1e999,' + LOGIN[1:]) == ALICE
    assert of_form(LOGIN_FORM + b"&x=%00&=") == ALICE


def test_the_shape_names_the_fields() -> None:
    """Another identity field, with or without further text fields, is read as well."""
    body = b'{"email":"a@example.com","code":"123456"}'

    assert read(JSON, body, BodyShape(identity="email", text_fields=())) == {"email": "a@example.com"}
    assert read(JSON, body, BodyShape(identity="email", text_fields=("code",))) == json.loads(body)


@pytest.mark.parametrize(
    "members",
    ['"username":"decoy"', '"user\\u006eame":"decoy"', '"password":"x"', '"z":1,"z":1', '"z":1,"\\u007a":2'],
)
def test_a38_duplicate_keys_are_refused(members: str) -> None:
    """A key that is there twice, escaped or plain, needed or not, makes the body unreadable."""
    assert of_json(b"{" + members.encode() + b"," + LOGIN[1:]) == DUPLICATE


DUPLICATES = "username=decoy&username=victim|username=decoy&user%6Eame=victim|password=x|z&z|a+b=1&a%20b=2"


@pytest.mark.parametrize("fields", DUPLICATES.split("|"))
def test_a38_duplicate_fields_are_refused(fields: str) -> None:
    """A field that is there twice, encoded or plain, needed or not, makes the body unreadable."""
    rest = "&password=x" if "username" in fields else "&username=a&password=x"

    assert of_form((fields + rest).encode()) == DUPLICATE


BATCHES = [b"[" + LOGIN + b"," + LOGIN + b"]", b"[]", b'"alice"', b"1", b"null", b"true", b"NaN"]


@pytest.mark.parametrize("body", BATCHES, ids=ascii)
def test_a38_a_batch_of_credentials_is_refused(body: bytes) -> None:
    """A JSON value that is no object holds no single attempt."""
    assert of_json(body) == NOT_AN_OBJECT


@pytest.mark.parametrize(
    "separated", [b"username=decoy;username=victim&password=x", b"username=a&password=x;y=1", b";"]
)
def test_a39_a_raw_semicolon_is_refused(separated: bytes) -> None:
    """What one form parser takes for a value and another for a separator has no single reading."""
    assert of_form(separated) == MALFORMED


JSON_TYPES = (
    "application/json|Application/JSON| application/json |application/json;|application/json;charset=utf-8"
    '|application/json; Charset="UTF-8"|application/json; charset=utf8; profile=x|application/vnd.api+json'
    "|application/problem+json; charset=utf-8|application/ld+json;profile=x"
)


@pytest.mark.parametrize("content_type", JSON_TYPES.split("|"))
def test_a39_json_types_are_read_as_json(content_type: str) -> None:
    """JSON and its +json relatives are read, in any case and with the parameters that leave it UTF-8."""
    assert read(content_type, LOGIN) == ALICE


@pytest.mark.parametrize("content_type", [FORM, FORM.upper(), f"{FORM}; charset=UTF-8", f" {FORM} ;x=y"])
def test_a39_form_types_are_read_as_forms(content_type: str) -> None:
    """URL-encoded forms are read, in any case and with the parameters that leave them UTF-8."""
    assert read(content_type, LOGIN_FORM) == ALICE


OTHER_TYPES = (
    "|;|text/plain|text/json|multipart/form-data; boundary=x|application/xml|json|application/json/x"
    "|application/json, application/json|application/jsonp|application/*|application/+json+xml|text/x+json"
    "|application/a b+json|application/a,b+json|application/\u00e9+json|x-www-form-urlencoded|\ud800"
    "|application/x-www-form-urlencoded2"
)


@pytest.mark.parametrize("content_type", [None, *OTHER_TYPES.split("|")], ids=ascii)
@pytest.mark.parametrize("body", [LOGIN, LOGIN_FORM, b""], ids=["json", "form", "empty"])
def test_a39_another_media_type_is_refused(content_type: str | None, body: bytes) -> None:
    """No type, another type or two types at once: 415, and nobody sniffs what the bytes look like."""
    assert read(content_type, body) == MEDIA_TYPE


CHARSETS = ["utf-16", "latin-1", "utf-8; charset=utf-16", "", "utf-7", "utf-8-sig", "\u212a"]
ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"]


@pytest.mark.parametrize("charset", CHARSETS, ids=ascii)
@pytest.mark.parametrize("media_type", [JSON, FORM])
def test_a39_another_charset_is_refused(media_type: str, charset: str) -> None:
    """Whatever isn't declared as UTF-8 would be read differently by those who heed the charset."""
    assert read(f"{media_type}; charset={charset}", LOGIN) == CHARSET


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a39_json_in_another_encoding_is_not_sniffed(encoding: str) -> None:
    """JSON that a sniffing parser would read, in UTF-16, UTF-32 or with a byte order mark, is malformed."""
    body = LOGIN.decode().encode(encoding)

    assert json.loads(body) == ALICE
    assert of_json(body) == MALFORMED


NO_JSON = [b"", b" ", b"{", b"{}x", b'{"a":1,}', b"{'a':1}", b"\x00", b'{"a":"\\x"}', b'{"username":"a\nb"}']
NO_UTF_8 = [b'{"username":"\xff","password":"x"}', b'{"username":"\xed\xa0\x80","password":"x"}']


@pytest.mark.parametrize("body", NO_JSON + NO_UTF_8, ids=ascii)
def test_a76_malformed_json_is_refused(body: bytes) -> None:
    """What isn't JSON or isn't UTF-8, encoded surrogates included, is malformed."""
    assert of_json(body) == MALFORMED


NO_PERCENT_ENCODING = "%|%4|%zz|%4g|%%41|%+1|%ff|%C3|%ed%a0%80|\xc3\xa9|\xff|%\xd9\xa1\xd9\xa1"


@pytest.mark.parametrize("value", NO_PERCENT_ENCODING.split("|"), ids=ascii)
@pytest.mark.parametrize("place", ["username={}&password=x", "username=a&password=x&{}=1"])
def test_a76_malformed_percent_encoding_is_refused(place: str, value: str) -> None:
    """A stray percent, bytes that aren't UTF-8 and raw bytes beyond ASCII have no single reading."""
    assert of_form(place.format(value).encode("latin-1")) == MALFORMED


@pytest.mark.parametrize(
    "body", [b"{}", b'{"username":"a"}', b'{"password":"x"}', b'{"Username":"a","password":"x"}']
)
def test_a23_a_missing_json_field_is_unprocessable(body: bytes) -> None:
    """Without identity or password there is nothing to attempt; names are compared exactly."""
    assert of_json(body) == MISSING


@pytest.mark.parametrize("body", [b"", b"&", b"username=a", b"password=x", b"username[]=a&password=x"])
def test_a23_a_missing_form_field_is_unprocessable(body: bytes) -> None:
    """Without identity or password there is nothing to attempt."""
    assert of_form(body) == MISSING


@pytest.mark.parametrize("value", ["1", "1.5", "true", "null", "[]", '["s3cret"]', "{}", '{"$ne":""}', "NaN"])
def test_a38_a_field_that_is_no_text_is_unprocessable(value: str) -> None:
    """Numbers, null, lists (many passwords) and objects (operators) are no password."""
    assert of_json(with_password(value)) == NOT_TEXT


@pytest.mark.parametrize("value", ['"\\ud800"', '"a\\udfffb"', '"\\udc00\\ud800"'])
def test_a76_lone_surrogates_are_no_text(value: str) -> None:
    """Half a surrogate pair, which nothing could encode later, is refused here."""
    assert of_json(with_password(value)) == NOT_TEXT


def test_a76_a_surrogate_pair_is_one_character() -> None:
    """A whole surrogate pair in an escape is the character that it stands for."""
    assert of_json(with_password('"\\ud83d\\ude00"')) == {"username": "alice", "password": "\U0001f600"}


def test_a73_the_longest_body_is_read_and_one_byte_more_is_not() -> None:
    """16 KiB are read; longer is 413 whatever it holds and is called."""
    longest = with_password('"' + "x" * (16_384 - len(with_password('""'))) + '"')

    assert len(longest) == MAX_BODY == 16_384
    assert isinstance(of_json(longest), Fields)
    assert (
        of_json(longest + b" ") == read(None, b"x" * (MAX_BODY + 1)) == Unreadable(413, BodyFault.TOO_LARGE)
    )


def test_a73_the_shape_says_how_long_a_body_may_be() -> None:
    """A limit of one's own replaces the default."""
    assert read(JSON, LOGIN, BodyShape(max_bytes=len(LOGIN))) == ALICE
    assert read(FORM, b"x", BodyShape(max_bytes=1)) == MISSING
    assert read(JSON, LOGIN, BodyShape(max_bytes=len(LOGIN) - 1)) == Unreadable(413, BodyFault.TOO_LARGE)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
@pytest.mark.parametrize("closed", [True, False])
def test_a73_a_depth_bomb_is_malformed_and_raises_nothing(opening: bytes, closed: bool) -> None:
    """A hundred thousand levels, closed or not, are refused before a parser recurses."""
    closing = opening.replace(b"[", b"]").replace(b"{", b"}").replace(b'"a":', b"")[::-1]
    bomb = opening * 100_000 + (b"1" + closing * 100_000 if closed else b"")

    assert read(JSON, bomb, BodyShape(max_bytes=10_000_000)) == TOO_DEEP


def test_a73_nesting_is_allowed_up_to_the_limit() -> None:
    """32 levels are read, 33 are not."""
    deep = b'{"flat":[[],[]],"x":' + b"[" * 31 + b"]" * 31

    assert of_json(deep + b"," + LOGIN[1:]) == ALICE
    assert of_json(b"[" + deep + b"}]") == TOO_DEEP


@pytest.mark.parametrize("text", ["[" * 1000, '\\"[{' * 500, "\\\\\\\\" + "{" * 100, '\\\\\\"' + "[" * 100])
def test_a73_brackets_in_a_password_are_no_nesting(text: str) -> None:
    """A password of a thousand brackets, behind escaped quotes and backslashes, is a password."""
    assert of_json(with_password(f'"{text}"')) == {"username": "alice", "password": json.loads(f'"{text}"')}


def test_a73_many_flat_lists_are_no_nesting() -> None:
    """Lists beside each other don't add up."""
    assert of_json(b'{"x":[' + b"[]," * 100 + b"[]]," + LOGIN[1:]) == ALICE


@pytest.mark.parametrize("prefix", [b'"\\\\"', b'"\\\\\\""', b'"\\""', b'"a\\\\\\\\"'])
def test_a73_escapes_hide_no_depth(prefix: bytes) -> None:
    """No mix of escaped quotes and backslashes before a bomb keeps it from being seen."""
    bomb = b"[" + prefix + b"," + b"[" * 100_000

    assert json.loads(b"[" + prefix + b"]")
    assert read(JSON, bomb, BodyShape(max_bytes=1_000_000)) == TOO_DEEP


def test_a73_a_huge_integer_is_malformed_and_raises_nothing() -> None:
    """More digits than Python converts are refused like any other malformed body."""
    digits = "9" * (sys.get_int_max_str_digits() + 1)

    assert of_json(b'{"n":' + digits.encode() + b"," + LOGIN[1:]) == MALFORMED


def test_a73_a_hundred_fields_are_read_and_one_more_is_not() -> None:
    """100 fields of a form or members of an object are read, 101 are not."""
    extra = {f"f{number}": "x" for number in range(100 - len(ALICE))}
    full, over = {**ALICE, **extra}, {**ALICE, **extra, "one": "more"}

    assert of_form(urlencode(full).encode()) == of_json(json.dumps(full).encode()) == ALICE
    assert of_form(urlencode(over).encode()) == of_json(json.dumps(over).encode()) == TOO_MANY


@given(CONTENT_TYPES, st.binary(max_size=200) | CLOSE_TO_JSON | CLOSE_TO_FORM)
@example(JSON, b"\xff\xfe")
@example(FORM, b"%")
def test_a76_no_bytes_raise_and_all_that_is_read_encodes(content_type: str | None, body: bytes) -> None:
    """Whatever is sent, the answer is texts that encode as UTF-8, or a 4xx status."""
    found = read_fields(content_type, body)

    if isinstance(found, Fields):
        assert [value.encode().decode() for value in found.values()] == list(found.values())
    else:
        assert found.status in {400, 415, 422}


def test_the_repr_of_fields_shows_names_alone() -> None:
    """Neither identity nor password is in the repr or str."""
    found = of_json(LOGIN)

    assert repr(found) == str(found) == "Fields(username, password)"


def test_fields_can_not_be_changed() -> None:
    """What guard and application share stays as it was read."""
    found = read_fields(JSON, LOGIN)

    assert isinstance(found, Fields)
    with pytest.raises(AttributeError):
        found.identity = "victim"  # type: ignore[misc]
    with pytest.raises(TypeError):
        found["username"] = "victim"  # type: ignore[index]


def test_fields_are_a_mapping_of_exactly_the_required_names() -> None:
    """Length, order and look-up are those of the shape's names."""
    found = read(FORM, b"x=1&password=s3cret&username=alice")

    assert isinstance(found, Fields)
    assert (len(found), list(found), found.get("x")) == (2, ["username", "password"], None)


@pytest.mark.parametrize("names", [("", "a"), ("a", ""), ("a", "a"), ("a", "b", "b")])
def test_a96_a_shape_that_no_body_can_have_is_refused(names: tuple[str, ...]) -> None:
    """Fields without a name or named twice are refused at construction."""
    with pytest.raises(ConfigurationError, match=r"fields: got .* Name each field once"):
        BodyShape(identity=names[0], text_fields=names[1:])


def test_a96_one_text_in_place_of_a_tuple_is_refused() -> None:
    """A text would be read letter by letter; the refusal says to use a tuple."""
    with pytest.raises(ConfigurationError, match="text_fields: got 'password', expected a tuple of names"):
        BodyShape(text_fields="password")  # type: ignore[arg-type]


@pytest.mark.parametrize("max_bytes", [0, -1])
def test_a96_a_body_limit_below_one_byte_is_refused(max_bytes: int) -> None:
    """A limit that nothing fits into is a mistake."""
    with pytest.raises(ConfigurationError, match=f"max_bytes: got {max_bytes}, expected at least 1"):
        BodyShape(max_bytes=max_bytes)
