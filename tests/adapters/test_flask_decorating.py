"""Claims about what the decorator can't guard: it shows where the view is defined."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from authguard_core import ConfigurationError
from authguard_core.body import Fields
from authguard_flask import AuthGuard, RunningAttempt


def streamed(attempt: RunningAttempt, fields: Fields) -> Iterator[str]:
    yield fields["password"]
    attempt.succeed()


async def streamed_by_a_loop(attempt: RunningAttempt, fields: Fields) -> AsyncIterator[str]:
    yield fields["password"]
    attempt.succeed()


@pytest.mark.parametrize("view", [streamed, streamed_by_a_loop])
def test_a_view_that_yields_its_response_is_refused(view: Any) -> None:  # noqa: ANN401 - any view
    """It would run while its response is sent, and its attempt has ended before that."""
    with pytest.raises(ConfigurationError, match="guarded: got 'a generator function'"):
        AuthGuard().guarded()(view)


def test_the_decorator_needs_its_parentheses() -> None:
    """Without them the view would stand in the purpose's place."""
    decorator: Any = AuthGuard().guarded
    with pytest.raises(ConfigurationError, match=r"guarded: got 'function', .* @guard\.guarded\(\)"):
        decorator(streamed)


@pytest.mark.parametrize("fields", ["code", ("username",), ("",)])
def test_fields_that_no_body_can_have_are_refused(fields: Any) -> None:  # noqa: ANN401 - what people write
    """A text in place of a tuple, a name twice, or none."""
    with pytest.raises(ConfigurationError, match=r"^(text_)?fields: got "):
        AuthGuard().guarded(fields=fields)
