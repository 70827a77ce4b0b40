"""Direct an episode cut by cut: the writer chooses, and the rules' choice is the fallback.

In: the rules' cut sheet, a writer, a work cache.      Out: the enriched sheet, and what could not be done.
Memory is bounded by the neighbours within one scene. Finished choices are found in the work cache. Knows nothing
about edits by hand, which are applied later and override it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from assets.errors import ModelFailed, SakugaError, SetupMissing
from assets.hashing import digest
from assets.prompts import Prompt, prompt
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.look import Mood
from models.lease import Leased
from models.ports import Draft, Writer
from models.writing.retry import Check, insist
from stages.direction import design
from stages.direction.applying import applied, sealed
from stages.direction.asking import asked, depicted, echoes
from stages.direction.choices import Direction, read
from stages.direction.menu import schema
from stages.direction.options import DirectionOptions
from stages.filmgrammar import fresh_notices
from stages.work import Result, Work
from stages.work_cache import WorkCache

# Cuts on either side for which film grammar is checked: longer runs are noticed already.
_NEAR = 8
_MOST_SHOWN = 700


@dataclass(frozen=True)
class Directed:
    """The enriched sheet, and one sentence per cut for which the writer failed."""

    sheet: Cutsheet
    warnings: tuple[str, ...] = ()


def direct(
    cutsheet: Cutsheet, *, writer: Leased[Writer], cache: WorkCache, options: DirectionOptions
) -> Directed:
    """Let ``writer`` enrich every cut with a picture; its words, order and length stay unchanged."""
    cache.began("direction", sum(map(_is_directed, cutsheet.cuts)))
    cutsheet, warning = _designed(cutsheet, writer, cache, options)
    unit = _Unit(
        cutsheet, writer, cache, options, prompt(options.prompt), warnings=[warning] if warning else []
    )
    cuts: list[Cut] = []
    for _, scene in groupby(cutsheet.cuts, key=lambda cut: cut.scene):
        cuts += unit.scene(tuple(scene), cuts[-1] if cuts else None)
    sheet = sealed(cutsheet, cutsheet.model_copy(update={"cuts": tuple(cuts)}))
    return Directed(sheet, unit.told)


@dataclass
class _Unit:
    """The state while an episode is directed."""

    sheet: Cutsheet
    writer: Leased[Writer]
    cache: WorkCache
    options: DirectionOptions
    prompt: Prompt
    warnings: list[str] = field(default_factory=list)
    lost: dict[str, list[str]] = field(default_factory=dict)  # why -> cuts
    unanswered: int = 0  # cuts in a row without any answer
    stopped: bool = False

    def scene(self, cuts: Sequence[Cut], before: Cut | None) -> list[Cut]:
        """Direct one scene; its mood is chosen with its first cut and applies to all of them."""
        done: list[Cut] = []
        mood: Mood | None = None
        for cut in cuts:
            choice = self._choice(cut, cuts, [*done], before) if _is_directed(cut) else None
            mood = (choice.mood if choice else None) or mood
            before = applied(cut, choice) if choice else cut
            done.append(before)
        return [cut.model_copy(update={"mood": mood}) for cut in done] if mood else done

    def _choice(
        self, cut: Cut, scene: Sequence[Cut], done: list[Cut], before: Cut | None
    ) -> Direction | None:
        """The writer's choice; or None and a warning, and then the rules' choice stays."""
        if self.stopped:
            return None
        coming = scene[len(done) + 1 :][:_NEAR]
        order = _Order(cut, scene, done[-_NEAR:], coming, before)
        try:
            choice = self._found(order)
        except ModelFailed as error:
            self._lost(cut, error)
            return None
        except SetupMissing as error:
            if self.options.unanswered == "stop":
                raise
            self.stopped = True
            self.warnings.append(
                f"From {cut.number} on the rules direct, not {self.writer.card.name}: {error}"
            )
            return None
        return choice

    def _found(self, order: "_Order") -> Direction:
        """The choice from the work cache, or a new one."""
        cut, options = order.cut, self.options
        menu = schema(cut, self.sheet.rate, mood=cut is order.scene[0])
        text = asked(self.prompt, self.sheet, cut, order.scene, order.before, options.context)
        work = Work(
            step="direction",
            name=cut.number,
            model=self.writer,
            inputs={
                "prompt": self.prompt.digest,
                "asked": digest(text),
                "seed": options.seed,
                "tries": options.tries,
                "heed_grammar": options.heed_grammar,
            },
            depicts=depicted(cut),
            fits={"menu": menu},
        )
        result = self.cache.get_or_make(work, lambda: self._insisted(order, text, menu))
        return read(result["direction"], menu)

    def _insisted(self, order: "_Order", text: str, menu: dict[str, Any]) -> Result:
        """Ask until an answer can be used, each time with what was wrong with the last."""

        def fault(data: object) -> str | None:
            self.unanswered = 0  # any answer, however bad, shows that the writer is there
            try:
                self._accept(order, read(data, menu))
            except ModelFailed as error:
                return str(error)
            return None

        with self.cache.machine_time():
            draft = _insist(self.writer, text, menu, fault, self.options)
        choice = read(draft.data, menu)
        return {
            "direction": choice.model_dump(mode="json", exclude_none=True),
            "tokens_in": draft.tokens_in,
            "tokens_out": draft.tokens_out,
            "cost_usd": draft.cost_usd,
        }

    def _accept(self, order: "_Order", choice: Direction) -> None:
        """Refuse an answer that fits the menu but cannot be meant."""
        if echoes(self.prompt, choice.visual):
            raise ModelFailed("visual repeats these instructions; describe the picture, or leave it empty.")
        if not self.options.heed_grammar:
            return
        chosen = applied(order.cut, choice)
        found = fresh_notices(order.done, order.cut, chosen, order.next, self.sheet.rate)
        if found:
            raise ModelFailed(" ".join(notice.text for notice in found))

    def _lost(self, cut: Cut, error: ModelFailed) -> None:
        self.unanswered += 1
        name, why = self.writer.card.name, str(error)[:_MOST_SHOWN]
        self.lost.setdefault(why, []).append(cut.number)
        if self.unanswered < self.options.patience:
            return
        if self.options.unanswered == "stop":
            raise ModelFailed(
                f"{name} gave no answer for {self.unanswered} cuts in a row, and the profile says to stop then "
                f"(direction.unanswered): {why} Run the same command to continue where it stopped."
            ) from error
        self.stopped = True
        self.warnings.append(
            f"{name} gave no answer for {self.unanswered} cuts in a row and is not asked again: the rules "
            "direct the rest. Run the same command to continue where it stopped, or name another writer in "
            "the profile."
        )

    @property
    def told(self) -> tuple[str, ...]:
        """Each reason once, with all its cuts; then what became of the writer."""
        name = self.writer.card.name
        lost = (
            f"{', '.join(cuts)} {'was' if len(cuts) == 1 else 'were'} not directed by {name}; the rules' choice "
            f"stays, and can be edited by hand: {why}"
            for why, cuts in self.lost.items()
        )
        return (*lost, *self.warnings)


@dataclass(frozen=True)
class _Order:
    """One cut to direct, and its surroundings."""

    cut: Cut
    scene: Sequence[Cut]  # from the rules
    done: Sequence[Cut]  # the last cuts of this scene, as directed
    next: Sequence[Cut]  # the following cuts, from the rules
    before: Cut | None


def _designed(
    sheet: Cutsheet, writer: Leased[Writer], cache: WorkCache, options: DirectionOptions
) -> tuple[Cutsheet, str]:
    """The sheet with the writer's looks and sets, where a large writer may choose them; else a warning."""
    if not options.design or not writer.card.writes_freely or not any(design.open_to_design(sheet)):
        return sheet, ""
    work, text, menu = design.work(sheet, writer, options.seed)

    def make() -> Result:
        with cache.machine_time():
            return _insist(writer, text, menu, design.check(menu), options).data

    try:
        made = design.applied(sheet, cache.get_or_make(work, make))
    except ModelFailed as error:
        return sheet, f"Looks and sets were not designed by {writer.card.name}; the rules' stay: {error}"
    if digest(design.sealed(made)) != digest(design.sealed(sheet)):
        raise ModelFailed(
            "A design changed more than looks and sets. Nothing of it was used. This is a fault of Sakuga; set "
            "direction.design to false and report it."
        )
    return made, ""


def _is_directed(cut: Cut) -> bool:
    """Whether there is a picture to direct, not only words on an empty screen."""
    return bool(cut.staged or cut.action or cut.lines)


def _insist(
    writer: Leased[Writer], text: str, menu: dict[str, Any], fault: Check, options: DirectionOptions
) -> Draft:
    try:
        return insist(writer.model, text, schema=menu, seed=options.seed, attempts=options.tries, check=fault)
    except (ModelFailed, SetupMissing):
        raise
    except SakugaError as error:
        raise ModelFailed(str(error)) from error
    except Exception as error:
        # A writer may be anybody's code: any error in it loses one choice, not the episode.
        kind = type(error).__name__
        raise ModelFailed(
            f"{writer.card.name} raised {kind}, which a writer must not. Choose another writer in the profile."
        ) from error
