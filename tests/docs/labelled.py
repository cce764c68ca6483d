"""The Python blocks of a page that bear a label: ``<!-- snippet: before -->`` on the line above."""

import re
from collections.abc import Iterable

from tests.docs.blocks import ROOT

__all__ = ["run_labelled", "text_of"]

LABELLED = re.compile(r"^<!-- snippet: (\w+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(page: str) -> str:
    """Return the text of a page of the documentation."""
    return (ROOT / page).read_text(encoding="utf-8")


def run_labelled(page: str, labels: Iterable[str]) -> dict[str, object]:
    """Run the blocks with these labels one after another, as one module, and return its names."""
    blocks = dict(LABELLED.findall(text_of(page)))
    names: dict[str, object] = {"__name__": "snippet"}
    for label in labels:
        exec(compile(blocks[label], f"{page}:{label}", "exec"), names)  # noqa: S102 - our own documentation
    return {name: value for name, value in names.items() if not name.startswith("__")}
