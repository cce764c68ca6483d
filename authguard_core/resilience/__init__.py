"""A store that answers in time, whatever becomes of the one behind it.

A deadline for each trip; one more try where a reply was lost; a circuit breaker, so that a store that is out
costs the deadline once in a while and not every sign-in; meanwhile limits that each process keeps on its own,
stricter ones; and no trip at all for a key that was refused within the last two seconds.

A guard puts it around each store that it opens by URL, except memory. Around a store of your own::

    guard = Guard(storage=ResilientStorage(MyStorage()))
"""

from authguard_core.resilience.aio import AsyncResilientStorage
from authguard_core.resilience.desk import Health, OnChange, OnFailure
from authguard_core.resilience.sync import ResilientStorage

__all__ = ["AsyncResilientStorage", "Health", "OnChange", "OnFailure", "ResilientStorage"]
