"""Claims about the Argon2 hasher: the right answer, and the same work for all answers."""

import importlib
import sys
import unicodedata
from collections.abc import Callable
from typing import Any

import argon2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_argon2 import (
    MAX_PASSWORD_BYTES,
    Argon2Hasher,
    Argon2Parameters,
    AsyncArgon2Hasher,
    from_settings,
)
from authguard_core.errors import AuthGuardError, ConfigurationError
from authguard_core.hashing import AsyncHasher, HasherPlugin  # noqa: TC001 - read in variables' annotations

CHEAP = Argon2Parameters(time_cost=1, memory_kib=8, lanes=1)
LEGACY = Argon2Parameters(time_cost=2, memory_kib=32, lanes=2)
PASSWORD = "canary-3f9c-password"
MINE = Argon2Hasher(parameters=CHEAP).hash(PASSWORD)
SALT = "c2FsdHNhbHRzYWx0c2FsdA"
TAG = "dGFndGFndGFndGFndGFndGFndGFndGFndGFndGFndGE"

UNUSABLE = {
    "unknown user": None,
    "empty": "",
    "Django's unusable": "!",
    "garbage": "garbage",
    "another scheme": "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
    "header alone": "$argon2id$",
    "parameter missing": f"$argon2id$v=19$m=8,t=1${SALT}${TAG}",
    "not base64": f"$argon2id$v=19$m=8,t=1,p=1$§§§§${TAG}",
    "ASCII but not base64": f"$argon2id$v=19$m=8,t=1,p=1$____****____****${TAG}",
    "salt too short": f"$argon2id$v=19$m=8,t=1,p=1$c2E${TAG}",
    "no lanes": f"$argon2id$v=19$m=8,t=1,p=0${SALT}${TAG}",
    "the server's whole memory": f"$argon2id$v=19$m=4294967295,t=1,p=1${SALT}${TAG}",
    "minutes of work": f"$argon2id$v=19$m=8,t=4294967295,p=1${SALT}${TAG}",
    "huge number": f"$argon2id$v=19$m={'9' * 900},t=1,p=1${SALT}${TAG}",
    "hash with a NUL": MINE + "\0",
    "hash with a newline": MINE + "\n",
    "hash with digits of another script": MINE.replace("t=1", "t=\uff11"),
    "lone surrogate": "\ud800",
    "a megabyte": MINE + "A" * 1_000_000,
}
IMPOSSIBLE_PASSWORDS = {
    "a byte too long": "x" * (MAX_PASSWORD_BYTES + 1),
    "a byte too long in UTF-8": "é" * (MAX_PASSWORD_BYTES // 2) + "x",
    "a megabyte": "x" * 1_000_000,
    "lone surrogate": "pass\ud800word",
}


def foreign_hash(**options: Any) -> str:  # noqa: ANN401 - as the hasher takes them
    """Return a hash that argon2-cffi made itself."""
    return argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, **options).hash(PASSWORD)


# ---------------------------------------------------------------- the answer


def test_the_right_password_is_accepted() -> None:
    """A password verifies against its own hash."""
    assert Argon2Hasher(parameters=CHEAP).verify(MINE, PASSWORD)


@pytest.mark.anyio
async def test_both_flavours_accept_each_others_hashes() -> None:
    """What one flavour hashed the other one verifies."""
    hasher = AsyncArgon2Hasher(parameters=CHEAP)
    assert await hasher.verify(hasher.sync.hash(PASSWORD), PASSWORD)
    assert hasher.sync.verify(await hasher.hash(PASSWORD), PASSWORD)


@given(st.text(), st.text())
def test_a72_two_passwords_verify_alike_only_if_they_are_equal(one: str, other: str) -> None:
    """No two different texts share a hash: nothing is cut, folded or trimmed."""
    hasher = Argon2Hasher(parameters=CHEAP)
    assert hasher.verify(hasher.hash(one), other) == (one == other)


@pytest.mark.parametrize(
    ("hashed", "typed"),
    [
        ("x" * 72 + "a", "x" * 72 + "b"),
        ("x" * (MAX_PASSWORD_BYTES - 1) + "a", "x" * (MAX_PASSWORD_BYTES - 1) + "b"),
        ("before\0a", "before\0b"),
        (unicodedata.normalize("NFC", "café"), unicodedata.normalize("NFD", "café")),
        ("password", "password "),
    ],
    ids=["72 bytes", "longest", "NUL", "normal form", "space"],
)
def test_a72_passwords_that_differ_late_are_different(hashed: str, typed: str) -> None:
    """A password is verified exactly as received, to its last byte."""
    hasher = Argon2Hasher(parameters=CHEAP)
    assert not hasher.verify(hasher.hash(hashed), typed)


