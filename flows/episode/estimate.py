"""Estimate what an episode will take before anything is made: cuts, length, time, memory, money.

In: a screenplay, a bible, a profile; earlier runs.      Out: figures, each with where it comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assets.sheets.bible import Bible, Language
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.screenplay import Screenplay
from assets.store import Store
from flows.episode.profile import Profile
from models.card import Card, Port
from models.lease import card_with
from models.registry import adapter
from stages.breakdown import break_down_with_notices

RUNS = 3  # finished runs that are looked at
SERVED = ("as the server's", "as the engine's", "as the workflow")
"""How an adapter's own card names the weights of a model that a server runs, whose owner may charge for it."""


@dataclass(frozen=True)
class Estimate:
    """What is known beforehand.

    notices    how the script is read, with its lines
    seconds_of_work  on this computer; None: nothing was ever measured with this profile
    measured   where that comes from: "earlier runs", "profile", or "" for nothing
    vram_gb    the largest model's
    free       whether no model is on somebody's server: then no money is spent
    """

    sheet: Cutsheet
    notices: tuple[str, ...]
    seconds_of_work: float | None
    measured: str
    vram_gb: float
    free: bool


def estimate(
    screenplay: Screenplay, bible: Bible | None, profile: Profile, language: Language | None, store: Store
) -> Estimate:
    """Break the script down by the rules, without making anything."""
    found = break_down_with_notices(
        screenplay, bible, episode="estimate", language=language, options=profile.breakdown
    )
    sheet = found.cutsheet
    film = float(sheet.frames / sheet.rate)
    pace = _measured(profile, store)
    known = pace if pace is not None else profile.pace
    cards = _cards(profile, sheet.language)
    return Estimate(
        sheet=sheet,
        notices=(*screenplay.notes, *found.notices),
        seconds_of_work=None if known is None else known * film,
        measured="earlier runs" if pace is not None else "profile" if known is not None else "",
        vram_gb=max((card.vram_gb for card in cards), default=0),
        free=not any(is_served(port, name) for port, name in _names(profile, sheet.language)),
    )


def is_served(port: Port, name: str) -> bool:
    """Whether a server runs the model. The card that options make names the server's model instead."""
    return adapter(port, name).card.weights.startswith(SERVED)


def _measured(profile: Profile, store: Store) -> float | None:
    """Seconds of work for one second of film in the last whole runs with this profile here; None without any."""
    rates = []
    for item in store.episodes():
        cuts = store.takes_by_cut(item.key)
        film = sum(takes[0].frames for takes in cuts.values() if takes) / 24
        for run in store.runs(item.key)[:RUNS]:
            calls = store.calls(run.id)
            panels = sum(call.step == "panel" for call in calls)
            if run.profile == profile.name and run.outcome == "finished" and film and panels >= len(cuts):
                rates.append(sum(call.seconds or 0.0 for call in calls) / film)
    return sum(rates) / len(rates) if rates else None


def _names(profile: Profile, language: Language) -> list[tuple[Port, str]]:
    return [(port, choice.name) for port, choice in profile.machines.ports(language).items()]


def _cards(profile: Profile, language: Language) -> Sequence[Card]:
    chosen = profile.machines.ports(language)
    return [card_with(port, choice.name, choice.options) for port, choice in chosen.items()]
