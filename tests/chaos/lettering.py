"""Type of every size: names, titles and captions on pictures, in subtitles and on pages."""

import html
import re
from collections.abc import Callable
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from random import Random

from assets.sheets.bible import Character
from assets.sheets.bible import Place as Location
from assets.sheets.cutsheet import Cut, Cutsheet, Line, Staged
from assets.sheets.production import Caption, Ref, Segment, Timeline
from assets.timing import Span
from stages.assemble.captions import mark_ink, written
from stages.assemble.credits import Section, credits, credits_frames
from stages.assemble.palette import PALETTES
from stages.assemble.titles import TitleCard, opening
from stages.deliver import contact, subtitles
from stages.deliver import timeline as otio
from tests.chaos import words
from tests.chaos.case import Place, Verdict, Wrong

SIZES = (
    (320, 180),
    (640, 360),
    (1280, 720),
    (1280, 720),
    (1920, 1080),
    (1080, 1920),
    (144, 144),
    (720, 720),
    (2560, 1080),
)
FRAMES = 6  # of a clip that is drawn: setting the type is what costs, and what breaks
RATE = Fraction(24)
NOTHING = Ref(sha256="0" * 64, bytes=0, media_type="video/mp4")
ORDINARY = "Aoi waits."


def play(chance: Random, place: Place) -> Verdict:
    """One piece of lettering with hostile or random words."""
    make: Callable[[Random, Place], Verdict] = chance.choice(ALL)
    place.note(make.__name__)
    return make(chance, place)


def end_credits(chance: Random, place: Place) -> Verdict:
    size = chance.choice(SIZES)
    sections = [
        Section(
            _text(chance),
            tuple(
                (_text(chance) if chance.random() < 0.7 else "", _text(chance))
                for _ in range(chance.randint(1, 8))
            ),
        )
        for _ in range(chance.randint(1, 3))
    ]
    place.note(f"{size} {sections!r:.1500}")
    credits_frames(sections, RATE, size)
    clip = credits(sections, size=size, rate=RATE, frames=FRAMES, palette=PALETTES["warm"])
    return _drawn(clip, size)


def title_card(chance: Random, place: Place) -> Verdict:
    size, show, title = chance.choice(SIZES), _text(chance), _text(chance)
    language = "ja" if chance.random() < 0.5 else "en"
    place.note(f"{size} {language} {show!r:.300} {title!r:.300}")
    card = TitleCard(show, title, PALETTES["calm"], None, language)
    clip = opening(card, size=size, rate=RATE, frames=FRAMES)
    return _drawn(clip, size)


def words_on_the_picture(chance: Random, place: Place) -> Verdict:
    size, text = chance.choice(SIZES), _text(chance)
    place.note(f"{size} {text!r:.600}")
    written([Caption(span=Span(start=0, stop=1), text=text, cut="C001")], size)
    mark_ink(text, size, 1)
    return "ok"


def subtitle_files(chance: Random, place: Place) -> Verdict:
    """Three formats; no override code and no tag comes from a name or a line, and no word is lost."""
    sheet, timeline = _episode(chance, place)
    files = subtitles.write(timeline, sheet, place.work)
    subtitles.warnings(timeline)
    told = {suffix: path.read_text(encoding="utf-8") for suffix, path in files.items()}
    for suffix, text in told.items():
        shown = text.partition("[Events]")[2] if suffix == "ass" else text
        if re.search(r"\{[^}\n]*\\|\\(?!N)", shown):
            raise Wrong(f"an override code reaches the {suffix} subtitles\n{shown[-400:]!r}")
        if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]", text):
            raise Wrong(f"a control character reaches the {suffix} subtitles")
    if re.search(r"<(?!/?v[ >.])", told["vtt"].replace("<v ", "<v >", 1)) and re.search(
        r"<(?!v )", told["vtt"]
    ):
        raise Wrong(f"a tag reaches the WebVTT subtitles\n{told['vtt'][-400:]!r}")
    for caption in timeline.captions:
        for suffix, text in told.items():
            if _letters(words.COMMAND.sub("", caption.text)) not in _letters(_spoken(suffix, text)):
                place.note(f"{suffix}: {text[-1500:]!r}")
                return (
                    _lost(suffix)
                    if len(timeline.captions) == 1 and len(_letters(caption.text)) < 60
                    else "ok"
                )
    return "ok"


