"""Check a whole cut sheet for breaches of film grammar.

In: a cut sheet, or a few cuts of one scene.      Out: notices in the order of the cuts.
Draws and changes nothing; every rule is a pure function over the cuts.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut, Cutsheet
from stages.filmgrammar import frame, pace, sides, sizes
from stages.filmgrammar.notice import Notice, Rule

Check = Callable[[Sequence[Cut], Fraction], Iterable[Notice]]

RULES: dict[Rule, Check] = {
    "crossed_line": sides.crossed_line,
    "screen_direction": sides.screen_direction,
    "eyeline": sides.eyeline,
    "jump_cut": sizes.jump_cut,
    "same_size": sizes.same_size,
    "close_ups": sizes.close_ups,
    "no_establishing": sizes.no_establishing,
    "too_short": pace.too_short,
    "unread_text": pace.unread_text,
    "hasty_camera": pace.hasty_camera,
    "opposite_pans": pace.opposite_pans,
    "unseen_speaker": frame.unseen_speaker,
}


class FilmGrammarOptions(Part):
    """The rules that are switched off."""

    mute: tuple[Rule, ...] = Field(default=(), description="Rules to switch off")


def lint(cutsheet: Cutsheet, options: FilmGrammarOptions) -> tuple[Notice, ...]:
    """Every notice on the sheet, cut by cut."""
    order = {cut.number: index for index, cut in enumerate(cutsheet.cuts)}
    found = [
        notice
        for rule, check in RULES.items()
        if rule not in options.mute
        for notice in check(cutsheet.cuts, cutsheet.rate)
    ]
    return tuple(sorted(found, key=lambda notice: order[notice.cut]))


def fresh_notices(
    before: Sequence[Cut], ruled: Cut, chosen: Cut, after: Sequence[Cut], rate: Fraction
) -> tuple[Notice, ...]:
    """Notices in a stretch of one scene that ``chosen`` causes and ``ruled`` does not."""
    known = {(notice.cut, notice.rule) for notice in _around(before, ruled, after, rate)}
    found = _around(before, chosen, after, rate)
    return tuple(notice for notice in found if (notice.cut, notice.rule) not in known)


def _around(before: Sequence[Cut], cut: Cut, after: Sequence[Cut], rate: Fraction) -> list[Notice]:
    cuts = (*before, cut, *after)
    return [notice for check in RULES.values() for notice in check(cuts, rate)]
