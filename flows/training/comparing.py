"""Paint or move held-out cuts without a LoRA, with the one that the bible has now, and with the candidate.

In: a candidate, the cuts, a profile.      Out: columns: pictures in the vault, and what is measured of them.
A LoRA of the painter changes panels. A LoRA of the animator changes clips: the panels are the same in all columns.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Literal

from assets.media.picture import from_png, to_png
from assets.sheets.bible import Lora
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref, Take
from assets.sheets.validation import Candidate, Subject
from assets.vault import Vault
from flows.episode.choices import AdapterChoice
from flows.episode.profile import Profile
from models.lease import Leased, lease
from models.ports import Animator, Painter
from stages.shots.shot import shot
from stages.storyboard import PanelModels
from stages.takes.order import TakeModels
from stages.validation import columns as painting
from stages.validation import moving
from stages.validation.columns import Painting
from stages.validation.measuring import Seen
from stages.validation.moving import Moving

LORAS = "loras"  # beside the bible
Loras = tuple[Lora, ...]


@dataclass(frozen=True)
class Shown:
    """One column. ``motion`` only of clips."""

    kind: Literal["without", "now", "candidate"]
    strength: float
    pictures: tuple[Ref, ...]
    seen: tuple[Seen, ...]
    clips: tuple[Ref, ...] = ()
    motion: float | None = None


@dataclass(frozen=True)
class Compared:
    """What is compared, with which models, and where."""

    candidate: Candidate
    subject: Subject
    strengths: tuple[float, ...]
    cutsheet: Cutsheet
    cuts: tuple[Cut, ...]
    profile: Profile
    vault: Vault
    device: str
    tell: Callable[[str], None]


def as_loras(candidate: Candidate, strength: float, origin: str = "") -> Loras:
    """The candidate as a bible names it. Every file gets a new name: an older one stays, for a rollback."""
    return tuple(
        Lora(
            file=f"{LORAS}/{candidate.name}{expert and f'-{expert}'}-{ref.sha256[:8]}.safetensors",
            base=candidate.base,
            sha256=ref.sha256,
            bytes=ref.bytes,
            strength=strength,
            trigger=candidate.trigger,
            expert=expert,
            origin=origin,
        )
        for expert, ref in candidate.files.items()
    )


def painted(given: Compared) -> tuple[Shown, ...]:
    """The columns of a LoRA of the painter."""
    with _painters(given) as models:
        how = _painting(given, models)
        return tuple(
            _of_panels(
                kind, strength, painting.column(how, given.subject, loras, given.candidate.base), given
            )
            for kind, strength, loras in _columns(given, "Painting")
        )


def moved(given: Compared) -> tuple[Shown, ...]:
    """The columns of a LoRA of the animator: panels as an episode would have them, moved in each column."""
    with _painters(given) as models:
        given.tell(f"Painting the panels of {len(given.cuts)} cuts.")
        panels = painting.panels(_painting(given, models))
    chosen, options = given.profile.machines.animator, given.profile.takes
    device = given.profile.devices.get("animator", given.device)
    with lease(Animator, chosen.name, device, options=chosen.options) as animator:
        by = TakeModels(animator)
        size = options.size or given.profile.size
        options = options.model_copy(update={"size": None})
        sheet = moving.shortened(given.cutsheet, given.cuts, by, options)
        how = Moving(sheet, panels, size, by, given.vault, painting.Unwatched(), options)
        return tuple(
            _of_takes(kind, strength, moving.column(how, given.subject, loras, given.candidate.base), how)
            for kind, strength, loras in _columns(given, "Moving")
        )


def _columns(
    given: Compared, doing: str
) -> Iterator[tuple[Literal["without", "now", "candidate"], float, Loras]]:
    """Kind, strength and LoRAs of every column."""
    now = painting.loras_of(given.cutsheet, given.subject, given.candidate.base)
    given.tell(f"{doing} {len(given.cuts)} cuts without the LoRA.")
    yield "without", 0.0, ()
    if now and {one.sha256 for one in now} != {ref.sha256 for ref in given.candidate.files.values()}:
        given.tell(f"{doing} them with the LoRA that is in the bible now.")
        yield "now", now[0].strength, now
    for strength in sorted(set(given.strengths)):
        given.tell(f"{doing} them at strength {strength:g}.")
        yield "candidate", strength, as_loras(given.candidate, strength)


@contextmanager
def _painters(given: Compared) -> Iterator[PanelModels]:
    chosen = given.profile.machines
    device = given.profile.devices.get("painter", given.device)
    with ExitStack() as stack:

        def leased(choice: AdapterChoice) -> Leased[Painter]:
            return stack.enter_context(lease(Painter, choice.name, device, options=choice.options))

        yield PanelModels(leased(chosen.painter), leased(chosen.layout) if chosen.layout else None)


def _painting(given: Compared, models: PanelModels) -> Painting:
    return Painting(
        given.cutsheet, given.cuts, given.profile.size, models, given.vault, painting.Unwatched(),
        given.profile.storyboard,
    )  # fmt: skip


def _of_panels(
    kind: Literal["without", "now", "candidate"], strength: float, panels: Sequence[Panel], given: Compared
) -> Shown:
    seen = tuple(
        Seen(from_png(given.vault.get(panel.image)), shot(given.cutsheet, cut, given.profile.size))
        for panel, cut in zip(panels, given.cuts, strict=True)
    )
    return Shown(kind, strength, tuple(panel.image for panel in panels), seen)


def _of_takes(
    kind: Literal["without", "now", "candidate"], strength: float, takes: Sequence[Take], given: Moving
) -> Shown:
    seen: list[Seen] = []
    strips, films = [], []
    for take in takes:
        clip = moving.clip(take, given.vault)
        strips.append(
            given.vault.put(to_png(moving.strip(list(clip.some(moving.spread(clip))))), "image/png")
        )
        frames = moving.measured(clip)
        films.append([picture for _, picture in frames])
        what = shot(given.cutsheet, given.cutsheet.cut(take.cut), given.size)
        seen += [Seen(picture, what, number, clip.frames) for number, picture in frames if number]
    clips = tuple(take.clip for take in takes)
    return Shown(kind, strength, tuple(strips), tuple(seen), clips, moving.motion(films) or 0.0)
