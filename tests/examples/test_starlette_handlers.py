"""Claims about the Starlette example's handlers: the library is none of their business."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = "[name for name in sys.modules if name.startswith('authguard')]"


@pytest.mark.parametrize(
    "module", ["examples.starlette_handlers", "examples.starlette_parts", "examples.shop.desk"]
)
def test_the_handlers_do_not_know_the_library(module: str) -> None:
    """Importing them loads nothing of it, directly or by what they import."""
    program = f"import sys, {module}; print({OURS})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_no_text_of_the_handlers_names_the_library() -> None:
    """What guards them is said elsewhere."""
    assert "authguard" not in (ROOT / "examples" / "starlette_handlers.py").read_text(encoding="utf-8")
