"""Choose the parts of a video that are shown: its start, all of it in parts, or parts at equal distances.

In: what a video file holds, how videos are shown.      Out: Excerpts, counted at the model's rate.
All parts have one length: that of the settings, or the longest of 4k+1 frames that a shorter video has.
"""

from fractions import Fraction

from assets.sheets.dataset import Clips, Excerpt, Footage


def excerpts(footage: Footage, clips: Clips) -> tuple[Excerpt, ...]:
    """The parts, in their order. Of ``chunk`` the last one ends with the video, so it may repeat some frames."""
    whole = max(1, int(footage.frames * clips.rate / Fraction(footage.rate)))
    length = min(clips.frames, (whole - 1) // 4 * 4 + 1)
    rest = whole - length
    if clips.mode == "head":
        starts = [0]
    elif clips.mode == "chunk":
        starts = [*range(0, rest, length), rest]
    else:
        starts = [rest * number // max(1, clips.count - 1) for number in range(clips.count)]
    return tuple(Excerpt(start=start, frames=length) for start in sorted(set(starts)))
