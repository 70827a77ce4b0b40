"""The animatic before the episode: the timed film of panels, made in seconds, that a director looks at first.

In: the brief of an episode.      Out: the brief of its animatic, and what is told between the two.
The animatic is an episode of its own, beside the other. Both use the same vault, so voices are made once.
"""

import re

from assets.sheets.production import Report
from flows.episode.brief import Brief
from flows.episode.profile import load

PROFILE = "animatic"


def animatic_of(brief: Brief) -> Brief:
    """The same script in the profile ``animatic``, as ``NAME-animatic``; no gates, one take of each cut."""
    stem = brief.name or (brief.script.stem if brief.script.suffix else brief.script.name)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[: 48 - len(f"-{PROFILE}")] or "episode"
    changed = {"profile": PROFILE, "name": f"{name}-{PROFILE}", "gates": (), "takes": None, "workers": 0}
    return brief.model_copy(update=changed)


def announced(brief: Brief) -> str:
    """What is said before the animatic."""
    return f"1 of 2: the animatic. 2 of 2 follows: the episode in the profile {load(brief.profile).name}."


def continued(brief: Brief, report: Report) -> str:
    """What is said after the animatic: where it is, and about how long the episode takes."""
    profile = load(brief.profile)
    said = (
        f"The animatic is ready: {report.files['episode']}\n2 of 2: the episode in the profile {profile.name}"
    )
    if profile.pace is None:
        return f"{said}."
    minutes = max(1, round(profile.pace * report.seconds / 60))
    return f"{said}, about {minutes} min on two CPU cores."
