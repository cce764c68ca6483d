"""Claims about how a password is assessed: what blocks, what explains, how many guesses there are."""

import pytest

from authguard_core.passwords import Assessment, Code, Exposure, PasswordContext
from authguard_core.passwords.assessing import Assessor
from authguard_core.passwords.estimate.sieve import Sieve
from authguard_core.passwords.length import Length
from authguard_core.passwords.lists.files import common_passwords, common_words
from authguard_core.passwords.lists.packed import PackedList
from authguard_core.passwords.lists.packing import pack
from authguard_core.passwords.personal import site_words

STRONG = "tiger salmon bucket winter"
OWNER = PasswordContext(username="hansz", email="hz@example.org", names=["Hans Florian Zimmer"])


def assess(
    password: str,
    *,
    context: PasswordContext | None = None,
    exposure: Exposure = Exposure.UNASKED,
    second_factor: bool = False,
    min_score: int = 3,
    common: PackedList | None = None,
    strict: bool = False,
) -> Assessment:
    assessor = Assessor(
        length=Length(minimum=15, maximum=128),
        min_score=min_score,
        site=site_words(["authguard"]),
        strict=strict,
        common=common_passwords() if common is None else common,
        sieve=Sieve(common_words()),
        guesses_per_second=0.005,
    )
    return assessor.assess(password, context, exposure, second_factor=second_factor)


def reasons(assessment: Assessment) -> list[Code]:
    return [finding.code for finding in assessment.reasons]


def test_a_good_passphrase_is_accepted_without_a_word() -> None:
    """No finding, no advice, the best score."""
    assessment = assess(STRONG, context=OWNER)
    assert (assessment.ok, assessment.score, assessment.findings, assessment.advice) == (True, 4, (), ())


def test_nothing_is_required_but_strength() -> None:
    """No capital, no digit, no sign (NIST SP 800-63B-4, 3.1.1.2): one alphabet is enough."""
    assert assess("vbqkzmwpjxhyrnd").ok


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", [Code.TOO_SHORT]),
        ("tiger salmon", [Code.TOO_SHORT]),
        ("x" * 129, [Code.TOO_LONG]),
        ("tiger salmon bucket \ud800", [Code.UNUSABLE]),
        ("passwordpassword", [Code.TOO_COMMON]),
        ("password", [Code.TOO_SHORT, Code.TOO_COMMON]),
        ("HansFlorianZimmer", [Code.CONTAINS_NAME]),
        ("authguardauthguard", [Code.CONTAINS_SITE]),
        ("friendship7winter", [Code.TOO_WEAK]),
    ],
)
def test_each_refusal_has_its_reason(password: str, expected: list[Code]) -> None:
    """The one that helps: a weak password with a better reason isn't also called weak."""
    assert reasons(assess(password, context=OWNER)) == expected


def test_a_second_factor_makes_eight_characters_enough() -> None:
    """NIST SP 800-63B-4, 3.1.1.2. Shorter ones are refused with it, too."""
    assert reasons(assess("vK7#qTz2", second_factor=True)) == []
    assert reasons(assess("vK7#qTz", second_factor=True)) == [Code.TOO_SHORT]


def test_a_breached_password_is_refused_however_strong_it_looks() -> None:
    """Somebody has it in a list."""
    assert reasons(assess(STRONG, exposure=Exposure.BREACHED)) == [Code.BREACHED]


def test_a_word_of_the_owners_in_a_strong_password_is_named_and_accepted() -> None:
    """Substrings only advise, unless the policy is strict."""
    password = "hansz tiger salmon bucket winter"
    assert assess(password, context=OWNER).ok
    assert assess(password, context=OWNER).findings[0].code is Code.CONTAINS_USERNAME
    assert Code.CONTAINS_USERNAME in reasons(assess(password, context=OWNER, strict=True))


def test_a_strict_policy_sees_an_expected_word_within_another() -> None:
    """However well the other word explains it."""
    password = "authguardian lanterns walnut"
    assert assess(password).ok
    assert reasons(assess(password, strict=True)) == [Code.CONTAINS_SITE]


def test_a_listed_password_is_explained_by_its_shape() -> None:
    """What everybody tries first isn't taken apart any further."""
    found = [finding.code for finding in assess("qwertyuiopasdfgh").findings]
    assert found == [Code.TOO_COMMON, Code.KEYBOARD_WALK]


def test_a_listed_name_of_the_owner_has_both_reasons() -> None:
    """It is common, and it is theirs."""
    assert Code.CONTAINS_USERNAME in reasons(
        assess("passwordpassword", context=PasswordContext(username="password"))
    )


def test_a_word_of_the_site_needs_no_context() -> None:
    """It is the same for everybody."""
    assert assess("authguard tiger salmon bucket").findings[0].code is Code.CONTAINS_SITE


def test_reasons_come_before_what_explains_them() -> None:
    """Whoever shows but the first sentence shows why."""
    findings = assess("qwertyuiop2024!", min_score=4).findings
    assert [finding.blocks for finding in findings] == sorted((f.blocks for f in findings), reverse=True)
    assert len(findings) > 1


def test_a_listed_password_costs_no_more_than_its_rank() -> None:
    """However long it is."""
    common = PackedList(pack([("a walrus in the wardrobe", 10)]))
    assert assess("a walrus in the wardrobe", common=common).guesses_log10 == pytest.approx(1.0, abs=0.05)


def test_a_weak_password_that_is_not_listed_comes_after_the_list() -> None:
    """Whoever guesses tries what is common first: at least as many guesses as there are."""
    assert assess("zzzzzzzzyzzzzzzzz").guesses_log10 >= 5


def test_what_is_personal_comes_before_the_list() -> None:
    """Whoever guesses at one account knows its owner."""
    assert assess("HansFlorianZimmer", context=OWNER).score == 0
    assert assess("HansFlorianZimmer").score > 0


def test_a_score_of_zero_switches_the_estimate_off_and_not_the_list() -> None:
    """The blocklist is what NIST asks for; the score is ours."""
    assert not assess("friendship7winter", min_score=3).ok
    assert assess("friendship7winter", min_score=0).ok
    assert reasons(assess("passwordpassword", min_score=0)) == [Code.TOO_COMMON]


def test_a_password_of_any_length_gets_a_finite_estimate() -> None:
    """Logarithms are added, so that nothing overflows."""
    assessment = assess("".join(chr(0x4E00 + 7 * number) for number in range(128)))
    assert 100 < assessment.guesses_log10 < 1_000
