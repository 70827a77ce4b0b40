"""What a card says that its model accepts, as checks: of a size, of what a painter and an animator are asked.

In: a card, the call that is meant.      Out: nothing, or ShapeRefused with what is allowed.
Stages call these before a model is loaded, adapters before any weight is touched.
"""

from collections.abc import Iterable, Iterator

from assets.errors import ShapeRefused
from assets.matter import Still
from models.card import Accepted, Card
from models.ports import Mouths, Shot


def check_size(card: Card, size: tuple[int, int]) -> None:
    """Refuse a size that is not on the model's grid, or that is smaller or larger than it can make."""
    step, least, most = card.side_step, card.smallest or (1, 1), card.largest
    if all(side >= low and side % step == 0 for side, low in zip(size, least, strict=True)) and (
        most is None or all(side <= high for side, high in zip(size, most, strict=True))
    ):
        return
    span = [f" from {_by(least)}"] if card.smallest else []
    span += [f" to {_by(most)}"] if most else []
    raise ShapeRefused(
        f"The {card.port} {card.name} makes pictures whose sides are multiples of {step}{''.join(span)}; it was asked "
        f"for {_by(size)}. The nearest is {_by(_nearest(card, size))}: set it in the profile (size, storyboard.size "
        "or takes.size)."
    )


def _nearest(card: Card, size: tuple[int, int]) -> tuple[int, ...]:
    """The size in the model's range and on its grid whose sides are nearest; another shape where it must be."""
    step, least = card.side_step, card.smallest or (1, 1)
    most = card.largest or size
    held = [max(low, min(side, high)) for side, low, high in zip(size, least, most, strict=True)]
    return tuple(max(step, round(side / step) * step) for side in held)


def _by(size: Iterable[int]) -> str:
    return "x".join(map(str, size))


def check_painting(card: Card, shot: Shot, layout: Still | None) -> None:
    """Refuse what a painter cannot do or does not accept."""
    _check_shot(card, shot, ("layout",) if layout is not None else ())
    if layout is not None:
        _check_picture(card, shot, layout, "layout")


def check_animating(
    card: Card, shot: Shot, first: Still, *, frames: int, last: Still | None, mouths: Mouths | None
) -> None:
    """Refuse what an animator cannot do or does not accept; the parameters are those of ``animate``."""
    given: dict[Accepted, bool] = {"last_frame": last is not None, "mouths": bool(mouths)}
    _check_shot(card, shot, tuple(name for name, there in given.items() if there))
    _check_picture(card, shot, first, "first picture")
    if last is not None:
        _check_picture(card, shot, last, "last picture")
    _check_frames(card, shot, frames)
    if card.rates and shot.rate not in card.rates:
        allowed = ", ".join(str(rate) for rate in card.rates)
        raise ShapeRefused(
            f"{card.name} works at {allowed} frames a second; {shot.cut.number} was asked for at {shot.rate}. Plan it "
            "in windows at the model's own rate."
        )


def _check_frames(card: Card, shot: Shot, frames: int) -> None:
    """A model with a grid makes movement: it is never asked for a single frame."""
    step, least = card.frame_step, card.frame_step + 1 if card.frame_step > 1 else 1
    if frames >= least and (frames - 1) % step == 0 and not 0 < card.max_frames < frames:
        return
    most = f" to {card.max_frames}" if card.max_frames else ""
    raise ShapeRefused(
        f"{card.name} makes {f'{step}k+1 frames' if step > 1 else 'any number of frames'} from {least}{most}; "
        f"{shot.cut.number} was asked for with {frames}. Plan it in windows on the model's grid."
    )


def _check_picture(card: Card, shot: Shot, picture: Still, called: str) -> None:
    wide, high = shot.size
    if picture.shape != (high, wide, 3):
        raise ShapeRefused(
            f"cut {shot.cut.number} is {wide}x{high}; the {called} that {card.name} was given is "
            f"{picture.shape[1]}x{picture.shape[0]}. Give one of the same size."
        )


def _check_shot(card: Card, shot: Shot, beside: tuple[Accepted, ...]) -> None:
    check_size(card, shot.size)
    refused = [name for name in (*_asked(shot), *beside) if name not in card.accepts]
    reads = card.dialect in ("tags", "prose")
    if reads:  # a model that reads has the note in its prompt
        refused = [name for name in refused if name != "note"]
    elif shot.prompt.text:
        refused.append("prompt")
    if refused:
        raise ShapeRefused(
            f"The {card.port} {card.name} does not accept {' and '.join(refused)}, given for cut {shot.cut.number}. It "
            f"accepts {', '.join(sorted(card.accepts)) or 'nothing besides the cut'}. Leave the others out, or choose "
            "a model whose card accepts them."
        )


def _asked(shot: Shot) -> Iterator[str]:
    """What a shot carries besides the cut."""
    if shot.references:
        yield "references"
    if shot.loras:
        yield "loras"
    if shot.prompt.negative:
        yield "negative_prompt"
    if shot.note:
        yield "note"
