"""Hostile scripts, Fountain and Final Draft: read, broken down, and some of them produced."""

import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random

from assets import fdx_writer, fountain, script
from assets.errors import SakugaError
from assets.plain import composed
from assets.sheets.base import parse_yaml
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.screenplay import Screenplay
from stages.breakdown import BreakdownOptions, break_down
from tests.chaos import words
from tests.chaos.case import Hang, Place, Verdict, Wrong
from tests.chaos.commands import CONTROLS, ROOT, judged, sakuga

SAMPLES = (
    *sorted((ROOT / "assets/library/shows/clear-skies").glob("*.fountain")),
    *sorted((ROOT / "tests/data/scripts").glob("*.fountain")),
    ROOT / "tests/assets/data/every_kind.fountain",
)
LINES = (
    "INT. ROOM - DAY", "EXT. PARK - NIGHT #1-A#", "I/E. CAR - LATER", ".校庭 - 夕方", "INT.",
    "EXT. " + "LONG " * 80, "ANN", "ANN (V.O.) (CONT'D)", "BEN ^", "@葵（声）", "@", "(softly)", "（間）",
    "Hello *you*, _there_.", "こんにちは、世界。", "~la", "CUT TO:", "> FADE", "> END <", ">", "[[note]]",
    "[[open", "/* gone */", "# Act", "= what", "===", "!BANG", "", "", "", "...", "Title: x", "Key:",
    "    value", "WHOOSH. The door SLAMS.", "Rain. Wind. Thunder.",
)  # fmt: skip
_JOINERS = "\u200c\u200d"  # they shape Persian words and emoji, so they stay
MARKS = ("*", "**", "_", "[[", "]]", "/*", "(", "^", "@", ">", "~", "=", "#", "\\")
ENTITIES = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd">', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "<?xml version='1.0' encoding='utf-7'?>", "<?xml-stylesheet href='x'?>", "<!-- a -- b -->",
    "<![CDATA[ x ]]>", "&#0;", "&#x1b;", "&#xD800;", "&#x10FFFF;", "&undefined;", "<Text>", "</Content>",
    '<Paragraph Type="Character"><Text>ANN</Text></Paragraph>', '<Paragraph Type="Dialogue"/>',
    '<Paragraph Type="&quot;">', "<Paragraph>", "<Text Style='Bold+Italic'>", "<DualDialogue/>", "\x00",
    "\x1b", "<a " + 'b="c" ' * 200 + "/>",
)  # fmt: skip


def broken_down(chance: Random, place: Place) -> Verdict:
    """Read a script, break it down, and read the sheet that was written."""
    path = _written(chance, place)
    screenplay = script.read(path)
    if path.suffix != ".fdx":
        _check_words(path, screenplay)
    sheet = break_down(screenplay, None, episode="chaos", language=None, options=BreakdownOptions())
    text = sheet.to_yaml()
    (place.work / "sheet.yaml").write_text(text, encoding="utf-8")
    try:
        again = Cutsheet.from_raw(parse_yaml(text, "sheet.yaml"), "sheet.yaml")
    except SakugaError as error:
        raise Wrong(f"a cut sheet that was written cannot be read: {error}") from error
    if again != sheet:
        raise Wrong("a cut sheet is not the same after it was written and read")
    return "ok"


def twice(chance: Random, place: Place) -> Verdict:
    """`sakuga breakdown` twice: the second finds what the first wrote, and no edit that nobody made."""
    path = _written(chance, place)
    first = sakuga(place, "breakdown", path.name, "--profile", "toy")
    verdict = judged(first)
    sheets = sorted(place.work.glob("episodes/*/cutsheet.yaml"))
    before = [sheet.read_bytes() for sheet in sheets]
    second = sakuga(place, "breakdown", path.name, "--profile", "toy")
    if judged(second) != verdict:
        raise Wrong(f"the second breakdown ends otherwise than the first:\n{second.said}")
    if [sheet.read_bytes() for sheet in sheets] != before:
        raise Wrong("the same script gives another cut sheet the second time")
    return verdict


def produced(chance: Random, place: Place) -> Verdict:
    """`sakuga produce` twice with the toy profile: the second time nothing had changed."""
    path = _short(chance, place)
    first = sakuga(place, "produce", path.name, "--profile", "toy")
    verdict = judged(first)
    if verdict == "ok":
        second = sakuga(place, "produce", path.name, "--profile", "toy")
        judged(second)
        if "Nothing had changed" not in second.out:
            raise Wrong(f"the same command made something again:\n{second.said}")
    return verdict


