"""Claims about content credentials: who is believed, what is noticed, what can be said at all."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509

from assets.credentials import (
    Claim,
    Identity,
    Kind,
    Made,
    Oversight,
    Part,
    Source,
    Training,
    attach,
    make,
    read,
    renew,
    sidecar_of,
    sign,
)
from assets.errors import InputRefused, SetupMissing
from assets.media.picture import to_png

CLAIM = Claim(
    title="C001, panel",
    source=Source.GENERATED,
    oversight=Oversight.VALIDATED,
    training=Training.FORBIDDEN,
    models=[Made("house", "painter/house@abc")],
    parts=[Part("lora of Nagi", sha256="a" * 64)],
    provenance={"episode": "yuzu/ep01", "event": "14"},
)
READER = """
import c2pa, json, sys
context = c2pa.Context.from_dict({"version": 1, "trust": {"trust_anchors": open(sys.argv[2]).read()}})
reader = c2pa.Reader(sys.argv[1], context=context)
print(json.dumps([reader.get_validation_state(), reader.get_active_manifest()]))
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("identity") / "kite"
    make(folder, "Studio Kite")
    return folder


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    path = tmp_path / "panel.png"
    noise = np.random.default_rng(1).integers(0, 255, (90, 160, 3), dtype=np.uint8)
    path.write_bytes(to_png(noise))
    return path


def trust(studio: Path) -> str:
    return (studio / "trust.pem").read_text(encoding="utf-8")


def test_a_signed_picture_is_trusted_by_whoever_has_the_studios_root_and_valid_for_others(studio, drawing):
    signed = sign(drawing, drawing.with_name("signed.png"), CLAIM, Identity.read(studio))

    ours, strangers = read(signed, trust(studio)), read(signed)
    assert ours is not None and strangers is not None
    assert (ours.state, ours.studio, ours.title) == ("Trusted", "Studio Kite", "C001, panel")
    assert ours.provenance == {"episode": "yuzu/ep01", "event": "14"}
    assert strangers.state == "Valid" and strangers.faults == ()


