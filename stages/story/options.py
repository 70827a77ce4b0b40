"""Options of story writing, set in the profile."""

from pydantic import Field

from assets.sheets.base import Part, Seed


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
    recalled: int = Field(default=3, ge=0, le=20, description="Earlier episodes in the prompt")
