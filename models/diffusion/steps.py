"""How many denoising steps to ask a pipeline for."""

from math import ceil


def over_a_picture(run: int, strength: float) -> int:
    """What to ask img2img for, so that it runs ``run`` steps: it runs int(asked * strength), which may be none."""
    asked = ceil(run / strength)
    while int(asked * strength) < run:
        asked += 1
    return asked
