"""Other forms of a script, rewritten as Fountain: Markdown, the Japanese script form, title pages with comments.

In: the text of a file.      Out: its lines as Fountain, each knowing where it stood, and notices of what is left out.
A text that is Fountain already comes out as it is.
"""

from collections.abc import Callable, Sequence

from assets.formats import comments, japanese, markdown
from assets.formats.lines import Line, numbered, relined, text_of

Step = Callable[[Sequence[Line]], tuple[list[Line], list[str]]]

__all__ = ["Line", "as_fountain", "relined", "text_of"]


def as_fountain(text: str, source: str, suffix: str = ".fountain") -> tuple[list[Line], list[str]]:
    """The lines to read, and a notice for each thing of the file that is not filmed."""
    is_markdown = suffix.casefold() == ".md"
    steps: tuple[Step, ...] = (
        lambda found: markdown.front_matter(found, source),
        lambda found: markdown.fences(found, source, is_markdown),
        lambda found: markdown.marks(found, source, is_markdown),
        comments.title_page,
        lambda found: japanese.rewritten(found, source),
    )
    lines, notices = numbered(text), list[str]()
    for step in steps:
        lines, told = step(lines)
        notices += told
    return lines, notices
