"""The CCIP judge: whether two drawings show the same anime character, by a network trained for that.

In: a take, the approved sheets of its people.      Out: the picture judge's measures; ``identity`` by CCIP where a
person has an approved sheet.
Files: ccip_onnx of deepghs, ``model_feat.onnx`` (a picture to 768 numbers) and ``model_metrics.onnx`` (their
differences). They are not fetched: name them in the profile with their SHA-256, from a download of your own.

identity is 1 / (1 + d / threshold), so 0.5 where its makers draw the line between the same character and another;
d is the smaller difference to the face and to the front of the sheet, averaged over people and frames.
"""

import hashlib
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.errors import ModelFailed, SetupMissing
from assets.matter import Clip, Still
from assets.sheets.base import Part
from models.card import Card
from models.cel.cutout import Cutout
from models.judge import PictureJudge
from models.options import Options
from models.ports import Mouths, Shot

SIDE = 384
FRAMES = 4  # of a take; people do not change from frame to frame
SMALLEST = 48  # pixels of a crop: less shows nobody
# CLIP's normalisation, as the makers apply it.
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)[:, None, None]
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)[:, None, None]

Features = NDArray[np.float32]


class OnnxFile(Part):
    """An ONNX file on this computer, pinned by its hash."""

    file: Path = Field(description="From the working folder, or absolute")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the file: sha256sum FILE")


class CcipOptions(Options):
    """The two files, and where the line is drawn."""

    aside: ClassVar[frozenset[str]] = frozenset({"licence"})

    features: OnnxFile | None = Field(default=None, description="model_feat.onnx")
    metrics: OnnxFile | None = Field(default=None, description="model_metrics.onnx")
    threshold: float = Field(
        default=0.178,
        gt=0,
        le=10,
        description="Difference between the same character and another: metrics.json beside the model",
    )
    licence: str = Field(default="LicenseRef-openrail", max_length=200, description="As its page states it")

    def ingredients(self) -> dict[str, Any]:
        """By hash: where the files lie does not change a measure."""
        files = {"features": self.features, "metrics": self.metrics}
        hashes = {name: file.sha256 if file else "" for name, file in files.items()}
        return {**hashes, "threshold": self.threshold}


