"""The production guide's server, its user and its numbers: they are run, and they hold."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from authguard_core import StorageError
from authguard_core.facts import Level
from authguard_redis import facts as facts_module
from authguard_redis import open_storage
from authguard_redis.target import OPTIONS
from tests.adapters.redis_world import KINDS, asked, opened
from tests.docs.production_page import (
    APPLICATION,
    OPERATOR,
    PAGE,
    Machine,
    block,
    blocks,
    command,
    exported,
    lock_out,
    redis_cli,
    url_of,
)
from tests.servers import shared
from tests.servers.tls import Certificates

TEXT = PAGE.read_text(encoding="utf-8")
RUN_HERE = {"redis.conf", "server", "users.acl", "acl", "tls.conf", "tls", "unix"}
RUN_ELSEWHERE = {
    *("replica.conf", "sentinel.conf", "sentinel", "cluster.conf", "cluster"),  # test_production_servers.py
    *("nginx", "uvicorn", "gunicorn"),  # test_production_workers.py
}


@pytest.fixture(scope="module")
def deployed() -> Iterator[Machine]:
    """The page's server."""
    with Machine() as machine:
        machine.deploy()
        yield machine


LOCKED = [False] * 6
USERS = [("authguard", APPLICATION), ("default", OPERATOR)]


def test_every_command_and_file_of_the_page_is_run() -> None:
    """Nothing stands there that only looks right; the first block installs and exports."""
    fences = re.findall(r"^(.*)\n```(?:bash|text)\n", TEXT, re.MULTILINE)

    assert [line for line in fences if not line.startswith("<!-- run: ")] == [""]
    assert set(blocks()) == RUN_HERE | RUN_ELSEWHERE


def test_the_short_version_names_what_is_there() -> None:
    """An extra of the package, and a URL that opens a store."""
    first = TEXT.split("```bash\n", 1)[1].split("```", 1)[0]

    assert "redis" in re.findall(r'pip install "authguard\[(\w+)\]"', first)
    with open_storage(exported(first)) as store:
        assert "authguard" in repr(store)


@pytest.mark.parametrize("url", re.findall(r"`(redis(?:s|\+\w+)?://[^`…]+)`", TEXT))
def test_every_url_of_the_page_opens_a_store(url: str) -> None:
    """Of any kind; nothing is connected yet."""
    if not url.endswith("://"):
        open_storage(url).close()


def test_every_option_of_the_page_is_one() -> None:
    """What stands behind a question mark is read."""
    named = set(re.findall(r"`(\w+)=[^`]*`", TEXT)) | set(re.findall(r"[?&](\w+)=", TEXT))

    assert named - {"AUTHGUARD_STORAGE_URL"} <= set(OPTIONS)
    assert len(named) > 10


def test_a65_a_lock_outlives_a_server_that_is_killed() -> None:
    """``appendonly yes`` and ``appendfsync everysec``: what it said it has written."""
    with Machine() as machine:
        machine.deploy()
        assert lock_out(url_of(machine)) == [True] * 5 + [False]
        machine.kill("redis-0")
        machine.start()

        assert lock_out(url_of(machine)) == LOCKED


def test_a65_without_an_append_only_file_a_restart_gives_every_budget_back() -> None:
    """Locked or not: that is what the line is for."""
    with Machine() as machine:
        machine.deploy(without="appendonly")
        lock_out(url_of(machine))
        machine.kill("redis-0")
        machine.start()

        assert lock_out(url_of(machine)) == [True] * 5 + [False]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("user", USERS, ids=lambda user: user[0])
def test_there_is_nothing_to_say_against_the_server(
    deployed: Machine, user: tuple[str, str], kind: str
) -> None:
    """All its facts are good, and this user may ask for all but what else tells passwords."""
    with opened(url_of(deployed, *user), kind) as driven:
        facts = {fact.code: fact for fact in driven.facts()}

    assert {fact.level for fact in facts.values()} == {Level.OK}
    assert facts["redis-eviction"].got == "noeviction"
    assert facts["redis-persistence"].got.startswith("append-only file, appendfsync ")


def test_the_codes_of_the_page_are_those_of_the_facts() -> None:
    """Each is explained, and no other."""
    listed = {line.split("`")[1] for line in TEXT.splitlines() if line.startswith("| `redis-")}
    source = facts_module.__loader__.get_source(facts_module.__name__)  # type: ignore[union-attr]

    assert listed == set(re.findall(r'"(redis-\w+)"', source or ""))


# The user


def rules() -> list[str]:
    """Return the rules of the application's user."""
    return block("users.acl").splitlines()[1].split()[2:]


def give(machine: Machine, *words: str) -> None:
    """Set the user up anew."""
    with machine.operator() as client:
        client.execute_command("ACL", "SETUSER", "authguard", "reset", *words)


def test_nobody_comes_in_without_a_password(deployed: Machine) -> None:
    """The default user has one, too."""
    with pytest.raises(StorageError, match="AuthenticationError"):
        lock_out(f"redis://127.0.0.1:{deployed.ports[0]}")


