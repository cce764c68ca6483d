"""Looks passwords up in Have I Been Pwned, within a deadline, and without telling anybody which.

::

    pwned = AsyncPwnedPasswords(on_failure=OnFailure.SKIP)

    assessment = policy.check(password)                      # first what needs no network
    if assessment.ok:
        assessment = policy.check(password, exposure=await pwned.lookup(password))

:class:`PwnedPasswords` is the same for synchronous code. Neither ever raises because of the network: what a
failed look-up means is chosen with :class:`OnFailure`.
"""

from authguard_httpx.aio import AsyncPwnedPasswords
from authguard_httpx.failing import OfflineList, OnFailure
from authguard_httpx.sync import PwnedPasswords

__all__ = ["AsyncPwnedPasswords", "OfflineList", "OnFailure", "PwnedPasswords"]
