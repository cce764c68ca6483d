"""Claims about reading lists of passwords with counts, by which meters are compared."""

from pathlib import Path

import pytest

from tests.benchmarks.counted import (
    Counted,
    first_of,
    from_percentiles,
    random_accounts,
    random_passwords,
    read_counted,
)

LIST = [Counted(f"word{number}", 100 / (number + 1)) for number in range(50)]


@pytest.mark.parametrize(
    "lines",
    [
        [b"   7 tiger\n", b"  12 red fox\n"],
        [b"7 tiger\n", b"12 red fox\n"],
        [b"tiger\t7\r\n", b"red fox\t12\r\n"],
        [b"red fox\t12", b"", b"tiger\t7"],
    ],
)
def test_counts_are_read_before_a_password_or_behind_a_tab(lines: list[bytes]) -> None:
    """However it was written, the most common comes first, and a password may hold spaces."""
    assert read_counted(lines) == [Counted("red fox", 12), Counted("tiger", 7)]


def test_a_password_of_digits_is_none_of_its_counts() -> None:
    """In a list with counts the rest of the line is the password."""
    assert read_counted([b"9 123456\n", b"4 4 cats\n"]) == [Counted("123456", 9), Counted("4 cats", 4)]


def test_without_counts_the_place_stands_for_one() -> None:
    """The most common first; counts fall as steeply as is said."""
    lines = [b"tiger\n", b"1 fox\n", b"bear\n"]
    assert read_counted(lines, exponent=1) == [
        Counted("tiger", 1),
        Counted("1 fox", 1 / 2),
        Counted("bear", 1 / 3),
    ]
    assert read_counted([]) == []


def test_a_line_without_a_count_is_passed_over_far_down() -> None:
    """Where a thousand lines have counts, one that was broken spoils none of them."""
    lines = [b"%d word%d\n" % (2_000 - number, number) for number in range(1_000)]
    assert len(read_counted([*lines, b"broken\n", b"3 tiger\n"])) == 1_001


def test_percentiles_are_read_as_counts(tmp_path: Path) -> None:
    """The passwords of each step share its part of the accounts, the first of them the most."""
    (tmp_path / "5.txt").write_text("a\nb\n")
    (tmp_path / "20.txt").write_text("a\nb\nc\nd\ne\n")
    found = from_percentiles(tmp_path, exponent=1)
    assert [one.password for one in found] == list("abcde")
    assert sum(one.accounts for one in found[:2]) == pytest.approx(0.05)
    assert sum(one.accounts for one in found[2:]) == pytest.approx(0.15)
    assert found[0].accounts == pytest.approx(2 * found[1].accounts)


def test_a_folder_without_lists_has_no_passwords(tmp_path: Path) -> None:
    """Nor has a step that adds none."""
    assert from_percentiles(tmp_path) == []
    for name in ("5.txt", "10.txt"):
        (tmp_path / name).write_text("a\n")
    assert len(from_percentiles(tmp_path)) == 1


def test_the_first_are_the_most_common() -> None:
    """At most as many as there are."""
    assert first_of(LIST, 3) == LIST[:3]
    assert first_of(LIST, 99) == LIST


def test_accounts_are_drawn_by_their_number_and_their_passwords_counted_once() -> None:
    """The same seed draws the same; a common password is drawn rather than a rare one."""
    drawn = random_accounts(LIST, 20, seed=1)
    assert drawn == random_accounts(LIST, 20, seed=1)
    assert len(set(drawn)) == len(drawn) < 20
    assert LIST[0] in drawn


def test_passwords_are_drawn_common_and_rare_alike() -> None:
    """As many as are wanted, each once; all of them where there are no more."""
    assert len(set(random_passwords(LIST, 20, seed=1))) == 20
    assert sorted(random_passwords(LIST, 99, seed=1)) == sorted(LIST)
