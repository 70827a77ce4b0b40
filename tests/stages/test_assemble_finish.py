"""What is read is what is said: each line once."""

from assets import fountain
from assets.timing import Span
from stages.assemble.finish import captions
from stages.breakdown import BreakdownOptions, break_down


def test_a_line_that_two_say_at_once_is_one_caption():
    script = "INT. LAB - DAY\n\nRIN\nWhat?\n\nMIKA\nWhat?\n\nBOTH\nOh!\n"
    sheet = break_down(fountain.parse(script), None, episode="ep", language=None, options=BreakdownOptions())
    spans = {
        cut.number: Span(start=100 * index, stop=100 * index + cut.frames)
        for index, cut in enumerate(sheet.cuts)
    }

    assert [caption.text for caption in captions(sheet, spans)] == ["What?", "What?", "Oh!"]
