"""Options of the breakdown: the lengths that a director would choose by experience."""

from pydantic import Field

from assets.sheets.base import Part


class BreakdownOptions(Part):
    """Composed once, in the profile. All lengths are seconds, for people; the sheet holds frames."""

    shortest: float = Field(default=1.0, ge=0.2, le=4, description="s; no cut is shorter")
    longest: float = Field(
        default=8.0, ge=3, le=30, description="s; no cut is longer, save one whose line needs it"
    )
    speech_limit: float = Field(
        default=6.2, ge=1, le=25, description="s; a speech estimated longer is split over several cuts"
    )
    breath: float = Field(default=0.3, ge=0, le=2, description="s of silence before a line")
    gap: float = Field(default=0.25, ge=0, le=2, description="s between two lines of one cut")
    hold: float = Field(default=0.6, ge=0, le=3, description="s of silence kept after the last line")
    last_hold: float = Field(default=1.2, ge=0, le=4, description="s kept after the last line of a scene")
    establishing: float = Field(default=4.0, ge=1, le=8, description="s for the cut that shows the place")
    reaction: float = Field(default=1.5, ge=0.5, le=4, description="s for a silent face")
    action_base: float = Field(default=1.6, ge=0, le=5, description="s every action takes at least")
    action_longest: float = Field(default=6.0, ge=1, le=8, description="s; an action is cut above this")
    latin_rate: float = Field(default=11.0, ge=4, le=40, description="Latin letters spoken per second")
    longest_still: float = Field(default=4.2, ge=1, le=9, description="s; a longer cut moves its camera")
    kana_rate: float = Field(default=7.6, ge=2, le=20, description="Japanese sounds spoken per second")
    reading_rate: float = Field(
        default=2.5, ge=0.5, le=8, description="Action plays this much faster than it is read out"
    )
    quick_exchange: float = Field(
        default=5.2, ge=0, le=7, description="s; a line and its answer, together shorter, share a two-shot"
    )
    act_and_speak: float = Field(
        default=7.2, ge=0, le=8, description="s; a deed and its doer's line, together shorter, share a cut"
    )
    reactions: bool = Field(default=True, description="Cut to the listener after a strong line")
