"""Tables on a narrow terminal and in a pipe."""

import io

from rich.console import Console
from rich.text import Text

from flows.terminal import tables
from flows.terminal.console import PlainConsole

LONG = " ".join(f"word{number}" for number in range(40))
ROWS = [("C001", "[red]あした", LONG), ("C002", "", "short")]


def printed(*, terminal: bool) -> str:
    file = io.StringIO()
    to: Console = PlainConsole(file=file, width=80, force_terminal=terminal, highlight=False, soft_wrap=True)
    tables.show(("cut", "title", "what"), ROWS, to)
    return Text.from_ansi(file.getvalue()).plain


def test_a_table_in_a_pipe_has_one_line_per_row():
    """Rich took a pipe for a screen of 80 columns: a row became several lines that no `grep` finds whole."""
    heads, first, second = printed(terminal=False).splitlines()

    assert heads == "cut   title        what"
    assert first == f"C001  [red]あした  {LONG}"
    assert second.split() == ["C002", "short"]


def test_a_table_on_a_terminal_keeps_its_width_and_every_word():
    """A terminal wrapped long rows into the next line, and the columns were gone."""
    text = printed(terminal=True)

    assert max(map(len, text.splitlines())) <= 80
    assert set(LONG.split()) <= set(text.split())
    assert "[red]" in text
