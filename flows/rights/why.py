"""Say of one frame of a delivered episode what made it, and whose work it rests on.

In: a delivered episode, a segment, a frame of it.      Out: a Why: script, prompts, pictures, sounds, reviews, people.
Everything is read from the ledger, the store and the vault; nothing is guessed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assets.errors import InputRefused
from assets.rights.registry import Registry
from assets.sheets.cutsheet import Cut
from assets.sheets.production import Placed, Segment, Take
from assets.sheets.usage import Generation, Ingredient
from assets.store import Event, Store
from assets.timing import koma
from assets.vault import Vault
from flows.rights.clearance import with_house
from flows.rights.delivered import SCRIPT, DeliveredEpisode, last
from flows.rights.grounds import Ground, ground
from flows.rights.usage import recorded, sounding
from flows.rights.why_parts import Chosen, Component, Decided, Delivery, Piece, Said, Scripted, Why


@dataclass(frozen=True)
class _Sources:
    store: Store
    vault: Vault
    registry: Registry
    by_recipe: Mapping[str, tuple[Event, Generation]]
    by_output: Mapping[str, tuple[Event, Generation]]


def why(store: Store, vault: Vault, key: str, name: str, frame: int) -> Why:
    """Explain ``frame`` of a segment, counted from 0: a cut's number, 'opening' or 'credits'.

    raises  InputRefused for an episode that was not delivered, a segment or a frame it does not have
    """
    made = last(store, vault, key)
    segment = _segment(made, name, frame)
    events = recorded(store, key)
    sources = _Sources(
        store,
        vault,
        with_house(store.rights.registry()),
        {one.recipe: (event, one) for event, one in events},
        {output: (event, one) for event, one in events for output in one.outputs},
    )
    cut = next((cut for cut in made.cutsheet.cuts if cut.number == segment.name), None)
    take = _take(made, segment, sources)
    usage = made.usage
    return Why(
        episode=key,
        segment=segment.name,
        frame=frame,
        frames=segment.span.frames,
        at=koma(segment.span.start + frame, made.timeline.rate),
        delivery=Delivery(
            sha256=usage.episode,
            event=made.event.number,
            hash=made.event.hash,
            at=made.event.made_at,
            profile=usage.profile,
            policy=usage.policy,
        ),
        script=_script(cut, segment, frame, made, sources) if cut else Scripted(),
        take=_chosen(take, sources, key) if take else None,
        pieces=tuple(_pieces(made, segment, frame, take, sources)),
        reviews=tuple(_reviews(segment.name, sources, key)) if cut else (),
    )


def _segment(made: DeliveredEpisode, name: str, frame: int) -> Segment:
    found = {segment.name.upper(): segment for segment in made.timeline.segments}
    segment = found.get(name.upper())
    if segment is None:
        raise InputRefused(
            f"The delivery of {made.key} has no {name!r}. It has {', '.join(each.name for each in found.values())}."
        )
    if not 0 <= frame < segment.span.frames:
        raise InputRefused(
            f"{segment.name} has the frames 0 to {segment.span.frames - 1}, and {frame} is none of them."
        )
    return segment


def _take(made: DeliveredEpisode, segment: Segment, sources: _Sources) -> Take | None:
    """The delivered take, from the store by its number."""
    told = next((one for one in made.usage.segments if one.name == segment.name), None)
    if told is None or not told.take:
        return None
    return next(
        (take for take in sources.store.takes(made.key, segment.name) if take.number == told.take), None
    )


def _script(cut: Cut, segment: Segment, frame: int, made: DeliveredEpisode, sources: _Sources) -> Scripted:
    paper = sources.store.papers(made.key).get(SCRIPT)
    written = Ingredient(kind="reference", key=paper.ref.sha256, role="option") if paper else None
    sheet = made.cutsheet
    voices = [sound for sound in made.timeline.sounds if sound.stem == "voice"]
    heard = {sound.name.partition(" ")[0] for sound in voices if frame in sounding(segment, sound)}
    first, end = cut.source
    lines = made.script.splitlines()[max(0, first - 1) : end] if first else []
    return Scripted(
        scene=cut.scene,
        place=sheet.place(cut.place).shown(sheet.language),
        action=cut.action,
        lines=tuple(
            Said(
                speaker=sheet.character(line.character).shown(sheet.language),
                text=line.text,
                script_line=line.source_line,
                heard=f"{cut.number}/{index}" in heard,
            )
            for index, line in enumerate(cut.lines, 1)
        ),
        first=first,
        last=end,
        text="\n".join(lines),
        ground=ground(written, sources.registry) if written else Ground(),
    )


def _chosen(take: Take, sources: _Sources, key: str) -> Chosen:
    history = sources.store.history(key, take.cut)
    mine = next((one for one in reversed(history) if one.take == take.number), None)
    return Chosen(
        number=take.number,
        of=len(sources.store.takes(key, take.cut)),
        seed=take.seed,
        by=mine.made_by if mine else "",
        why=mine.reason if mine else "",
        locked=mine.locked if mine else False,
    )


def _pieces(
    made: DeliveredEpisode, segment: Segment, frame: int, take: Take | None, sources: _Sources
) -> Iterator[Piece]:
    yield from _pictures(made, segment, frame, take, sources)
    for sound in made.timeline.sounds:
        if frame in sounding(segment, sound):
            words = _spoken(sound, made)
            heard = Piece(what=sound.stem, name=sound.name, sha256=sound.sound.sha256, words=words)
            yield _known(heard, sources)


def _pictures(
    made: DeliveredEpisode, segment: Segment, frame: int, take: Take | None, sources: _Sources
) -> Iterator[Piece]:
    """The take, or the one whose frames it kept here, and the pictures it was made from."""
    if take is None:
        told = next((one for one in made.usage.segments if one.name == segment.name), None)
        if told is not None and told.clip:
            behind = f"behind the {segment.name}"
            yield _known(Piece(what="panel", name=behind, sha256=told.clip), sources)
        return
    kept = take.redone is not None and take.over is not None
    elsewhere = kept and take.redone is not None and not take.redone.start <= frame < take.redone.stop
    clip = take.over.sha256 if elsewhere and take.over is not None else take.clip.sha256
    recipe = "" if elsewhere else take.recipe
    shown = Piece(what="take", name=f"{take.cut}/{take.number}", sha256=clip, prompt=take.prompt)
    yield _known(shown, sources, recipe)
    found = _found(clip, recipe, sources)
    panels = [(origin.part, origin.sha256) for origin in found[1].origins] if found else []
    if not panels and take.panel:
        panels = [("panel", take.panel)]
    for part, sha256 in panels:
        if part != "over":
            name = take.cut if part == "panel" else f"the picture {take.cut} arrives at"
            yield _known(Piece(what="panel", name=name, sha256=sha256), sources)


def _known(piece: Piece, sources: _Sources, recipe: str = "") -> Piece:
    """``piece`` with what is recorded of how it was made."""
    found = _found(piece.sha256, recipe, sources)
    if found is None:
        return piece
    event, made = found
    return Piece(
        what=piece.what,
        name=piece.name,
        sha256=piece.sha256,
        words=piece.words,
        prompt=piece.prompt or str((sources.vault.recall(made.recipe) or {}).get("prompt", "")),
        recipe=made.recipe,
        model=made.model,
        made_with=tuple(_with(one, sources.registry) for one in made.ingredients),
        event=event.number,
        hash=event.hash,
        made_at=event.made_at,
    )


def _with(one: Ingredient, registry: Registry) -> Component:
    return Component(
        kind=one.kind, key=one.key, role=one.role, strength=one.strength, ground=ground(one, registry)
    )


def _found(sha256: str, recipe: str, sources: _Sources) -> tuple[Event, Generation] | None:
    exact = sources.by_recipe.get(recipe)
    return exact if exact is not None and sha256 in exact[1].outputs else sources.by_output.get(sha256)


def _spoken(sound: Placed, made: DeliveredEpisode) -> str:
    """The words of a voice: its name is 'C002/1 mika', the cut and the line's place in it."""
    if sound.stem != "voice":
        return ""
    number, _, index = sound.name.partition(" ")[0].partition("/")
    cut = next((cut for cut in made.cutsheet.cuts if cut.number == number), None)
    at = int(index) - 1 if index.isdecimal() else -1
    return cut.lines[at].text if cut and 0 <= at < len(cut.lines) else ""


def _reviews(cut: str, sources: _Sources, key: str) -> Iterator[Decided]:
    """What was said about the cut, and the decisions at every gate."""
    for review in sources.store.reviews(key):
        remark = next((one for one in review.remarks if one.cut == cut), None)
        yield Decided(
            gate=review.gate,
            verdict=review.verdict,
            by=review.made_by,
            at=review.made_at,
            door=review.door,
            said=remark.describe() if remark else review.note,
        )
