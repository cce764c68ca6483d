"""The scripts that run in Redis, put together from the files below ``lua/``."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from authguard_core.counting.ops import Admit, Op, Settle

__all__ = ["Script", "load", "script_for"]

BASIS = ("records", "rules", "fields", "known")
VERBS: dict[type[Op], tuple[str, ...]] = {Admit: ("admit",), Settle: ("settle",)}
OTHERS = ("operators", "values")
"""What an operation takes besides the basis. Redis makes every function of a script anew for each
call, so the two operations of a sign-in have scripts of their own, with no more than they need."""
WHOLE = ("admit", "settle", *OTHERS)


class Script(NamedTuple):
    """A script, and the name under which a server that has run it knows it."""

    source: bytes
    sha: bytes


def script_for(ops: Sequence[Op]) -> Script:
    """Return the script that carries out these operations."""
    kinds = {VERBS.get(type(op), OTHERS) for op in ops}
    return load(kinds.pop() if len(kinds) == 1 else WHOLE)


@cache
def load(verbs: tuple[str, ...]) -> Script:
    """Put a script together. Redis takes Lua 5.1, and what it calls exists since Redis 6.2."""
    folder = files("authguard_redis") / "lua"
    source = b"\n".join([(folder / f"{name}.lua").read_bytes() for name in (*BASIS, *verbs, "main")])
    return Script(source, hashlib.sha1(source, usedforsecurity=False).hexdigest().encode())