class CcipJudge:
    """Port Judge. Runs on the CPU through onnxruntime."""

    card: ClassVar[Card] = Card(
        name="ccip",
        port="judge",
        adapter_version=1,
        gpu_share=0,
        summary="CCIP compares people with their approved sheets; everything else as the picture judge measures it.",
        licence="LicenseRef-openrail",
        weights="deepghs/ccip_onnx: model_feat.onnx, model_metrics.onnx",
        training_data="Pictures of anime characters, collected by deepghs; not listed",
        data_class="undisclosed",
    )
    Options = CcipOptions

    def __init__(self, options: CcipOptions, features: Any, metrics: Any, plain: PictureJudge) -> None:
        self._options, self._features, self._metrics, self._plain = options, features, metrics, plain
        self._known: dict[str, Features] = {}

    @classmethod
    def carded(cls, options: CcipOptions) -> Card:
        pinned = options.features.sha256 if options.features else ""
        return cls.card.model_copy(update={"licence": options.licence, "revision": pinned})

    @classmethod
    def lacks(cls) -> str:
        return _unpinned(CcipOptions())

    @classmethod
    def lacks_with(cls, options: CcipOptions) -> str:
        """What is missing, as a sentence; the hashes are checked when it is loaded."""
        files = (options.features, options.metrics)
        gone = [str(one.file) for one in files if one is not None and not one.file.is_file()]
        if gone:
            return (
                f"The judge ccip needs {' and '.join(gone)}, which is not there. Download the files from "
                "huggingface.co/deepghs/ccip_onnx, or name where they lie."
            )
        return _unpinned(options)

    @classmethod
    def load(cls, device: str, options: CcipOptions) -> Self:
        if missing := cls.lacks_with(options):
            raise SetupMissing(missing)
        features, metrics = (_session(one) for one in (options.features, options.metrics) if one is not None)
        return cls(options, features, metrics, PictureJudge.load(device))

    def unload(self) -> None:
        self._known.clear()

    def judge(
        self, shot: Shot, clip: Clip, *, panel: Still, mouths: Mouths | None = None
    ) -> dict[str, float]:
        measures = self._plain.judge(shot, clip, panel=panel, mouths=mouths)
        sheets = {
            who.id: [
                one for one in shot.references if one.subject == who.id and one.view in ("face", "front")
            ]
            for who in shot.cast
        }
        if not any(sheets.values()):
            return measures
        known = {
            id: self._sheet([(one.sha256, one.picture) for one in given])
            for id, given in sheets.items()
            if given
        }
        apart = [self._difference(crop, known[id]) for id, crop in _crops(shot, clip) if id in known]
        if apart:
            measures["identity"] = float(np.mean([1 / (1 + d / self._options.threshold) for d in apart]))
        return measures

    def _sheet(self, pictures: list[tuple[str, Still]]) -> Features:
        for sha256, picture in pictures:
            if sha256 not in self._known:
                self._known[sha256] = self._read(picture)
        return np.stack([self._known[sha256] for sha256, _ in pictures])

    def _read(self, picture: Still) -> Features:
        """(768,) features of one picture."""
        import cv2

        square = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        planes = np.asarray((square.transpose(2, 0, 1).astype(np.float32) / 255 - MEAN) / STD, np.float32)
        read: Features = self._run(self._features, planes[None])[0]
        return read

    def _difference(self, crop: Still, sheet: Features) -> float:
        """The smallest difference of a crop to the pictures of a sheet."""
        together = np.concatenate([self._read(crop)[None], sheet])
        return float(max(0.0, self._run(self._metrics, together)[0, 1:].min()))

    def _run(self, session: Any, given: Features) -> Features:
        try:
            [found] = session.run(None, {session.get_inputs()[0].name: given.astype(np.float32)})
        except Exception as error:  # onnxruntime raises its own types, none of them public
            raise ModelFailed(f"The judge ccip could not measure: {str(error)[:300]}") from error
        found = np.asarray(found, np.float32)
        if not np.isfinite(found).all():
            raise ModelFailed(
                "The judge ccip gave numbers that are not finite. Check its files against their page."
            )
        return found


def _crops(shot: Shot, clip: Clip) -> list[tuple[str, Still]]:
    """Everybody in some frames of the take, cut out by where the rig has them; not those seen from behind."""
    cutout = Cutout(shot, frames=len(clip), size=shot.size)
    frames = sorted({round(n * (len(clip) - 1) / max(1, FRAMES - 1)) for n in range(FRAMES)})
    found = []
    for frame, picture in zip(frames, clip.some(frames), strict=True):
        for figure in cutout.figures(frame):
            rows, columns = (np.flatnonzero((figure.pixels[:, :, 3] > 0).any(axis)) for axis in (1, 0))
            if figure.away or min(len(rows), len(columns)) < SMALLEST:
                continue
            crop = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            found.append((figure.character, np.ascontiguousarray(crop)))
    return found


def _unpinned(options: CcipOptions) -> str:
    names = {"features": "model_feat.onnx", "metrics": "model_metrics.onnx"}
    missing = [f"{name} ({file})" for name, file in names.items() if getattr(options, name) is None]
    if not missing:
        return ""
    return (
        f"The judge ccip is not pinned: {' and '.join(missing)} has no file and no hash in the profile. Write "
        "judge: {name: ccip, options: {features: {file: model_feat.onnx, sha256: ...}, metrics: {file: "
        "model_metrics.onnx, sha256: ...}}}; the files are on huggingface.co/deepghs/ccip_onnx."
    )


def _session(pinned: OnnxFile) -> Any:
    """The loaded file.

    raises  SetupMissing for another file than the pinned one, and for one that cannot be read
    """
    data = pinned.file.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != pinned.sha256:
        raise SetupMissing(
            f"{pinned.file} is another file than the profile pins: its SHA-256 begins with {found[:12]}, the profile "
            f"says {pinned.sha256[:12]}. Put the right file there, or pin this one."
        )
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own types, none of them public
        raise SetupMissing(f"{pinned.file} cannot be read as an ONNX model: {str(error)[:300]}") from error
