"""What a cut depicts, as plain data: the content basis of its panel and of its takes.

In: a cut and its sheet.      Out: JSON values; ``assets.hashing.digest`` over them is the basis.
Not included: measured lengths, cut numbers, model, seed. These never make paid work stale.
"""

from typing import Any

from assets.sheets.cutsheet import Cut, Cutsheet


def pictured(cutsheet: Cutsheet, cut: Cut) -> dict[str, Any]:
    """What the picture of ``cut`` shows: the content basis of its panel.

    Included: staging, action, words on screen, looks and descriptions, set, hour, weather, framing, and who
    speaks on screen. The dialogue is not included, so a changed word needs no new drawing.
    """
    elsewhere = {"number", "scene", "lines", "cues", "frames", "hold", "source", "join", "motion_prompt"}
    cast = [cutsheet.character(id) for id in dict.fromkeys(item.character for item in cut.staged)]
    told = {
        subject: [art.tags, art.prose]
        for subject, art in (
            *((item.id, item.art) for item in cast),
            (f"place {cut.place}", cutsheet.place(cut.place).art),
            ("style", cutsheet.style),
        )
        if art.tags or art.prose
    }
    # Left out while empty, so that panels from before these fields existed are not stale.
    return {
        **({"told": told} if told else {}),
        **cut.model_dump(mode="json", exclude=elsewhere),
        "speakers": [line.character for line in cut.lines if line.heard == "on"],
        "cast": [
            {"id": item.id, "look": item.look.model_dump(mode="json"), "about": item.about} for item in cast
        ],
        "set": cutsheet.place(cut.place).model_dump(mode="json", include={"kind", "variant", "about"}),
    }


def basis(cutsheet: Cutsheet, cut: Cut) -> dict[str, Any]:
    """What a take of ``cut`` depicts: what its panel does, the dialogue with its manner, and a manual motion prompt."""
    said = [
        line.model_dump(mode="json", include={"character", "text", "manner", "heard"}) for line in cut.lines
    ]
    moved = {"motion_prompt": cut.motion_prompt} if cut.motion_prompt else {}
    return {**pictured(cutsheet, cut), "lines": said, **moved}


def earlier_basis(cutsheet: Cutsheet, cut: Cut) -> dict[str, Any]:
    """The content basis of takes in earlier releases, without descriptions.

    Used only for comparison, so that an upgrade keeps the takes and approvals of unchanged cuts.
    """
    staged = dict.fromkeys(item.character for item in cut.staged)
    fields = {"staged", "props", "action", "text", "time", "weather", "size", "camera"}
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
