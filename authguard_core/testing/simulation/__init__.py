"""Many workers in one thread, interleaved at every storage call by a seed, while things go wrong.

::

    Simulation(1234, open_storage=lambda clock: MyStorage(clock=clock)).run()

runs a few hundred guarded sign-ins, unlocks and resets with the real :class:`~authguard_core.AsyncGuard`
and no event loop: their coroutines are driven by hand, and each steps aside before and after every
storage call. Replies get lost, workers die between admission and settlement, tasks are cancelled, the
machine's clock jumps. Afterwards the promises are checked from the recorded history alone. A failing
seed says how to run it again, and a seed tells the same story every time, to the byte.
"""

from authguard_core.testing.simulation.history import History
from authguard_core.testing.simulation.runner import Simulation
from authguard_core.testing.simulation.scene import Faults

__all__ = ["Faults", "History", "Simulation"]
