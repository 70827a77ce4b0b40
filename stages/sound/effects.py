"""Make the sound effects and the music that the timeline asks for.

In: a cue's name and length, or a mood and a length.      Out: a sound in the vault.
The same effect at the same length and seed is made once, however many cuts use it.
"""

from assets.media.sound import to_flac_bytes
from assets.sheets.base import Part
from assets.sheets.look import Mood
from assets.sheets.production import Ref
from models.lease import Leased, Named
from models.ports import Composer, Foley
from stages.work import Order, Result, Work
from stages.work_cache import WorkCache


class EffectOrder(Part):
    """What all effects of an episode share, in a form that travels to another process."""

    foley: Named


class EffectPiece(Part):
    """One effect to make; 0 seconds: its natural length."""

    sound: str
    seconds: float
    seed: int


class MusicOrder(Part):
    """What all music of an episode shares, in a form that travels to another process."""

    composer: Named


class MusicPiece(Part):
    """One piece of music to compose."""

    mood: Mood
    name: str
    seconds: float
    seed: int


def effect(sound: str, *, seconds: float, seed: int, foley: Leased[Foley], cache: WorkCache) -> Ref:
    """One effect: ``seconds`` long, or its natural length when 0."""
    seconds = round(seconds, 3)
    inputs = {"sound": sound, "seconds": seconds, "seed": seed}
    work = Work(step="effect", name=f"{sound} {seconds:g}s #{seed}", model=foley, inputs=inputs)

    def make() -> Result:
        model = foley.model  # another piece may be using it: waiting is not counted as work
        with cache.machine_time():
            made = model.make(sound, seconds=seconds, seed=seed)
        return {"sound": cache.vault.put(to_flac_bytes(made), "audio/flac").model_dump(mode="json")}

    def order() -> Order:
        piece = EffectPiece(sound=sound, seconds=seconds, seed=seed)
        return Order(EffectOrder(foley=foley.named()), piece, seconds)

    return Ref.model_validate(cache.get_or_make(work, make, order)["sound"])


def music(piece: MusicPiece, *, composer: Leased[Composer], cache: WorkCache) -> Ref:
    """One piece of music, exactly ``piece.seconds`` long, to the millisecond."""
    piece = piece.model_copy(update={"seconds": round(piece.seconds, 3)})
    inputs = {"mood": piece.mood, "seconds": piece.seconds, "seed": piece.seed}
    work = Work(step="music", name=piece.name, model=composer, inputs=inputs)

    def make() -> Result:
        model = composer.model
        with cache.machine_time():
            made = model.compose(piece.mood, seconds=piece.seconds, seed=piece.seed)
        return {"sound": cache.vault.put(to_flac_bytes(made), "audio/flac").model_dump(mode="json")}

    def order() -> Order:
        return Order(MusicOrder(composer=composer.named()), piece, piece.seconds)

    return Ref.model_validate(cache.get_or_make(work, make, order)["sound"])
