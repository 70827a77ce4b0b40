"""Animate panels: one attempt at one cut.

In: a panel, the sound of its cut's lines, the order of all takes, the models.      Out: a measured Take in the vault.
Knows nothing about other attempts, other cuts, which take is shown, or the store.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from assets import files
from assets.errors import InputRefused
from assets.matter import Clip, Still
from assets.media.picture import from_png, resized
from assets.media.video import ENCODER, decode, encode
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ending, Ref, Take
from models import progress
from models.lease import Leased
from models.ports import Animator
from stages.continuity import basis, earlier_basis
from stages.shots.shot import equipped, ingredients, lora_set, shot
from stages.takes.chaining import Keyframe, Redo, Start, fresh
from stages.takes.chaining import animate as move
from stages.takes.clips import Watch, enlarged, patched, resized_clip
from stages.takes.keyframes import KeyframePainter
from stages.takes.measuring import Meant, heard, measure, mouths_of
from stages.takes.order import Attempt, TakeModels, TakeOptions, TakeOrder, TakePiece
from stages.takes.seams import measure_seams
from stages.takes.windows import WindowPlan, plan
from stages.work import Order, Result, Work
from stages.work_cache import WorkCache


def animate(piece: TakePiece, order: TakeOrder, models: TakeModels, cache: WorkCache) -> Take:
    """The take of a cut for one attempt, from the vault or animated now."""
    panel, attempt, cutsheet = piece.panel, piece.attempt, order.cutsheet
    cut = cutsheet.cut(panel.cut)
    work = work_of(piece, order, models)

    calls = planned(cut, cutsheet, models.animator, order.options)
    sent = shot(cutsheet, cut, order.size, models.animator.card, attempt.reason).prompt.text

    def measured(clip: Ref) -> dict[str, float]:
        meant = Meant(panel, piece.voiced, cutsheet, order.size)
        judged = measure(clip, meant, judge=models.judge, cache=cache)
        return {**judged, **measure_seams(clip, calls, attempt.redone, cache)}

    def make() -> Result:
        began, waited = perf_counter(), models.animator.waited_s
        watch = Watch(cache, cut)
        with files.scratch() as folder, progress.heard_by(watch.moved):
            moving = _moving(piece, order, models, cache)
            path = folder / "take.mp4"
            with cache.machine_time():
                clip = watch.over(moving)
                encode(clip, path, size=order.size, rate=cutsheet.rate, quality=order.options.quality)
            ref = cache.vault.put_file(path, "video/mp4", move=True)
        seconds = round(max(0.0, perf_counter() - began - (models.animator.waited_s - waited)), 3)
        measured(ref)  # measure here, where the clip is: another process may have asked for it
        result = {"clip": ref.model_dump(mode="json"), "seconds": seconds}
        return {**result, "prompt": sent} if sent else result

    loras = lora_set(cut, cutsheet, models.animator.card)
    found = cache.get_or_make(work, make, lambda: Order(order, piece, cut.frames, " ".join(loras)))
    ref = Ref.model_validate(found["clip"])
    return Take(
        cut=cut.number,
        number=1,  # the store assigns the real number
        clip=ref,
        frames=cut.frames,
        size=order.size,
        recipe=work.recipe,
        basis=work.basis,
        seed=attempt.seed,
        reason=attempt.reason,
        redone=attempt.redone,
        over=attempt.over,
        panel=panel.image.sha256,
        ends=Ending(cut=piece.last.cut, panel=piece.last.image.sha256) if piece.last else None,
        order=attempt.order,
        attempt=attempt.number,
        seconds=found.get("seconds", 0.0),
        measures=measured(ref),
        prompt=found.get("prompt", ""),  # the text that was sent: it may differ for a kept take
    )


def check_lengths(cutsheet: Cutsheet, animator: Leased[Animator], options: TakeOptions) -> None:
    """Refuse a sheet with cuts that the animator cannot make, before any model time is spent.

    raises  ShapeRefused naming the first such cut
    """
    for cut in cutsheet.cuts:
        planned(cut, cutsheet, animator, options)


def planned(cut: Cut, cutsheet: Cutsheet, animator: Leased[Animator], options: TakeOptions) -> WindowPlan:
    """The model calls for ``cut``; refused if there are too many, before anything is loaded."""
    return plan(cut.frames, cutsheet.rate, animator.card, options.windows, cut=cut.number)


def work_of(piece: TakePiece, order: TakeOrder, models: TakeModels) -> Work:
    """The piece of work of one attempt."""
    panel, attempt, cutsheet, options = piece.panel, piece.attempt, order.cutsheet, order.options
    cut = cutsheet.cut(panel.cut)
    calls = planned(cut, cutsheet, models.animator, options)
    what = shot(cutsheet, cut, order.size, models.animator.card, attempt.reason)
    inputs: dict[str, Any] = {
        "panel": panel.image.sha256,
        "seed": attempt.seed,
        "quality": options.quality,
        "encoder": ENCODER,
        **ingredients(what, cutsheet, models.animator.card),
    }
    if not calls.is_plain:  # a model of any length and rate keeps its recipes
        inputs["windows"] = calls
    if piece.last is not None:
        inputs["last"] = piece.last.image.sha256
    if (painter := _keyframe_painter(piece, order, models)) is not None:
        inputs["keyframes"] = painter.ingredients()
    if options.size and models.upscaler:
        inputs |= {"moved at": list(options.size), "upscaler": models.upscaler.identity()}
    if attempt.redone is not None and attempt.over is not None:
        inputs["redone"] = {"frames": attempt.redone, "over": attempt.over.sha256}
    return Work(
        step="take",
        name=cut.number if attempt.number == 1 else f"{cut.number}/{attempt.number}",
        model=models.animator,
        inputs=inputs,
        depicts=basis(cutsheet, cut),
        earlier=earlier_basis(cutsheet, cut),
        # A take begins with the panel that is shown, so a take of another picture is not kept; nor is one that
        # ends with a picture that is no longer the next panel. LoRAs: a person put them into the bible.
        holds=frozenset({"panel", "loras"}),
        holds_if_known=frozenset({"last"}),
        fits={
            "frames": cut.frames,
            "size": list(order.size),
            "rate": str(cutsheet.rate),
            "voices": heard(cut, piece.voiced),
            # A take of a rejected panel is not reused for the panel that replaced it.
            **({"redrawn": panel.attempt} if panel.attempt > 1 else {}),
        },
        anew=attempt.anew,
    )


def _keyframe_painter(piece: TakePiece, order: TakeOrder, models: TakeModels) -> KeyframePainter | None:
    """The painter of fresh keyframes for this cut; None if its windows need none."""
    cut = order.cutsheet.cut(piece.panel.cut)
    if planned(cut, order.cutsheet, models.animator, order.options).chain == "last_drawing":
        return None
    if models.painter is None:
        raise InputRefused(
            f"takes.windows.chain is {order.options.windows.chain}, and {cut.number} needs fresh keyframes, but no "
            "painter was given. Give takes the profile's painter, or set the chain to last_drawing."
        )
    size = order.painted_at or order.size
    return KeyframePainter(models.painter, order.cutsheet, piece.panel, size, piece.attempt.reason)


def _moving(piece: TakePiece, order: TakeOrder, models: TakeModels, cache: WorkCache) -> Clip:
    """The pictures of the take at the episode's size and rate, drawn on demand."""
    cutsheet, small = order.cutsheet, order.options.size
    cut = cutsheet.cut(piece.panel.cut)
    panel = from_png(cache.vault.get(piece.panel.image))
    redo = _earlier(piece.attempt, order, cut, cache)
    at_work = redo if redo is None or small is None else Redo(redo.span, resized_clip(redo.old, small))
    calls = planned(cut, cutsheet, models.animator, order.options)
    start = _start(piece, order, models, cache)
    if (painter := _keyframe_painter(piece, order, models)) is not None:
        start = replace(start, keyframe=_keyframes(painter, start, fresh(calls, at_work), calls, cache))
    _ = models.animator.model  # another lane may use it: waiting does not count as work
    with cache.machine_time():
        clip = move(lambda: models.animator.model, start, calls, at_work)
    if small is not None and models.upscaler is not None:
        clip = enlarged(clip, models.upscaler, panel, order.size)
    return clip if redo is None else patched(clip, redo)


