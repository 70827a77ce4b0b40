"""What is asked for: a script and how to make it."""

from pathlib import Path

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.bible import Language


class Brief(Part):
    """One order for one episode. Every path is on the machine that runs it."""

    script: Path = Field(description="Screenplay: .fountain, .txt, .md or .fdx")
    show: str | None = Field(
        default=None, description="Show id, folder or bible.yaml; none: the one beside the script"
    )
    profile: str = Field(default="animatic", description="animatic, toy, or a profile's .yaml")
    out: Path = Field(default=Path("episodes"), description="Folder the episode's folder is made in")
    language: Language | None = Field(default=None, description="none: what the dialogue is written in")
    seed: int | None = Field(default=None, ge=0, description="none: the profile's own")
    refresh: bool = Field(
        default=False, description="Redo unlocked work made by an older model, seed or quality"
    )
    burn_in: bool = Field(default=False, description="Draw the subtitles into the picture")


class RetakeOrder(Part):
    """One cut to do again."""

    cut: str = Field(pattern=r"^C[0-9]{3,4}[A-Z]{0,2}$", description="Cut number, such as C004")
    reason: str = Field(min_length=1, max_length=2000, description="Why; it stays in the record")
    start: int | None = Field(
        default=None, ge=0, description="First frame of the cut to redo; none: all of it"
    )
    stop: int | None = Field(default=None, ge=1, description="First frame after the range; none: to the end")
    unlock: bool = Field(default=False, description="Redo it although its take is approved")
