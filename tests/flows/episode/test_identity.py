"""Claims about which episode a script is: another script with the same file name replaced one in silence."""

import re
import shutil
from pathlib import Path

import pytest

from assets.errors import InputRefused
from assets.sheets.cutsheet import Cutsheet
from flows.episode import identity, inputs
from flows.episode.brief import Brief
from flows.episode.produce import break_down, remembered
from flows.episode.workspace import episode_id, open_episode
from flows.settings import settings

FOUR = (
    "Title: Four Cuts\n\nINT. CLASSROOM - DAY\n\nMio looks out of the window.\n\nMIO\nIt is raining again.\n"
)
BEACH = (
    "Title: Another Story\n\nEXT. BEACH - DAY\n\nHana builds a sand castle.\n\nHANA\nThe tide is coming in.\n"
)


def script(folder: Path, text: str = FOUR, name: str = "ep01.fountain") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def made(path: Path, out: Path, **changes: object) -> str:
    """The id of the episode that `sakuga breakdown PATH` writes."""
    return break_down(Brief(script=path, out=out, profile="toy", **changes)).parent.name


def test_another_script_with_the_same_file_name_is_refused(tmp_path: Path):
    out = tmp_path / "episodes"
    made(script(tmp_path / "A"), out)
    before = (out / "ep01" / "cutsheet.yaml").read_bytes()

    with pytest.raises(InputRefused) as refused:
        made(script(tmp_path / "B", BEACH), out)

    said = str(refused.value)
    assert str(tmp_path / "A" / "ep01.fountain") in said
    assert "--name OTHER" in said
    assert "--same-episode" in said
    assert (out / "ep01" / "cutsheet.yaml").read_bytes() == before
    assert remembered("ep01", out).script == tmp_path / "A" / "ep01.fountain"


def test_an_edited_script_goes_on_with_its_episode_whatever_is_left_of_it(tmp_path: Path):
    out, path = tmp_path / "episodes", script(tmp_path / "A")
    made(path, out)

    assert made(script(tmp_path / "A", BEACH), out) == "ep01"


def test_a_script_that_was_moved_and_edited_goes_on(tmp_path: Path):
    out, path = tmp_path / "episodes", script(tmp_path / "A")
    made(path, out)
    path.unlink()

    assert made(script(tmp_path / "B", FOUR + "\nMIO\nStill.\n"), out) == "ep01"
    assert made(script(tmp_path / "B", BEACH), out) == "ep01"  # its place is remembered


def test_another_script_is_refused_although_the_earlier_one_is_gone(tmp_path: Path):
    out, path = tmp_path / "episodes", script(tmp_path / "A")
    made(path, out)
    path.unlink()

    with pytest.raises(InputRefused, match="another script"):
        made(script(tmp_path / "B", BEACH), out)


def test_a_project_that_was_moved_as_a_whole_goes_on(tmp_path: Path):
    project = tmp_path / "old"
    made(script(project), project / "episodes")
    shutil.move(project, tmp_path / "new")
    project = tmp_path / "new"

    assert made(script(project, BEACH), project / "episodes") == "ep01"


def test_a_copy_of_the_script_goes_on_but_does_not_take_the_episode_over(tmp_path: Path):
    out = tmp_path / "episodes"
    made(script(tmp_path / "A"), out)

    assert made(script(tmp_path / "B"), out) == "ep01"
    with pytest.raises(InputRefused, match="another script"):
        made(script(tmp_path / "B", BEACH), out)
    assert made(script(tmp_path / "A", BEACH), out) == "ep01"


def test_a_person_can_say_that_it_is_the_same_episode(tmp_path: Path):
    out = tmp_path / "episodes"
    made(script(tmp_path / "A"), out)

    assert made(script(tmp_path / "B", BEACH), out, same_episode=True) == "ep01"
    assert made(tmp_path / "B" / "ep01.fountain", out) == "ep01"
    with pytest.raises(InputRefused, match="another script"):
        made(tmp_path / "A" / "ep01.fountain", out)


