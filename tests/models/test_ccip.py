"""Claims about the CCIP judge, on tiny graphs of ours: it compares with approved sheets, and loads what is pinned."""

import hashlib
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from assets.errors import InputRefused, ModelFailed, SetupMissing
from assets.matter import Clip
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import Look
from models.ccip import CcipJudge, CcipOptions, _crops
from models.cel.painter import CelPainter
from models.judge import PictureJudge
from models.lease import lease
from models.options import options_for
from models.ports import Judge, ReferencePicture, Shot
from models.registry import lacks_with
from tests.models import onnx_graph

SIZE = (320, 180)
RED = Character(id="p0", names=("P0",), look=Look(hair_color="red", outfit="coat", outfit_color="red"))
BLUE = RED.model_copy(update={"look": Look(hair_color="blue", outfit="coat", outfit_color="blue")})


@pytest.fixture
def files(tmp_path):
    (tmp_path / "feat.onnx").write_bytes(onnx_graph.colors())
    (tmp_path / "metrics.onnx").write_bytes(onnx_graph.distances())
    return tmp_path


def given(folder, **more):
    def pinned(name):
        return {
            "file": str(folder / name),
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
        }

    return {"features": pinned("feat.onnx"), "metrics": pinned("metrics.onnx"), **more}


def shot(who, facing="front"):
    staged = (Staged(character="p0", facing=facing),)
    cut = Cut(number="C001", scene="S01", place="here", size="medium", staged=staged, frames=5)
    return Shot(cut, (who,), Place(id="here", names=("HERE",), kind="void"), SIZE, Fraction(24))


def take(of):
    picture = CelPainter.load("cpu").paint(of, seed=1)
    return Clip(5, SIZE, Fraction(24), lambda: iter([picture] * 5)), picture


def with_sheet(of, who):
    """``of`` with an approved picture of ``who``: the figure that the judge cuts out of a take of them."""
    [(_, sheet), *_] = _crops(shot(who), take(shot(who))[0])
    name = hashlib.sha256(sheet.tobytes()).hexdigest()
    return replace(of, references=(ReferencePicture("character", "p0", sheet, name, "front"),))


def measured(folder, of, seen):
    with lease(Judge, "ccip", options=given(folder)) as judge:
        clip, panel = take(seen)
        return judge.model.judge(of, clip, panel=panel)


def test_a_take_of_the_approved_person_is_more_like_them_than_one_of_another(files):
    same = measured(files, with_sheet(shot(RED), RED), shot(RED))["identity"]
    other = measured(files, with_sheet(shot(RED), RED), shot(BLUE))["identity"]

    assert same == pytest.approx(1, abs=0.02)
    assert 0 <= other < 0.8


def test_without_an_approved_sheet_the_picture_judge_measures_everything(files):
    clip, panel = take(shot(RED))

    assert measured(files, shot(RED), shot(RED)) == PictureJudge.load("cpu").judge(
        shot(RED), clip, panel=panel
    )


def test_somebody_seen_from_behind_is_not_compared_with_a_face(files):
    away = shot(RED, "away")
    clip, panel = take(away)

    assert measured(files, with_sheet(away, RED), away)["identity"] == pytest.approx(
        PictureJudge.load("cpu").judge(with_sheet(away, RED), clip, panel=panel)["identity"]
    )


def test_unpinned_it_is_refused_with_what_to_write():
    said = lacks_with("judge", "ccip", {})

    assert "not pinned" in said and "model_feat.onnx" in said and "sha256" in said
    with pytest.raises(SetupMissing, match="not pinned"):
        CcipJudge.load("cpu", CcipOptions())


def test_a_file_that_is_not_there_is_named(files):
    options = given(files)
    (files / "metrics.onnx").unlink()

    assert str(files / "metrics.onnx") in lacks_with("judge", "ccip", options)


def test_another_file_than_the_pinned_one_is_refused(files):
    options = options_for(CcipJudge, given(files))
    (files / "feat.onnx").write_bytes(onnx_graph.colors() + b"\0")

    with pytest.raises(SetupMissing, match="another file than the profile pins"):
        CcipJudge.load("cpu", options)


def test_a_pinned_file_that_is_no_model_is_refused(files):
    (files / "feat.onnx").write_bytes(b"not a model")

    with pytest.raises(SetupMissing, match="cannot be read as an ONNX model"):
        CcipJudge.load("cpu", options_for(CcipJudge, given(files)))


def test_numbers_that_are_none_end_in_a_sentence(files):
    """A damaged model would have ranked takes by NaN."""
    (files / "metrics.onnx").write_bytes(onnx_graph.distances("ReduceLogSum"))

    with pytest.raises(ModelFailed, match="not finite"):
        measured(files, with_sheet(shot(RED), RED), shot(RED))


@pytest.mark.parametrize("sha256", ["", "abc", "G" * 64])
def test_a_hash_that_is_none_is_refused(files, sha256):
    options = given(files)
    options["features"]["sha256"] = sha256

    with pytest.raises(InputRefused, match="sha256"):
        options_for(CcipJudge, options)


def test_where_the_files_lie_does_not_change_a_measure(files, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    for name in ("feat.onnx", "metrics.onnx"):
        (other / name).write_bytes((files / name).read_bytes())

    with lease(Judge, "ccip", options=given(files)) as one, lease(Judge, "ccip", options=given(other)) as two:
        assert one.identity() == two.identity()


def test_features_of_a_sheet_are_read_once(files):
    judge = CcipJudge.load("cpu", options_for(CcipJudge, given(files)))
    of = with_sheet(shot(RED), RED)
    clip, panel = take(shot(RED))

    first = judge.judge(of, clip, panel=panel)
    assert list(judge._known) == [of.references[0].sha256]
    assert judge.judge(of, clip, panel=panel) == first
    assert np.isfinite(first["identity"])
