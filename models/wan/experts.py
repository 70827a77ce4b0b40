"""LoRAs for a model of two experts: which file belongs to which, and a swapped pair refused.

In: the LoRAs of a shot, what their files say of themselves.      Out: by path, the expert each is loaded into.
A LoRA on the wrong expert, or one for both, has no effect or the wrong one, and nothing says so (musubi-tuner#552,
#569, #621).
"""

from collections.abc import Sequence
from pathlib import Path

from assets.errors import InputRefused
from assets.sheets.bible import Expert
from models.diffusion import lorafile
from models.diffusion.lorafile import LoraFile
from models.ports import LoraWeights

_SAYS = (
    "sakuga.expert",
    "expert",
    "ss_output_name",
    "modelspec.title",
    "ss_base_model_version",
    "ss_sd_model_name",
)
_HIGH, _LOW = ("high", "_h_"), ("low", "_l_")


def placed(loras: Sequence[LoraWeights], experts: int) -> dict[Path, Expert]:
    """The expert of each LoRA; empty for a model that has only one.

    raises  InputRefused for a file whose expert is not known, or is not the one that the bible says
    """
    found: dict[Path, Expert] = {}
    for lora in loras:
        of_file = said(lorafile.read(lora.path))
        if experts < 2:
            if lora.expert or of_file:
                raise InputRefused(
                    f"The LoRA {lora.trigger or lora.path.name} is for the {lora.expert or of_file} expert of a model "
                    "with two; this one has one. Remove it from the bible, or choose form: i2v-a14b."
                )
            continue
        found[lora.path] = _agreed(lora, of_file)
    return found


def said(file: LoraFile) -> Expert:
    """The expert that a file's metadata names; empty where it names none, or both."""
    told = " ".join(file.metadata.get(key, "") for key in _SAYS).casefold()
    high, low = any(word in told for word in _HIGH), any(word in told for word in _LOW)
    return "high" if high and not low else "low" if low and not high else ""


def _agreed(lora: LoraWeights, of_file: Expert) -> Expert:
    name = lora.trigger or lora.path.name
    if lora.expert and of_file and lora.expert != of_file:
        raise InputRefused(
            f"The bible gives the LoRA {name} to the {lora.expert} expert, and the file says it was trained for the "
            f"{of_file} one: the pair is swapped. Exchange `expert` in the bible."
        )
    if not (expert := lora.expert or of_file):
        raise InputRefused(
            f"Wan 2.2 has two experts, and the LoRA {name} does not say for which one it is. Write expert: high or "
            "expert: low beside it in the bible; a pair is two entries."
        )
    return expert
