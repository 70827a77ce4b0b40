"""What a cut depicts, as plain data: the content basis that decides staleness.

In: a cut and its sheet.      Out: JSON values; ``assets.hashing.digest`` over them is the basis.
"""

from typing import Any

from assets.sheets.cutsheet import Cut, Cutsheet


def basis(cutsheet: Cutsheet, cut: Cut) -> dict[str, Any]:
    """What ``cut`` depicts, as plain data; its digest tells whether paid work is stale.

    In it: staging, action, words and who says them, looks, set, hour, weather, framing. Not in
    it: measured lengths, numbers, model, seed.
    """
    staged = dict.fromkeys(item.character for item in cut.staged)
    fields = {"staged", "props", "action", "text", "time", "weather", "size", "camera"}
    # Left out while empty, so that sheets made before there was such a text are not stale.
    fields |= {"visual"} if cut.visual else set()
    place = cutsheet.place(cut.place)
    return {
        **cut.model_dump(mode="json", include=fields),
        "lines": [
            line.model_dump(mode="json", include={"character", "text", "manner", "heard"})
            for line in cut.lines
        ],
        "looks": {id: cutsheet.character(id).look.model_dump(mode="json") for id in staged},
        "place": {"kind": place.kind, "variant": place.variant},
    }
