"""The terminal, as every command writes to it.

In: text with our markup.      Out: the text, in which nothing from a script, a file name or a database is obeyed.
Words from outside are given through ``rich.markup.escape``; a control character among them is shown as its escape.
"""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from assets.plain import visible


class PlainConsole(Console):
    """A Console whose text holds no control characters. Rich's own colours and cursor moves stay."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Strings, before they are measured: the columns of a table stay in line."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Whatever else is drawn."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def console() -> Console:
    """Standard output: no colours of Rich's choice, no line breaks that were not written."""
    return PlainConsole(highlight=False, soft_wrap=True)
