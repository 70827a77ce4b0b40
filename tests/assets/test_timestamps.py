"""Claims about time stamps of signatures: only where a server is set, from that server, and never half of a file."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assets.credentials import Claim, Identity, Oversight, Source, Training, make, read, sidecar_of, sign
from assets.errors import SetupMissing
from assets.media.picture import to_png
from tests.assets import timestamps

CLAIM = Claim("C001, take 1", Source.GENERATED, Oversight.PROMPTED, Training.FORBIDDEN, [], [], {})
NOBODY = "http://127.0.0.1:9/tsr"  # a port that nothing listens on


@pytest.fixture(scope="module")
def studio(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("identity") / "kite"
    make(folder, "Studio Kite")
    return folder


@pytest.fixture(scope="module")
def clock(tmp_path_factory) -> Path:
    """The folder of a time-stamp server; its root is root.pem."""
    folder = tmp_path_factory.mktemp("clock") / "tsa"
    timestamps.prepare(folder)
    return folder


@pytest.fixture
def weights(tmp_path) -> Path:
    path = tmp_path / "nagi.safetensors"
    path.write_bytes(bytes(range(256)) * 16)
    return path


def test_a_stamped_signature_says_when_and_whether_its_server_is_trusted(studio, clock, weights):
    roots, times = (studio / "trust.pem").read_text(), (clock / "root.pem").read_text()
    with timestamps.serving(clock) as address:
        sign(weights, signed := weights.with_name("s.safetensors"), CLAIM, Identity.read(studio, address))

    ours, both = read(signed, roots), read(signed, f"{roots}\n{times}")
    assert ours is not None and both is not None
    assert (ours.state, ours.stamped, both.state, both.stamped) == ("Trusted", False, "Trusted", True)
    assert abs(datetime.fromisoformat(ours.at) - datetime.now(UTC)) < timedelta(minutes=1)


def test_without_a_server_nobody_says_when(studio, weights):
    sign(weights, weights.with_name("signed.safetensors"), CLAIM, Identity.read(studio))

    found = read(weights.with_name("signed.safetensors"))
    assert found is not None and (found.at, found.stamped) == ("", False)


@pytest.mark.parametrize("name", ["signed.safetensors", "signed.png"])
def test_a_server_that_does_not_answer_is_named_and_leaves_nothing_half_signed(
    studio, weights, tmp_path, name
):
    if name.endswith(".png"):
        weights.write_bytes(to_png(np.zeros((16, 16, 3), np.uint8)))
    before = {path.name for path in tmp_path.iterdir()}

    with pytest.raises(SetupMissing, match=r"127\.0\.0\.1:9/tsr gave no time .* unset SAKUGA_TIMESTAMPS"):
        sign(weights, tmp_path / name, CLAIM, Identity.read(studio, NOBODY))
    assert {path.name for path in tmp_path.iterdir()} == before


def test_an_answer_that_is_no_stamp_is_refused(studio, clock, weights):
    with timestamps.serving(clock, most=0) as address, pytest.raises(SetupMissing, match="status = 503"):
        sign(weights, weights.with_name("signed.safetensors"), CLAIM, Identity.read(studio, address))
    assert not sidecar_of(weights.with_name("signed.safetensors")).exists()


@pytest.mark.parametrize(
    "address",
    ["ftp://time.example", "file:///etc/passwd", "time.example/tsr", "http://", "https:///tsr", "http://[", " ",
     "http://a b/", "http://time.example\n/", "http://x:99999/", "javascript:alert(1)", "http://x/" + "a" * 2000],
)  # fmt: skip
def test_an_address_that_is_no_web_address_is_refused_before_anything_is_signed(studio, address):
    with pytest.raises(SetupMissing, match="SAKUGA_TIMESTAMPS"):
        Identity.read(studio, address)


def test_a_password_in_the_address_is_refused_and_not_told(studio):
    with pytest.raises(SetupMissing, match=r"time\.example") as refused:
        Identity.read(studio, "https://me:geheim@time.example/tsr")
    assert "geheim" not in str(refused.value)


def short_lived(studio: Path, ends: datetime) -> Identity:
    """The studio's identity with a leaf that ends at ``ends``."""
    usual = Identity.read(studio)
    leaf, root = x509.load_pem_x509_certificates(usual.chain.encode())
    key = serialization.load_pem_private_key((studio / "root.key").read_bytes(), password=None)
    builder = (
        x509.CertificateBuilder()
        .subject_name(leaf.subject)
        .issuer_name(leaf.issuer)
        .public_key(leaf.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(leaf.not_valid_before_utc)
        .not_valid_after(ends)
    )
    for one in leaf.extensions:
        builder = builder.add_extension(one.value, critical=one.critical)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    chain = [builder.sign(key, hashes.SHA256()), root]
    pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    return replace(usual, chain=pem.decode(), until=ends)


@pytest.mark.slow
def test_with_a_stamp_a_signature_outlives_its_certificate_and_without_it_does_not(studio, clock, weights):
    roots = f"{(studio / 'trust.pem').read_text()}\n{(clock / 'root.pem').read_text()}"
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
    stamped, plain = weights.with_name("stamped.safetensors"), weights.with_name("plain.safetensors")
    with timestamps.serving(clock) as address:
        sign(weights, stamped, CLAIM, replace(short_lived(studio, ends), timestamps=address))
    sign(weights, plain, CLAIM, short_lived(studio, ends))
    before = read(plain, roots)

    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()) + 1.5)
    with_stamp, without = read(stamped, roots), read(plain, roots)
    assert before is not None and before.state == "Trusted"
    assert with_stamp is not None and with_stamp.state == "Trusted"
    assert without is not None and without.state == "Invalid"