def test_the_longest_password_is_accepted() -> None:
    """A password of exactly the limit in bytes is hashed and verified."""
    hasher, longest = Argon2Hasher(parameters=CHEAP), "é" * (MAX_PASSWORD_BYTES // 2)
    assert hasher.verify(hasher.hash(longest), longest)


def test_two_hashes_of_one_password_differ() -> None:
    """Each hash has a salt of its own."""
    hasher = Argon2Hasher(parameters=CHEAP)
    assert hasher.hash(PASSWORD) != hasher.hash(PASSWORD)


def test_nobodys_password_is_not_empty() -> None:
    """The hash that stands in for an unknown user accepts nothing, not even an empty password."""
    hasher = Argon2Hasher(parameters=CHEAP)
    assert not hasher.verify(None, "")


# ---------------------------------------------------------------- equal work


@pytest.mark.parametrize("stored", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a44_an_unusable_hash_costs_what_a_wrong_password_costs(stored: str | None) -> None:
    """Unknown user, empty or hostile hash: one computation of the same parameters, then False."""
    computed: list[Argon2Parameters] = []
    hasher = Argon2Hasher(parameters=CHEAP, on_hash=computed.append)
    assert (hasher.verify(stored, PASSWORD), computed) == (False, [CHEAP])


@pytest.mark.parametrize("password", [PASSWORD, "wrong", ""])
def test_a44_right_wrong_and_empty_passwords_cost_the_same(password: str) -> None:
    """Whatever the password, a verification is one computation of the same parameters."""
    computed: list[Argon2Parameters] = []
    Argon2Hasher(parameters=CHEAP, on_hash=computed.append).verify(MINE, password)
    assert computed == [CHEAP]


@pytest.mark.parametrize("stored", [MINE, None], ids=["known", "unknown"])
@pytest.mark.parametrize(
    "password", IMPOSSIBLE_PASSWORDS.values(), ids=[f"A71 A76 {name}" for name in IMPOSSIBLE_PASSWORDS]
)
def test_a71_a76_an_impossible_password_costs_what_a_wrong_one_costs(
    stored: str | None, password: str
) -> None:
    """Too long or not encodable: one computation for nobody, then False, never an error."""
    computed: list[Argon2Parameters] = []
    hasher = Argon2Hasher(parameters=CHEAP, on_hash=computed.append)
    assert (hasher.verify(stored, password), computed) == (False, [CHEAP])


@given(
    st.none() | st.text(st.characters()) | st.builds("$argon2id${}".format, st.text()),
    st.text(st.characters()),
)
def test_a76_any_hash_and_any_password_cost_one_computation(stored: str | None, password: str) -> None:
    """For all texts, surrogates too: verify answers False after exactly one computation."""
    computed: list[Argon2Parameters] = []
    hasher = Argon2Hasher(parameters=CHEAP, on_hash=computed.append)
    assert (hasher.verify(stored, password), computed) == (False, [CHEAP])


@pytest.mark.anyio
@pytest.mark.parametrize("stored", [MINE, None, "!"], ids=["known", "unknown", "unusable"])
async def test_a44_the_awaitable_flavour_does_the_same_work(stored: str | None) -> None:
    """One computation of the same parameters on every path of the asynchronous flavour."""
    computed: list[Argon2Parameters] = []
    hasher = AsyncArgon2Hasher(parameters=CHEAP, on_hash=computed.append)
    assert (await hasher.verify(stored, "wrong"), computed) == (False, [CHEAP])


def test_a_new_hash_is_one_computation() -> None:
    """Registration costs one computation of the hasher's parameters."""
    computed: list[Argon2Parameters] = []
    Argon2Hasher(parameters=CHEAP, on_hash=computed.append).hash(PASSWORD)
    assert computed == [CHEAP]


def test_making_a_hasher_computes_nothing() -> None:
    """The hash for unknown users is random, so a hasher costs nothing until it is used."""
    computed: list[Argon2Parameters] = []
    Argon2Hasher(parameters=CHEAP, on_hash=computed.append)
    assert computed == []


# ---------------------------------------------------------------- other parameters


def test_a_hash_of_other_parameters_is_verified_with_its_own() -> None:
    """A legacy hash still signs its owner in, in one computation of the parameters it names."""
    computed: list[Argon2Parameters] = []
    legacy = Argon2Hasher(parameters=LEGACY).hash(PASSWORD)
    hasher = Argon2Hasher(parameters=CHEAP, on_hash=computed.append)
    assert (hasher.verify(legacy, PASSWORD), computed) == (True, [LEGACY])


@pytest.mark.parametrize("variant", [argon2.Type.I, argon2.Type.D, argon2.Type.ID])
def test_a_foreign_argon2_hash_is_verified(variant: argon2.Type) -> None:
    """Hashes made by argon2-cffi itself, of any variant, are accepted."""
    foreign = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=variant).hash(PASSWORD)
    assert Argon2Hasher(parameters=CHEAP).verify(foreign, PASSWORD)


def test_a_hash_of_todays_parameters_is_kept() -> None:
    """A hash needs no replacement by the hasher that made it."""
    assert not Argon2Hasher(parameters=CHEAP).needs_rehash(MINE)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(Argon2Hasher(parameters=LEGACY).hash(PASSWORD), id="parameters"),
        pytest.param(foreign_hash(type=argon2.Type.I), id="variant"),
        pytest.param(foreign_hash(hash_len=16), id="tag length"),
        pytest.param(foreign_hash(salt_len=8), id="salt length"),
        *(
            pytest.param(stored, id=name)
            for name, stored in UNUSABLE.items()
            if stored is not None and not stored.startswith("$argon2id$v=19$m=8")
        ),
    ],
)
def test_anything_but_todays_parameters_needs_a_new_hash(stored: str) -> None:
    """Other cost, variant, salt or tag length, another scheme or garbage: replace it."""
    assert Argon2Hasher(parameters=CHEAP).needs_rehash(stored)


