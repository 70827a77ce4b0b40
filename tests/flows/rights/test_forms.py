"""Claims about the forms that others read: valid by their own libraries, complete, and without names."""

import csv
import io
import json
from pathlib import Path

import pytest

from assets.errors import InputRefused
from assets.rights.registry import Registry
from assets.sheets.dataset import Manifest
from assets.sheets.rights import Rights
from assets.sheets.usage import Ingredient, SegmentUsage, Usage
from assets.store import Event, Store
from assets.vault import Vault
from flows.rights.forms.bom import bill
from flows.rights.forms.croissant import croissant
from flows.rights.forms.sources import as_csv, sources
from flows.rights.forms.training_summary import training_summary
from flows.rights.forms.writing import written_form
from flows.training import datasets

PICTURE, LORA, LOOSE, FILM = (letter * 64 for letter in "abcf")
AT = "2026-11-28T08:00:00.000Z"


@pytest.fixture
def registry() -> Registry:
    return Registry().with_added(
        Rights.model_validate(
            {
                "people": [{"id": "P1", "name": "Aoi Aoi"}],
                "works": [
                    {"id": "sheet", "title": "=Model sheet", "kind": "picture", "files": [PICTURE, "d" * 64],
                     "made_by": [{"person": "P1"}]},
                    {"id": "core", "title": "Core set", "kind": "dataset", "sources": [{"work": "sheet"}]},
                    {"id": "nagi", "title": "LoRA of Nagi", "kind": "lora", "files": [LORA],
                     "sources": [{"work": "core", "weight": 200}]},
                ],
                "grants": [{"id": "G1", "by": "P1", "works": ["sheet"], "licence": "LicenseRef-c1", "paper": "e" * 64,
                            "data_class": "licensed", "scope": ["train"]}],
            }
        )
    )  # fmt: skip


@pytest.fixture
def usage() -> Usage:
    def one(kind: str, key: str) -> Ingredient:
        return Ingredient(kind=kind, key=key, role="picture")

    return Usage(
        episode=FILM,
        profile="studio",
        rate=24,
        frames=24,
        ingredients=(
            one("model", "painter/sdxl@abc"),
            one("lora", LORA),
            one("reference", PICTURE),
            one("reference", LOOSE),
            one("model", "somebody/else@1"),
            one("voice", "kokoro:jf_alpha"),
        ),
        segments=(SegmentUsage(name="C001", frames=24),),
    )


def work(name: str, sha256: str, **rights) -> dict:
    plain = {"creator": "Aoi Aoi", "licence": "CC0-1.0", "training_data": "owned"}
    return {
        "work": {"file": f"{name}.png", "sha256": sha256, "size": [64, 64], "caption": "nagi, smiling",
                 "caption_from": "file", "rights": {**plain, **rights}, "repeats": 3},
        "ref": {"sha256": sha256, "bytes": 1, "media_type": "image/png"}, "bucket": [64, 64],
    }  # fmt: skip


@pytest.fixture
def manifest() -> Manifest:
    works = [
        work("one", PICTURE),
        work("two", LORA, licence="", grant="G1", training_data="licensed"),
        work("three", LOOSE, training_data="public-domain"),
    ]
    return Manifest.model_validate({"name": "core", "showing": {}, "works": works, "root": "9" * 64})


def valid(document: dict) -> str:
    schema = pytest.importorskip("cyclonedx.schema")
    validation = pytest.importorskip("cyclonedx.validation.json")
    problem = validation.JsonStrictValidator(schema.SchemaVersion.V1_7).validate_str(json.dumps(document))
    return str(problem or "")


def test_the_bill_of_materials_is_valid_by_the_schema_of_its_library(usage, registry):
    assert valid(bill("show/ep01", usage, registry, AT)) == ""


def test_the_bill_of_an_episode_without_anything_registered_is_valid_too(usage):
    assert valid(bill("show/ep01", usage, Registry(), AT)) == ""


def test_the_validation_would_find_a_fault(usage, registry):
    document = bill("show/ep01", usage, registry, AT)
    document["components"][0]["type"] = "picture"

    assert valid(document) != ""


def test_the_bill_leads_from_the_episode_to_every_work_beneath_a_lora(usage, registry):
    document = bill("show/ep01", usage, registry, AT)
    leads = {one["ref"]: one.get("dependsOn", []) for one in document["dependencies"]}

    assert leads["show/ep01"] == ["painter/sdxl@abc", "nagi", "sheet", LOOSE, "somebody/else@1"]
    assert (leads["nagi"], leads["core"]) == (["core"], ["sheet"])
    refs = [one["bom-ref"] for one in document["components"]]
    assert sorted(refs) == sorted({*leads["show/ep01"], "core"})
    (nagi,) = (one for one in document["components"] if one["bom-ref"] == "nagi")
    assert nagi["modelCard"]["modelParameters"]["datasets"] == [{"ref": "core"}]
    assert nagi["hashes"] == [{"alg": "SHA-256", "content": LORA}]


