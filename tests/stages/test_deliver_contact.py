"""The econte says everything about every cut, on paper and on the page."""

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from assets.errors import InputRefused
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cue, Cut, Cutsheet, Line
from assets.sheets.production import Ref, Take
from stages.deliver import contact, econte_sheet
from stages.deliver.econte import scenes

CUT = Cut(
    number="C001",
    scene="S01",
    place="roof",
    time="sunset",
    size="medium_close",
    camera=Camera(move="push_in"),
    action="葵が*走る*。",
    lines=(Line(character="aoi", text="待って！", manner="（叫ぶ）", heard="off"),),
    cues=(Cue(sound="wind", text="ヒュー"),),
    frames=61,
)


def sheet(*cuts: Cut, language: str = "ja") -> Cutsheet:
    return Cutsheet.model_validate(
        {
            "episode": "ep01",
            "language": language,
            "cast": (Character(id="aoi", names=("AOI",), title={"ja": "葵", "en": "Aoi"}),),
            "places": (Place(id="roof", names=("屋上",)),),
            "cuts": cuts or (CUT,),
        }
    )


def cuts(count: int) -> tuple[Cut, ...]:
    return tuple(
        CUT.model_copy(update={"number": f"C{n:03d}", "scene": "S01" if n < 5 else "S02"})
        for n in range(1, count + 1)
    )


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    path = tmp_path / "panel.png"
    Image.new("RGB", (1280, 720), "#3366cc").save(path)
    return path


def test_a_row_says_everything_in_the_words_of_the_trade() -> None:
    take = Take(
        cut="C001",
        number=2,
        clip=Ref(sha256="0" * 64, bytes=0, media_type="video/mp4"),
        frames=61,
        size=(1280, 720),
        recipe="0" * 64,
        basis="0" * 64,
        seed=1,
    )
    (scene,) = scenes(sheet(), {"C001": take})
    (row,) = scene.rows

    assert scene.where == "屋上 · 夕方"
    assert (row.number, row.take, row.shot, row.camera) == ("C001", "T2", "バスト", "T.U.")
    assert (row.time, row.total, row.action) == ("2+13", "2+13", "葵が走る。")
    assert [(line.speaker, line.mark, line.text) for line in row.dialogue] == [
        ("葵", "OFF, 叫ぶ", "「待って！」")
    ]
    assert row.sounds == ("wind (ヒュー)",)


def test_the_running_total_counts_every_frame() -> None:
    found = scenes(sheet(*cuts(6)), {})

    assert [scene.name for scene in found] == ["S01", "S02"]
    assert found[-1].rows[-1].total == "15+06"  # 6 * 61 frames
    assert [scene.time for scene in found] == ["10+04", "5+02"]


def test_a_short_episode_is_one_sheet_and_a_long_one_is_numbered(tmp_path: Path, panel: Path) -> None:
    panels = {f"C{n:03d}": panel for n in range(1, 17)}
    long = contact.write(sheet(*cuts(16)), panels, tmp_path / "out", title="紙飛行機")
    names = sorted(path.name for path in (tmp_path / "out").glob("*.png"))

    assert names == ["contact-2.png", "contact-3.png", "contact.png"]
    assert long["png"].name == "contact.png"
    short = contact.write(sheet(), panels, tmp_path / "out", title="紙飛行機")
    assert [path.name for path in (tmp_path / "out").glob("*.png")] == ["contact.png"] == [short["png"].name]


def test_the_panel_is_on_the_sheet_and_a_missing_one_is_crossed_out(tmp_path: Path, panel: Path) -> None:
    written = contact.write(sheet(*cuts(2)), {"C001": panel}, tmp_path, title="x")
    image = Image.open(written["png"]).convert("RGB")
    x = econte_sheet.MARGIN + econte_sheet.WIDTHS[0] + 30
    first = econte_sheet.TOP + econte_sheet.HEADINGS_HEIGHT + econte_sheet.BAND + econte_sheet.PAD + 25

    def blue(y: int) -> bool:
        return all(abs(a - b) < 6 for a, b in zip(image.getpixel((x, y)), (0x33, 0x66, 0xCC), strict=True))

    assert blue(first)
    assert not any(blue(y) for y in range(first + 220, image.height))
    assert "no panel" in written["html"].read_text(encoding="utf-8")


def test_a_panel_that_is_no_picture_is_refused_by_its_cut(tmp_path: Path) -> None:
    path = tmp_path / "panel.png"
    path.write_text("not a picture")

    with pytest.raises(InputRefused, match="panel of C001"):
        contact.write(sheet(), {"C001": path}, tmp_path, title="x")


def test_the_page_is_whole_in_itself_with_small_pictures_that_are_described(
    tmp_path: Path, panel: Path
) -> None:
    html = contact.write(sheet(), {"C001": panel}, tmp_path, title="紙飛行機")["html"].read_text(
        encoding="utf-8"
    )
    (data,) = re.findall(r'src="data:image/webp;base64,([^"]+)"', html)

    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (320, 180)
    assert 'alt="C001: 葵が走る。"' in html
    assert not re.search(r"(src|href)=\"(?!data:)|url\(|@import|<script", html)
    assert "default-src 'none'" in html


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)


def test_what_a_writer_wrote_cannot_become_a_tag(tmp_path: Path, panel: Path) -> None:
    evil = '"><script>x()</script><img src=x onerror=x()>'
    cut = CUT.model_copy(
        update={"action": evil, "text": evil, "lines": (Line(character="aoi", text=evil, manner=evil),)}
    )
    html = contact.write(sheet(cut), {"C001": panel}, tmp_path, title=evil)["html"].read_text(
        encoding="utf-8"
    )
    tags = _Tags()
    tags.feed(html)

    assert "script" not in tags.tags
    assert tags.tags.count("img") == 1


def test_the_page_is_a_table_a_screen_reader_can_follow(tmp_path: Path) -> None:
    html = contact.write(sheet(), {}, tmp_path, title="x")["html"].read_text(encoding="utf-8")

    assert '<html lang="ja">' in html
    assert html.count('scope="col"') == 6
    assert html.count('scope="row"') == 1 and html.count('<th scope="rowgroup"') == 1


def test_a_cell_longer_than_a_sheet_is_clipped_on_paper_and_whole_on_the_page(tmp_path: Path) -> None:
    words = "走る。" * 2000
    written = contact.write(sheet(CUT.model_copy(update={"action": words})), {}, tmp_path, title="x")

    assert Image.open(written["png"]).size == econte_sheet.SHEET
    assert words in written["html"].read_text(encoding="utf-8")


def test_an_episode_without_cuts_still_has_a_sheet(tmp_path: Path) -> None:
    empty = Cutsheet(episode="ep01")

    assert contact.write(empty, {}, tmp_path, title="x")["png"].name == "contact.png"


def test_a_cut_of_several_takes_says_how_many_there_are():
    take = Take(
        cut="C001", number=2, clip=Ref(sha256="a" * 64, bytes=1, media_type="video/mp4"), frames=24,
        size=(1280, 720), recipe="b" * 64, basis="c" * 64, seed=1,
    )  # fmt: skip

    several, one = (scenes(sheet(), {"C001": take}, {"C001": count})[0].rows[0].take for count in (3, 1))

    assert (several, one) == ("T2/3", "T2")