def test_an_independent_reader_in_another_process_trusts_it_and_reads_what_was_said(studio, drawing):
    signed = sign(drawing, drawing.with_name("signed.png"), CLAIM, Identity.read(studio))
    told = subprocess.run(
        [sys.executable, "-c", READER, signed, studio / "trust.pem"],
        capture_output=True,
        text=True,
        check=True,
    )

    state, manifest = json.loads(told.stdout)
    said = {one["label"]: one["data"] for one in manifest["assertions"]}
    assert state == "Trusted"
    assert said["c2pa.actions.v2"]["actions"][0]["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert said["c2pa.ai-disclosure"]["contentProfile"]["humanOversightLevel"] == "human_validated"
    assert manifest["ingredients"][0]["instance_id"] == f"urn:sha256:{'a' * 64}"


@pytest.mark.parametrize("suffix", [".png", ".safetensors"])
def test_one_changed_byte_is_found_in_a_picture_and_beside_a_file_that_carries_no_credentials(
    studio, drawing, suffix
):
    to = drawing.with_name(f"signed{suffix}")
    holder = sign(drawing, to, CLAIM, Identity.read(studio))
    before = read(to, trust(studio))
    data = bytearray(to.read_bytes())
    data[-20] ^= 1
    to.write_bytes(data)

    after = read(to, trust(studio))
    assert holder == (to if suffix == ".png" else sidecar_of(to))
    assert before is not None and before.state == "Trusted"
    assert after is not None and after.state == "Invalid" and after.faults


@pytest.mark.parametrize(
    ("field", "word"),
    [("source", "trainedAlgorithmicMedia"), ("oversight", "watched"), ("training", "maybe"),
     ("parts", [Part("a dataset", kind="c2pa.types.heap")]), ("parts", [Part("a take", "madeOf")])],
)  # fmt: skip
def test_a_word_that_is_none_of_ours_is_never_signed(field, word):
    """The library signs any text as source type, oversight, use, relation or kind of an ingredient."""
    with pytest.raises(InputRefused, match=r"of credentials\. Use: "):
        Claim(**{**vars(CLAIM), field: word})


def test_weights_get_credentials_beside_them_that_say_trained_data_and_name_their_dataset(studio, tmp_path):
    weights = tmp_path / "nagi.safetensors"
    weights.write_bytes(bytes(range(256)) * 40)
    parts = [Part("dataset nagi-1", sha256="b" * 64, kind=Kind.DATASET)]
    claim = Claim(**{**vars(CLAIM), "source": Source.TRAINED, "parts": parts})

    before = weights.read_bytes()
    holder = attach(weights, claim, Identity.read(studio))
    found = read(weights, trust(studio))
    assert (holder, weights.read_bytes()) == (sidecar_of(weights), before)
    assert found is not None and found.state == "Trusted"
    [actions] = [one["data"] for one in found.manifest["assertions"] if one["label"] == "c2pa.actions.v2"]
    assert (
        actions["actions"][0]["digitalSourceType"]
        == "http://c2pa.org/digitalsourcetype/trainedAlgorithmicData"
    )
    [dataset] = found.manifest["ingredients"]
    assert (dataset["instance_id"], dataset["data_types"]) == (
        f"urn:sha256:{'b' * 64}",
        [{"type": "c2pa.types.dataset"}],
    )


def test_a_picture_gets_no_file_beside_it(studio, drawing):
    with pytest.raises(InputRefused, match="carries its credentials itself"):
        attach(drawing, CLAIM, Identity.read(studio))


def test_a_watermark_is_said_as_a_soft_binding_with_its_action_and_only_where_there_is_one(studio, drawing):
    claim = Claim(**{**vars(CLAIM), "watermark": "0123456789ab"})
    marked = read(sign(drawing, drawing.with_name("marked.png"), claim, Identity.read(studio)), trust(studio))
    plain = read(sign(drawing, drawing.with_name("plain.png"), CLAIM, Identity.read(studio)), trust(studio))

    assert marked is not None and plain is not None
    assert (marked.state, marked.watermark, plain.watermark) == ("Trusted", "0123456789ab", "")
    [actions] = [one["data"]["actions"] for one in marked.manifest["assertions"] if "actions" in one["label"]]
    assert [one["action"] for one in actions] == ["c2pa.created", "c2pa.watermarked.bound"]
    assert len(marked.actions) == 1


def test_a_file_without_credentials_has_none_and_a_broken_sidecar_is_told(drawing):
    assert read(drawing) is None
    sidecar_of(drawing).write_bytes(b"c2pa nonsense")

    with pytest.raises(InputRefused, match="cannot be read"):
        read(drawing)


@pytest.mark.parametrize(
    ("training", "forbids"),
    [(Training.FORBIDDEN, True), (Training.ALLOWED, False), (Training.CONSTRAINED, False)],
)
def test_what_a_file_says_of_training_is_read_back(studio, drawing, training, forbids):
    claim = Claim(**{**vars(CLAIM), "training": training})
    signed = sign(drawing, drawing.with_name("signed.png"), claim, Identity.read(studio))

    said = read(signed)
    assert said is not None and said.forbids_training is forbids


def test_a_new_leaf_of_the_same_root_is_trusted_with_the_old_one(studio, drawing, tmp_path):
    first = sign(drawing, tmp_path / "first.png", CLAIM, Identity.read(studio))
    old = (studio / "chain.pem").read_bytes()
    renew(studio, studio / "root.key")
    second = sign(drawing, tmp_path / "second.png", CLAIM, Identity.read(studio))

    states = [found.state for found in (read(one, trust(studio)) for one in (first, second)) if found]
    assert states == ["Trusted", "Trusted"]
    assert (studio / "chain.pem").read_bytes() != old


def test_a_root_is_never_replaced_and_its_key_is_nobody_elses(studio, tmp_path):
    with pytest.raises(InputRefused, match="has an identity already"):
        make(studio, "Studio Kite")
    other = tmp_path / "other"
    make(other, "Other")

    with pytest.raises(InputRefused, match="is not the key of"):
        renew(studio, other / "root.key")
    assert (studio / "root.key").stat().st_mode & 0o077 == (studio / "leaf.key").stat().st_mode & 0o077 == 0


def test_a_stranger_who_uses_the_studios_name_is_not_trusted(studio, drawing, tmp_path):
    make(tmp_path / "thief", "Studio Kite")
    signed = sign(drawing, tmp_path / "signed.png", CLAIM, Identity.read(tmp_path / "thief"))

    found = read(signed, trust(studio))
    assert found is not None and found.studio == "Studio Kite" and found.state == "Valid"


@pytest.mark.parametrize("name", ["", "  ", "x" * 65])
def test_a_name_that_no_certificate_can_have_is_refused(name, tmp_path):
    with pytest.raises(InputRefused, match="name"):
        make(tmp_path / "id", name)


def test_a_folder_without_an_identity_says_how_to_make_one(tmp_path):
    with pytest.raises(SetupMissing, match="sakuga credentials studio"):
        Identity.read(tmp_path)


def test_the_leaf_may_sign_claims_and_nothing_else(studio):
    leaf, root = x509.load_pem_x509_certificates((studio / "chain.pem").read_bytes())
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value

    assert leaf.verify_directly_issued_by(root) is None
    assert usage.digital_signature and not usage.key_cert_sign
    assert leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
