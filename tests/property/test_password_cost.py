"""What a check of a password costs: linear in its length up to the maximum, flat beyond, whatever comes.

What is counted is work, not time, see :mod:`tests.attacks.work`: lines, calls, and the characters that
built-in methods go over. Hypothesis searches for inputs that cost more;
``HYPOTHESIS_PROFILE=long`` searches longer.
"""

# ruff: noqa: RUF001 - letters that look like others are the subject
import random

import pytest
from hypothesis import example, given, target
from hypothesis import strategies as st

from authguard_core.passwords import Code, PasswordContext, PasswordPolicy
from tests.attacks.work import growth, work_of

MAXIMUM = 128
FIXED = 20_000
"""Work that every check may take."""
A_CHARACTER = 6_000
"""Work that each character may add: fourteen windows in five readings, some looked up in two lists."""
EXPECTED = 200_000
"""What a context may add that was made to be slow: as many words, each as long, as are read at all."""
DOUBLED = 2.3

POLICY = PasswordPolicy(site_words=["Example", "example.org"])
POLICY.check("what is done once in a process is no work of a password's")

ALPHABETS = {
    "signs": "4@8({[<3€69#1!|0$57+2%",
    "signs and letters": "4310$7aeiost1!",
    "digits": "0123456789",
    "letters": "aeiounrstl",
    "printable": "".join(map(chr, range(32, 127))),
    "date": "0129-./",
    "two": "ab",
    "keys": "qwertasdfgzxcv12345!@#",
    "scripts": "пapоlь漢字がカ한é",
    "other layouts": "йцукенфываςερτυ",
    "combining": "e\u0301\u0323\u0308",
    "expanding": "\ufdfa\ufdfb\ufb01\u3300\u337f\u0390\u00df\u0130\u1e9b\u0323",
    "unseen": "\u200b\u00ad\0 \u3000",
    "halves": "a\ud83d\ude00",
}
UNITS = [
    "a", "1", "a1", "ab1", "4@1!", "1l!|7", "password", "P@$$w0rd", "drowssap", "passwordhunter",
    "correct horse ", "qwertyuiop", "1qaz2wsx", "01011990", "1990", "1.1.90 ", "abcdefgh", "9876543210",
    "пароль", "パスワード2024", "密码", "e\u0301", "\ufdfa", "pass1", "aaaab", "-a", "0123456789abcde",
    "1" * 56 + "4310$7aeiost1!4@",
]  # fmt: skip


def work(password: str, context: PasswordContext | None = None) -> int:
    """The work of one check."""
    return work_of(lambda: POLICY.check(password, context=context))


def allowed(password: str) -> int:
    """The line that no check may cross."""
    return FIXED + A_CHARACTER * min(len(password), MAXIMUM)


LETTERS = st.sampled_from(sorted(ALPHABETS.values())).flatmap(
    lambda alphabet: st.text(st.sampled_from(alphabet), max_size=MAXIMUM)
)
REPEATED = st.builds(
    lambda unit, length: (unit * length)[:length],
    st.text(st.sampled_from("".join(ALPHABETS.values())), min_size=1, max_size=20),
    st.integers(1, MAXIMUM),
)
PIECES = st.lists(st.sampled_from(UNITS) | LETTERS, max_size=24).map(lambda pieces: "".join(pieces)[:MAXIMUM])
PASSWORDS = LETTERS | REPEATED | PIECES


@given(PASSWORDS)
@example("".join(random.Random(1).choices(ALPHABETS["digits"], k=MAXIMUM)))
@example("".join(random.Random(1).choices(ALPHABETS["signs and letters"], k=MAXIMUM)))
@example("1" * 56 + "4310$7aeiost1!4@" + "1" * 56)
def test_a74_no_password_takes_more_work_than_its_length_allows(password: str) -> None:
    """Below a line with a fixed slope, however the password was made."""
    done = work(password)
    target(done / max(len(password), 1), label="work a character")
    assert done <= allowed(password)


@given(PASSWORDS, st.data())
def test_a74_no_context_makes_a_password_cost_more_than_a_bound(password: str, data: st.DataObject) -> None:
    """Neither names, nor words, nor an address cut out of the password itself, as the worst of them are."""
    places = st.integers(0, max(len(password) - 3, 0))
    parts = st.builds(lambda start, size: password[start : start + size], places, st.integers(3, 12))
    words = data.draw(st.lists(parts, max_size=200))
    context = PasswordContext(
        username=data.draw(PASSWORDS), email=data.draw(parts) + "@" + password, names=words, words=words[::-1]
    )
    done = work(password, context)
    target(done - work(password), label="work of a context")
    assert done <= allowed(password) + EXPECTED


@pytest.mark.parametrize("unit", UNITS)
def test_a74_twice_as_long_a_password_takes_about_twice_the_work(unit: str) -> None:
    """From 64 characters to 128, of whatever is repeated."""
    assert growth(POLICY.check, unit, MAXIMUM // 2) <= DOUBLED


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
def test_a74_twice_as_long_a_random_password_takes_about_twice_the_work(alphabet: str) -> None:
    """From 64 characters to 128 at random, in which nothing comes again that was looked up before."""
    rng = random.Random(4)
    halves = ["".join(rng.choices(alphabet, k=MAXIMUM // 2)) for _ in range(4)]
    once = work(halves[0]) + work(halves[1]) + work(halves[2]) + work(halves[3])
    assert work(halves[0] + halves[1]) + work(halves[2] + halves[3]) <= DOUBLED / 2 * once + FIXED


@pytest.mark.parametrize(
    "unit", ["a", "a1", "4@8(", "password", "\ufdfa", "e\u0301", "\ud800", "1990-", "漢"]
)
def test_a71_a74_beyond_the_maximum_the_work_is_flat(unit: str) -> None:
    """A megabyte takes no more work than any password, and is refused."""
    endless = unit * (1_000_000 // len(unit))
    assert work(endless) <= FIXED
    assert [finding.code for finding in POLICY.check(endless).findings] == [Code.TOO_LONG]


@given(st.integers(MAXIMUM + 1, 5 * MAXIMUM), st.sampled_from(sorted(ALPHABETS.values())), st.randoms())
def test_a71_just_beyond_the_maximum_the_work_is_flat(length: int, alphabet: str, rng: random.Random) -> None:
    """As long as a password may be that composition shortens: what is looked at is only measured."""
    password = "".join(rng.choices(alphabet, k=length))
    assert work(password) <= allowed(password)


def test_a71_megabytes_of_context_take_bounded_work() -> None:
    """What an attacker sends in the other fields of a form is cut before it is read."""
    password, long = "tiger-salmon-bucket-winter", "ab1@." * 200_000
    context = PasswordContext(username=long, email=long, names=[long] * 1_000, words=iter([long] * 1_000))
    assert work(password, context) <= allowed(password) + EXPECTED


def test_a74_ten_thousand_words_of_context_take_as_much_work_as_a_thousand() -> None:
    """Only so many are looked at."""
    password = "tiger-salmon-bucket-winter"
    few, many = (
        PasswordContext(names=[f"name{number}" for number in range(size)]) for size in (1_000, 10_000)
    )
    assert work(password, many) <= 1.1 * work(password, few)
