"""Claims about coroutines that are begun at once: awaited, they do what they would have done anyway."""

import anyio
import pytest

from authguard_asgi.begun import Begun

pytestmark = pytest.mark.anyio


async def added(one: int, *others: anyio.Event) -> int:
    """Wait for each of the events, and count them to the number."""
    for other in others:
        await other.wait()
        one += 1
    return one


async def test_what_waits_for_nothing_is_done_at_once() -> None:
    """Nobody need await it."""
    begun = Begun(added(5))

    assert begun.is_done
    assert begun.result == 5
    assert await begun == 5


async def test_what_waits_goes_on_where_it_was() -> None:
    """Through as many waits as there are, to the same result."""
    events = [anyio.Event() for _ in range(3)]
    begun = Begun(added(5, *events))
    assert not begun.is_done

    async with anyio.create_task_group() as group:
        for event in events:
            group.start_soon(set_later, event)
        assert await begun == 8
    assert begun.is_done


async def set_later(event: anyio.Event) -> None:
    await anyio.lowlevel.checkpoint()
    event.set()


async def failing(*events: anyio.Event) -> None:
    for event in events:
        await event.wait()
    raise LookupError


async def test_what_fails_at_once_fails_at_once() -> None:
    """Its exception is nobody else's to find later."""
    with pytest.raises(LookupError):
        _ = Begun(failing())


async def test_what_fails_later_fails_there() -> None:
    """The exception reaches whoever awaits it."""
    event = anyio.Event()
    begun = Begun(failing(event))
    event.set()
    with pytest.raises(LookupError):
        await begun


async def test_a16_a_deadline_reaches_what_was_begun_before_it() -> None:
    """It is told of the cancellation, and can clean up."""
    seen: list[str] = []

    async def waiting() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            seen.append("told")

    begun = Begun(waiting())
    with anyio.move_on_after(0) as scope:
        await begun
    assert scope.cancelled_caught
    assert seen == ["told"]


async def test_an_exception_that_it_handles_is_handled() -> None:
    """What is thrown in at a wait may be caught there, and the coroutine goes on."""

    async def stubborn() -> str:
        try:
            await anyio.sleep_forever()
        except LookupError:
            await anyio.lowlevel.checkpoint()
        return "went on"

    awaiting = Begun(stubborn()).__await__()
    next(awaiting)
    awaiting.throw(LookupError())
    with pytest.raises(StopIteration) as done:
        awaiting.send(None)
    assert done.value.value == "went on"


async def test_what_is_given_up_is_closed() -> None:
    """A wait that nobody will ever end leaves no coroutine behind."""
    seen: list[str] = []

    async def waiting() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            seen.append("closed")

    awaiting = Begun(waiting()).__await__()
    next(awaiting)
    awaiting.close()
    assert seen == ["closed"]
