"""Print a table: folded to the width of a terminal, and one line per row where the output is piped.

In: headings and rows of plain text.      Out: text on the console.
"""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.plain import visible

GAP = "  "


def show(headings: Sequence[str], rows: Iterable[Sequence[str]], to: Console) -> None:
    """Print every word of every cell: nothing is cut off, on a narrow terminal neither."""
    listed = [tuple(map(visible, row)) for row in rows]
    if to.is_terminal:
        to.print(_folded(headings, listed), soft_wrap=False)
        return
    widths = [max(map(cell_len, column)) for column in zip(headings, *listed, strict=True)]
    for row in (tuple(headings), *listed):
        padded = (text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True))
        to.print(GAP.join(padded).rstrip(), markup=False, no_wrap=True, crop=False, overflow="ignore")


def _folded(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table