@pytest.mark.parametrize("make", [Argon2Hasher, AsyncArgon2Hasher, from_settings])
def test_the_default_is_the_minimum_that_owasp_recommends(
    make: Callable[[], Argon2Hasher | AsyncArgon2Hasher],
) -> None:
    """19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet)."""
    assert make().parameters == Argon2Parameters(time_cost=2, memory_kib=19 * 1024, lanes=1)


def test_a_default_hash_names_argon2id_and_its_cost() -> None:
    """A hash of the default hasher is Argon2id of OWASP's minimum, in the standard encoding."""
    assert Argon2Hasher().hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


# ---------------------------------------------------------------- misuse


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_cost", 0),
        ("time_cost", 1001),
        ("time_cost", "2"),
        ("time_cost", True),
        ("memory_kib", 7),
        ("memory_kib", 4 * 1024 * 1024 + 1),
        ("memory_kib", 19456.0),
        ("lanes", 0),
        ("lanes", 65),
        ("lanes", None),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_name(name: str, value: object) -> None:
    """Misuse is refused at construction, and the message says which parameter it is."""
    arguments: dict[str, object] = {name: value}
    with pytest.raises(ConfigurationError, match=name):
        Argon2Parameters(**arguments)  # type: ignore[arg-type]


def test_each_lane_needs_its_memory() -> None:
    """Less than 8 KiB a lane is refused (RFC 9106, section 3.1)."""
    with pytest.raises(ConfigurationError, match="from 32 to"):
        Argon2Parameters(memory_kib=31, lanes=4)


@pytest.mark.parametrize("flavour", [Argon2Hasher, AsyncArgon2Hasher])
@pytest.mark.parametrize(
    ("name", "value"),
    [("workers", 0), ("workers", "4"), ("workers", True), ("max_pending", -1), ("max_pending", 1.5)],
)
def test_a_pool_that_cannot_work_is_refused(
    flavour: type[Argon2Hasher | AsyncArgon2Hasher], name: str, value: object
) -> None:
    """A pool without workers or with a negative queue is refused at construction, by name."""
    arguments: dict[str, object] = {name: value}
    with pytest.raises(ConfigurationError, match=name):
        flavour(**arguments)  # type: ignore[arg-type]


def test_the_queue_holds_sixteen_for_each_worker_unless_told() -> None:
    """The default bound on waiting calls follows the number of workers."""
    assert (Argon2Hasher(workers=3).max_pending, Argon2Hasher().workers >= 1) == (48, True)


@pytest.mark.parametrize("password", IMPOSSIBLE_PASSWORDS.values(), ids=IMPOSSIBLE_PASSWORDS.keys())
def test_a71_a_new_password_that_cannot_be_hashed_whole_is_refused(password: str) -> None:
    """It is neither cut nor hashed: a ValueError of authguard's says so."""
    computed: list[Argon2Parameters] = []
    with pytest.raises(ValueError, match="at most 4096 bytes") as refusal:
        Argon2Hasher(parameters=CHEAP, on_hash=computed.append).hash(password)
    assert (isinstance(refusal.value, AuthGuardError), computed) == (True, [])


# ---------------------------------------------------------------- plugging in


@pytest.mark.anyio
async def test_the_entry_point_serves_both_flavours() -> None:
    """What the group ``authguard.hasher`` names is a hasher that has an awaitable flavour."""
    plugin: HasherPlugin = from_settings()
    awaitable: AsyncHasher = plugin.aio
    stored = await awaitable.hash(PASSWORD)
    assert plugin.verify(stored, PASSWORD)
    assert not awaitable.needs_rehash(stored)
    await awaitable.aclose()


def test_without_argon2_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the extra, not a module nobody knows."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "authguard_argon2"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(ImportError, match=r'pip install "authguard\[argon2\]"'):
        importlib.import_module("authguard_argon2")
