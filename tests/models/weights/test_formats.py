"""What one release wrote, every later one reads: a lock in a studio's repository, the notes in its store.

A change of format makes a test here fail: raise the sheet's version, override ``upgraded``, and add a golden file
beside the old one, which stays.
"""

from pathlib import Path

from models.weights.lock import Lock
from models.weights.store import StoredModel

GOLDEN = Path(__file__).parent / "golden"


def test_a_lock_is_written_just_as_its_golden_file():
    file = GOLDEN / f"model-lock.v{Lock.version}.yaml"

    assert Lock.read(file).to_yaml() == file.read_text(encoding="utf-8")


def test_a_note_of_the_store_is_written_just_as_its_golden_file():
    file = GOLDEN / f"stored-model.v{StoredModel.version}.json"

    assert StoredModel.read(file).to_json() == file.read_text(encoding="utf-8")
