"""One target in a process of its own, watched by atheris: ``python -m tests.fuzz.fuzzer identity``."""

import importlib
import sys
from typing import Any, Final

WATCHED: Final = ["authguard_core", "authguard_asgi", "examples", "tests.fuzz"]
"""The packages whose branches guide the search."""


def main(name: str, flags: list[str]) -> None:
    """Fuzz until a flag says stop or the claim breaks. Never returns: libFuzzer ends the process."""
    atheris: Any = importlib.import_module("atheris")  # an extension without types, and not there everywhere
    with atheris.instrument_imports(include=WATCHED):
        targets = importlib.import_module("tests.fuzz.targets")
    atheris.Setup([sys.argv[0], *flags], targets.TARGETS[name].check)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
