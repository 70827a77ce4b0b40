"""The caption of one showing: trigger word, dropouts and shuffled tags, the same for the same showing.

In: a manifest, the number of a work, epoch and showing.      Out: the text that the model reads.
"""

import random

from assets.sheets.dataset import Manifest


def shown(manifest: Manifest, work: int, epoch: int, showing: int) -> str:
    """The caption of the ``showing``-th time that a work is shown in an epoch; empty where it is dropped.

    The first ``keep_tags`` tags stay where they are; the others may be shuffled and left out. A trigger word stands
    first, and not before the caption of a prior.
    """
    rules, each = manifest.showing, manifest.works[work].work
    rng = random.Random(f"{manifest.seed} {epoch} {work} {showing}")
    if rng.random() < rules.caption_dropout:
        return ""
    text = each.caption
    if rules.shuffle_tags or rules.tag_dropout:
        tags = [tag.strip() for tag in text.split(",") if tag.strip()]
        fixed, free = tags[: rules.keep_tags], tags[rules.keep_tags :]
        free = [tag for tag in free if rng.random() >= rules.tag_dropout]
        if rules.shuffle_tags:
            rng.shuffle(free)
        text = ", ".join((*fixed, *free))
    return ", ".join(part for part in ("" if each.prior else rules.trigger, text) if part)
