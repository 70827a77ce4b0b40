"""LoRAs come into a bible, and nothing else in its file changes."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assets.bible_text import changed, loras_in, with_loras
from assets.errors import InputRefused
from assets.loader import parse_yaml
from assets.sheets.bible import Bible, Lora
from assets.sheets.validation import Subject

LORA = Lora(
    file="loras/hana-12345678.safetensors", base="sdxl", strength=0.7, trigger='xhana, "quoted": # 凪'
)
HANA = Subject(show="kites", role="character", id="hana")
HILL = Subject(show="kites", role="place", id="hill")
STYLE = Subject(show="kites", role="style")

HEAD = "# A remark.\nsheet: bible\nversion: 2\nid: kites\ntitle: {en: Kites}   # the title\n"
TEXTS = {
    "no art": f"{HEAD}characters:\n  - id: hana   # first\n    names: [HANA]\n  - id: bou\n    names: [BOU]\n"
    "places:\n  - {id: hill, names: [HILL], kind: hills}\n",
    "a block of text last": f"{HEAD}characters:\n  - id: hana\n    names: [HANA]\n    about: >-\n      A girl\n"
    "      with a kite.\n\n  # Bou comes later.\n  - id: bou\n    names: [BOU]\nplaces:\n- id: hill\n  names: [HILL]\n",
    "art in blocks": f"{HEAD}characters:\n  - id: hana\n    names: [HANA]\n    art:\n      tags: 1girl   # tags\n"
    "      loras:\n        # an old one\n        - file: a.safetensors\n          base: sdxl\n      prose: A girl.\n"
    "    # after art\n    about: x\nplaces:\n  - id: hill\n    names: [HILL]\n    art: {tags: grass}\n"
    "style:\n  tags: ink   # the style\n  loras: [{file: b.safetensors, base: wan}]   # for moving\n",
    "no end of line": f"{HEAD}characters: [{{id: hana, names: [HANA]}}]\nplaces: [{{names: [HILL], id: hill}}]",
    "loras last": f"{HEAD}places:\n  - id: hill\n    names: [HILL]\ncharacters:\n  - id: hana\n    names: [HANA]\n"
    "    art:\n      loras:\n        - file: a.safetensors\n          base: sdxl\n",
}  # fmt: skip


def read(text: str) -> Bible:
    return Bible.from_raw(parse_yaml(text, "b.yaml"), "b.yaml", text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("subject", [HANA, HILL, STYLE], ids=str)
@pytest.mark.parametrize("loras", [(), (LORA,), (LORA, LORA)], ids=len)
def test_a_bible_has_the_loras_and_every_remark_that_it_had(text, subject, loras):
    edited = with_loras(text, "b.yaml", subject, loras)

    assert loras_in(read(edited), subject) == loras
    assert read(edited) == changed(read(text), subject, loras)
    remarks = {line.partition("#")[2] for line in text.splitlines() if "#" in line} - {" an old one"}
    assert all(f"#{remark}" in edited for remark in remarks)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_taking_a_lora_out_again_gives_the_same_bible(text):
    before = loras_in(read(text), HANA)

    back = with_loras(with_loras(text, "b.yaml", HANA, (LORA,)), "b.yaml", HANA, before)

    assert read(back) == read(text)


def test_a_bible_of_the_first_version_becomes_one_that_may_hold_loras():
    text = TEXTS["no art"].replace("version: 2", "version: 1")

    assert "version: 2" in with_loras(text, "b.yaml", HANA, (LORA,))


def test_a_bible_in_json_keeps_its_content():
    bible = read(TEXTS["art in blocks"])

    edited = with_loras(bible.to_json(), "b.json", HANA, (LORA,))

    assert Bible.from_json(edited, "b.json") == changed(bible, HANA, (LORA,))


def test_somebody_who_is_not_in_the_bible_is_refused():
    with pytest.raises(InputRefused, match="has no character 'nobody'"):
        with_loras(TEXTS["no art"], "b.yaml", Subject(show="kites", role="character", id="nobody"), (LORA,))


@given(about=st.text(max_size=60), tags=st.text(max_size=60), flow=st.booleans(), width=st.integers(20, 90))
def test_any_words_in_a_bible_stay_as_they_are(about, tags, flow, width):
    raw = {
        "sheet": "bible",
        "version": 2,
        "id": "kites",
        "title": {"en": "Kites"},
        "characters": [
            {"id": "hana", "names": ["HANA"], "about": about, "art": {"tags": tags}},
            {"id": "bou", "names": ["BOU"], "about": about},
        ],
    }
    text = yaml.safe_dump(
        raw, allow_unicode=True, sort_keys=False, default_flow_style=flow or None, width=width
    )

    for subject in (HANA, Subject(show="kites", role="character", id="bou"), STYLE):
        edited = with_loras(text, "b.yaml", subject, (LORA,))

        assert read(edited) == changed(read(text), subject, (LORA,))