def works(machine: Machine, kind: str = "threads") -> bool:
    """Say whether the user can do all that the store does, by scripts that the server hasn't seen yet."""
    with machine.operator() as client:
        client.script_flush()
        client.flushdb()
    try:
        with opened(url_of(machine), kind) as driven:
            results = [driven.one(op) for op in asked(driven).values()]
            return all(results) and driven.facts()[0].level is Level.OK
    except StorageError:
        return False


@pytest.mark.parametrize("kind", KINDS)
def test_the_user_can_do_all_that_the_store_does(deployed: Machine, kind: str) -> None:
    """Every operation, and an answer to every question."""
    assert works(deployed, kind)


def may(client: Redis) -> dict[bytes, object]:
    """Return what the user may do, and by which password."""
    told: Any = client.execute_command("ACL", "GETUSER", "authguard")
    return {name: told[name] for name in (b"passwords", b"commands", b"keys", b"channels")}


def test_the_user_can_be_made_at_a_running_server(deployed: Machine) -> None:
    """The page's commands and its file come to the same; what is saved is no password."""
    redis_cli()
    with deployed.operator() as client:
        before = may(client)
        client.execute_command("ACL", "DELUSER", "authguard")
        assert deployed.call(block("acl")).split() == ["OK", "OK"]

        assert may(client) == before
    saved = (deployed.root() / "etc/redis/users.acl").read_text(encoding="utf-8")
    assert "user authguard on " in saved
    assert APPLICATION not in saved


FOREIGN = [
    ("MGET", "sessions:1"),
    ("SET", "sessions:1", "x"),
    ("DEL", "sessions:1"),
    ("EVAL", "return redis.call('MGET', KEYS[1])", 1, "sessions:1"),
    ("EVAL", "return redis.call('SET', 'sessions:1', 'x')", 0),
    ("EVAL", "return redis.call('GET', 'authguard:x')", 0),
    ("GET", "authguard:x"),
    ("KEYS", "*"),
    ("SCAN", 0),
    ("FLUSHALL",),
    ("CONFIG", "GET", "requirepass"),
    ("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"),
    ("ACL", "LIST"),
    ("SCRIPT", "FLUSH"),
    ("MONITOR",),
    ("PUBLISH", "sessions", "x"),
    ("SELECT", 1),
    ("SHUTDOWN",),
]


DENIED = r"permission|can't (run|access)"


@pytest.mark.parametrize("words", FOREIGN, ids=lambda words: " ".join(str(word) for word in words[:2]))
def test_the_user_can_do_nothing_else(deployed: Machine, words: tuple[str | int, ...]) -> None:
    """It reads and writes no other key, from no script either, and has no power over the server."""
    with (
        Redis(port=deployed.ports[0], username="authguard", password=APPLICATION) as client,
        pytest.raises(ResponseError, match=DENIED),
    ):
        client.execute_command(*words)


@pytest.mark.parametrize("name", [rule for rule in rules() if rule.startswith("+")])
def test_each_command_of_the_user_is_needed(deployed: Machine, name: str) -> None:
    """Without it an operation fails, or a question has no answer."""
    give(deployed, *[rule for rule in rules() if rule != name])
    try:
        assert not works(deployed)
    finally:
        give(deployed, *rules())


def test_with_another_prefix_it_is_another_pattern(deployed: Machine) -> None:
    """``prefix=shop`` and ``~shop:*``."""
    with pytest.raises(StorageError, match="NoPermissionError"):
        lock_out(url_of(deployed, prefix="shop"))
    give(deployed, *[rule.replace("~authguard:*", "~shop:*") for rule in rules()])
    try:
        assert lock_out(url_of(deployed, prefix="shop")) == [True] * 5 + [False]
    finally:
        give(deployed, *rules())


@pytest.mark.parametrize(
    ("option", "allowed"), [("db=1", "+select"), ("client_name=shop", "+client|setname")]
)
def test_what_an_option_takes_besides_is_told(deployed: Machine, option: str, allowed: str) -> None:
    """Without it nothing is counted."""
    url = url_of(deployed) + option
    with pytest.raises(StorageError, match="NoPermissionError"):
        lock_out(url)
    give(deployed, *rules(), allowed)
    try:
        assert len(lock_out(url)) == 6
        assert allowed in TEXT
    finally:
        give(deployed, *rules())


def test_the_unix_socket_is_reached_by_its_url(deployed: Machine) -> None:
    """With user and password, and without a port."""
    with opened(deployed.here(exported(block("unix"))), "threads") as driven:
        assert {fact.level for fact in driven.facts()} == {Level.OK}
        driven.admit()


def test_the_server_speaks_tls_as_the_page_sets_it_up() -> None:
    """And nothing else; the URL names the authority."""
    shared.need_tls()
    with Machine() as machine:
        own = Certificates.make(machine.root() / "etc/redis/tls")
        own.certificate.rename(own.certificate.with_name("server.pem"))
        own.key.rename(own.key.with_name("server.key"))
        machine.deploy("tls.conf", without="port 6379")
        url = machine.here(exported(block("tls")))

        assert lock_out(url) == [True] * 5 + [False]
        with pytest.raises(StorageError):
            lock_out(url_of(machine))


def test_the_server_is_started_by_one_command() -> None:
    """With the one file that the page shows."""
    assert command(block("server")) == ["redis-server", "/etc/redis/redis.conf"]