def test_the_bill_names_no_person(usage, registry):
    assert "Aoi" not in json.dumps(bill("show/ep01", usage, registry, AT))


def test_the_same_delivery_gives_the_same_bill(usage, registry):
    assert bill("show/ep01", usage, registry, AT) == bill("show/ep01", usage, registry, AT)


def test_the_list_of_sources_has_every_source_once_with_its_kind_of_licence(usage, registry):
    rows = {row.source: row for row in sources(usage, registry)}

    assert list(rows) == ["painter/sdxl@abc", "sheet", LOOSE, "somebody/else@1"]
    assert (rows["sheet"].data_class, rows["sheet"].evidence) == ("licensed", f"G1 (paper {'e' * 64})")
    assert (rows[LOOSE].data_class, rows[LOOSE].evidence) == ("undisclosed", "none")
    assert rows["painter/sdxl@abc"].data_class == "scraped"


def test_no_cell_of_the_list_is_a_formula(usage, registry):
    table = list(csv.reader(io.StringIO(as_csv(sources(usage, registry)))))

    assert [row[1] for row in table if row[0] == "sheet"] == ["'=Model sheet"]


def test_the_summary_puts_every_work_under_its_heading(manifest, registry):
    base = {"family": "house", "name": "weights", "licence": "Apache-2.0", "data": "owned", "weights": ""}
    event = Event(number=7, made_at=AT, made_by="ken", kind="training.completed", subject="nagi-lora",
                  body={"output": LORA, "shown": 400, "base": base}, previous="0" * 64, hash="1" * 64)  # fmt: skip
    text = training_summary(manifest, event, registry)

    under = {part.partition("\n")[0]: part for part in text.split("### ")[1:]}
    assert "1 work (public-domain, CC0-1.0)" in under["2.1 Publicly available datasets"]
    assert "1 work (licensed, LicenseRef-c1)" in under["2.2 Private datasets obtained from third parties"]
    assert "None." in under["2.3 Data crawled and scraped from online sources"]
    assert "1 work (owned, CC0-1.0)" in under["2.6 Other sources of data"]
    assert "base model: house weights, Apache-2.0, data owned" in text
    assert "Aoi" not in text


def test_the_licence_of_a_work_is_that_of_its_grant(manifest, registry):
    """The forms named a licence after the grant's id, which nobody has: LicenseRef-G1."""
    assert "LicenseRef-c1" in croissant(manifest, "2026-11-28", registry)["license"]
    assert "LicenseRef-G1" in croissant(manifest, "2026-11-28", Registry())["license"]  # nobody registered it


def test_the_script_is_the_first_source_registered_or_not(usage, registry):
    """An episode's list of sources and its bill did not name what somebody had written."""
    ours, other = sources(usage, registry, PICTURE)[0], sources(usage, registry, "7" * 64)[0]

    assert (ours.source, ours.evidence.partition(" ")[0]) == ("sheet", "G1")
    assert (other.kind, other.evidence) == ("text", "none")
    assert other.title.startswith("The script; not registered")
    assert "7" * 64 in [
        one["bom-ref"] for one in bill("show/ep01", usage, registry, AT, "7" * 64)["components"]
    ]


@pytest.mark.slow
def test_croissant_is_valid_by_its_own_library(manifest, registry, tmp_path):
    """Slow: the library imports pandas."""
    library = pytest.importorskip("mlcroissant")
    (tmp_path / "core.json").write_text(json.dumps(croissant(manifest, "2026-11-28", registry)))

    dataset = library.Dataset(str(tmp_path / "core.json"))
    issues = dataset.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    rows = list(dataset.records("works"))
    assert [row["works/sha256"] for row in rows] == [PICTURE, LORA, LOOSE]


def test_a_form_of_nothing_says_what_there_is(tmp_path: Path):
    for form, name in (("sources", "show/ep01"), ("eu-summary", "nagi"), ("croissant", "core")):
        with pytest.raises(InputRefused, match=r"recorded|frozen"):
            written_form(form, name, tmp_path)


def test_every_form_is_found_by_its_name(tmp_path: Path, usage, manifest, monkeypatch):
    vault = Vault.open(tmp_path / ".sakuga" / "vault")
    root = manifest.root
    with Store.open(f"sqlite:///{tmp_path}/.sakuga/store.sqlite") as store:
        store.ledger.append("delivery.completed", "show/ep01", usage.raw())
        store.ledger.append("training.completed", "nagi", {"dataset": root, "shown": 1, "output": LORA})
    assert "CycloneDX" in written_form("cyclonedx", "show/ep01", tmp_path)
    listed = written_form("sources", "show/ep01", tmp_path)
    assert listed.startswith("source,title")
    assert "sakuga-font" in listed  # every episode shows it
    with pytest.raises(InputRefused, match="Give the project"):
        written_form("eu-summary", "nagi", tmp_path)
    assert datasets.frozen(tmp_path, vault) == ()
