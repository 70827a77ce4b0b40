"""What a list of work takes: time, memory, disk, and the servers that charge for it.

In: the pieces to make, a profile, the paces of earlier runs.      Out: figures, each with where it comes from.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from assets.sheets.bible import Language
from assets.sheets.production import Done, Step
from assets.store import Store
from flows.episode.estimate import is_served
from flows.episode.profile import Profile
from models.card import Card, Port
from models.lease import card_with

RUNS = 4  # of each episode that are looked at
Pace = Mapping[str, float]
"""Seconds that one piece of each step took."""

PORTS: dict[Step, tuple[Port, ...]] = {
    "direction": ("writer",), "voice": ("voice",), "panel": ("painter", "upscaler"),
    "take": ("animator", "judge", "upscaler"), "effect": ("foley",), "music": ("composer",),
}  # fmt: skip
"""The models that each step uses; the other steps are our own code."""
LONG: tuple[Step, ...] = ("direction", "voice", "panel", "take", "music")
"""Steps whose time must be known before a sum of times means anything."""


@dataclass(frozen=True)
class Time:
    """``seconds``: None where nothing was ever measured. ``measured``: "earlier runs", "profile", or ""."""

    seconds: float | None
    measured: str


@dataclass(frozen=True)
class Memory:
    """``gb``: of the largest model that works on ``device``; models that do not fit beside it wait for it."""

    device: str
    gb: float
    models: tuple[str, ...]


@dataclass(frozen=True)
class Charged:
    """Pieces that somebody else's server makes, which may cost money."""

    port: Port
    model: str
    pieces: int


def pace_of(store: Store, episode: str, profile: Profile) -> Pace:
    """From the last runs with this profile: of the episode where it has any, else of all episodes."""
    own = _paces(store, [episode], profile)
    return own or _paces(store, [item.key for item in store.episodes()], profile)


def time_of(work: Sequence[Done], film_s: float, pace: Pace, profile: Profile, lanes: int) -> Time:
    """About how long the pieces that are made take here, where ``lanes`` of them may be in work at once."""
    made = Counter(done.step for done in work if done.outcome == "made" and done.step != "document")
    if not made:
        return Time(0.0, "")
    if all(step in pace for step in made if step in LONG):
        return Time(
            sum(_seconds(step, count, pace, profile, lanes) for step, count in made.items()), "earlier runs"
        )
    if profile.pace is None:
        return Time(None, "")
    pictures = [done for done in work if done.step in ("panel", "take")]
    share = sum(done.outcome == "made" for done in pictures) / max(1, len(pictures))
    return Time(profile.pace * film_s * share, "profile")


def memory_of(made: Sequence[Done], language: Language, profile: Profile, device: str) -> list[Memory]:
    """By device: what the models that are loaded for these pieces need."""
    by_device: dict[str, list[Card]] = {}
    for card in _cards(made, language, profile):
        by_device.setdefault(profile.devices.get(card.port, device), []).append(card)
    return [
        Memory(name, max(card.vram_gb for card in cards), tuple(f"{card.port} {card.name}" for card in cards))
        for name, cards in by_device.items()
    ]


def charged(made: Sequence[Done], language: Language, profile: Profile) -> list[Charged]:
    """What other people's servers are asked for."""
    count = Counter(port for done in made for port in PORTS.get(done.step, ()))
    return [
        Charged(card.port, card.name, count[card.port])
        for card in _cards(made, language, profile)
        if is_served(card.port, card.name)
    ]


def _paces(store: Store, episodes: Sequence[str], profile: Profile) -> Pace:
    spent: dict[str, list[float]] = {}
    for run in chain.from_iterable(store.runs(episode)[:RUNS] for episode in episodes):
        for call in store.calls(run.id) if run.profile == profile.name else ():
            if call.seconds is not None:
                spent.setdefault(call.step, []).append(call.seconds)
    return {step: sum(each) / len(each) for step, each in spent.items()}


def _seconds(step: Step, count: int, pace: Pace, profile: Profile, lanes: int) -> float:
    cards = [_card(profile, "en", port) for port in PORTS.get(step, ())]
    beside = step != "mix" and all(card.concurrent and not card.vram_gb for card in cards if card)
    return pace.get(step, 0.0) * count / (min(lanes, count) if beside else 1)


def _cards(made: Sequence[Done], language: Language, profile: Profile) -> Iterator[Card]:
    steps = {done.step for done in made}
    for port in dict.fromkeys(port for step, ports in PORTS.items() if step in steps for port in ports):
        if (card := _card(profile, language, port)) is not None:
            yield card
    layout = profile.machines.layout
    if layout is not None and "panel" in steps:
        yield card_with("painter", layout.name, layout.options)


def _card(profile: Profile, language: Language, port: Port) -> Card | None:
    choice = profile.machines.ports(language).get(port)
    return card_with(port, choice.name, choice.options) if choice else None
