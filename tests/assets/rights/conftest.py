"""A small studio's registry: two people, a picture, a dataset of it, a LoRA."""

from hashlib import sha256

import pytest

from assets.sheets.rights import Rights


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def sheet() -> Rights:
    """Aoi and Ren drew a model sheet together; a LoRA was trained on it and on Ren's sketch."""
    return Rights.model_validate(
        {
            "people": [{"id": "P-aoi", "name": "青井 葵"}, {"id": "P-ren", "name": "Ren"}],
            "works": [
                {"id": "model-sheet", "title": "Model sheet", "kind": "picture", "files": [hash_of("sheet")],
                 "made_by": [{"person": "P-aoi", "share": 2}, {"person": "P-ren"}]},
                {"id": "sketch", "title": "Sketch", "kind": "picture", "files": [hash_of("sketch")],
                 "made_by": [{"person": "P-ren"}]},
                {"id": "nagi-lora", "title": "LoRA of Nagi", "kind": "lora", "files": [hash_of("lora")],
                 "sources": [{"work": "model-sheet", "weight": 20}, {"work": "sketch", "weight": 10}]},
            ],
            "grants": [
                {"id": "G-aoi", "by": "P-aoi", "works": ["model-sheet"], "licence": "LicenseRef-c1",
                 "data_class": "licensed", "scope": ["generate", "train"], "ends": "2027-03-31", "revocable": True},
                {"id": "G-ren", "by": "P-ren", "works": ["model-sheet", "sketch"], "licence": "CC0-1.0",
                 "data_class": "opt-in", "scope": ["generate", "train", "merge"]},
            ],
        }
    )  # fmt: skip
