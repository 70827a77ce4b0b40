"""Options of story writing, set in the profile."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from assets.sheets.base import Part, Seed


class FreeOptions(Part):
    """How a large writer writes and revises."""

    revisions: int = Field(
        default=2, ge=0, le=6, description="Most revisions after criticism; 0: no criticism by the writer"
    )
    good_enough: int = Field(
        default=8, ge=1, le=10, description="From this grade on objections alone order no revision"
    )
    rivals: int = Field(
        default=1, ge=1, le=4, description="Drafts that compete; each costs as much as the first"
    )
    lengths: int = Field(default=2, ge=0, le=5, description="Most corrections of the length of a scene")
    attempts: int = Field(default=3, ge=1, le=8, description="Most answers to one question")
    tolerance: float = Field(
        default=0.25, gt=0, le=0.6, description="How far a scene may miss its length, as a ratio"
    )
    budget_tokens: int | None = Field(
        default=None, ge=1, le=10**9, description="Most tokens of one story; --budget goes first"
    )
    budget_usd: Decimal | None = Field(
        default=None, gt=0, le=100_000, description="Most dollars of one story"
    )


class StoryOptions(Part):
    """Limits of a script, and how the writer model is asked."""

    seed: Seed = Field(default=0, description="Another seed gives another story from the same premise")
    tolerance: float = Field(default=0.2, gt=0, le=0.5, description="How far the length may miss, as a ratio")
    candidates: int = Field(default=3, ge=1, le=8, description="Phrases of the library scored for a line")
    drafts: int = Field(default=3, ge=0, le=6, description="Fillings the model tries for each gap")
    least_likely: float = Field(
        default=-3.2,
        ge=-20,
        le=0,
        description="Mean log-likelihood below which a filled gap is refused: there SmolLM2 stops making sense",
    )
    weigh: bool = Field(default=True, description="Rank candidates by the model's likelihood, if it has one")
    eagerness: float = Field(
        default=1.2,
        ge=-5,
        le=5,
        description="Likelihood added to the model's own lines, because they use the premise",
    )
    path: Literal["auto", "free", "plots"] = Field(
        default="auto",
        description="free: the writer writes everything; plots: it fills the library's plots; auto: as its card says",
    )
    free: FreeOptions = FreeOptions()
    recalled: int = Field(default=3, ge=0, le=20, description="Earlier episodes in the prompt")
