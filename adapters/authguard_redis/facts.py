"""What servers tell an operator of themselves, and what to do about it. Pure: ``asking`` asks them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from authguard_core.facts import Fact, Level

__all__ = ["Told", "facts_of"]

OLDEST: Final = (6, 2)
APART: Final = 5.0
"""Seconds by which clocks may differ. Those that are set over the network differ by milliseconds."""

KEEP = "Say appendonly yes and appendfsync everysec."
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one server said. None is what it doesn't say, or not to this user."""

    info: Mapping[str, object] | None = None
    error: str | None = None
    """What was the matter where it answers nothing at all."""
    save: str | None = None
    """When it takes snapshots; empty for never."""
    fsync: str | None = None
    """How often its append-only file is written for good."""
    ahead: float | None = None
    """By how many seconds, at least, its clock is ahead of this machine's."""
    cluster: str | None = None
    """The state of the Cluster, as it sees it."""
    clustered: bool = False
    """Whether it is asked as a member of a Cluster."""
    watched: bool = False
    """Whether somebody, Sentinel or a Cluster, puts a replica into its place when it is lost."""

    @classmethod
    def nothing(cls, error: BaseException) -> Self:
        """Return what a server told that doesn't answer: the error's type, for its text may hold a host."""
        return cls(error=type(error).__name__)


Question = Callable[[Told, Mapping[str, object]], Fact]


def facts_of(servers: Sequence[Told]) -> list[Fact]:
    """Return what there is to say of all servers together: of each thing what is worst."""
    found = [{fact.code: fact for fact in _of_one(told)} for told in servers]
    codes = dict.fromkeys(code for facts in found for code in facts)
    return [_worst([facts[code] for facts in found if code in facts], len(servers)) for code in codes]


def _worst(facts: Sequence[Fact], servers: int) -> Fact:
    worst = max(facts, key=lambda fact: fact.level)
    alike = sum(fact == worst for fact in facts)
    if alike == servers:
        return worst
    return Fact(
        code=worst.code, level=worst.level, got=f"{worst.got}, on {alike} of {servers} servers", do=worst.do
    )


def _of_one(told: Told) -> Iterator[Fact]:
    if told.error is not None:
        do = "Check that it runs, then STORAGE_URL: host, port, user, password, TLS."
        yield _error("redis-answer", told.error, do)
        return
    if told.info is None:
        yield _unknown("redis-answer", "Allow the user INFO (+info), or look for yourself.")
        yield _clock(told)
        return
    yield Fact(code="redis-answer", level=Level.OK, got="it answers")
    for question in (_version, _eviction, _persistence, _replicas):
        yield question(told, told.info)
    yield _clock(told)
    yield from _cluster(told, told.info)


def _ok(code: str, got: str, do: str = "") -> Fact:
    return Fact(code=code, level=Level.OK, got=got, do=do)


def _warning(code: str, got: str, do: str) -> Fact:
    return Fact(code=code, level=Level.WARNING, got=got, do=do)


def _error(code: str, got: str, do: str) -> Fact:
    return Fact(code=code, level=Level.ERROR, got=got, do=do)


def _unknown(code: str, do: str) -> Fact:
    return _warning(code, UNKNOWN, do)


def _version(_: Told, info: Mapping[str, object]) -> Fact:
    code, valkey = "redis-version", info.get("valkey_version")
    text = str(valkey or info.get("redis_version", ""))
    numbers = [int(part) for part in text.split(".") if part.isdigit()]
    if not numbers:
        return _unknown(code, "Check that it is Redis 6.2 or newer, or Valkey.")
    got = f"{'Valkey' if valkey else 'Redis'} {text}"
    if tuple(numbers) < OLDEST:
        return _error(code, got, "Take Redis 6.2 or newer, or Valkey: the scripts don't run in older ones.")
    return _ok(code, got)


