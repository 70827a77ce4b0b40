"""Fountain screenplays: text in, a Screenplay sheet out, and back.

The syntax is that of fountain.io, read line by line in linear time. Printing keeps every line in place, so
line numbers stay the same. Printing normalises only white space:

    line ends become LF, the last line gets one, and a leading byte order mark is removed;
    space around a line is removed, except the indent of action, which Fountain keeps;
    white space next to a mark, a scene number or an extension becomes one space, or none;
    a line that keeps a dialogue open is exactly two spaces, every other blank line is empty.

Where real scripts do not follow the syntax exactly, the reader accepts them: a scene heading or ``CUT TO:`` need not
be followed by a blank line, ``@`` opens a new speaker even inside a dialogue, and a page break, a section, a
synopsis or a ``>`` line ends one.
"""

from assets.fountain.heading import Heading, heading_parts
from assets.fountain.names import extensions
from assets.fountain.printer import render
from assets.fountain.reader import MAX_BYTES, MAX_LINES, parse
from assets.fountain.speech import Run, runs, spoken

__all__ = [
    "MAX_BYTES",
    "MAX_LINES",
    "Heading",
    "Run",
    "extensions",
    "heading_parts",
    "parse",
    "render",
    "runs",
    "spoken",
]
