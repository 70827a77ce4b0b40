"""Options of direction: who directs, and how often an answer is asked for."""

from typing import Literal

from pydantic import Field

from assets.sheets.base import Part, Seed


class DirectionOptions(Part):
    """Set in the profile."""

    by: Literal["rules", "writer"] = Field(
        default="rules", description="writer: the model at the writer port enriches what the rules chose"
    )
    prompt: str = Field(default="direction", pattern=r"^[a-z0-9_-]{1,64}$", description="In the library")
    seed: Seed = Field(default=0)
    tries: int = Field(
        default=3,
        ge=1,
        le=10,
        description="Attempts to get an answer; each prompt says what was wrong with the last",
    )
    patience: int = Field(
        default=3,
        ge=2,
        le=9999,
        description="Cuts in a row without an answer after which the writer is not asked again",
    )
    unanswered: Literal["rules", "stop"] = Field(
        default="rules",
        description="When the writer gives no answer: rules direct in its place, or stop the run",
    )
    design: bool = Field(
        default=False,
        description="A large writer also chooses looks and sets for people and places that no bible describes",
    )
    heed_grammar: bool = Field(
        default=True, description="Send back a choice that breaks film grammar where the rules' did not"
    )
    context: int = Field(
        default=6, ge=0, le=40, description="Cuts of the scene before and after, in the prompt"
    )
