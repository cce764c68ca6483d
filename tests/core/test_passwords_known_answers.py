"""Claims about whole passwords: those that other meters get wrong, and those that must get their due."""

# ruff: noqa: RUF001 - letters that look like others are the subject
import pytest

from authguard_core.passwords import AdviceCode, Assessment, Code, PasswordContext, PasswordPolicy

NIST = PasswordPolicy(site_words=["Acme"])
EIGHT = PasswordPolicy.preset("asvs_l1")
HANS = PasswordContext(
    username="hansz", email="hans.zimmer@example.org", names=["Hans", "Florian", "Zimmer"], words=["Nürnberg"]
)
FULL_NAME = PasswordContext(names=["Hans Florian Zimmer"])


def codes(assessment: Assessment) -> set[Code]:
    return {finding.code for finding in assessment.findings}


def reasons(assessment: Assessment) -> set[Code]:
    return {finding.code for finding in assessment.reasons}


@pytest.mark.parametrize("context", [HANS, FULL_NAME], ids=["parts", "whole"])
@pytest.mark.parametrize(
    "password",
    [
        "HansFlorianZimmer",
        "hans florian zimmer",
        "ZimmerFlorianHans",
        "HANSFLORIANZIMMER1",
        "Hans.Florian.Zimmer",
    ],
)
def test_a_name_made_of_names_is_refused_as_the_name(password: str, context: PasswordContext) -> None:
    """Whether the form asks for the name in one field or in several, and in whatever order it is put."""
    assessment = NIST.check(password, context=context)
    assert Code.CONTAINS_NAME in reasons(assessment)
    assert assessment.score <= 1
    assert AdviceCode.AVOID_PERSONAL in {advice.code for advice in assessment.advice}


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("hans.zimmer@example.org", Code.CONTAINS_EMAIL),
        ("HANS.ZIMMER@EXAMPLE.ORG", Code.CONTAINS_EMAIL),
        ("hans.zimmer@example.org1", Code.CONTAINS_EMAIL),
        ("ｈａｎｓ．ｚｉｍｍｅｒ＠ｅｘａｍｐｌｅ．ｏｒｇ", Code.CONTAINS_EMAIL),
        ("hanszhanszhansz", Code.CONTAINS_USERNAME),
        ("Florian-florian1", Code.CONTAINS_NAME),
        ("Z1mm3rFl0r14n!!", Code.CONTAINS_NAME),
        ("remmiZnairolF!!", Code.CONTAINS_NAME),
        ("FlorianZimmer2024", Code.CONTAINS_NAME),
        ("Nürnberg-NÜRNBERG", Code.CONTAINS_WORD),
        ("Acme-Acme-Acme-1", Code.CONTAINS_SITE),
    ],
)
def test_what_an_attacker_knows_of_an_account_is_refused_with_the_reason(password: str, code: Code) -> None:
    """The whole address, and the names in every dress: the reason says which field it came from."""
    assessment = NIST.check(password, context=HANS)
    assert code in reasons(assessment)
    assert assessment.score <= 1


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("hansz tiger-salmon-bucket-winter", Code.CONTAINS_USERNAME),
        ("acme rockets fly over Berlin", Code.CONTAINS_SITE),
    ],
)
def test_a_name_beside_enough_else_only_advises(password: str, code: Code) -> None:
    """NIST SP 800-63B-4, 3.1.1.2: the entire password is compared, not what it contains."""
    assessment = NIST.check(password, context=HANS)
    assert assessment.ok
    assert code in codes(assessment)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("password", {Code.TOO_COMMON}),
        ("ｐａｓｓｗｏｒｄ", {Code.TOO_COMMON}),
        ("ＰＡＳＳＷＯＲＤ１２３", {Code.TOO_COMMON}),
        ("P@ssw0rd", {Code.TOO_COMMON}),
        ("P@ssw0rd1234567", {Code.TOO_COMMON, Code.SUBSTITUTION}),
        ("pa$$w0rd123!", {Code.TOO_COMMON, Code.SUBSTITUTION}),
        ("drowssap", {Code.TOO_COMMON}),
        ("drowssap123", {Code.TOO_COMMON, Code.REVERSED, Code.SEQUENCE}),
        ("passwordpassword", {Code.TOO_COMMON, Code.REPEATED}),
        ("password1password1", {Code.TOO_COMMON, Code.REPEATED}),
        ("passwordpasswordpassword", {Code.TOO_COMMON, Code.REPEATED}),
        ("iloveyouiloveyou", {Code.TOO_COMMON, Code.REPEATED}),
        ("!!!!password!!!!", {Code.TOO_COMMON, Code.REPEATED}),
        ("Password2024!!!", {Code.TOO_COMMON, Code.DATE}),
        ("monkey12", {Code.TOO_COMMON}),
        ("123456789012345", {Code.TOO_COMMON, Code.SEQUENCE}),
        ("qwertyuiopasdfgh", {Code.TOO_COMMON, Code.KEYBOARD_WALK}),
        ("1qaz2wsx3edc4rfv", {Code.TOO_COMMON}),
        ("gfhjkm123", {Code.TOO_COMMON}),
    ],
)
def test_a_common_password_in_another_dress_is_too_common(password: str, expected: set[Code]) -> None:
    """Full-width, with signs, reversed, doubled, with something around: refused, with what was changed."""
    assessment = EIGHT.check(password)
    assert Code.TOO_COMMON in reasons(assessment)
    assert expected <= codes(assessment)
    assert assessment.score <= 1


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("пароль123", {Code.DICTIONARY_WORD, Code.SEQUENCE}),
        ("пароль2024", {Code.DICTIONARY_WORD, Code.DATE}),
        ("ПАРОЛЬПАРОЛЬ", {Code.DICTIONARY_WORD}),
        ("йцукенгшщз", set[Code]()),
        ("パスワード2024", {Code.DICTIONARY_WORD, Code.DATE}),
        ("パスワードパスワード", {Code.DICTIONARY_WORD}),
        ("密码密码密码密码", {Code.REPEATED}),
        ("абвгдежз", {Code.SEQUENCE}),
        ("ааааааааа", {Code.REPEATED}),
        ("비밀번호비밀번호", {Code.DICTIONARY_WORD}),
    ],
)
def test_a_password_is_not_strong_for_its_script(password: str, expected: set[Code]) -> None:
    """Words, keyboards, sequences and repeats of other scripts are found as Latin ones are."""
    assessment = EIGHT.check(password)
    assert not assessment.ok
    assert expected <= codes(assessment)
    assert assessment.score <= 1


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("aaaaaaaaaaaaaaaa", {Code.REPEATED}),
        ("abcabcabcabcabcabc", {Code.REPEATED, Code.SEQUENCE}),
        ("D0g..................", {Code.REPEATED}),
        ("abcdefghijklmnopqrst", {Code.SEQUENCE}),
        ("2024202420242024", {Code.REPEATED, Code.DATE}),
        ("19901230", {Code.DATE}),
        ("13/3/1997", {Code.DATE}),
        ("mnbvcxzlkjhgfdsa", set[Code]()),
        ("characteristics", {Code.DICTIONARY_WORD}),
    ],
)
def test_a_pattern_alone_is_weak_however_long(password: str, expected: set[Code]) -> None:
    """One repeated letter, one sequence, one date, one word, two rows of the keyboard."""
    assessment = EIGHT.check(password)
    assert not assessment.ok
    assert expected <= codes(assessment)
    assert assessment.score <= 1


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("tiger-salmon-bucket-winter", "tiger-salmon-bucket"),
        ("tiger-salmon-bucket", "tiger-salmon"),
        ("passwordpassword7", "passwordpassword"),
        ("xkq7vhz2wmpj4tny", "xkq7vhz2xkq7vhz2"),
        ("correct horse battery staple", "love love love love"),
        ("Tr0ub4dour&3", "P@ssw0rd&3"),
    ],
)
def test_what_is_harder_to_guess_gets_more_guesses(better: str, worse: str) -> None:
    """More words beat fewer, other words beat the same, and an uncommon word beats a common one."""
    assert EIGHT.check(better).guesses_log10 > EIGHT.check(worse).guesses_log10


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "correcthorsebatterystaple",
        "tiger-salmon-bucket-winter",
        "planning the annual feast",
        "purple elephants dance quietly",
        "kettle drawer violin moss",
        "Ich trinke morgens gerne Tee",
        "le chat noir dort toujours",
        "мама мыла раму очень долго",
        "верблюд печать окно дождь",
        "سيارة نافذة مطر كتاب",
        "我爱北京天安门广场早晨的安静时光",
        "this is my secret password ok",
    ],
)
def test_a_passphrase_gets_its_due(password: str) -> None:
    """Four words or more, in any language, are very unlikely to be guessed: nothing is said against them."""
    assessment = NIST.check(password)
    assert assessment.ok
    assert (assessment.score, assessment.findings, assessment.advice) == (4, (), ())


