"""Finish the picture: make the segments, title and credits, and join them with the sound.

In: a timed cut sheet, its takes, the soundtrack.      Out: references to segments, and one episode.
Every segment is encoded once. Unchanged segments are joined again without encoding.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import Field

from assets import files
from assets.matter import Clip, Still
from assets.media.picture import from_png
from assets.media.video import ENCODER, VideoQuality, encode
from assets.readings import shown
from assets.sheets.base import Part
from assets.sheets.bible import Language
from assets.sheets.cutsheet import Cut, Cutsheet, Line
from assets.sheets.look import Mood
from assets.sheets.production import Caption, Panel, Ref, Segment, Take
from assets.timing import Span, frames_covering
from models.card import Card
from stages.assemble import layout
from stages.assemble.captions import MARKS, marked
from stages.assemble.credits import Section, credits, credits_frames, model_section
from stages.assemble.layout import OPENING
from stages.assemble.palette import PALETTES
from stages.assemble.reel import join
from stages.assemble.segments import (
    AssembleOptions,
    Encoding,
    EpisodeWords,
    SegmentPlan,
    mark_left,
    render_segment,
    segment_plan,
)
from stages.assemble.titles import TitleCard, opening, opening_frames
from stages.deliver.wording import reading_seconds
from stages.work import Result, Work
from stages.work_cache import WorkCache

CAPTION_GAP = 2  # frames between two captions, so that the change is visible
_TITLES_VERSION = 1  # increase when the same words give a different title or credits


class FinishOptions(Part):
    """Title, credits, subtitles and encoding of the picture."""

    assemble: AssembleOptions = AssembleOptions()
    quality: VideoQuality = VideoQuality()
    opening: bool = Field(default=True, description="Set a title before the first cut")
    caption_seconds: float = Field(
        default=1.0, ge=0, le=5, description="s a caption is shown at least, where its cut has room"
    )
    credits: bool = Field(default=True, description="Name people, models and data after the last")


def lay_out(
    cutsheet: Cutsheet, credit: Sequence[Section], size: tuple[int, int], options: FinishOptions
) -> dict[str, Span]:
    """The span of the opening, of every cut and of the credits."""
    before = opening_frames(cutsheet.rate) if options.opening else 0
    after = credits_frames(credit, size=size, rate=cutsheet.rate) if options.credits else 0
    return layout.lay_out(cutsheet.cuts, before, after)


def captions(cutsheet: Cutsheet, spans: Mapping[str, Span], options: FinishOptions) -> tuple[Caption, ...]:
    """The dialogue as captions on the episode's timeline; one caption where several people say the same at once.

    A caption stays long enough to be read, as far as its cut and the next caption allow.
    """
    found: list[Caption] = []
    for cut in cutsheet.cuts:
        start = spans[cut.number].start
        for index, line in enumerate(cut.lines):
            text = shown(line.text).strip()
            if text and not any(_in_chorus(line, earlier) for earlier in cut.lines[:index]):
                span = Span(start=start + line.at, stop=start + line.at + max(1, line.frames))
                found.append(Caption(span=span, text=text, speaker=line.character, cut=cut.number))
    starts = sorted(caption.span.start for caption in found)
    return tuple(_readable(caption, starts, spans, cutsheet.rate, options) for caption in found)


def _readable(
    caption: Caption, starts: Sequence[int], spans: Mapping[str, Span], rate: Fraction, options: FinishOptions
) -> Caption:
    """``caption`` with the time it takes to read it, where there is room."""
    span = caption.span
    seconds = max(options.caption_seconds, reading_seconds(caption.text))
    after = bisect_left(starts, span.stop)
    room = min([spans[caption.cut].stop, *(start - CAPTION_GAP for start in starts[after : after + 1])])
    stop = max(span.stop, min(span.start + frames_covering(seconds, rate), room))
    return caption.model_copy(update={"span": Span(start=span.start, stop=stop)})


def _in_chorus(line: Line, other: Line) -> bool:
    """Whether both are one line of the script, said by two at once."""
    return (line.source_line, line.part, line.at, line.text) == (
        other.source_line,
        other.part,
        other.at,
        other.text,
    )


@dataclass(frozen=True)
class SegmentOrder:
    """What all segments of one episode share.

    spans   where each segment is in the episode, by its name
    size    width and height, pixels
    """

    cutsheet: Cutsheet
    spans: Mapping[str, Span]
    captions: Sequence[Caption]
    size: tuple[int, int]
    options: FinishOptions


@dataclass(frozen=True)
class TitleWords:
    """The texts of the opening and the credits, and the mood that sets their colours."""

    show: str
    mood: Mood
    credit: tuple[Section, ...]


def cut_segment(cut: Cut, takes: Mapping[str, Take], order: SegmentOrder, cache: WorkCache) -> Segment:
    """The segment of one cut: its take unchanged, or changed for its transitions and captions."""
    cutsheet, quality, span = order.cutsheet, order.options.quality, order.spans[cut.number]
    at = cutsheet.cuts.index(cut)
    before = cutsheet.cuts[at - 1] if at else None
    plan = segment_plan(
        cut,
        span,
        before=before,
        words=EpisodeWords(order.captions, cutsheet.language, cutsheet.rate),
        options=order.options.assemble,
    )
    take = takes[cut.number]
    if plan.untouched:
        return Segment(name=cut.number, clip=take.clip, span=span, recipe=take.recipe)
    earlier = takes[before.number].clip if before and plan.needs_before else None
    work = _changed(plan, take, earlier, cutsheet, quality)

    def render(path: Path) -> None:
        render_segment(
            plan,
            cache.vault.local(take.clip),
            path,
            before=cache.vault.local(earlier) if earlier else None,
            encoding=Encoding(take.size, cutsheet.rate, quality),
        )

    clip = Ref.model_validate(cache.get_or_make(work, lambda: _rendered(cache, render))["clip"])
    return Segment(name=cut.number, clip=clip, span=span, recipe=work.recipe)


def title_segment(
    name: str, words: TitleWords, backdrop: Panel, order: SegmentOrder, cache: WorkCache
) -> Segment:
    """The opening or the credits, over the picture of ``backdrop``."""
    span = order.spans[name]
    work = _title_work(name, words, backdrop, order)

    def make() -> Result:
        picture = from_png(cache.vault.get(backdrop.image))

        def render(path: Path) -> None:
            clip, mark = _title_clip(name, words, picture, order), _mark(span, order)
            drawn = marked(clip, *mark) if mark else clip
            encode(drawn, path, size=order.size, rate=order.cutsheet.rate, quality=order.options.quality)

        return _rendered(cache, render)

    ref = Ref.model_validate(cache.get_or_make(work, make)["clip"])
    return Segment(name=name, clip=ref, span=span, recipe=work.recipe)


def _title_work(name: str, words: TitleWords, backdrop: Panel, order: SegmentOrder) -> Work:
    span, cutsheet = order.spans[name], order.cutsheet
    inputs: dict[str, Any] = {
        "version": _TITLES_VERSION,
        "frames": span.frames,
        "rate": str(cutsheet.rate),
        "size": list(order.size),
        "mood": words.mood,
        "backdrop": backdrop.image.sha256,
        "quality": order.options.quality,
        "encoder": ENCODER,
        "mark": _mark(span, order),
    }
    if name == OPENING:
        inputs |= {"show": words.show, "title": cutsheet.title, "language": cutsheet.language}
    else:
        inputs["sections"] = [[section.heading, section.entries] for section in words.credit]
    return Work(step="segment", name=name, model=None, inputs=inputs)


def _title_clip(name: str, words: TitleWords, picture: Still, order: SegmentOrder) -> Clip:
    palette, cutsheet, frames = PALETTES[words.mood], order.cutsheet, order.spans[name].frames
    if name != OPENING:
        return credits(
            words.credit,
            size=order.size,
            rate=cutsheet.rate,
            frames=frames,
            palette=palette,
            backdrop=picture,
        )
    card = TitleCard(words.show, cutsheet.title, palette, picture, cutsheet.language)
    return opening(card, size=order.size, rate=cutsheet.rate, frames=frames)


def joined(
    segments: Sequence[Segment],
    sound: Ref,
    cutsheet: Cutsheet,
    *,
    metadata: Mapping[str, str],
    cache: WorkCache,
) -> Ref:
    """The episode's file in the vault."""
    work = Work(
        step="join",
        name="episode",
        model=None,
        inputs={
            "segments": [segment.clip.sha256 for segment in segments],
            "sound": sound.sha256,
            "metadata": dict(metadata),
            "rate": str(cutsheet.rate),
        },
    )

    def make() -> Result:
        paths = [cache.vault.local(segment.clip) for segment in segments]
        heard = cache.vault.local(sound)
        return _rendered(cache, lambda out: join(paths, heard, out, rate=cutsheet.rate, metadata=metadata))

    return Ref.model_validate(cache.get_or_make(work, make)["clip"])