def _start(piece: TakePiece, order: TakeOrder, models: TakeModels, cache: WorkCache) -> Start:
    """The inputs of the animator, without those that its card does not accept."""
    cutsheet, card, size = order.cutsheet, models.animator.card, order.options.size or order.size
    cut = cutsheet.cut(piece.panel.cut)

    def picture(ref: Ref) -> Still:
        return resized(from_png(cache.vault.get(ref)), size)

    return Start(
        equipped(shot(cutsheet, cut, size, card, piece.attempt.reason), cutsheet, card, cache.vault),
        picture(piece.panel.image),
        piece.attempt.seed,
        mouths_of(cut, piece.voiced, cutsheet.rate, cache) if "mouths" in card.accepts else {},
        last=picture(piece.last.image) if piece.last is not None else None,
        takes_last="last_frame" in card.accepts and card.ends_at == "any",
    )


def _keyframes(
    painter: KeyframePainter, start: Start, numbers: Sequence[int], calls: WindowPlan, cache: WorkCache
) -> Keyframe:
    """The painter of the first picture of a window.

    Keyframes that need no earlier window are all painted before the animator is loaded: on one device both may
    not fit.
    """

    def paint(number: int, near: Still) -> Still:
        return painter.paint(near, (start.seed + number) & 0x7FFFFFFF, cache.vault)

    if calls.chain == "keyframe":
        return paint
    with cache.machine_time():
        painted = {number: paint(number, start.first) for number in numbers}
    return lambda number, near: painted[number]


def _earlier(attempt: Attempt, order: TakeOrder, cut: Cut, cache: WorkCache) -> Redo | None:
    """The take that provides the frames outside ``attempt.redone``; None when the whole cut is new."""
    if attempt.redone is None or attempt.over is None:
        return None
    path = cache.vault.local(attempt.over)
    return Redo(attempt.redone, Clip(cut.frames, order.size, order.cutsheet.rate, lambda: decode(path)))
