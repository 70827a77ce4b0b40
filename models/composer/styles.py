"""How each mood is composed: key, mode, tempo, progressions, and instruments.

The progressions are common in anime music: the royal road (王道進行, IV-V-iii-vi), the canon, vi-IV-V-I, the lydian
I-II of wonder, the bVI-bVII-i of a charge.
"""

from dataclasses import dataclass

Progression = tuple[str, ...]


@dataclass(frozen=True)
class Style:
    """The style of one mood.

    cadence   the two chords before the last one, which is the tonic
    figure    which voice of the chord each eighth of a bar plays: digits, '-' rests
    drums     instrument -> sixteen steps of a bar, 'x' strong, 'o' soft
    melody    share of phrases with a melody: the others leave space for the dialogue
    """

    tonics: tuple[int, ...]
    scale: str
    tempo: tuple[float, float]
    progressions: tuple[Progression, ...]
    cadence: tuple[str, str]
    last: str
    comp: str
    figures: tuple[str, ...]
    lead: str
    melody: float
    pad: float
    bass: str  # 'x' plays the root, '5' the fifth, on eighths
    drums: tuple[tuple[str, str], ...] = ()
    bright: str = ""  # an instrument with bright notes on the last chord


STYLES: dict[str, Style] = {
    "calm": Style(
        tonics=(0, 5, 7, 2, 10),
        scale="major",
        tempo=(66, 76),
        progressions=(
            ("IVmaj7", "V", "iiim7", "vi"),
            ("Iadd9", "V", "vi", "IVmaj7"),
            ("Imaj7", "iiim7", "IVmaj7", "Iadd9"),
        ),
        cadence=("IVmaj7", "V"),
        last="Iadd9",
        comp="piano",
        figures=("0-2-3-2-", "0-213-2-", "0-1-2-3-"),
        lead="celesta",
        melody=0.4,
        pad=0.5,
        bass="x-------",
        bright="celesta",
    ),
    "cheerful": Style(
        tonics=(0, 2, 5, 7, 9),
        scale="major",
        tempo=(112, 126),
        progressions=(
            ("IV", "V", "iiim7", "vi"),
            ("I", "V", "vi", "iii", "IV", "I", "IV", "V"),
            ("I", "vi", "IV", "V"),
        ),
        cadence=("IV", "V7"),
        last="I",
        comp="pluck",
        figures=("02132132", "0-212-23", "021-2132"),
        lead="celesta",
        melody=0.65,
        pad=0.22,
        bass="x--xx-5-",
        bright="celesta",
        drums=(("kick", "x.......x..o...."), ("shaker", "o.x.o.x.o.x.o.x."), ("rim", "....x.......x...")),
    ),
    "tense": Style(
        tonics=(2, 4, 0, 9),
        scale="minor",
        tempo=(94, 108),
        progressions=(("i", "i", "bVI", "V"), ("i", "bII", "i", "V"), ("i", "iv", "bVI", "V7")),
        cadence=("iv", "V7"),
        last="i",
        comp="pluck",
        figures=("0-0-0-10", "0-01-0-1", "00-000-1"),
        lead="piano",
        melody=0.2,
        pad=0.5,
        bass="x-xx-xx-",
        drums=(("taiko", "x.........o....."), ("tick", "x.o.x.o.x.o.x.o.")),
    ),
    "sad": Style(
        tonics=(9, 2, 4, 7),
        scale="minor",
        tempo=(58, 68),
        progressions=(("i", "bVI", "bIII", "bVII"), ("i", "iv", "bVII", "bIII"), ("bVI", "bVII", "v", "i")),
        cadence=("iv", "V"),
        last="i",
        comp="piano",
        figures=("0-1-2-1-", "0-2-1-2-", "0---2-1-"),
        lead="flute",
        melody=0.45,
        pad=0.5,
        bass="x-------",
    ),
    "mysterious": Style(
        tonics=(4, 9, 2, 11),
        scale="dorian",
        tempo=(70, 82),
        progressions=(("i", "IV", "i", "bVII"), ("im7", "IV7", "bIIImaj7", "IV"), ("i", "bVII", "IV", "i")),
        cadence=("IV", "v"),
        last="i",
        comp="celesta",
        figures=("0---2-1-", "0-3---1-", "--2-0-1-"),
        lead="pluck",
        melody=0.35,
        pad=0.6,
        bass="x-------",
        bright="celesta",
        drums=(("tick", "....o.......o..."),),
    ),
    "action": Style(
        tonics=(2, 4, 9, 0),
        scale="minor",
        tempo=(138, 152),
        progressions=(("bVI", "bVII", "i", "i"), ("i", "bVI", "bVII", "V"), ("i", "bIII", "bVII", "iv")),
        cadence=("bVI", "bVII"),
        last="i",
        comp="pluck",
        figures=("01021012", "0-120-12", "01201201"),
        lead="horn",
        melody=0.5,
        pad=0.35,
        bass="x-xxx-xx",
        drums=(("taiko", "x.....x.x..ox.o."), ("hat", "x.o.x.o.x.o.x.oo"), ("rim", "....x.......x..o")),
    ),
    "warm": Style(
        tonics=(7, 0, 5, 2),
        scale="major",
        tempo=(76, 88),
        progressions=(
            ("IVmaj7", "iiim7", "iim7", "Imaj7"),
            ("I", "V", "vi", "IVmaj7"),
            ("IV", "V", "iiim7", "vi"),
        ),
        cadence=("iim7", "V"),
        last="Iadd9",
        comp="pluck",
        figures=("0-123-21", "0-2132-1", "0-12-321"),
        lead="flute",
        melody=0.5,
        pad=0.45,
        bass="x---5---",
        bright="celesta",
        drums=(("shaker", "....o.......o..."),),
    ),
    "wonder": Style(
        tonics=(5, 7, 0, 2),
        scale="lydian",
        tempo=(86, 98),
        progressions=(("I", "II", "I", "II"), ("Imaj7", "II", "vi", "iiim7"), ("I", "II", "iii", "vi")),
        cadence=("II", "V"),
        last="Iadd9",
        comp="celesta",
        figures=("01232123", "0-12-321", "012-3-12"),
        lead="flute",
        melody=0.5,
        pad=0.6,
        bass="x---x---",
        bright="celesta",
        drums=(("shaker", "o...o...o...o..."),),
    ),
}
