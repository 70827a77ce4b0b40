"""One sentence is one recording, however many pictures it runs under."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from assets.fountain import parse
from assets.matter import Sound
from assets.sheets.cutsheet import Cutsheet
from assets.timing import Span, frames_covering
from assets.vault import Vault
from models.lease import lease
from models.ports import Voice
from stages.breakdown import BreakdownOptions, break_down, retime
from stages.sound.place import PlaceOptions, place
from stages.sound.utterance import part_frames, runs_on, utterances
from stages.sound.voices import VoiceOptions, in_parts, voice
from stages.work_cache import WorkCache

SENTENCE = (
    "I have told this story to every sailor, every baker, every lonely clerk who would sit beside me on the night "
    "train, and still nobody believes that the lighthouse walked across the bay."
)
JAPANESE = (
    "私はこの話を、夜行列車で隣に座ってくれた船乗りにも、パン屋にも、寂しい事務員にも、みんなに聞かせてきたのに、"
    "灯台が湾を歩いて渡ったなんて、いまだに誰も信じてくれない。"
)


def sheet_of(said: str, language: str = "en") -> Cutsheet:
    text = f"INT. TRAIN - NIGHT\n\nRIN\n{said}\n\nMIKA\nI believe you.\n"
    return break_down(parse(text), None, episode="ep", language=language, options=BreakdownOptions())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said",
    [SENTENCE, JAPANESE, f"{SENTENCE} {SENTENCE}", f"Listen. {SENTENCE}", SENTENCE.replace(", ", ",\n")],
)
def test_a_sentence_is_one_utterance_over_several_cuts(said: str) -> None:
    """Each cut's part was recorded by itself: the voice fell at the end of every picture."""
    sheet = sheet_of(said)
    first = [item for item in utterances(sheet) if item.line.character == "rin"]

    texts = ["".join(item.text.split()) for item in first]
    assert "".join(texts) == "".join(said.split())
    assert all(text[-1] in ".。" for text in texts)
    assert max(len(item.lines) for item in first) > 1


def test_short_sentences_still_share_a_cut() -> None:
    sheet = sheet_of("Listen. I was there. So were you.")

    assert [len(item.lines) for item in utterances(sheet)] == [1, 1]
    assert not any(runs_on(cut) for cut in sheet.cuts)


def test_the_cuts_of_one_sentence_follow_each_other_without_a_gap() -> None:
    sheet = sheet_of(SENTENCE)
    cuts = [cut for cut in sheet.cuts if cut.lines and cut.lines[0].character == "rin"]
    measured = {(cut.number, 0): float(Fraction(50 + at, 24)) for at, cut in enumerate(cuts)}
    timed = retime(sheet, measured, options=BreakdownOptions())

    parts = [timed.cut(cut.number) for cut in cuts]
    assert all(cut.frames == cut.lines[0].at + cut.lines[0].frames for cut in parts[:-1])
    assert all(cut.lines[0].at == 0 for cut in parts[1:])
    assert parts[-1].frames > parts[-1].lines[0].frames


class Told:
    """A Watch and a book of calls that keep nothing."""

    run = 1

    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def begin(self, recipe, step, name): ...
    def finish(self, recipe, seconds): ...
    def done(self, done): ...


def noise(seconds: float, quiet: tuple[float, ...]) -> Sound:
    """Noise with 0.1 s of silence at each of ``quiet``."""
    samples = np.random.default_rng(3).standard_normal(round(seconds * 48_000)).astype(np.float32) * 0.1
    for at in quiet:
        samples[round(at * 48_000) : round((at + 0.1) * 48_000)] = 0
    return Sound(samples, 48_000)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24_000, 1001), Fraction(30)])
def test_a_recording_is_cut_in_its_pauses_at_whole_frames_and_loses_nothing(rate: Fraction) -> None:
    sound = noise(9.37, (2.7, 6.1))
    parts = in_parts(sound, ["a" * 30, "b" * 30, "c" * 30], rate)

    assert (np.concatenate([part.samples for part in parts]) == sound.samples).all()
    assert parts[0].seconds == pytest.approx(2.75, abs=0.06)
    assert parts[0].seconds + parts[1].seconds == pytest.approx(6.15, abs=0.06)
    assert [frames_covering(part.seconds, rate) for part in parts] == part_frames(sound, ["a"] * 3, rate)
    assert sum(part_frames(sound, ["a"] * 3, rate)) == frames_covering(sound.seconds, rate)


def test_a_short_recording_still_has_a_frame_for_each_part() -> None:
    assert sorted(part_frames(noise(0.2, ()), ["a"] * 4, Fraction(24))) == [1, 1, 1, 2]


@pytest.mark.parametrize(("seconds", "parts"), [(1.4, (9, 20, 13)), (3.0, (40, 5)), (6.0, (10, 10, 10))])
def test_a_fast_recording_gives_every_part_most_of_its_share(seconds: float, parts: tuple[int, ...]) -> None:
    """Of 1.4 s in three parts the first two had a frame each: the quietest moment was the very start."""
    frames = part_frames(noise(seconds, (0.05,)), ["a" * count for count in parts], Fraction(24))

    shares = [24 * seconds * count / sum(parts) for count in parts]
    assert all(one >= 0.5 * share for one, share in zip(frames, shares, strict=True)), frames


def test_a_sentence_is_recorded_once_and_heard_from_one_place(tmp_path) -> None:
    sheet = sheet_of(SENTENCE)
    with lease(Voice, "toy") as speaker:
        told = Told()
        cache = WorkCache(Vault.open(tmp_path / "vault"), tmp_path / "journal.jsonl", calls=told, watch=told)
        voiced = [
            sound
            for item in utterances(sheet)
            for sound in voice(item, sheet, speaker=speaker, cache=cache, options=VoiceOptions())
        ]
    timed = retime(sheet, {(s.cut, s.index): s.seconds for s in voiced}, options=BreakdownOptions())
    spans, at = {}, 0
    for cut in timed.cuts:
        spans[cut.number] = Span(start=at, stop=at + cut.frames)
        at += cut.frames
    sounds = {(s.cut, s.index): s.sound for s in voiced}
    effects = {(cut.number, index): voiced[0].sound for cut in timed.cuts for index in range(len(cut.cues))}
    placed = [
        item
        for item in place(timed, spans, sounds, effects, (), options=PlaceOptions())
        if "rin" in item.name
    ]

    assert [done.name for done in cache.done] == [item.name for item in utterances(sheet)]
    assert all(one.at + one.frames == other.at for one, other in pairwise(placed))
    assert len({(item.pan, item.gain_db) for item in placed}) == 1
    assert len(placed) > 2
