"""Faults that the suite must find: each is a small edit of the library that breaks one promise.

When a refactoring moves a piece of text, point the edit at its new place; the session says which one.
The texts should be short, so that they are seldom touched.
"""

from typing import NamedTuple

__all__ = ["FAULTS", "Edit", "Fault"]


class Edit(NamedTuple):
    """A text that stands in a file exactly once, and what is put in its place."""

    path: str
    text: str
    replacement: str


class Fault(NamedTuple):
    """What is broken, by which edits, the test files, or single tests of slow ones, that must find it."""

    name: str
    edits: tuple[Edit, ...]
    found_by: tuple[str, ...]


SIMULATION = "tests/property/test_simulation.py"
GUESSING = "tests/attacks/test_guessing.py"
RACES = "tests/attacks/test_races.py"
SOURCES = "tests/attacks/test_sources.py"
SURROUNDINGS = "tests/attacks/test_surroundings.py"
KEYS = "tests/attacks/test_keys.py"
CONFORMANCE = "tests/conformance/test_memory.py"
HASHING = "tests/adapters/test_argon2.py"

RULES = "authguard_core/counting/rules.py"
APPLY = "authguard_core/counting/apply.py"
TABLE = "authguard_core/counting/table.py"
REGISTRY = "authguard_core/counting/registry.py"
DEVICE = "authguard_core/device.py"
KEYRING = "authguard_core/keys.py"
IDENTITY = "authguard_core/identity.py"

