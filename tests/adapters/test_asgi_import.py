"""Claims about importing the ASGI adapter."""

import importlib
import subprocess
import sys

import pytest


def test_without_anyio_the_import_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the extra."""
    monkeypatch.setitem(sys.modules, "anyio", None)
    monkeypatch.delitem(sys.modules, "authguard_asgi.backend", raising=False)
    with pytest.raises(ImportError, match=r'pip install "authguard\[asgi\]"'):
        importlib.import_module("authguard_asgi.backend")


def test_the_middleware_loads_no_framework() -> None:
    """Starlette, FastAPI and pydantic stay unloaded: any ASGI application can use it."""
    code = "import sys, authguard_asgi; print({'starlette', 'fastapi', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
