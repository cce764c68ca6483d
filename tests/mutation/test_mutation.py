"""Claims about the mutation testing itself: what it changes, what it counts and what it lets live."""

import pytest

from tests.mutation.engine import Mutant, sample
from tests.mutation.scores import LEAST, Score, scored
from tests.mutation.subjects import ROOT, SUBJECTS, Subject, chosen
from tests.mutation.survivors import Explanation, explanations
from tests.mutation.tables import edits

SOURCE = '''"""Docs."""

from functools import lru_cache

__all__ = ["LIMIT"]
LIMIT: int = 5
NAMES = {"é": ("a", 0x10), "b": ("c", True)}


class Reason(str):
    """Docs."""

    LOCKED = "locked"


@lru_cache(8)
def cached(number: int) -> bool:
    """Docs."""
    return number > LIMIT


def plain(number: int) -> bool:
    return number > 7
'''

KILLED = Mutant("f", "a => b")
EQUAL = Mutant("f", "c => d")
ODD = Mutant("f", "e => g")
EXPLAINED = {str(EQUAL): Explanation("it is the same", equivalent=True)}


def score(total: int, *survivors: Mutant) -> Score:
    return scored("keys", total, survivors, EXPLAINED, 1.0)


def test_every_constant_and_every_decorated_function_is_changed() -> None:
    """What mutmut leaves alone is changed one thing at a time; plain functions and exports are its own."""
    changes = [str(mutant) for mutant, _ in edits(SOURCE)]
    names = 'NAMES: NAMES = {"é": ("a", 0x10), "b": ("c", True)} => '
    assert sorted(changes) == sorted(
        [
            "LIMIT: LIMIT: int = 5 => LIMIT: int = 6",
            names + """NAMES = {'XXéXX': ("a", 0x10), "b": ("c", True)}""",
            names + """NAMES = {"é": ('XXaXX', 0x10), "b": ("c", True)}""",
            names + """NAMES = {"é": ("a", 17), "b": ("c", True)}""",
            names + """NAMES = {"é": ("a", 0x10), 'XXbXX': ("c", True)}""",
            names + """NAMES = {"é": ("a", 0x10), "b": ('XXcXX', True)}""",
            names + """NAMES = {"é": ("a", 0x10), "b": ("c", False)}""",
            """Reason.LOCKED: LOCKED = "locked" => LOCKED = 'XXlockedXX'""",
            "cached: return number > LIMIT => return number >= LIMIT",
        ]
    )


def test_every_mutant_is_a_program_that_differs_in_one_line() -> None:
    """The rest of the module stays as it is, so that nothing else can be what the tests notice."""
    for _, source in edits(SOURCE):
        compile(source, "mutant", "exec")
        assert sum(old != new for old, new in zip(SOURCE.split("\n"), source.split("\n"), strict=True)) == 1


def test_an_equivalent_mutant_counts_for_nothing() -> None:
    """Nine killed of ten that can be are ninety percent, whatever nothing could kill."""
    assert score(11, EQUAL, KILLED).percent == pytest.approx(90)
    assert not score(11, EQUAL, KILLED).is_enough
    assert score(10, EQUAL).is_enough


def test_a_survivor_that_nobody_explained_fails_the_module() -> None:
    """However good the score is."""
    assert score(1_000, ODD).percent > LEAST
    assert score(1_000, ODD).left == (ODD,)
    assert not score(1_000, ODD).is_enough


def test_an_explanation_that_nothing_needs_is_told() -> None:
    """What was killed or changed meanwhile shall not stand in the file for ever."""
    assert score(10).stale == (str(EQUAL),)
    assert score(10, EQUAL).stale == ()


def test_a_sample_is_the_same_each_time() -> None:
    """A run that failed fails again."""
    assert sample(range(100), 5) == sample(range(100), 5)
    assert len(set(sample(range(100), 5))) == 5
    assert sample(range(3), 5) == sample(range(3), None) == [0, 1, 2]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_every_subject_is_a_module_with_tests(subject: Subject) -> None:
    """A module that was moved doesn't fall out of the mutation tests in silence."""
    assert (ROOT / subject.module).is_file()
    assert f"tests/core/test_{subject.name}.py" in subject.test_files(ROOT)


def test_an_unknown_module_is_refused() -> None:
    """A typing error tests nothing, so it must not look like a success."""
    with pytest.raises(LookupError, match=r"got \['key'\], expected names of .*'keys'"):
        chosen(["key"])


@pytest.mark.parametrize("name", explanations())
def test_every_explained_mutant_is_of_code_that_is_there(name: str) -> None:
    """An explanation speaks of a line of its module, else it explains nothing any more."""
    (subject,) = chosen([name])
    code = " ".join((ROOT / subject.module).read_text(encoding="utf-8").split())
    gone = [text for text in explanations()[name] if text.partition(": ")[2].partition(" => ")[0] not in code]
    assert gone == []
