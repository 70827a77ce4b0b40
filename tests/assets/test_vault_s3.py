"""Claims about a vault on S3, held against a server that speaks it over HTTP on this machine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from assets.errors import BlobDamaged, BlobMissing, InputRefused, StorageFailed
from assets.sheets.anchor import Anchor
from assets.sheets.production import Ref
from assets.vault import Vault
from assets.vault.cache import Cache
from assets.vault.s3 import PART, broken_off

RECIPE = "a" * 64
LOST = Ref(sha256="0" * 64, bytes=3, media_type="image/png")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def credentials(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASTUDIO")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-for-a-log")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")


@pytest.fixture
def bucket(credentials: None) -> str:
    name = f"studio-{uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def opened(bucket: str, tmp_path: Path) -> Callable[..., Vault]:
    """``opened("rin")``: the vault as the machine ``rin`` has it, with a cache of its own."""

    def done(machine: str = "rin", **options: int) -> Vault:
        return Vault.open(f"s3://{bucket}/vault", cache=tmp_path / machine, **options)

    return done


def keys(bucket: str, prefix: str = "vault/") -> list[str]:
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [item["Key"].removeprefix(prefix) for item in found.get("Contents", ())]


def uploads(bucket: str) -> list[dict[str, object]]:
    return list(boto3.client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", ()))


def overwrite(bucket: str, ref: Ref, data: bytes) -> None:
    [key] = [key for key in keys(bucket, "") if ref.sha256[2:] in key]
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=data)


def test_what_one_machine_put_another_gets(opened):
    ref = opened("rin").put(b"pixels", "image/png")

    other = opened("ken")

    assert (other.get(ref), other.local(ref).read_bytes(), other.has(ref)) == (b"pixels", b"pixels", True)


def test_what_was_put_is_read_as_a_file_without_fetching_it_again(opened, bucket):
    vault = opened()
    ref = vault.put(b"pixels", "image/png")
    boto3.client("s3").delete_object(Bucket=bucket, Key=f"vault/blobs/{ref.sha256[:2]}/{ref.sha256[2:]}.png")

    assert vault.local(ref).read_bytes() == b"pixels"
    assert not vault.has(ref)


def test_a_recipe_is_finished_for_every_machine_at_once(opened):
    rin, ken = opened("rin"), opened("ken")
    ref = rin.put(b"pixels", "image/png")
    before = ken.recall(RECIPE)

    rin.commit(RECIPE, {"image": ref.model_dump()})

    assert (before, ken.recall(RECIPE)) == (None, {"image": ref.model_dump()})


def test_a_commit_whose_blob_was_never_put_is_refused(opened, bucket):
    with pytest.raises(BlobMissing):
        opened().commit(RECIPE, {"image": LOST.model_dump()})

    assert keys(bucket, "vault/commits/") == []


def test_many_writers_of_the_same_and_of_other_things_lose_nothing(opened):
    machines = [opened(name) for name in ("rin", "ken", "mio", "aki")]

    def work(number: int) -> Ref:
        vault = machines[number % 4]
        ref = vault.put(b"shared" if number % 2 else b"mine %d" % number, "image/png")
        vault.commit(f"{number:064x}", {"image": ref.model_dump()})
        return ref

    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(work, range(32)))

    fresh = opened("fresh")
    assert all(
        fresh.recall(f"{number:064x}") == {"image": ref.model_dump()} for number, ref in enumerate(refs)
    )
    inspection = fresh.verify()
    assert (inspection.sound, inspection.blobs, inspection.commits) == (True, 17, 32)


def test_damage_that_keeps_the_size_is_noticed_when_the_blob_is_read(opened, bucket):
    ref = opened("rin").put(b"pixels", "image/png")
    overwrite(bucket, ref, b"PIXELS")

    with pytest.raises(BlobDamaged, match="quarantine"):
        opened("ken").local(ref)

    assert [key for key in keys(bucket) if key.startswith("quarantine/")]
    assert not opened("ken").has(ref)


def test_a_blob_of_another_size_counts_as_lost_and_its_work_is_done_again(opened, bucket):
    vault = opened()
    ref = vault.put(b"pixels", "image/png")
    vault.commit(RECIPE, {"image": ref.model_dump()})
    overwrite(bucket, ref, b"half")

    assert vault.recall(RECIPE) is None
    assert "is done again" in vault.warnings[-1]


def test_upkeep_removes_what_no_commit_refers_to(opened, bucket):
    vault = opened()
    kept, idle = vault.put(b"kept", "image/png"), vault.put(b"idle", "image/png")
    vault.commit(RECIPE, {"image": kept.model_dump()})

    freed = vault.collect(older_than_s=-5)

    assert (freed, vault.has(kept), vault.has(idle)) == (4, True, False)


@pytest.mark.slow
def test_a_listing_of_more_than_a_thousand_objects_is_complete(opened, bucket):
    vault = opened()
    ref = vault.put(b"pixels", "image/png")
    client = boto3.client("s3")
    for number in range(1005):
        client.put_object(Bucket=bucket, Key=f"vault/blobs/{number % 256:02x}/{number:062x}.png", Body=b"x")

    freed = vault.collect(keep=[ref], older_than_s=-5)

    assert (freed, vault.has(ref)) == (1005, True)


def test_a_large_file_goes_up_in_parts_and_comes_back_whole(opened, tmp_path):
    file = tmp_path / "episode.mp4"
    file.write_bytes(os.urandom(1 << 20) * (2 * PART // (1 << 20)) + b"end")

    ref = opened("rin").put_file(file, "video/mp4")

    assert opened("ken").local(ref).read_bytes() == file.read_bytes()


UPLOADING = """
import sys
from pathlib import Path
from assets.vault import Vault
vault = Vault.open(sys.argv[1], cache=Path(sys.argv[2]))
print("open", flush=True)
vault.put_file(Path(sys.argv[3]), "video/mp4")
"""


def test_a_kill_in_the_middle_of_an_upload_leaves_nothing_half(opened, bucket, tmp_path):
    file, root = tmp_path / "episode.mp4", Path(__file__).parents[2]
    with file.open("wb") as open_file:
        open_file.truncate(40 * PART)
    opened()
    argv = [sys.executable, "-c", UPLOADING, f"s3://{bucket}/vault", str(tmp_path / "c"), str(file)]
    with subprocess.Popen(argv, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}) as process:
        while process.poll() is None and not uploads(bucket):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)

    assert process.returncode == -signal.SIGKILL
    assert uploads(bucket), "it was killed too late"
    assert [key for key in keys(bucket) if key.startswith("blobs/")] == []
    assert opened("ken").verify().sound
    opened("ken").collect(older_than_s=-5)
    assert uploads(bucket) == []


class Pages:
    """Two pages of uploads, as S3 lists them: moto dates all of them 2010."""

    def call_s3(self, operation: str, **given: str) -> dict[str, Any]:
        if operation == "list_parts":
            return {"Parts": [{"Size": 5}, {"Size": 6}]}
        begun = datetime.fromtimestamp(1_000 if "KeyMarker" in given else 3_000, UTC)
        page = {"Uploads": [{"Key": f"vault/{begun:%M}", "UploadId": "u", "Initiated": begun}]}
        more = {"IsTruncated": True, "NextKeyMarker": "k", "NextUploadIdMarker": "u"}
        return page if "KeyMarker" in given else page | more


def test_an_upload_that_may_still_go_on_is_not_cleared_away():
    found = list(broken_off(Pages(), "bucket/vault", older_than=2_000))

    assert found == [({"Bucket": "bucket", "Key": "vault/16", "UploadId": "u"}, 11)]


def test_uploads_outside_the_vault_are_none_of_its_business(opened, bucket):
    vault, client = opened(), boto3.client("s3")
    client.create_multipart_upload(Bucket=bucket, Key="accounts/2026.zip")
    client.create_multipart_upload(Bucket=bucket, Key="vault-of-others/x")

    vault.collect(older_than_s=-5)

    assert len(uploads(bucket)) == 2


def test_local_copies_keep_their_bound(opened, tmp_path, monkeypatch):
    vault = opened(cache_bytes=50_000)
    monkeypatch.setattr(Cache, "IN_HANDS_S", -1.0)

    for number in range(40):
        vault.put(b"%05d" % number * 1000, "image/png")

    held = sum(path.stat().st_size for path in (tmp_path / "rin" / "blobs").rglob("*.png"))
    assert 0 < held <= 60_000


def refusal(url: str) -> tuple[str, float]:
    started = time.monotonic()
    with pytest.raises(StorageFailed) as caught:
        Vault.open(url)
    return str(caught.value), time.monotonic() - started


def test_a_bucket_that_is_not_there_is_named(credentials):
    said, _ = refusal("s3://no-such-studio/vault")

    assert "s3://no-such-studio/vault" in said
    assert "Create the bucket first" in said


def test_a_place_where_nobody_answers_is_told_in_seconds(monkeypatch):
    """It took more than four minutes."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    said, seconds = refusal("s3://studio/vault")

    assert "AWS_ENDPOINT_URL" in said
    assert "http://127.0.0.1:9" in said
    assert seconds < 60


