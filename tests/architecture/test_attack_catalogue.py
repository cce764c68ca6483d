"""Claims about the page of attacks: it says what the tests cover, no more and no less."""

from pathlib import Path

import pytest

from tests.attack_catalogue import COMMAND, PAGE, Attack, Case, covering, load, named, page

ATTACKS = load()
CASES = named()
COVERED = covering(CASES)


def test_the_page_of_attacks_is_what_the_tests_make_it() -> None:
    """docs/attacks.md is generated, and up to date."""
    current = PAGE.read_text(encoding="utf-8")
    assert current == page(ATTACKS, COVERED), f"docs/attacks.md is out of date; run: {COMMAND}"


def test_the_catalogue_is_complete() -> None:
    """Every id from A01 to A96 is described, once, in full sentences."""
    assert list(ATTACKS) == [f"A{number:02}" for number in range(1, 97)]
    for attack in ATTACKS.values():
        assert attack.name
        assert attack.attack.endswith((".", "..."))
        assert attack.property.endswith(".")


def test_every_required_attack_has_a_test() -> None:
    """What the catalogue calls required is covered."""
    assert [attack.id for attack in ATTACKS.values() if attack.required and attack.id not in COVERED] == []


def test_no_test_names_an_unknown_attack() -> None:
    """An id in a test's name is one of the catalogue's."""
    assert [case for case in CASES if not set(case.ids) <= ATTACKS.keys()] == []


def test_every_attack_of_a_class_is_in_one_place() -> None:
    """Classes follow one another, so that the page has one section for each."""
    kinds = [attack.kind for attack in ATTACKS.values()]
    assert len(set(kinds)) == sum(kind != before for before, kind in zip(["", *kinds], kinds, strict=False))


def test_tests_are_found_by_every_id_in_their_names(tmp_path: Path) -> None:
    """Functions, coroutines and methods count; helpers, other names and other files don't."""
    source = "def test_a01_x(): 0\nasync def test_a02_a03_a02_y(): 0\nclass T:\n def test_a04_z(self): 0\n"
    ignored = "def test_about_it(): 0\ndef a05_x(): 0\ndef test_xa06_y(): 0\n"
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "tests" / "deep" / "test_some.py").write_text(source + ignored)
    (tmp_path / "tests" / "helper.py").write_text("def test_a07_x(): 0")
    found = covering(named(tmp_path))
    assert {number: [case.name for case in cases] for number, cases in found.items()} == {
        "A01": ["test_a01_x"],
        "A02": ["test_a02_a03_a02_y"],
        "A03": ["test_a02_a03_a02_y"],
        "A04": ["test_a04_z"],
    }


ATTACK = Attack("A01", "Guessing", "Name", "How.", "What holds.", ["Some CVE-2020-11052"], True, "")
CASE = Case("tests/test_x.py", "test_a01_x", ["A01"])


@pytest.mark.parametrize(
    ("tests", "shown", "absent"),
    [({"A01": [CASE]}, "test_a01_x", "- A01"), ({}, "- A01 Name", "What holds.")],
    ids=["covered", "not covered"],
)
def test_the_page_claims_nothing_without_a_test(
    tests: dict[str, list[Case]], shown: str, absent: str
) -> None:
    """With a test an attack has its paragraph; without one it is in the list at the end."""
    text = page({"A01": ATTACK}, tests)
    assert shown in text
    assert absent not in text


def test_the_page_says_what_of_a_covered_attack_is_open() -> None:
    """A part that isn't covered is named in the paragraph and in the list."""
    text = page({"A01": ATTACK._replace(open="the rest")}, {"A01": [CASE]})
    assert text.count("the rest") == 2


def test_advisories_are_linked_and_nothing_else_is() -> None:
    """A CVE or GHSA id links to its advisory; another precedent stays text."""
    precedents = ["Sorcery CVE-2020-11052 (GHSA-jc8m-cxhj-668x)", "parse-server #2561"]
    text = page({"A01": ATTACK._replace(precedents=precedents)}, {"A01": [CASE]})
    assert "[CVE-2020-11052](https://nvd.nist.gov/vuln/detail/CVE-2020-11052)" in text
    assert "[GHSA-jc8m-cxhj-668x](https://github.com/advisories/GHSA-jc8m-cxhj-668x)" in text
    assert "; parse-server #2561." in text
