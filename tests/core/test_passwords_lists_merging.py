"""Claims about how ranked lists become one."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from authguard_core.passwords.lists.merging import Vote, best_ranks, keep, merge

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=10)


def test_one_list_keeps_its_order() -> None:
    """With one voter there is nothing to weigh."""
    assert merge([Vote(["b", "a", "c"])]) == ["b", "a", "c"]


def test_what_several_lists_hold_comes_before_what_one_holds() -> None:
    """Two fifth places beat one first."""
    assert merge([Vote(["a", "p", "q", "r", "x"]), Vote(["s", "t", "u", "v", "x"])])[0] == "x"


def test_a_list_that_is_believed_more_counts_more() -> None:
    """Weight decides between first places."""
    assert merge([Vote(["a"]), Vote(["b"], weight=2)]) == ["b", "a"]


def test_a_word_that_comes_twice_in_a_list_votes_once() -> None:
    """Its first place counts, and the later ones move nobody back."""
    assert merge([Vote(["a", "b", "b", "b", "c"]), Vote(["c"])]) == ["c", "a", "b"]


@given(st.lists(WORDS, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_doesnt_matter(lists: list[list[str]], randomly: Random) -> None:
    """All words come, each once, in an order that the lists decide and not their sequence."""
    merged = merge(map(Vote, lists))
    assert sorted(merged) == sorted(set().union(*lists))
    assert merge(map(Vote, randomly.sample(lists, len(lists)))) == merged


def test_the_best_rank_counts_where_lists_share_no_scale() -> None:
    """The first name of a small country stays a first name; ties fall in alphabetical order."""
    assert best_ranks([[("b", 3), ("a", 9)], [("a", 3), ("c", 1)], [("b", 4)]]) == [
        ("c", 1),
        ("a", 3),
        ("b", 3),
    ]


def test_the_most_common_are_kept_and_every_long_one() -> None:
    """A long word stays whatever its place, with its place, and the number is as asked."""
    words = ["aa", "bb", "cc", "dddd", "ee", "ffff"]
    assert keep(words, entries=4, always_from=4) == [("aa", 1), ("bb", 2), ("dddd", 4), ("ffff", 6)]


def test_long_ones_are_kept_beyond_the_number() -> None:
    """Where they alone are more than asked for, they are all there is."""
    assert keep(["aa", "bbbb", "cccc"], entries=1, always_from=4) == [("bbbb", 2), ("cccc", 3)]


def test_a_short_list_is_kept_whole() -> None:
    """Fewer words than asked for are all kept."""
    assert keep(["aa", "bb"], entries=9, always_from=4) == [("aa", 1), ("bb", 2)]
