"""Which block of a model a weight belongs to, for merges whose weights differ from block to block.

In: the name of a weight, and weights by block.      Out: the weight that counts for it.
The block names of SDXL are those that merging tools use: BASE, IN00 to IN08, M00, OUT00 to OUT08. Keys of the
original layout and of diffusers give the same block. Other models: a pattern of key names, such as
``*transformer_blocks.3.*``; the first that fits counts.
"""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

from assets.errors import InputRefused

SDXL = ("BASE", *(f"IN{n:02}" for n in range(9)), "M00", *(f"OUT{n:02}" for n in range(9)))
_SDXL_NAME = re.compile(r"BASE|M\d+|(IN|OUT)\d+")


def weight_at(key: str, blocks: Mapping[str, float], otherwise: float) -> float:
    """The weight that ``blocks`` gives for a key; ``otherwise`` where no block fits."""
    block = sdxl_block(key)
    if block in blocks:
        return blocks[block]
    return next((weight for name, weight in blocks.items() if fnmatchcase(key, name)), otherwise)


def check(blocks: Mapping[str, float], keys: list[str]) -> None:
    """Refuse a block that no weight belongs to: a typing error would be a merge without the block weight."""
    present = {sdxl_block(key) for key in keys}
    for name in blocks:
        if _SDXL_NAME.fullmatch(name):
            if name not in SDXL:
                raise InputRefused(f"There is no block {name}. Blocks are {', '.join(SDXL)}.")
            if name not in present:
                raise InputRefused(
                    f"No weight of these models belongs to the block {name}. Those that exist: "
                    f"{', '.join(sorted(present))}."
                )
        elif not any(fnmatchcase(key, name) for key in keys):
            raise InputRefused(f"No weight is called like {name!r}. The first one is {keys[0]}.")


def sdxl_block(key: str) -> str:
    """The SDXL block of a weight; BASE for text encoders, embeddings, the last layers and other models."""
    found = re.search(r"(?:^|\.)(input_blocks|output_blocks)\.(\d+)\.", key)
    if found:
        return f"{'IN' if found[1] == 'input_blocks' else 'OUT'}{int(found[2]):02}"
    if re.search(r"(?:^|\.)(middle_block|mid_block)\.", key):
        return "M00"
    if re.search(r"(?:^|\.)conv_in\.", key):
        return "IN00"
    found = re.search(
        r"(?:^|\.)(down_blocks|up_blocks)\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)", key
    )
    if not found:
        return "BASE"
    side, part = int(found[2]), int(found[4])
    if found[1] == "up_blocks":
        return f"OUT{side * 3 + (2 if found[3] == 'upsamplers' else part):02}"
    return f"IN{side * 3 + 1 + (2 if found[3] == 'downsamplers' else part):02}"
