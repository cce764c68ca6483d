"""Claims about what the suites need."""

import subprocess
import sys

import pytest

import authguard_core.testing.requirements


@pytest.mark.parametrize("missing", ["hypothesis", "pytest"])
@pytest.mark.parametrize("module", ["conformance", "machine"])
def test_without_it_the_import_says_what_to_install(module: str, missing: str) -> None:
    """The message names the extra."""
    code = f"import sys; sys.modules[{missing!r}] = None\nimport authguard_core.testing.{module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    hint = 'Install it with: pip install "authguard[testing]"'
    assert done.stderr.splitlines()[-1] == f"ImportError: authguard_core.testing needs {missing}. {hint}"


@pytest.mark.parametrize("missing", ["hypothesis", "pytest"])
def test_what_is_missing_is_found_out(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """By its name."""
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=f"needs {missing}[.]"):
        authguard_core.testing.requirements.check()


def test_the_clock_and_the_model_need_neither() -> None:
    """Who wants a frozen clock alone installs nothing."""
    code = (
        "import sys, authguard_core.testing.clock, authguard_core.testing.reference\n"
        "print({'pytest', 'hypothesis'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_importing_the_core_loads_nothing_of_it() -> None:
    """It is for tests."""
    code = "import sys, authguard_core; print([name for name in sys.modules if 'testing' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
