"""A studio with a signed rule, a training and a delivery, all in its ledger."""

import importlib.util
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from assets.sheets.rights import Rights
from assets.sheets.royalties import RoyaltyRule
from assets.store import Store


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


RULE = {
    "id": "season-1", "currency": "JPY",
    "training": {"fixed": "10000", "per_unit": "2.5"}, "usage": {"per_unit": "1500"},
    "split": {"base": 40, "loras": 30, "references": 10, "voices": 15, "music": 5},
    "makers_keep": 20, "fund": {"id": "F-artists", "name": "原画家基金"},
    "owners": [{"part": "voices", "name": "kokoro:jf_alpha", "work": "voice-ren"}],
}  # fmt: skip


def rule(**changes) -> RoyaltyRule:
    return RoyaltyRule.model_validate(RULE | changes)


@pytest.fixture(scope="session")
def key_file(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("key") / "ledger.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(file)], check=True, capture_output=True
    )
    return file


@pytest.fixture
def key(key_file, monkeypatch) -> Path:
    monkeypatch.setenv("SAKUGA_LEDGER_KEY", str(key_file))
    return key_file


@pytest.fixture(scope="session")
def program():
    """verify_statement.py, which needs nothing of ours."""
    path = Path(__file__).parents[3] / "deploy/verify_statement.py"
    spec = importlib.util.spec_from_file_location("verify_statement", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checked(program, ledger: Path, statement: Path) -> str:
    """What the program says of a statement; or its exception."""
    book = program.Book()
    with ledger.open(encoding="utf-8", newline="\n") as lines:
        program.verify(lines, ledger=book)
    return program.check(book, statement)


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


def registered() -> Rights:
    """Aoi drew two sheets; Ren trained a LoRA on them and on a sketch of his own, and lent his voice."""
    return Rights.model_validate(
        {
            "people": [{"id": "P-aoi", "name": "青井 葵", "contact": "aoi@example.jp"}, {"id": "P-ren", "name": "Ren"}],
            "works": [
                {"id": "sheets", "title": "Sheets", "kind": "picture", "files": [hash_of("one"), hash_of("two")],
                 "made_by": [{"person": "P-aoi"}]},
                {"id": "sketch", "title": "Sketch", "kind": "picture", "files": [hash_of("sketch")],
                 "made_by": [{"person": "P-ren"}]},
                {"id": "nagi-lora", "title": "LoRA", "kind": "lora", "files": [hash_of("lora")],
                 "made_by": [{"person": "P-ren"}], "sources": [{"work": "sheets", "weight": 30},
                                                              {"work": "sketch", "weight": 10}]},
                {"id": "voice-ren", "title": "Voice", "kind": "voice", "made_by": [{"person": "P-ren"}]},
            ],
        }
    )  # fmt: skip


def ingredients() -> list[dict]:
    return [
        {"kind": "model", "key": "animator/house@1", "role": "movement"},
        {"kind": "lora", "key": hash_of("lora"), "role": "movement", "strength": "0.8"},
        {"kind": "reference", "key": hash_of("one"), "role": "picture"},
        {"kind": "voice", "key": "kokoro:jf_alpha", "role": "speech"},
    ]


def generate(store: Store, *clips: str, episode: str = "koko/ep01") -> None:
    for clip in clips:
        body = {"sheet": "generation", "version": 1, "step": "take", "name": "C001", "recipe": hash_of(f"r{clip}"),
                "outputs": [hash_of(clip)], "model": {}, "ingredients": ingredients()}  # fmt: skip
        store.ledger.append("generation.completed", f"{episode}/take/C001", body)


def deliver(store: Store, *clips: str, episode: str = "koko/ep01", used=(0, 1, 2, 3), unrecorded=()) -> None:
    """Deliver an episode of cuts of five seconds."""
    segments = [
        {"name": f"C{number:03}", "frames": 120, "take": 1, "clip": hash_of(clip),
         "uses": [{"ingredient": one, "frames": 120} for one in used]}
        for number, clip in enumerate(clips, 1)
    ]  # fmt: skip
    segments.append({"name": "credits", "frames": 48})
    store.ledger.append(
        "delivery.completed", episode,
        {"sheet": "usage", "version": 1, "episode": hash_of("".join(clips)), "profile": "house", "rate": "24",
         "frames": 120 * len(clips) + 48, "ingredients": ingredients(), "segments": segments,
         "unrecorded": list(unrecorded)},
    )  # fmt: skip


def train(store: Store, shown: int = 600, run: str = "run-1") -> None:
    works = [[hash_of("one"), 10], [hash_of("two"), 20], [hash_of("sketch"), 10]]
    if not store.ledger.events(kind="dataset.frozen"):
        store.ledger.append(
            "dataset.frozen", "nagi-1", {"root": hash_of("root"), "show": "koko", "works": works}
        )
    body = {"dataset": hash_of("root"), "run": run, "shown": shown, "output": hash_of("lora")}
    store.ledger.append("training.completed", "nagi-lora", body)


@pytest.fixture
def studio(store, key):
    """A rule, then a training, then a delivery of two cuts made under it."""
    from flows.rights.royalties.rules import publish

    store.rights.add(registered(), by="ken")
    publish(store, rule(), by="ken")
    train(store)
    generate(store, "a", "b")
    deliver(store, "a", "b")
    return store
