"""Models of a few bytes: as a lock lists them, and as a fetch leaves them in the store."""

import json
from hashlib import sha256

from models.weights import store
from models.weights.choice import Weights
from models.weights.lock import LockedFile, LockedModel

REVISION = "0123456789abcdef0123456789abcdef01234567"
OTHER = "fedcba9876543210fedcba9876543210fedcba98"


def tensors(fill: int = 0, numbers: int = 2) -> bytes:
    """A safetensors file with one tensor."""
    header = json.dumps(
        {"w": {"dtype": "F32", "shape": [numbers], "data_offsets": [0, 4 * numbers]}}
    ).encode()
    return len(header).to_bytes(8, "little") + header + bytes([fill]) * (4 * numbers)


FILES = {
    "unet/model.safetensors": tensors(1),
    "unet/config.json": b"{}",
    "model_index.json": b'{"unet": ["a", "b"]}',
}


def listed(files=FILES) -> tuple[LockedFile, ...]:
    return tuple(
        LockedFile(path=path, bytes=len(data), sha256=sha256(data).hexdigest())
        for path, data in files.items()
    )


def a_model(files=FILES, **more) -> LockedModel:
    about = {"hub": "studio/tiny", "revision": REVISION, "licence": "MIT", "files": listed(files)}
    return LockedModel(**{**about, **more})


def write(folder, files=FILES):
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def put(model: LockedModel, files=FILES) -> Weights:
    write(store.folder_of(model.weights), files)
    store.keep_note(store.StoredModel(model=model))
    return model.weights
