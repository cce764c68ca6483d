"""Named policies, with the clauses that they follow."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["PRESETS", "Preset"]


class Preset(NamedTuple):
    """What a standard asks for. The scores are this library's own: no standard names one."""

    min_length: int
    max_length: int
    min_score: int


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        # NIST SP 800-63B-4, 3.1.1.2 (2025): 15 characters where the password is the only factor, at least 64
        # permitted, all of it verified, no composition rules, whole passwords compared with a blocklist.
        "nist": Preset(min_length=15, max_length=128, min_score=3),
        # OWASP ASVS 5.0, level 1: 8 characters (6.2.1), no composition rules (6.2.5), nothing cut (6.2.8),
        # the 3,000 most common passwords refused (6.2.4). 64 must be permitted from level 2 on (6.2.9).
        "asvs_l1": Preset(min_length=8, max_length=128, min_score=3),
        # NIST SP 800-63B (2017, superseded), 5.1.1.2: 8 characters and a blocklist, for accounts of before.
        "legacy_8": Preset(min_length=8, max_length=128, min_score=2),
    }
)