def test_without_credentials_one_is_told_how_to_give_them(bucket, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    said, _ = refusal(f"s3://{bucket}/vault")

    assert "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID" in said


def test_wrong_credentials_are_told_and_not_repeated(bucket, s3_server):
    httpx.post(f"{s3_server}/moto-api/reset-auth", content=b"0")
    try:
        said, seconds = refusal(f"s3://{bucket}/vault")
    finally:
        httpx.post(f"{s3_server}/moto-api/reset-auth", content=b"inf")

    assert "The credentials are unknown there, or may not do this" in said
    assert "not-for-a-log" not in said
    assert seconds < 60


def test_credentials_in_the_url_are_refused_and_not_repeated():
    with pytest.raises(InputRefused, match="holds no credentials") as caught:
        Vault.open("s3://AKIA:not-for-a-log@bucket/vault")

    assert "not-for-a-log" not in str(caught.value)


def test_another_endpoint_is_asked_when_the_environment_says_so(bucket, monkeypatch, tmp_path):
    """fsspec remembered the file system, and with it the endpoint of before."""
    Vault.open(f"s3://{bucket}/vault", cache=tmp_path / "c")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(StorageFailed):
        Vault.open(f"s3://{bucket}/vault", cache=tmp_path / "c")


def test_what_is_missing_or_changed_is_named_and_put_back_from_a_local_copy(opened, bucket):
    vault = opened("rin")
    gone, changed = vault.keep(b"a timeline", "application/json"), vault.keep(b"a sheet", "application/yaml")
    overwrite(bucket, changed, b"a shete")
    [key] = [key for key in keys(bucket, "") if gone.sha256[2:] in key]
    boto3.client("s3").delete_object(Bucket=bucket, Key=key)

    faults = {(fault.kind, fault.ref) for fault in vault.examine({}).faults}
    put_back = [any(vault.found_again(ref, path) for path in vault.copies_of(ref)) for ref in (gone, changed)]

    assert faults == {("missing", gone), ("changed", changed)}
    assert put_back == [True, True]
    assert vault.examine({}).faults == ()
    assert opened("ken").get(changed) == b"a sheet"


def test_clean_up_on_s3_leaves_what_is_referred_to_and_what_is_young(opened):
    vault = opened("rin")
    kept, loose = vault.keep(b"kept", "text/plain"), vault.put(b"loose", "text/plain")

    assert vault.unreferenced((), older_than_s=3600) == []
    assert [item.bytes for item in vault.unreferenced((), older_than_s=-60)] == [5]
    assert vault.unreferenced((loose,), older_than_s=-60) == []
    assert vault.collect(older_than_s=-60) == 5
    assert vault.has(kept) and not vault.has(loose)


def test_anchors_on_s3_are_found_by_another_machine(opened):
    anchor = Anchor(
        kind="run", store="a" * 32, episode="yuzu/ep01", number=3, hash="c" * 64,
        made_at="2026-11-27T20:00:00.000Z", made_by="ken",
    )  # fmt: skip
    opened("rin").anchors.write(anchor)

    assert opened("ken").anchors.newest("yuzu/ep01") == anchor
    assert opened("ken").anchors.newest("yuzu/ep01", "b" * 32) is None
