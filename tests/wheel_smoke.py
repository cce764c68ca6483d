"""Run by ``nox -s wheel`` with ``python -I`` in an environment that holds the built wheel.

Takes the top-level names as arguments and fails unless each comes from that environment, typed.
"""

import importlib
import importlib.metadata
import sys
from pathlib import Path

site = Path(sys.prefix)
names = sys.argv[1:]
if not names:
    sys.exit("got no package name, expected at least one")
for name in names:
    place = Path(str(importlib.import_module(name).__file__)).parent
    if not place.is_relative_to(site):
        sys.exit(f"{name}: imported from {place}, expected it below {site}")
    if not (place / "py.typed").is_file():
        sys.exit(f"{name}: the wheel holds no py.typed for it")
for group in ("authguard.storage", "authguard.hasher"):
    points = importlib.metadata.entry_points(group=group)
    if not points:
        sys.exit(f"{group}: the wheel declares no entry point")
    for point in points:
        point.load()
