"""The terminal output of every command.

In: text with rich markup.      Out: the text; control codes in scripts, file names or database texts have no effect.
Text from outside is passed through ``rich.markup.escape``; a control character in it is shown as its escape.
"""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from assets.plain import visible


class PlainConsole(Console):
    """A Console whose text holds no control characters. Rich's own colours and cursor moves are kept."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Clean strings before they are measured, so that the columns of a table stay aligned."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Clean everything else that is rendered."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def console() -> Console:
    """Standard output, without automatic colours and without added line breaks."""
    return PlainConsole(highlight=False, soft_wrap=True)