def contact_sheet(chance: Random, place: Place) -> Verdict:
    """A page and pictures; no tag in it comes from a name or a line."""
    sheet, timeline = _episode(chance, place)
    files = contact.write(sheet, {}, place.work, title=timeline.title)
    plain = contact.write(_sheet(ORDINARY, ORDINARY, ORDINARY), {}, place.folder / "plain", title=ORDINARY)
    foreign = _tags(files["html"]) - _tags(plain["html"])
    if foreign:
        raise Wrong(f"tags reach the contact sheet: {sorted(foreign)}")
    return "ok"


def editing_timeline(chance: Random, place: Place) -> Verdict:
    sheet, timeline = _episode(chance, place)
    otio.write(timeline, sheet, place.work / "timeline.otio")
    return "ok"


ALL = (
    end_credits,
    end_credits,
    title_card,
    title_card,
    words_on_the_picture,
    subtitle_files,
    contact_sheet,
    editing_timeline,
)


def _text(chance: Random) -> str:
    """A name or title as people have it, or a hostile one; sheets do not limit their length."""
    found = words.name(chance) if chance.random() < 0.6 else words.odd(chance)
    return found[:2000]


def _episode(chance: Random, place: Place) -> tuple[Cutsheet, Timeline]:
    who, said, title = _text(chance), _text(chance), _text(chance)
    place.note(f"name {who!r:.300}, line {said!r:.600}, title {title!r:.300}")
    sheet = _sheet(who or "A", said, title)
    segment = Segment(name="C001", clip=NOTHING, span=Span(start=0, stop=240), recipe="0" * 64)
    caption = Caption(span=Span(start=0, stop=240), text=said, speaker="aoi", cut="C001")
    return sheet, Timeline(
        episode="chaos",
        title=title,
        rate=RATE,
        size=(1280, 720),
        frames=240,
        segments=(segment,),
        captions=(caption,),
    )


def _sheet(who: str, said: str, title: str) -> Cutsheet:
    cut = Cut(
        number="C001", scene="S01", place="roof", frames=240, action=said, text=title,
        staged=(Staged(character="aoi"),), lines=(Line(character="aoi", text=said, manner=said),),
    )  # fmt: skip
    cast = (Character(id="aoi", names=(who,), title={"en": who, "ja": who}),)
    return Cutsheet(
        episode="chaos", title=title, cast=cast, places=(Location(id="roof", names=(who,)),), cuts=(cut,)
    )


def _drawn(clip: object, size: tuple[int, int]) -> Verdict:
    stills = list(clip)  # type: ignore[call-overload]
    if len(stills) != FRAMES or any(still.shape != (size[1], size[0], 3) for still in stills):
        raise Wrong(f"a clip has another length or size than asked: {len(stills)} stills")
    return "ok"


def _spoken(suffix: str, text: str) -> str:
    """What is shown, without times, numbers, styles and voice tags: a long line is shown in several parts."""
    if suffix == "ass":
        return "".join(line.split(",", 9)[9] for line in text.splitlines() if line.startswith("Dialogue:"))
    blocks = re.split(r"^.* --> .*$", text, flags=re.MULTILINE)[1:]
    shown = "".join(re.sub(r"\n\n\d+\n$", "\n", block) for block in blocks)
    return html.unescape(re.sub(r"<v [^>]*>", "", shown)) if suffix == "vtt" else shown


def _letters(text: str) -> str:
    return "".join(letter for letter in text.replace("\\N", " ") if letter.isalnum())


def _lost(suffix: str) -> Verdict:
    raise Wrong(f"a line is not in the {suffix} subtitles as it was written")


class _Tags(HTMLParser):
    """Collects the tags of a page, and attributes that run scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.found.update(f"{tag} {name}" for name, _ in attrs if name.startswith("on"))


def _tags(page: Path) -> set[str]:
    parser = _Tags()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.found
