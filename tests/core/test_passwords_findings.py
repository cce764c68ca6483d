"""Claims about findings and advice: stable codes, sentences that can be translated, nothing of a password."""

import copy
import gettext
import json
import pickle
import re
from dataclasses import FrozenInstanceError, asdict
from types import MappingProxyType

import pytest

from authguard_core.passwords import Advice, AdviceCode, Code, Finding
from authguard_core.passwords.findings import ADVICE, FINDINGS

PARAMETERS = {"minimum": 15, "maximum": 128}


def sent(finding: Finding) -> object:
    """Return what arrives in another process."""
    return pickle.loads(pickle.dumps(finding))  # noqa: S301 - our own


@pytest.mark.parametrize("code", Code)
def test_every_finding_has_a_title_and_a_sentence(code: Code) -> None:
    """A title without a stop for a log, a sentence for the password's owner."""
    finding = Finding(code=code, params=PARAMETERS)
    assert finding.title
    assert finding.title[-1].isalnum()
    assert finding.text.endswith(".")


@pytest.mark.parametrize("code", AdviceCode)
def test_every_advice_has_a_title_and_a_sentence(code: AdviceCode) -> None:
    """As findings have."""
    advice = Advice(code=code)
    assert advice.title
    assert advice.text == advice.message
    assert advice.text.endswith(".")


def test_codes_are_stable() -> None:
    """Programs and translations depend on them: one may be added, none may change."""
    assert {code.value for code in Code} >= {
        "too_short", "too_long", "unusable", "truncated", "too_common", "breached", "unchecked", "too_weak",
        "contains_username", "contains_email", "contains_name", "contains_site", "contains_word",
        "dictionary_word", "substitution", "reversed", "keyboard_walk", "repeated", "sequence", "date",
    }  # fmt: skip


def test_parameters_stand_in_the_sentence_by_name() -> None:
    """As gettext wants it: the sentence is looked up without them, and they are put in afterwards."""
    finding = Finding(code=Code.TOO_SHORT, blocks=True, params={"minimum": 15})
    assert finding.message == "Use at least %(minimum)d characters."
    assert finding.text == "Use at least 15 characters."


def test_a_translator_needs_nothing_but_message_and_parameters() -> None:
    """Standard gettext, fed with a catalogue of its own."""

    class German(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            known = {"Use at least %(minimum)d characters.": "Mindestens %(minimum)d Zeichen."}
            return known.get(message, message)

    finding = Finding(code=Code.TOO_SHORT, params={"minimum": 15})
    assert German().gettext(finding.message) % finding.params == "Mindestens 15 Zeichen."


@pytest.mark.parametrize("wording", [*FINDINGS.values(), *ADVICE.values()])
def test_every_parameter_is_a_number(wording: tuple[str, str]) -> None:
    """A text in it could be a part of a password."""
    assert set(re.findall(r"%\((\w+)\)(.)", wording[1])) <= {("minimum", "d"), ("maximum", "d")}


def test_a_finding_can_not_be_changed() -> None:
    """It may be shared and kept in sets."""
    finding = Finding(code=Code.TOO_SHORT, params=PARAMETERS)
    with pytest.raises(FrozenInstanceError):
        finding.blocks = True  # type: ignore[misc]
    assert len({finding, Finding(code=Code.TOO_SHORT, params=dict(PARAMETERS))}) == 1


@pytest.mark.parametrize(
    "params", [{}, PARAMETERS, MappingProxyType(PARAMETERS)], ids=["none", "some", "proxy"]
)
def test_a_finding_can_be_copied_and_sent(params: dict[str, int]) -> None:
    """To a log, a queue or another process: a copy is equal to it."""
    finding = Finding(code=Code.TOO_SHORT, blocks=True, params=params)
    assert copy.deepcopy(finding) == sent(finding) == finding
    assert asdict(finding) == {"code": Code.TOO_SHORT, "blocks": True, "params": dict(params)}


def test_a_finding_without_parameters_can_be_copied_and_sent() -> None:
    """As most are."""
    finding = Finding(code=Code.DATE)
    assert copy.deepcopy(finding) == sent(finding) == Finding(**asdict(finding)) == finding


def test_a_findings_parameters_are_its_own() -> None:
    """What the caller does with the dictionary afterwards changes no sentence."""
    params = {"minimum": 15}
    finding = Finding(code=Code.TOO_SHORT, params=params)
    params["minimum"] = 8
    assert finding.text == "Use at least 15 characters."


def test_a_finding_can_be_answered_as_json() -> None:
    """Code, title and English sentence, its parameters put in, and whether it refuses."""
    finding = Finding(code=Code.TOO_SHORT, blocks=True, params={"minimum": 15})
    assert json.loads(json.dumps(finding.as_dict())) == {
        "code": "too_short",
        "title": "Too short",
        "message": "Use at least 15 characters.",
        "blocks": True,
    }
    assert type(finding.as_dict()["code"]) is str


def test_an_advice_can_be_answered_as_json() -> None:
    """Code, title and English sentence. It refuses nothing."""
    advice = Advice(code=AdviceCode.SHORTEN)
    assert json.loads(json.dumps(advice.as_dict())) == {
        "code": "shorten",
        "title": "Shorten it",
        "message": "Shorten it: length beyond the limit can't be kept.",
    }
