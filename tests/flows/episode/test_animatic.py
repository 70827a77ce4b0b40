"""The animatic that is made before the episode."""

from pathlib import Path

from assets.sheets.production import Report
from flows.episode.animatic import animatic_of, continued
from flows.episode.brief import Brief


def test_the_animatic_is_an_episode_of_its_own_without_gates():
    brief = Brief(script=Path("shows/ep01.ja.fountain"), profile="house", gates=("takes",), takes=3)

    animatic = animatic_of(brief)

    assert (animatic.profile, animatic.name) == ("animatic", "ep01-ja-animatic")
    assert (animatic.gates, animatic.takes) == ((), None)
    assert animatic.script == brief.script


def test_a_long_or_japanese_file_name_still_gives_a_name_that_is_allowed():
    for stem in ("x" * 80, "虹の約束", "a b"):
        animatic = animatic_of(Brief(script=Path(f"{stem}.fountain")))

        assert Brief.model_validate(animatic.model_dump()).name == animatic.name


def test_after_the_animatic_the_screen_says_how_long_the_episode_takes():
    report = Report.model_construct(seconds=74.0, files={"episode": "out/ep01-animatic/episode.mp4"})

    said = continued(Brief(script=Path("ep01.fountain"), profile="house"), report)

    assert "out/ep01-animatic/episode.mp4" in said
    assert "about 4 min on two CPU cores" in said
