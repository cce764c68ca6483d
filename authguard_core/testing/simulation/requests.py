"""What a worker does with a request, as the coroutine that a real application would run."""

from authguard_core.attempt import Attempt, Decision, Outcome, Ticket
from authguard_core.errors import StorageError
from authguard_core.guard import AsyncGuard
from authguard_core.testing.simulation.history import Act, Checked, Decided, Got
from authguard_core.testing.simulation.scene import PROXY, Request
from authguard_core.testing.simulation.store import SimulatedStore, step_aside

__all__ = ["Site"]


class Site:
    """An application with a guarded login, without HTTP.

    Args:
        guard: the real one.
        store: keeps the record.

    """

    def __init__(self, guard: AsyncGuard, store: SimulatedStore) -> None:
        self._guard = guard
        self._store = store
        self.cookies: list[str] = []
        """The device cookies that reached their browsers."""
        self.owners: list[str] = []
        """Whose they are."""

    async def handle(self, request: Request) -> Decision | None:
        """Handle a request, and return the last answer; None where it was an error."""
        if request.began.act is Act.SIGN_IN:
            return await self._sign_in(request)
        try:
            decision = await self._operate(request)
        except StorageError:
            self._store.entries.append(Decided(self._store.at, request.began.number, "nothing", "failed"))
            return None
        self._tell(request, decision)
        return decision

    async def _operate(self, request: Request) -> Decision:
        began = request.began
        if began.act is Act.UNLOCK:
            return await self._guard.unlock(began.spelling)
        if began.act is Act.UNLOCK_ADDRESS:
            return await self._guard.unlock_address(began.place.address)
        return await self._guard.reset_completed(began.spelling, peer=began.place.address)

    async def _sign_in(self, request: Request) -> Decision:
        decision = await self._guard.check(self._attempt(request))
        self._tell(request, decision)
        if decision.ticket is None:
            return decision
        await step_aside()  # the password is being hashed
        outcome = Outcome.UNCHECKED
        if not request.unchecked:
            self._store.entries.append(Checked(self._store.at, request.began.number))
            outcome = Outcome.SUCCESS if request.began.right else Outcome.FAILURE
        for _ in range(request.late):
            await step_aside()
        return await self._settle(request, decision.ticket, outcome)

    async def _settle(self, request: Request, ticket: Ticket, outcome: Outcome) -> Decision:
        decision = await self._guard.settle(ticket, outcome)
        self._tell(request, decision, known=ticket.device is not None)
        if request.twice:
            again = await self._guard.settle(ticket, outcome)
            self._tell(request, again, known=ticket.device is not None)
        return decision

    def _attempt(self, request: Request) -> Attempt:
        began = request.began
        device = None if began.cookie is None else self.cookies[began.cookie]
        peer = began.place.address
        headers: tuple[tuple[str, str], ...] = ()
        if request.proxied:
            peer, headers = PROXY, (("X-Forwarded-For", f"198.18.0.{began.number % 250}, {peer}"),)
        return Attempt(identifier=began.spelling, peer=peer, headers=headers, device=device)

    def _tell(self, request: Request, decision: Decision, *, known: bool = False) -> None:
        """Take note of an answer, and of the cookie that comes with it; a known device keeps its own."""
        store, began = self._store, request.began
        store.entries.append(Decided(store.at, began.number, decision.verdict.value, decision.reason.value))
        if decision.device is None:
            return
        if known and began.cookie is not None:
            self.cookies[began.cookie] = decision.device.value
            return
        store.entries.append(Got(store.at, began.number, len(self.cookies)))
        self.cookies.append(decision.device.value)
        self.owners.append(began.person)
