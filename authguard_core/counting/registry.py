"""Which known sources of an account are alive: an epoch, a generation and a running number.

A new source gets the next serial of the present generation. It is alive while it
is among the last :data:`LIVE_SOURCES` of its generation; a password change or
reset begins a new generation and so ends all of them at once. Three numbers an
account are enough, however many sources there are.
"""

from authguard_core.counting.limits import DAY
from authguard_core.counting.state import Proof, Registry

__all__ = ["LIFETIME", "LIVE_SOURCES", "epoch_at", "is_alive", "issue", "next_generation"]

LIVE_SOURCES = 10
"""How many known sources of one account are alive at once, for each listed secret; an older one falls out."""

LIFETIME = 180 * DAY
"""How long a known source stays known without a sign-in, in milliseconds."""


def epoch_at(now: float) -> int:
    """Return the epoch of a registry that begins now (Unix time in seconds): a number of 32 bits."""
    return int(now) & 0xFFFF_FFFF


def is_alive(registry: Registry, proof: Proof) -> bool:
    """Say whether a source with this proof is still known.

    A store that forgot the registry knows nobody, and the one that begins in its stead has another
    epoch: else what a reset had ended would come back to life.
    """
    begun = (registry.generation, registry.epoch)
    oldest = registry.serial - LIVE_SOURCES
    return (proof.generation, proof.epoch) == begun and oldest < proof.serial <= registry.serial


def issue(registry: Registry) -> Registry:
    """Count one more source in; its proof is the registry's new state."""
    return registry._replace(serial=registry.serial + 1)


def next_generation(registry: Registry) -> Registry:
    """End every known source at once."""
    return registry._replace(generation=registry.generation + 1, serial=0)
