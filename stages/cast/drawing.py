"""Draw one candidate for a character sheet: every view with one seed, from the vault or painted now.

In: a character, the views, a painter.      Out: a Candidate in the vault, and what the painter did not draw.
Every picture is committed by its recipe as soon as it is painted, so a run that is stopped loses nothing. A painter
that takes references is shown the candidate's own front while it paints the other views: one person, not nine.
Knows nothing about who approves what.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from assets.errors import InputRefused
from assets.hashing import recipe_key
from assets.media.picture import from_png, to_png
from assets.sheets.base import Part, Seed
from assets.sheets.bible import Character, Style
from assets.sheets.casting import Candidate, SheetPicture, View
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Done, Ref
from assets.vault import Vault
from models.card import Card
from models.lease import Leased
from models.ports import Painter, ReferencePicture, Shot
from stages.cast.composing import page
from stages.cast.prompt import sheet_prompt
from stages.cast.views import PLACE, cut_of, size_of
from stages.shots.shot import equipped, ingredients, seed_of, shot

Told = Callable[[Done], None]


class SheetOrder(Part):
    """What all candidates of one round share.

    character  without the sheets that were approved before: another round is not drawn after them
    size       of the profile's pictures
    note       why the round before was sent back, for painters that read
    """

    character: Character
    style: Style
    size: tuple[int, int]
    views: tuple[View, ...]
    seed: Seed = 0
    note: str = ""


@dataclass(frozen=True)
class SheetModels:
    """The painter, and the painter of its layouts if the profile names one."""

    painter: Leased[Painter]
    layout: Leased[Painter] | None = None


@dataclass(frozen=True)
class _Drawer:
    """What all pictures of one candidate share."""

    number: int
    seed: int
    order: SheetOrder
    models: SheetModels
    vault: Vault
    told: Told


def without_approved(character: Character) -> Character:
    """``character`` with the show's own references only."""
    own = tuple(one for one in character.art.references if one.approved is None)
    return character.model_copy(update={"art": character.art.model_copy(update={"references": own})})


def candidate(
    number: int, order: SheetOrder, models: SheetModels, vault: Vault, told: Told
) -> tuple[Candidate, list[str]]:
    """Candidate ``number``, and a sentence for every view that was left out."""
    seed = seed_of(f"cast {order.character.id}", number, order.seed)
    drawer = _Drawer(number, seed, order, models, vault, told)
    pictures: dict[View, SheetPicture] = {}
    left_out = []
    for view in order.views:
        picture = _picture(view, pictures.get("front"), drawer)
        twin = next((one.view for one in pictures.values() if one.image == picture.image), None)
        if twin is None:
            pictures[view] = picture
        else:
            left_out.append(
                f"{_named(view)} is left out: the painter {models.painter.card.name} drew it exactly as "
                f"{_named(twin)}, so it does not know this view."
            )
    if not pictures:
        raise InputRefused("No view was asked for, so there is nothing to draw. Name one or more.")
    sheet = _composed(pictures, vault)
    return Candidate(number=number, seed=seed, sheet=sheet, pictures=tuple(pictures.values())), left_out


def _picture(view: View, front: SheetPicture | None, drawer: _Drawer) -> SheetPicture:
    order, models, vault = drawer.order, drawer.models, drawer.vault
    began, card = perf_counter(), models.painter.card
    cutsheet = _cutsheet(view, order, card)
    size = size_of(view, order.size, card.side_step)
    what = shot(cutsheet, cutsheet.cuts[0], size, card, order.note)
    shown = front if "references" in card.accepts else None
    inputs: dict[str, Any] = {
        "seed": drawer.seed,
        "size": list(size),
        "depicts": _depicted(cutsheet.cuts[0], order.character),
        **ingredients(what, cutsheet, card),
        **({"front": shown.image.sha256} if shown else {}),
        **({"layout": models.layout.identity()} if models.layout else {}),
    }
    recipe = recipe_key("character sheet", machine=models.painter.identity(), inputs=inputs)
    found = vault.recall(recipe)
    outcome = "made" if found is None else "reused"
    if found is None:
        picture = _painted(what, cutsheet, shown, drawer)
        found = {"image": vault.put(to_png(picture), "image/png").model_dump(mode="json")}
        vault.commit(recipe, found)
    seconds = round(perf_counter() - began, 3)
    drawer.told(Done(step="sheet", name=f"{drawer.number} {view}", outcome=outcome, seconds=seconds))
    image = Ref.model_validate(found["image"])
    return SheetPicture(view=view, image=image, recipe=recipe, prompt=what.prompt.text)


def _painted(what: Shot, cutsheet: Cutsheet, front: SheetPicture | None, drawer: _Drawer) -> Any:
    models, vault, seed = drawer.models, drawer.vault, drawer.seed
    given = equipped(what, cutsheet, models.painter.card, vault)
    if front is not None:
        own = ReferencePicture(
            "character", what.cast[0].id, from_png(vault.get(front.image)), front.image.sha256
        )
        given = replace(given, references=(own, *given.references))
    layout = None
    if models.layout is not None:
        guide = shot(cutsheet, cutsheet.cuts[0], what.size, models.layout.card)
        layout = models.layout.model.paint(equipped(guide, cutsheet, models.layout.card, vault), seed=seed)
    return models.painter.model.paint(given, seed=seed, layout=layout)


def _cutsheet(view: View, order: SheetOrder, card: Card) -> Cutsheet:
    """A sheet of one cut: the view, with its prompt for a painter that reads."""
    text = sheet_prompt(order.character, view, order.style, card, order.note)
    cut = cut_of(order.character, view).model_copy(update={"prompt": text})
    return Cutsheet(episode="cast", style=order.style, cast=(order.character,), places=(PLACE,), cuts=(cut,))


def _depicted(cut: Cut, character: Character) -> dict[str, Any]:
    return {
        "cut": cut.model_dump(mode="json", exclude={"prompt"}),
        "look": character.look.model_dump(mode="json"),
        "about": character.about,
    }


def _composed(pictures: dict[View, SheetPicture], vault: Vault) -> Ref:
    """All pictures on one page, composed once."""
    recipe = recipe_key(
        "character sheet page",
        machine={"name": "sakuga", "version": 2},
        inputs={view: picture.image.sha256 for view, picture in pictures.items()},
    )
    found = vault.recall(recipe)
    if found is None:
        made = page({view: from_png(vault.get(picture.image)) for view, picture in pictures.items()})
        found = {"image": vault.put(to_png(made), "image/png").model_dump(mode="json")}
        vault.commit(recipe, found)
    return Ref.model_validate(found["image"])


def _named(view: View) -> str:
    return f"the view '{view.replace('_', ' ')}'"
