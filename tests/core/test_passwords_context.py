"""Claims about what is known of an account."""

import copy
import pickle
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from itertools import repeat

import pytest

from authguard_core.passwords import Code, PasswordContext, PasswordPolicy

NAME = "Hans Florian Zimmer"


def once() -> Iterator[str]:
    """Return names that can be read once."""
    return iter(["Hans", "Florian"])


def test_a82_a_context_shows_nothing_of_a_person() -> None:
    """It holds names and addresses, so its repr is empty."""
    context = PasswordContext(
        username="canary", email="canary@example.org", names=["Canary"], words=["canary"]
    )
    assert repr(context) == "PasswordContext()"


def test_nothing_need_be_known() -> None:
    """Every part may be left out."""
    context = PasswordContext()
    assert (context.username, context.email, context.names, context.words) == ("", "", (), ())


def test_none_is_the_same_as_nothing() -> None:
    """A database has None where a form was left empty."""
    assert PasswordContext(username=None, email=None, names=None, words=None) == PasswordContext()
    assert PasswordContext(names=["Ann", None], words=[None]) == PasswordContext(names=["Ann"])


def test_one_text_is_a_list_that_holds_it() -> None:
    """It isn't taken for its letters."""
    assert PasswordContext(names=NAME, words="1990") == PasswordContext(names=[NAME], words=["1990"])


def test_a_name_given_as_one_text_is_found_in_a_password() -> None:
    """As it is when it stands in a list."""
    found = PasswordPolicy().check("FlorianZimmer2024", context=PasswordContext(names=NAME)).reasons
    assert Code.CONTAINS_NAME in {finding.code for finding in found}


def test_what_can_be_read_once_is_kept() -> None:
    """A context serves any number of checks."""
    context = PasswordContext(names=once(), words=once())
    assert context.names == context.names == context.words == ("Hans", "Florian")


@pytest.mark.parametrize("item", ["Ann", None])
def test_an_endless_list_is_read_no_further_than_64_items(item: str | None) -> None:
    """Whatever comes from a form, the work is bounded; what is left out counts too."""
    assert len(PasswordContext(names=repeat(item)).names) == (64 if item else 0)


def test_a_context_can_be_kept_and_sent() -> None:
    """It can't be changed, is equal to its copy, and hashes as that does."""
    context = PasswordContext(username="hans", names=[NAME])
    with pytest.raises(FrozenInstanceError):
        context.email = "hans@example.org"  # type: ignore[misc]
    assert len({context, copy.deepcopy(context), pickle.loads(pickle.dumps(context))}) == 1  # noqa: S301 - our own
    assert replace(context, username="") == PasswordContext(names=[NAME])
