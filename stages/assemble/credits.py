"""The end credits: the people and models that made the episode, page by page.

In: sections of roles and names.      Out: a Clip, as long as it takes to read.
Pages are set here and faded over a backdrop by MoviePy. A long list gets more pages, never smaller letters.
Knows nothing about where the names come from, except from a model's card.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from assets.sheets.bible import Language
from assets.timing import nearest_frames
from models.card import Card
from stages.assemble.backdrop import moved, toned
from stages.assemble.pages import Row, Section, page_plate, pages
from stages.assemble.palette import Palette

if TYPE_CHECKING:
    from moviepy import VideoClip

__all__ = ["PORTS", "Section", "credits", "credits_frames", "model_section"]

_FADE = 0.4  # seconds
_PAGE_SECONDS, _ROW_SECONDS, _LEAST_SECONDS, _LONGEST_SECONDS = 1.4, 0.18, 2.6, 4.4
_TWOS = 2  # every picture is shown for two frames: nothing moves fast here, and it halves the work

PORTS: dict[Language, dict[str, str]] = {
    "en": {
        **{"writer": "Writing", "painter": "Drawing", "animator": "Animation", "voice": "Voices"},
        **{"foley": "Effects", "composer": "Music", "upscaler": "Enlarging", "judge": "Checking"},
    },
    "ja": {
        **{"writer": "脚本", "painter": "作画", "animator": "動画", "voice": "音声"},
        **{"foley": "効果音", "composer": "音楽", "upscaler": "高解像度化", "judge": "検査"},
    },
}

# separator of ports; text for a model without training data; prefix of the training data
_WORDS: dict[Language, tuple[str, str, str]] = {
    "en": (", ", "procedural: no training data", "trained on "),
    "ja": ("・", "手続き生成（学習データなし）", "学習データ："),
}


def model_section(heading: str, cards: Sequence[Card], language: Language) -> Section:
    """Name each model with its licence and training data, as its card says; a model that fills several ports
    is named once."""
    dot, untrained, trained = _WORDS[language]
    ports: dict[tuple[str, str], list[str]] = {}
    for card in cards:
        revision = f" {card.revision[:12]}" if card.revision else ""
        data = untrained if card.training_data.startswith("none") else trained + card.training_data
        said = ports.setdefault((f"{card.name}{revision} · {card.licence}", data), [])
        if PORTS[language][card.port] not in said:
            said.append(PORTS[language][card.port])
    return Section(
        heading,
        tuple(
            entry for (name, data), said in ports.items() for entry in ((dot.join(said), name), ("", data))
        ),
    )


def credits_frames(sections: Sequence[Section], rate: Fraction, size: tuple[int, int] = (1280, 720)) -> int:
    """The frames needed to read all pages. Every size of the same shape has the same pages."""
    dealt = pages(sections, size, Palette())
    return sum(nearest_frames(_seconds(page), rate) for page in dealt)


def credits(
    sections: Sequence[Section],
    *,
    size: tuple[int, int],
    rate: Fraction,
    frames: int | None = None,
    palette: Palette,
    backdrop: Still | None = None,
) -> Clip:
    """All pages one after another; ``frames`` stretches or shortens every page by the same factor."""
    if not any(section.entries for section in sections):
        raise ShapeRefused(
            "There is nothing to credit. Give a section at least one entry, or leave credits out."
        )
    length = frames or credits_frames(sections, rate, size)

    def draw() -> Iterator[Still]:
        composed = _composed(pages(sections, size, palette), size, length / rate, palette, backdrop)
        for frame in range(length):
            if frame % _TWOS == 0:
                still = np.ascontiguousarray(composed.get_frame(float(frame / rate)), dtype=np.uint8)
            yield still

    return Clip(length, size, rate, draw)


def _composed(
    dealt: list[list[Row]], size: tuple[int, int], seconds: Fraction, palette: Palette, backdrop: Still | None
) -> "VideoClip":
    from moviepy import CompositeVideoClip, ImageClip, VideoClip, vfx

    long = float(seconds)
    large = toned(backdrop, size, palette, depth=0.86)
    layers = [VideoClip(lambda t: moved(large, size, t / long), duration=long)]
    stretch, start = long / sum(map(_seconds, dealt)), 0.0
    for page in dealt:
        ink, lasting = page_plate(page, size), _seconds(page) * stretch
        fade = min(_FADE, lasting / 4)
        layer = (
            ImageClip(ink, duration=lasting)
            .with_start(start)
            .with_position((size[0] // 2 - ink.shape[1] // 2, size[1] // 2 - ink.shape[0] // 2))
        )
        layers.append(layer.with_effects([vfx.CrossFadeIn(fade), vfx.CrossFadeOut(fade)]))
        start += lasting
    whole = CompositeVideoClip(layers, size=size, use_bgclip=True).with_duration(long)
    return whole.with_effects([vfx.FadeIn(_FADE), vfx.FadeOut(_FADE)])


def _seconds(page: list[Row]) -> float:
    return min(_LONGEST_SECONDS, max(_LEAST_SECONDS, _PAGE_SECONDS + _ROW_SECONDS * len(page)))
