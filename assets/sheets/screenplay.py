"""A screenplay as the writer wrote it, element by element, with line numbers."""

from typing import ClassVar, Literal

from pydantic import Field

from assets.plain import one_line, shortened
from assets.sheets.base import Part, Sheet

# What a title page calls its entries, besides their English name.
_KEYS = {
    "title": ("title", "題名", "タイトル", "題"),
    "episode": ("episode", "episode title", "サブタイトル", "話", "エピソード"),
    "show": ("show", "show title", "番組", "作品"),
    "series": ("series", "series title", "シリーズ"),
}
LONGEST_TITLE = 300  # characters: what a card, a list and a file's metadata can still show

Kind = Literal[
    "heading",
    "action",
    "character",
    "parenthetical",
    "dialogue",
    "lyric",
    "transition",
    "centered",
    "section",
    "synopsis",
    "note",
    "boneyard",
    "page_break",
    "blank",
]


class Element(Part):
    """One element. ``text`` is verbatim, without the mark that forced its kind.

    Lines are 1-based and inclusive. A note or boneyard inside another element stays in that element's text; one that
    is alone is an element of its own.
    """

    kind: Kind
    text: str
    first_line: int = Field(ge=1)
    last_line: int = Field(ge=1)
    forced: bool = Field(default=False, description="Written with its forcing mark (. ! @ > ~)")
    scene_number: str | None = Field(default=None, description="heading: what stands between #...#")
    extension: str = Field(default="", description="character: V.O., O.S., CONT'D, verbatim, without ()")
    dual: bool = Field(default=False, description="character: marked ^, spoken with the one before")
    depth: int = Field(default=0, ge=0, description="section: number of # marks")


class TitleEntry(Part):
    """One key of the title page and its value lines, verbatim."""

    key: str
    values: tuple[str, ...] = ()
    line: int = Field(ge=1)


class Screenplay(Sheet):
    """The whole script. Printing it and parsing it again gives the same sheet."""

    sheet: ClassVar[str] = "screenplay"

    title_page: tuple[TitleEntry, ...] = ()
    elements: tuple[Element, ...] = ()
    source: str = Field(default="", description="File name it came from, for messages")
    notes: tuple[str, ...] = Field(
        default=(), exclude=True, description="What the reader left out of the file, in sentences"
    )

    def title(self, default: str = "") -> str:
        """The title page's ``Title``, without emphasis and on one line; a longer one ends in an ellipsis."""
        return self._entry("title") or default

    def episode_title(self, default: str = "") -> str:
        """The ``Episode`` entry, which some series use, else the title."""
        return self._entry("episode") or self.title(default)

    def show_title(self) -> str:
        """The series' name where the title page has one besides the episode's; otherwise empty."""
        named = self._entry("show") or self._entry("series") or self.title()
        return "" if named == self.episode_title() else named

    def _entry(self, key: str) -> str:
        names = _KEYS.get(key, (key,))
        found = (entry.values for entry in self.title_page if entry.key.strip().casefold() in names)
        whole = " ".join(value.strip(" *_") for value in next(found, ()))
        return shortened(one_line(whole), LONGEST_TITLE)
