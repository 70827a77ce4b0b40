"""Claims about Final Draft scripts that we write."""

from xml.etree import ElementTree

import pytest

from assets import fdx, fdx_writer
from assets.errors import ScriptRefused
from assets.fountain import parse, render


def test_dual_dialogue_goes_in_and_comes_out() -> None:
    screenplay = parse("ANN\nNow!\n\nBEN ^\nNever!\n\nSilence.\n")
    xml = fdx_writer.render(screenplay)
    dual = ElementTree.fromstring(xml).find("Content/Paragraph/DualDialogue")

    assert dual is not None and len(dual) == 4
    assert fdx.parse(xml).elements == screenplay.elements


def test_notes_are_script_notes_where_they_stand() -> None:
    xml = fdx_writer.render(parse("He [[tired]] waits.\n"))

    assert ElementTree.fromstring(xml).findtext("Content/Paragraph/ScriptNote/Paragraph/Text") == "tired"
    assert render(fdx.parse(xml)) == "He [[tired]] waits.\n"


def test_a_control_character_is_refused_with_its_line() -> None:
    with pytest.raises(ScriptRefused, match=r"U\+0007 cannot be written"):
        fdx_writer.render(parse("One.\n\nTwo \a."))
