"""Claims about the policy as a whole, as an application uses it."""

import logging
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core import ConfigurationError
from authguard_core.passwords import Code, Exposure, PasswordContext, PasswordPolicy

POLICY = PasswordPolicy(site_words=["shop"])
CANARY = "canary-Zq9!-xylophone-42"


def test_the_default_is_what_nist_asks_for() -> None:
    """SP 800-63B-4: 15 characters, at least 64 permitted."""
    assert repr(PasswordPolicy()) == "PasswordPolicy(min_length=15, max_length=128, min_score=3)"
    assert repr(PasswordPolicy.preset("nist")) == repr(PasswordPolicy())


@pytest.mark.parametrize(
    ("name", "length", "score"), [("nist", 15, 3), ("asvs_l1", 8, 3), ("legacy_8", 8, 2)]
)
def test_a_preset_is_a_policy(name: str, length: int, score: int) -> None:
    """By the name of its standard, with the site's own words."""
    policy = PasswordPolicy.preset(name, site_words=["shop"])
    assert (policy.length.minimum, policy.min_score) == (length, score)
    assert policy.check("shop-tiger-salmon-bucket").findings[0].code is Code.CONTAINS_SITE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_score": 5}, "min_score: got 5, expected 0 to 4"),
        ({"min_score": -1}, "min_score: got -1, expected 0 to 4"),
        ({"guesses_per_second": 0}, "guesses_per_second: got 0, expected a number above 0"),
        ({"guesses_per_second": float("nan")}, "guesses_per_second: got nan"),
        ({"site_words": "shop"}, "site_words: got 'one text', expected a list of words"),
        ({"min_length": 200}, "min_length: got 200, expected 1 to max_length, 128"),
    ],
)
def test_a_policy_that_can_not_work_is_refused_when_it_is_made(
    arguments: dict[str, object], message: str
) -> None:
    """With what was got, what was expected and what to do."""
    with pytest.raises(ConfigurationError, match=message):
        PasswordPolicy(**arguments)  # type: ignore[arg-type]


def test_an_unknown_preset_is_refused() -> None:
    """With the names that there are."""
    with pytest.raises(ConfigurationError, match=r"preset: got 'pci', expected one of \['nist', "):
        PasswordPolicy.preset("pci")


def test_a_list_of_ones_own_takes_the_place_of_the_built_in_one() -> None:
    """Anything that knows ranks will do."""

    class Own:
        def rank(self, word: str) -> int | None:
            return 1 if word == "tiger salmon bucket" else None

        def __len__(self) -> int:
            return 1

    policy = PasswordPolicy(common=Own())
    assert policy.check("Tiger Salmon Bucket").reasons[0].code is Code.TOO_COMMON


@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_no_text_makes_it_raise(password: str, name: str, email: str) -> None:
    """Whatever a form sends, lone surrogates and controls too, there is an answer."""
    context = PasswordContext(username=name, email=email, names=[email, name], words=[password])
    assessment = POLICY.check(password, context=context)
    assert assessment.ok == (not assessment.reasons)
    assert 0 <= assessment.score <= 4


@given(st.text(alphabet="ab1!", min_size=1, max_size=40))
def test_the_same_password_gets_the_same_answer(password: str) -> None:
    """No state is kept between two calls."""
    assert POLICY.check(password) == POLICY.check(password)


def test_one_policy_serves_all_threads() -> None:
    """One account's context never shows in another's answer."""

    def reasons(name: str) -> tuple[Code, ...]:
        found = POLICY.check("qorvexqorvex1990", context=PasswordContext(username=name)).reasons
        return tuple(finding.code for finding in found)

    alone = {name: reasons(name) for name in ("qorvex", "mulder")}
    with ThreadPoolExecutor(4) as pool:
        names = ["qorvex", "mulder"] * 100
        assert list(pool.map(reasons, names)) == [alone[name] for name in names]
    assert Code.CONTAINS_USERNAME in alone["qorvex"]
    assert Code.CONTAINS_USERNAME not in alone["mulder"]


def test_a82_a_password_reaches_no_log_repr_or_exception(caplog: pytest.LogCaptureFixture) -> None:
    """Nor does any part of it, its owner's name, or its hash."""
    context = PasswordContext(username="canary", email="canary@example.org")
    caplog.set_level(logging.DEBUG)
    assessment = POLICY.check(CANARY, context=context, exposure=Exposure.BREACHED)
    told = "".join([repr(POLICY), repr(context), repr(assessment), str(assessment.feedback), caplog.text])
    for part in ("canary", "Zq9", "xylophone", "42", f"{assessment.guesses_log10:.3}"):
        assert part not in told


def test_a82_misuse_shows_no_password() -> None:
    """A caller who passes bytes gets a TypeError or the like, without them."""
    with pytest.raises((TypeError, AttributeError)) as refused:
        POLICY.check(CANARY.encode())  # type: ignore[arg-type]
    assert "canary" not in "".join(traceback.format_exception_only(refused.value))
