"""Whether the people and places of a cast are drawn as the writer means them: asked of the real breakdown.

In: a cast.      Out: a sentence for the writer about the first one that would be drawn otherwise; empty when none is.
"""

from assets.fountain import parse
from assets.fountain.layout import Piece, lay_out
from assets.fountain.speech import Run
from assets.sheets.bible import Language
from assets.sheets.cutsheet import Cutsheet
from stages.breakdown import BreakdownOptions, break_down
from stages.story.free.answers import Cast, Player, Stage

_OPTIONS = BreakdownOptions()


def fault(cast: Cast, language: Language) -> str:
    """What of ``cast`` would be drawn as something else."""
    return next(
        filter(
            None,
            (
                *(_person(one, language) for one in cast.people),
                *(_place(one, language) for one in cast.places),
            ),
        ),
        "",
    )


def introduction(player: Player, language: Language) -> str:
    """How a script introduces somebody, so that the breakdown reads their looks."""
    return (
        f"{player.name.upper()}, {player.looks},"
        if language == "en"
        else f"{player.name}（{player.looks}）が"
    )


def _person(player: Player, language: Language) -> str:
    """The age that the looks tell; a machine or an animal has none."""
    if player.gender == "none":
        return ""
    does = " stands still." if language == "en" else "立っている。"
    said = f"{player.name.upper()}\nYes.\n" if language == "en" else f"@{player.name}\nはい。\n"
    sheet = _broken_down(f"INT. ROOM - DAY\n\n{introduction(player, language)}{does}\n\n{said}", language)
    drawn = sheet.cast[0].look.age if sheet.cast else ""
    if drawn == player.age:
        return ""
    example = (
        "68, grey hair in a braid, navy coat" if language == "en" else "68歳、白髪の三つ編み、紺のコート"
    )
    return (
        f"By their looks, {player.name} would be drawn as {drawn or 'nobody'}, and is {player.age}. Begin looks "
        f"with the age in figures, then hair and clothes: {example!r}."
    )


def _place(place: Stage, language: Language) -> str:
    name = place.name.upper() if language == "en" else place.name
    head = f"{'INT.' if place.inside else 'EXT.'} {name} - DAY" if language == "en" else f"{name} - 昼"
    pieces = [Piece("heading", (Run(head),)), Piece("action", (Run(place.look),))]
    sheet = _broken_down(lay_out(pieces), language)
    drawn = sheet.places[0].kind if sheet.places else "void"
    if drawn == place.kind:
        return ""
    return (
        f"The place {place.name!r} would be drawn as {drawn}, and its kind is {place.kind}. Put what it is into "
        f"its name, or choose the kind {drawn}."
    )


def _broken_down(text: str, language: Language) -> Cutsheet:
    return break_down(parse(text), None, episode="cast", language=language, options=_OPTIONS)