def test_a_name_of_its_own_parts_two_scripts_and_is_remembered(tmp_path: Path):
    out = tmp_path / "episodes"
    made(script(tmp_path / "A"), out)

    assert made(script(tmp_path / "B", BEACH), out, name="beach") == "beach"
    assert remembered("beach", out).name == "beach"
    with pytest.raises(InputRefused, match="another script"):
        made(script(tmp_path / "C", BEACH.replace("sand", "snow")), out, name="beach")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("my ep.fountain", "my-ep.fountain"),
        ("my-ep.fountain", "my ep.fountain"),
        ("my ep.fountain", "my  ep.fountain"),
        ("my.ep.fountain", "my ep.fountain"),
        ("a" * 64 + "1.fountain", "a" * 64 + "2.fountain"),
        ("a" * 64 + ".fountain", "a" * 64 + "2.fountain"),
        ("EP01.fountain", "ep01.fountain"),
        ("第一話.fountain", "第二話.fountain"),
        ("café.fountain", "cafe.fountain"),
    ],
)
def test_names_that_look_alike_once_cleaned_are_parted(one: str, other: str, tmp_path: Path):
    out = tmp_path / "episodes"

    ids = [made(script(tmp_path, FOUR, one), out), made(script(tmp_path, BEACH, other), out)]
    again = [made(tmp_path / one, out), made(tmp_path / other, out)]

    assert len({id.casefold() for id in ids}) == 2
    assert again == ids
    assert Cutsheet.read(out / ids[0] / "cutsheet.yaml").cuts[0].action == "Mio looks out of the window."
    assert Cutsheet.read(out / ids[1] / "cutsheet.yaml").cuts[0].action == "Hana builds a sand castle."


def test_a_name_in_its_two_unicode_forms_is_one_name(tmp_path: Path):
    out, show = tmp_path / "episodes", None
    composed, parted = (Brief(script=tmp_path / f"caf{e}.fountain", out=out) for e in ("\u00e9", "e\u0301"))

    ids = {identity.resolve(brief, show, settings(out)) for brief in (composed, parted)}

    assert len(ids) == 1


@pytest.mark.parametrize(
    "name", ["my ep.fountain", "a" * 80 + ".fountain", "caf\u00e9.fountain", "ep01.fountain"]
)
def test_an_episode_of_an_earlier_release_keeps_its_id(name: str, tmp_path: Path):
    """Earlier releases had no mark in a cleaned name, and remembered the script in the brief alone."""
    out, path = tmp_path / "episodes", script(tmp_path, FOUR, name)
    before = episode_id(path, None)
    with open_episode(before, None, out, settings(out)) as where:
        where.store.upsert_episode(None, before, title="", script="0" * 64, by="rin")
        inputs.enter(Brief(script=path, out=out, profile="toy"), where)

    assert made(path, out) == before
    assert made(script(tmp_path, BEACH, name), out) == before


def test_two_shows_whose_names_run_together_keep_their_folders_apart(tmp_path: Path):
    out = tmp_path / "episodes"
    one = script(tmp_path / "one", FOUR, "b.fountain")
    other = script(tmp_path / "other", BEACH, "a-b.fountain")
    (tmp_path / "one" / "bible.yaml").write_text("id: s-a\ntitle: {en: A}\n")
    (tmp_path / "other" / "bible.yaml").write_text("id: s\ntitle: {en: S}\n")

    assert made(one, out) != made(other, out)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("雨の店.fountain", "ame-no-mise-"),
        ("コーヒーと猫.fountain", "kohi-to-neko-"),
        ("転校生 v2.fountain", "tenkousei-v2-"),
        ("Café.fountain", "Cafe-"),
    ],
)
def test_a_name_in_japanese_names_its_folder_readably(name: str, begins: str) -> None:
    """Its folder was called by a digest alone."""
    assert episode_id(Path(name), None).startswith(begins)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", episode_id(Path(name * 8), "show"))


def test_an_episode_in_japanese_that_an_earlier_release_called_by_a_digest_is_found_again(tmp_path: Path):
    out, path = tmp_path / "episodes", script(tmp_path, FOUR, "雨の店.fountain")
    before = episode_id(path, None)[-8:]
    with open_episode(before, None, out, settings(out)) as where:
        where.store.upsert_episode(None, before, title="", script="0" * 64, by="rin")
        inputs.enter(Brief(script=path, out=out, profile="toy"), where)

    assert made(path, out) == before
