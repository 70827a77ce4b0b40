"""The cuts of an episode as its page shows them: panel, takes, lines, and the assembled episode.

In: what was read of the episode.      Out: parts of the Page, and a Ref for every blob they name.
Reads nothing itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref, Take
from assets.sheets.review import Board, Shown
from assets.store.records import SelectedTake
from assets.timing import Span
from flows.rushes.page import Reel, ShownCut, ShownLine, ShownTake
from stages.deliver.econte import SIZES, Row

Recall = Callable[[str, str], Mapping[str, Any]]
"""The last finished result of a step and a name; empty when there is none."""


@dataclass
class Shelf:
    """The blobs a page may serve, by SHA-256; no other blob can be requested."""

    refs: dict[str, Ref] = field(default_factory=dict)

    def put(self, ref: Ref) -> str:
        self.refs[ref.sha256] = ref
        return ref.sha256

    def found(self, raw: Any) -> str | None:
        """Add a reference from a stored result, if it is one."""
        return self.put(Ref.model_validate(raw)) if raw else None


@dataclass(frozen=True)
class Made:
    """Everything that was read, while the page is composed."""

    sheet: Cutsheet
    board: Board | None
    rows: Mapping[str, Row]
    takes: Mapping[str, tuple[Take, ...]]
    selected: Mapping[str, SelectedTake]
    bases: Mapping[str, str]
    ordered: Mapping[str, str]
    spans: Mapping[str, Span]
    shelf: Shelf
    recall: Recall
    edited: frozenset[str]
    before: Mapping[str, Ref]
    unlike: frozenset[str]

    @property
    def size(self) -> tuple[int, int] | None:
        return next((choice.take.size for choice in self.selected.values()), None)

    def cut(self, cut: Cut) -> ShownCut:
        row, choice = self.rows[cut.number], self.selected.get(cut.number)
        asked = self.board.cut(cut.number) if self.board else None
        return ShownCut(
            number=cut.number,
            scene=cut.scene,
            frames=cut.frames,
            time=row.time,
            total=row.total,
            shot=SIZES[cut.size],
            camera=row.camera,
            join=row.join,
            action=row.action,
            caption=row.caption,
            dialogue=self.lines(cut),
            sounds=row.sounds,
            panel=self.panel(cut, asked),
            prompt=str(self.recall("panel", cut.number).get("prompt", "")),
            motion_prompt=choice.take.prompt if choice else "",
            takes=tuple(self.take(take) for take in self.takes.get(cut.number, ())),
            selected=choice.take.number if choice else None,
            locked=bool(choice and choice.locked),
            unlike=cut.number in self.unlike,
            stale=asked.stale if asked else bool(choice and choice.stale),
            why=asked.why if asked else choice.why_stale if choice else "",
            chosen_by=choice.made_by if choice else "",
            chosen_why=choice.reason if choice else "",
            ordered=self.ordered.get(cut.number),
            span=self.spans.get(cut.number),
            edited=cut.number in self.edited or self.is_longer(cut, choice),
            before=self.earlier(cut, asked),
        )

    def panel(self, cut: Cut, asked: Shown | None) -> str | None:
        if asked is not None and asked.panel is not None:
            return self.shelf.put(asked.panel.image)
        return self.shelf.found(self.recall("panel", cut.number).get("image"))

    def is_longer(self, cut: Cut, choice: SelectedTake | None) -> bool:
        """Whether the take it shows has another length than the cut by now."""
        return self.board is None and choice is not None and choice.take.frames != cut.frames

    def earlier(self, cut: Cut, asked: Shown | None) -> str | None:
        """The panel of the round before, to compare with; None where it is the same."""
        was = self.before.get(cut.number)
        if was is None or asked is None or asked.panel is None or asked.panel.image == was:
            return None
        return self.shelf.put(was)

    def lines(self, cut: Cut) -> tuple[ShownLine, ...]:
        return tuple(
            ShownLine(
                speaker=spoken.speaker,
                mark=spoken.mark,
                text=spoken.text,
                at=line.at,
                frames=line.frames,
                sound=self.shelf.found(self.recall("voice", f"{cut.number}/{index + 1}").get("sound")),
            )
            for index, (line, spoken) in enumerate(
                zip(cut.lines, self.rows[cut.number].dialogue, strict=True)
            )
        )

    def take(self, take: Take) -> ShownTake:
        return ShownTake(
            number=take.number,
            clip=self.shelf.put(take.clip),
            frames=take.frames,
            seed=take.seed,
            reason=take.reason,
            redone=take.redone,
            stale=take.basis != self.bases.get(take.cut, take.basis),
            measures=take.measures,
        )

    def reel(self) -> Reel | None:
        """The assembled episode; None before the first one, or while its timeline is not written."""
        clip = self.shelf.found(self.recall("join", "episode").get("clip"))
        if clip is None or not self.spans:
            return None
        mixed = self.recall("mix", "soundtrack")
        for stem in mixed.get("stems", {}).values():
            self.shelf.found(stem)
        frames = max(span.stop for span in self.spans.values())
        sound = self.shelf.found(mixed.get("delivered"))
        return Reel(clip=clip, frames=frames, size=self.size or (16, 9), sound=sound)
