"""A show is found by id, file or folder; a new one can be produced as it is."""

import pytest

from assets import script, show
from assets.errors import InputRefused, PathRefused
from assets.sheets.bible import Bible, Character
from stages.breakdown import BreakdownOptions, break_down

SAMPLE = "clear-skies"


def test_a_show_is_found_by_id_file_and_folder():
    folder = show.LIBRARY / SAMPLE

    assert show.load(SAMPLE) == show.load(folder) == show.load(folder / "bible.yaml")


def test_a_show_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(InputRefused, match=SAMPLE):
        show.load("no-such-show")


@pytest.mark.parametrize("ref", ["../secret", "/etc", "a/../../b"])
def test_a_show_outside_the_root_is_refused(tmp_path, ref):
    with pytest.raises(PathRefused):
        show.load(ref, root=tmp_path)


def test_a_link_that_leads_outside_is_refused(tmp_path):
    outside, root = tmp_path / "outside", tmp_path / "root"
    show.new(outside, "secret", "Secret")
    root.mkdir()
    (root / "inside").symlink_to(outside)

    with pytest.raises(PathRefused):
        show.load("inside", root=root)


@pytest.mark.parametrize("title", ["Tea", "お茶の時間", 'A "quoted": {title} # 1', "tab\tand\nline"])
def test_a_new_show_can_be_read_and_broken_down_at_once(tmp_path, title):
    bible = show.load(show.new(tmp_path / "tea", "tea", title))
    screenplay = script.read(tmp_path / "tea" / "ep01.fountain")

    sheet = break_down(screenplay, bible, episode="ep01", language=None, options=BreakdownOptions())

    assert list(bible.title.values()) == [" ".join(title.split())]
    assert sheet.invented == () and sheet.cuts


def test_a_new_show_overwrites_nothing(tmp_path):
    show.new(tmp_path, "tea", "Tea")

    with pytest.raises(PathRefused, match="already there"):
        show.new(tmp_path, "tea", "Tea")


@pytest.mark.parametrize("id", ["", "../x", "a b", "x" * 65])
def test_an_id_that_could_be_a_path_is_refused(tmp_path, id):
    with pytest.raises(InputRefused):
        show.new(tmp_path / "x", id, "Title")


def test_the_check_sees_what_is_missing():
    bare = Bible(
        id="x",
        title={"en": "X"},
        characters=(Character(id="a", names=("A",)), Character(id="b", names=("B",))),
    )
    told = " ".join(show.check(bare))

    assert "voice" in told and "No places" in told and "hard to tell apart" in told and "licence" in told


def test_there_is_nothing_to_say_against_the_sample_show():
    assert show.check(show.load(SAMPLE)) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_sample_episode_is_a_minute_of_ten_to_sixteen_cuts(language):
    bible = show.load(SAMPLE)
    screenplay = script.read(show.LIBRARY / SAMPLE / f"ep01.{language}.fountain")

    sheet = break_down(screenplay, bible, episode="ep01", language=None, options=BreakdownOptions())

    assert 10 <= len(sheet.cuts) <= 16 and 60 <= sheet.frames / sheet.rate <= 90
    assert sheet.language == language and sheet.invented == ()
    assert {cut.time for cut in sheet.cuts} == {"sunset", "night", "morning"}
    assert {item.expression for item in sheet.cuts[-1].staged} == {"happy"}