HEADINGS: dict[Language, tuple[str, str, str]] = {
    "en": ("Cast", "Made with", "Credits"),
    "ja": ("登場人物", "使用モデル", "クレジット"),
}


def sections(cutsheet: Cutsheet, cards: Sequence[Card], credit: Sequence[str]) -> list[Section]:
    """The sections of the credits: cast, models with their training data, and the show's own lines."""
    language = cutsheet.language
    cast, made, people = HEADINGS[language]
    heard = dict.fromkeys(line.character for cut in cutsheet.cuts for line in cut.lines)
    voice = next((card.name for card in cards if card.port == "voice"), "")
    parts = []
    if heard:
        shown = (cutsheet.character(id) for id in heard)
        spoken_by = (
            (who.shown(language), " · ".join(part for part in (voice, who.voice(language).voice) if part))
            for who in shown
        )
        parts.append(Section(cast, tuple(spoken_by)))
    parts.append(model_section(made, cards, language))
    if credit:
        parts.append(Section(people, tuple(("", line) for line in credit)))
    return parts


def _mark(span: Span, order: SegmentOrder) -> tuple[str, int] | None:
    """The text and frames of the AI mark on a title with this span."""
    cutsheet, options = order.cutsheet, order.options.assemble
    due = mark_left(span.start, cutsheet.rate) if options.mark else 0
    return (options.mark_text or MARKS[cutsheet.language], due) if due else None


def _changed(
    plan: SegmentPlan, take: Take, earlier: Ref | None, cutsheet: Cutsheet, quality: VideoQuality
) -> Work:
    inputs = {
        "take": take.clip.sha256,
        "before": earlier.sha256 if earlier else None,
        "plan": plan.ingredients(),
        "rate": str(cutsheet.rate),
        "quality": quality,
    }
    return Work(step="segment", name=plan.name, model=None, inputs=inputs)


def _rendered(cache: WorkCache, render: Callable[[Path], object]) -> Result:
    with files.scratch() as folder, cache.machine_time():
        path = folder / "segment.mp4"
        render(path)
        ref = cache.vault.put_file(path, "video/mp4", move=True)
    return {"clip": ref.model_dump(mode="json")}