@pytest.mark.parametrize(
    "password",
    [
        "98!!37#$zoe99&&1#37",
        "rWibMFACxAUGZmxhVncy",
        "Ba9ZyWABu99[BK#6MBgbH88Tofv)vs$",
        "xkq7vhz2wmpj4tny",
        "f3b9c2e81d7a4056",
        "Gx4!vB8@nM2#qW9",
        "k7Rz-9fQw-x3Lm-V8tY",
        "ëK3ñß7wQøz9Åµ2Жжλ5",
    ],
)
def test_a_random_password_gets_its_due(password: str) -> None:
    """What a manager makes is very unlikely to be guessed, also in hexadecimal and with hyphens."""
    assessment = NIST.check(password, context=HANS)
    assert assessment.ok
    assert (assessment.score, assessment.findings) == (4, ())


@pytest.mark.parametrize(
    "dressed", ["DRAGON", "ｄｒａｇｏｎ", "Dragon", "dr4gon", "nogard", "dragondragon", "dragon1"]
)
def test_a_common_word_in_another_dress_is_guessed_soon_after_the_list(dressed: str) -> None:
    """Signs, width, case, direction and repetition hardly add to the hundred thousand tried first."""
    assert EIGHT.check("dragon").guesses_log10 <= EIGHT.check(dressed).guesses_log10 < 5.1
