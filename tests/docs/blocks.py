"""Generated parts of a page: what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^<!-- generated: ([\w-]+) -->\n(.*?)^<!-- end -->$", re.MULTILINE | re.DOTALL)


def read_blocks(page: Path) -> dict[str, str]:
    """Return a page's generated parts by name."""
    return {match[1]: match[2].strip() for match in BLOCK.finditer(page.read_text(encoding="utf-8"))}


def write_blocks(page: Path, blocks: Mapping[str, str]) -> None:
    """Write every generated part of a page anew.

    Raises:
        KeyError: The page has a part for which nothing was generated.
    """
    text = BLOCK.sub(lambda match: _block(match[1], blocks[match[1]]), page.read_text(encoding="utf-8"))
    page.write_text(text, encoding="utf-8")


def _block(name: str, content: str) -> str:
    return f"<!-- generated: {name} -->\n\n{content}\n\n<!-- end -->"


def markdown_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, words: int = 1) -> str:
    """Write a table: the first columns hold words and stand to the left, the others to the right."""
    rule = ("---",) * words + ("---:",) * (len(head) - words)
    lines = (head, rule, *((*row[:words], *map(_unbroken, row[words:])) for row in rows))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _unbroken(cell: str) -> str:
    """Keep a number and its unit on one line."""
    return cell.replace(" ", "\N{NO-BREAK SPACE}") if cell[:1].isdigit() or cell[:1] in "≤+-" else cell