FAULTS = (
    # What a success gives back
    Fault(
        "a success refunds a foreign entry",
        (
            Edit(
                APPLY,
                "rules.refund(counter, op.attempt)",
                "rules.refund(counter, counter.entries[0].attempt if counter.entries else 0)",
            ),
        ),
        (SIMULATION, CONFORMANCE),
    ),
    Fault(
        "a success wipes other sources",
        (Edit(RULES, "if older.source != source]", "if False]"),),
        (SIMULATION, SOURCES),
    ),
    Fault(
        "a success refunds the whole log of its address",
        (Edit(APPLY, "elif scope in _OWN:", "elif scope:"),),
        (SIMULATION, SOURCES),
    ),
    Fault(
        "a success forgets failures that began later",
        (Edit(RULES, "min(counter.total, seq)", "counter.total"),),
        (SIMULATION, SOURCES),
    ),
    Fault(
        "settling is not idempotent",
        (
            Edit(
                RULES,
                "return None if mine < 0 else counter.entries.pop(mine).time",
                "return counter.entries.pop(mine).time if counter.entries else None",
            ),
        ),
        (SIMULATION,),
    ),
    Fault(
        "an attempt whose secret was never looked at clears what came before it",
        (Edit(APPLY, "if not op.checked:\n            when", "if False:\n            when"),),
        (SIMULATION, CONFORMANCE),
    ),
    # What an attempt is charged
    Fault(
        "nothing is charged before the check",
        (Edit(APPLY, "        rules.charge(counter, rule, entry)\n", ""),),
        (
            SIMULATION,
            RACES,
        ),
    ),
    Fault(
        "refused attempts are charged",
        (
            Edit(
                APPLY,
                "    elif refusals:\n",
                "    elif refusals:\n"
                "        _charge(Entry(clock, op.attempt, op.source), charges, counters, records)\n",
            ),
        ),
        (SIMULATION, GUESSING),
    ),
    Fault(
        "a counter admits one more than its limit",
        (Edit(RULES, "    if held >= rule.limit:", "    if held > rule.limit:"),),
        (SIMULATION, GUESSING),
    ),
    Fault(
        "a window is one millisecond short",
        (
            Edit(RULES, "time <= now - rule.window:", "time < now - rule.window + 2:"),
            Edit(
                RULES,
                "bisect_right(entries, now - rule.window,",
                "bisect_right(entries, now - rule.window + 1,",
            ),
        ),
        (CONFORMANCE,),
    ),
    Fault(
        "a window is one millisecond long",
        (Edit(RULES, "time <= now - rule.window:", "time < now - rule.window:"),),
        (CONFORMANCE,),
    ),
    Fault(
        "the cap admits one more",
        (
            Edit(
                RULES,
                "counter.total - counter.cleared >= rule.cap:",
                "counter.total - counter.cleared > rule.cap:",
            ),
        ),
        (SIMULATION, GUESSING),
    ),
    # Locks
    Fault(
        "a lock is not armed again after its end",
        (Edit(RULES, "            _rearm(counter, end)", "            pass"),),
        (SIMULATION, GUESSING),
    ),
    Fault(
        "the level of a lock does not rise",
        (Edit(RULES, ".time) + 1, MAX_LEVEL)", ".time), MAX_LEVEL)"),),
        (SIMULATION, GUESSING),
    ),
    Fault(
        "a lock is longer than its maximum",
        (
            Edit(
                RULES,
                "level_at(counter, began), rule.lock_max)",
                "level_at(counter, began), 2 * rule.lock_max)",
            ),
        ),
        (SIMULATION, GUESSING),
    ),
    Fault(
        "eviction frees a locked key",
        (
            Edit(TABLE, "self._is_cold if full", "(lambda _: True) if full"),
            Edit(
                TABLE,
                "                self._drop(key)\n",
                "                self._drop(key)\n                self._next += full\n",
            ),
        ),
        (f"{SURROUNDINGS}::test_a66_a_flood_of_names_frees_no_locked_account",),
    ),
    Fault(
        "a clock that goes back stretches locks",
        (
            Edit(TABLE, "self.now = max(self.now, clock)", "self.now = clock"),
            Edit(RULES, "return max(clock, counter.last)", "return clock"),
        ),
        (SIMULATION,),
    ),
    # Known devices
    Fault(
        "a device cookie is good for every account",
        (
            Edit(DEVICE, "ring.sign(LABEL, *subject, payload)", "ring.sign(LABEL, payload)"),
            Edit(DEVICE, "signature, LABEL, *subject, payload", "signature, LABEL, payload"),
        ),
        (SIMULATION,),
    ),
    Fault(
        "a reset ends no known device",
        (Edit(REGISTRY, "registry.generation + 1", "registry.generation"),),
        (SIMULATION, SOURCES),
    ),
    Fault(
        "a known device is refused for the account",
        (Edit(APPLY, "charges = (known.charge,) if known else op.charges", "charges = op.charges"),),
        (SIMULATION, SOURCES),
    ),
    # Who is counted
    Fault(
        "the case of a name is kept",
        (Edit(IDENTITY, "identifier.strip().lower() or None", "identifier.strip() or None"),),
        (SIMULATION, f"{SURROUNDINGS}::test_a17_a19_a20_every_spelling_of_a_name_uses_one_budget"),
    ),
    Fault(
        "letters are not casefolded",
        (Edit(IDENTITY, "in text.casefold()", "in text"),),
        (SIMULATION,),
    ),
    Fault(
        "all who leave the name empty share a counter",
        (Edit(IDENTITY, "identifier.strip().lower() or None", "identifier.strip().lower()"),),
        (SIMULATION,),
    ),
    Fault(
        "parts of a key are joined without their lengths",
        (Edit(KEYRING, 'chunks += (len(data).to_bytes(4, "big"), data)', "chunks += (data,)"),),
        (KEYS,),
    ),
    Fault(
        "the left-most forwarding entry is taken",
        (
            Edit(
                "authguard_core/clientip.py",
                "in enumerate(_from_the_right(lines))",
                "in enumerate(reversed(list(_from_the_right(lines))))",
            ),
        ),
        (SIMULATION, f"{SURROUNDINGS}::test_a26_behind_a_proxy_the_rightmost_untrusted_hop_is_counted"),
    ),
    Fault(
        "each IPv6 address has a budget of its own",
        (Edit("authguard_core/addresses.py", "_prefix(counted, 64), ", "_prefix(counted, 128), "),),
        (SIMULATION, f"{SURROUNDINGS}::test_a30_ten_thousand_addresses_of_one_network_are_one_address"),
    ),
    # What others can see
    Fault(
        "an unknown user costs no hash work",
        (Edit("adapters/authguard_argon2/jobs.py", "        self._recipe.spend()", "        pass"),),
        (HASHING,),
    ),
)
