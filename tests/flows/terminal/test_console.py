"""What is printed and published cannot steer a terminal, a page or a chat."""

import io
import json

import pytest
from rich.markup import escape
from rich.table import Table

from flows.deployments.page_html import code, inline, phrase
from flows.notices.notice import Notice, body
from flows.terminal.console import PlainConsole
from flows.terminal.lines import complain, say

HOSTILE = "\x1b]0;PWNED\x07a\x1b[31m\u202e\x9b2J[bold]b\udce9"


@pytest.mark.parametrize("terminal", [True, False])
def test_no_command_from_a_text_reaches_the_terminal(terminal: bool) -> None:
    written = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    console = PlainConsole(file=written, force_terminal=terminal, width=200, highlight=False)
    table = Table("[bold]head[/]")
    table.add_row(escape(HOSTILE))

    console.print(f"[red]{escape(HOSTILE)}[/]")
    console.print(table)

    written.seek(0)
    shown = written.read()
    assert not {"\x07", "\x9b", "\u202e"} & set(shown)
    assert "\x1b]0;" not in shown and "\x1b[2J" not in shown
    assert shown.count(r"\x1b]0;PWNED\x07a\x1b[31m\u202e\x9b2J[bold]b\udce9") == 2


@pytest.mark.parametrize("made", [inline, phrase, code])
def test_no_text_ends_the_html_it_stands_in(made) -> None:
    shown = made("<b>x</b>\n\n[link](javascript:x)\x85\x85\u2028# head\x1b[31m")

    assert "<b>" not in shown and "\n" not in shown
    assert not {"\x1b", "\x85", "\u2028"} & set(shown)


def test_a_title_calls_nobody_in_a_chat() -> None:
    notice = Notice(kind="failed", run="make <!channel>", flow="f", url="", message="", at="")

    assert json.loads(body(notice, "https://hooks.slack.com/x"))["text"] == "Failed: make &lt;!channel&gt;."


def test_no_command_from_a_path_reaches_the_terminal_by_a_plain_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`sakuga rights erase`, `ledger export` and `dataset layouts` printed the names that they got as they came."""
    say(f"Wrote {HOSTILE}.\nNext: nothing.")
    complain(HOSTILE)

    printed = capsys.readouterr()
    escaped = r"\x1b]0;PWNED\x07a\x1b[31m\u202e\x9b2J[bold]b\udce9"
    assert printed.out == f"Wrote {escaped}.\nNext: nothing.\n"
    assert printed.err == f"sakuga: {escaped}\n"


def test_an_error_of_the_system_that_names_a_very_long_path_is_bounded_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    complain(f"{'o' * 5000}: File name too long")

    printed = capsys.readouterr().err
    assert len(printed) < 2600 and printed.endswith("o: File name too long\n")