def grown(chance: Random, place: Place) -> Verdict:
    """The time for a script of twice the length is about twice as long."""
    part = chance.choice(REPEATED)
    place.note(f"repeated: {part!r:.120}")
    limit = chance.choice((100_000, 200_000))
    spent = []
    for length in (limit // 4, limit // 2, limit):
        text = "INT. ROOM - DAY\n\nMIO\n" + (part * (length // len(part) + 1))[:length] + "\n"
        before = time.process_time()
        try:
            sheet = break_down(
                fountain.parse(text, "grown"),
                None,
                episode="chaos",
                language=None,
                options=BreakdownOptions(),
            )
            sheet.to_json()
        except SakugaError:
            return "refused"
        spent.append(time.process_time() - before)
    place.note(f"seconds of a quarter, a half and all of {limit} characters: {spent}")
    if spent[2] > 2 and spent[2] > 3.2 * spent[1] and spent[1] > 2.9 * spent[0]:
        raise Hang(f"the time grows faster than the script when it repeats {part[:20]!r}")
    return "ok"


REPEATED = (
    "blah blah. ", "word", "a b ", "これは、", "。", "*", "_a_ ", "(", "[[", "/* a */ ", "BANG! ",
    "ANN\nHi.\n\n", "INT. ROOM - DAY\n\n", "(x)\n", "\n", " ", "\t", "WHOOSH. ", "- ", "... ", "!? ",
    "[[note]] ", "@A\nb\n\n", "> a <\n\n", "# a\n", "= b\n", "~c\n", "Ann looks at Ben. ",
    "He runs. She waits. ", "e\u0301", "👩‍👩‍👧‍👦",
)  # fmt: skip


def _written(chance: Random, place: Place) -> Path:
    """A hostile script of one of the two formats."""
    if chance.random() < 0.35:
        return _final_draft(chance, place)
    make: Callable[[Random], str] = chance.choice((_mutated, _mutated, _of_lines, _of_lines, _speech, _any))
    return _saved(chance, place, "script.fountain", words.encoded(chance, make(chance)))


def _short(chance: Random, place: Place) -> Path:
    """A script of few cuts with hostile names, titles and speeches, so that producing it takes seconds."""
    who, other = (chance.choice((words.name, words.odd))(chance) for _ in range(2))
    text = (
        f"Title: {chance.choice((words.name, words.odd))(chance)}\nCredit: {words.odd(chance)}\n\n"
        f"INT. {words.name(chance)} - DAY\n\n{words.name(chance)} waits. {words.odd(chance)[:300]}\n\n"
        f"@{who}\n({words.odd(chance)[:80]})\n{words.odd(chance)[:400]}\n\n@{other}\nYes. {words.name(chance)}.\n"
    )
    return _saved(
        chance,
        place,
        chance.choice(("script.fountain", "script.txt", "s c.fountain")),
        text.encode("utf-8", "replace"),
    )


def _final_draft(chance: Random, place: Place) -> Path:
    sample = _sample(chance)
    text = fdx_writer.render(fountain.parse(sample, "sample"))
    how = chance.random()
    if how < 0.5:
        text = words.mutated(chance, text, ENTITIES)
    elif how < 0.7:
        text = chance.choice(ENTITIES) + text
    data = words.encoded(chance, text)
    if how > 0.7:
        data = words.spoiled(chance, data)
    return _saved(chance, place, "script.fdx", data)


def _mutated(chance: Random) -> str:
    return words.mutated(chance, _sample(chance), (*words.NAUGHTY, *LINES, *MARKS))


def _of_lines(chance: Random) -> str:
    return "\n".join(
        chance.choices((*LINES, words.odd(chance), words.name(chance).upper()), k=chance.randint(1, 60))
    )


def _speech(chance: Random) -> str:
    """A scene in which everything a person may type is hostile."""
    odd = [words.odd(chance) for _ in range(8)]
    heading = f"{chance.choice(('INT. ', 'EXT. ', '.'))}{odd[2]} - {odd[3]}"
    speech = f"@{odd[5]}\n({odd[6]})\n{odd[7]}\n\n{words.name(chance).upper()}\n{words.odd(chance)}"
    return f"Title: {odd[0]}\nAuthor: {odd[1]}\n\n{heading}\n\n{odd[4]}\n\n{speech}\n"


def _any(chance: Random) -> str:
    return words.any_text(chance, chance.randint(1, 2000))


def _sample(chance: Random) -> str:
    return chance.choice(SAMPLES).read_text(encoding="utf-8")


def _saved(chance: Random, place: Place, name: str, data: bytes) -> Path:
    path = place.work / name
    path.write_bytes(data)
    place.note(f"{name}: {data[:300]!r}")
    return path


def _check_words(path: Path, screenplay: Screenplay) -> None:
    """Reading loses no word: what is printed again has every character that can be seen.

    Controls, terminal commands and characters of no width are left out on purpose, each with a notice.
    """
    text = path.read_bytes().decode("utf-8-sig")
    printed = fountain.render(screenplay)
    if _seen(printed) != _seen(words.COMMAND.sub("", text)):
        raise Wrong("words of the script are lost or changed when it is read")
    if CONTROLS.search(printed):
        raise Wrong("a control character of the script is kept")
    if _seen(text) != _seen(printed) or CONTROLS.search(text):
        _check_notice(path, screenplay)
    if fountain.parse(printed, path.name).elements != screenplay.elements:
        raise Wrong("a script that was printed is read otherwise")


def _seen(text: str) -> str:
    """The characters that a person can see: no white space, no control or format character."""
    return "".join(
        sign for sign in composed(text) if sign in _JOINERS or not (sign.isspace() or _is_unseen(sign))
    )


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf") or sign in "\ufffe\uffff"


def _check_notice(path: Path, screenplay: Screenplay) -> None:
    """Whatever is left out of a script is told."""
    if not any("were left out" in note for note in screenplay.notes):
        raise Wrong("characters of the script are left out without a notice")
