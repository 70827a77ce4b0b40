"""The closed grammar of captions for the house Foley, and its words.

caption = subject [manner] [', ' length]        'running footsteps on gravel, short'
subject and manner are the procedural recipe's own words; only effects that last as long as requested have a
length. Some combinations are held out of training, to test captions the model has not seen.
"""

from functools import cache

from models.foley.catalogue import RECIPES, dice
from models.foley.performance import Recipe
from models.foley.sampling import LENGTHS

REACH = 4.096  # seconds in one window of the model
SPANS = tuple(word for limit, word in LENGTHS if limit <= 6)
NAMES: tuple[str, ...] = tuple(sorted(name for name in RECIPES if name != "silence"))
"""The sounds that have a caption, in the order of the listener's answers."""
TAUGHT: frozenset[str] = frozenset({
    "rain", "stream", "waves", "wind", "storm", "fire", "engine", "train_interior", "wind_chime", "clock_tick",
    "birds", "frog", "cicadas", "crickets", "crowd", "applause", "thunder", "explosion", "impact", "whoosh",
    "splash", "pour", "car_pass", "electricity",
})  # fmt: skip
"""Those the shipped weights were taught: ambiences and noises, where a picture of loudness says nearly all."""
PAD, END = "<pad>", "<end>"


def length(seconds: float) -> str:
    """The word for a length; anything longer than the window is called as long as the window."""
    return next(word for limit, word in LENGTHS if min(seconds, REACH) <= limit)


def caption(recipe: Recipe, manner: str, span: str = "") -> str:
    """``span`` is a word of SPANS for an effect that is held, and not used for any other."""
    words = f"{recipe.caption} {manner}".strip()
    return f"{words}, {span}" if recipe.extent == "held" else words


@cache
def combinations() -> dict[str, tuple[str, str, str]]:
    """Every caption, with its (name, manner, length word)."""
    return {
        caption(RECIPES[name], manner, span): (name, manner, span)
        for name in NAMES
        for manner in RECIPES[name].manners
        for span in (SPANS if RECIPES[name].extent == "held" else ("",))
    }


@cache
def kept_out() -> frozenset[str]:
    """Captions held out of training: about every second held effect and manner lacks one length, never its own."""
    out = set()
    for name in NAMES:
        recipe = RECIPES[name]
        for manner in recipe.manners if recipe.extent == "held" else ():
            rng = dice("kept out", name, manner)
            others = [span for span in SPANS if span != length(recipe.seconds)]
            span = others[int(rng.integers(len(others)))]
            if rng.uniform() < 0.5:
                out.add(caption(recipe, manner, span))
    return frozenset(out)


def split(text: str) -> list[str]:
    return text.replace(",", " ").lower().split()


def vocabulary() -> tuple[str, ...]:
    """Every word, the two special tokens first; the order is the tokenizer's numbering."""
    return (PAD, END, *sorted({word for text in combinations() for word in split(text)}))
