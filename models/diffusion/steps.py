"""How many denoising steps to ask a pipeline for, so that it runs as many as meant."""

from math import ceil


def over_a_picture(run: int, strength: float) -> int:
    """What to ask img2img of SDXL for: it runs int(asked * strength), which may be none."""
    asked = ceil(run / strength)
    while int(asked * strength) < run:
        asked += 1
    return asked


def levels(run: int, strength: float = 1.0) -> list[float]:
    """The noise levels of ``run`` steps of a flow model that begin at ``strength``, before its scheduler's shift."""
    return [strength - number * (strength - strength / run) / max(1, run - 1) for number in range(run)]