def _eviction(_: Told, info: Mapping[str, object]) -> Fact:
    code, most, policy = "redis-eviction", info.get("maxmemory"), info.get("maxmemory_policy")
    if most == 0:
        return _ok(code, "no maxmemory: nothing is evicted")
    if policy == "noeviction":
        return _ok(code, "noeviction")
    if most is None or policy is None:
        return _unknown(code, "Check that maxmemory-policy is noeviction.")
    do = (
        "Set maxmemory-policy noeviction: as it is, a full server drops counters and locks, and whoever can "
        "fill it can end a lock. A cache needs a server of its own."
    )
    return _error(code, str(policy), do)


def _persistence(told: Told, info: Mapping[str, object]) -> Fact:
    enabled = info.get("aof_enabled")
    if enabled is None:
        return _unknown("redis-persistence", "Check that an append-only file is kept.")
    if not enabled:
        return _snapshots(told, info)
    return _append_only(told, info)


def _append_only(told: Told, info: Mapping[str, object]) -> Fact:
    code = "redis-persistence"
    if info.get("aof_last_write_status", "ok") != "ok":
        return _error(code, "the append-only file can't be written", "Look at its log and its disk.")
    if told.fsync is None:
        # everysec, unless somebody has changed it.
        do = "Check that appendfsync is everysec or always."
        return _ok(code, f"append-only file, appendfsync {UNKNOWN}", do)
    if told.fsync == "no":
        do = f"{KEEP} As it is, a power cut loses what the system hasn't written yet: about half a minute."
        return _warning(code, "append-only file, appendfsync no", do)
    return _ok(code, f"append-only file, appendfsync {told.fsync}")


def _snapshots(told: Told, info: Mapping[str, object]) -> Fact:
    code = "redis-persistence"
    if told.save is None:
        do = f"{KEEP} Or see what the provider promises of a restart."
        return _warning(code, f"no append-only file, snapshots {UNKNOWN}", do)
    if not told.save:
        return _error(code, "none", f"{KEEP} As it is, a restart gives every budget back, locked or not.")
    if info.get("rdb_last_bgsave_status", "ok") != "ok":
        return _error(code, "the last snapshot failed", f"Look at its log and its disk. {KEEP}")
    return _warning(code, "snapshots alone", f"{KEEP} As it is, a crash forgets all since the last snapshot.")


def _replicas(told: Told, info: Mapping[str, object]) -> Fact:
    code, role, count = "redis-replicas", info.get("role"), info.get("connected_slaves")
    if role == "slave":
        return _error(
            code, "it is a replica", "Let STORAGE_URL name the master, or Sentinel: a replica counts nothing."
        )
    if role is None or count is None:
        return _unknown(code, "Check that a replica is connected.")
    if count:
        return _ok(code, f"{count} connected")
    do = "Add a replica: with this machine all counters are lost, and meanwhile every process counts alone."
    return _warning(code, "none", do) if told.watched else _ok(code, "none", do)


def _clock(told: Told) -> Fact:
    code = "redis-clock"
    if told.ahead is None:
        return _unknown(code, "Allow the user TIME (+time): the scripts need it, too.")
    if abs(told.ahead) <= APART:
        return _ok(code, f"not apart from this machine's by more than {APART:.0f} s")
    where = "ahead of" if told.ahead > 0 else "behind"
    do = (
        "Set both by NTP. Limits go by the server's clock alone; but where it jumps, or a failover leads to "
        "one that is ahead, windows and locks end early."
    )
    return _warning(code, f"{abs(told.ahead):.0f} s {where} this machine's", do)


def _cluster(told: Told, info: Mapping[str, object]) -> Iterator[Fact]:
    code = "redis-cluster"
    if told.clustered:
        yield _state(told.cluster)
    elif info.get("cluster_enabled"):
        yield _error(
            code, "it is a node of a Cluster", "Say redis+cluster:// in STORAGE_URL, or clustered=True."
        )


def _state(state: str | None) -> Fact:
    code = "redis-cluster"
    if state is None:
        return _unknown(code, "Allow the user CLUSTER INFO (+cluster|info), or look for yourself.")
    if state == "ok":
        return _ok(code, "ok")
    return _error(code, state, "Look at CLUSTER NODES: slots without a master count nobody.")
