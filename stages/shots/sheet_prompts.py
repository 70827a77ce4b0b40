"""Prompts in the cut sheet: built ones are written into it, and told from those that a person wrote.

In: a cut sheet, the cards of painter and animator.      Out: the sheet with prompts to read, or only those by hand.
Inside a run a cut's prompt is empty unless a person wrote it, so that built text is neither an edit by hand nor
part of what a cut depicts. The built text is put into the sheet that people read, and taken out when it is read.
"""

from collections.abc import Iterator, Mapping

from assets.plain import clean
from assets.sheets.cutsheet import Cut, Cutsheet
from models.card import Card
from stages.shots.prompt import prompt_of

FIELDS = ("prompt", "motion_prompt")
"""What the painter reads, and what the animator reads."""

Texts = Mapping[str, Mapping[str, str]]
"""Built prompts by cut number and field."""


def built(cutsheet: Cutsheet, painter: Card, animator: Card) -> dict[str, dict[str, str]]:
    """The prompts that cut and bible give, whatever a person wrote; none for a model that does not read."""
    texts = {}
    for cut in cutsheet.cuts:
        bare = cut.model_copy(update=dict.fromkeys(FIELDS, ""))
        of_cut = {
            field: clean(prompt_of(bare, cutsheet, card).text)
            for field, card in zip(FIELDS, (painter, animator), strict=True)
        }
        texts[cut.number] = {field: text for field, text in of_cut.items() if text}
    return texts


def filled(cutsheet: Cutsheet, texts: Texts) -> Cutsheet:
    """``cutsheet`` with the built text wherever no person wrote one."""

    def full(cut: Cut) -> Cut:
        of_cut = texts.get(cut.number, {})
        return cut.model_copy(update={field: of_cut[field] for field in _empty(cut) if field in of_cut})

    return cutsheet.model_copy(update={"cuts": tuple(map(full, cutsheet.cuts))})


def by_hand(cutsheet: Cutsheet, *known: Texts) -> Cutsheet:
    """``cutsheet`` without the prompts that are built text of any cut in ``known``.

    Of any cut: a person who adds a cut may copy another one whole.
    """
    texts = {text for one in known for of_cut in one.values() for text in of_cut.values()}

    def own(cut: Cut) -> Cut:
        return cut.model_copy(update={field: "" for field in FIELDS if clean(getattr(cut, field)) in texts})

    return cutsheet.model_copy(update={"cuts": tuple(map(own, cutsheet.cuts))})


def outdated(cutsheet: Cutsheet, before: Texts, now: Texts) -> Iterator[str]:
    """A sentence for every prompt by hand whose built text has changed since the sheet was last written."""
    for cut in cutsheet.cuts:
        for field in FIELDS:
            was, text = (texts.get(cut.number, {}).get(field, "") for texts in (before, now))
            if was and text and was != text and field not in _empty(cut):
                yield (
                    f"{cut.number}: its {field} was set by hand and is kept, but what cut and bible give has "
                    "changed. Empty it in the cut sheet to have it built again."
                )


def unheard(cutsheet: Cutsheet, notes: Mapping[str, str], card: Card) -> Iterator[str]:
    """A sentence for every cut that was ordered again with a note which its prompt by hand keeps from the model.

    notes  why cuts were ordered again, by cut number
    card   of the model that makes them
    """
    if card.dialect not in ("tags", "prose"):
        return
    field = FIELDS[1] if card.port == "animator" else FIELDS[0]
    for cut in cutsheet.cuts:
        if (note := notes.get(cut.number)) and getattr(cut, field):
            yield (
                f"{cut.number} was ordered again ({note!r}), but its {field} was set by hand and is sent as it stands. "
                "Add the note to it in the cut sheet, or empty it to have it built with the note."
            )


def _empty(cut: Cut) -> tuple[str, ...]:
    return tuple(field for field in FIELDS if not getattr(cut, field))
