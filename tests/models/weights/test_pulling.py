"""A pull ends with exactly the locked bytes, whatever the network does, or says what happened."""

import fcntl

import pytest

from assets import files as files_on_disk
from assets.errors import InputRefused, LockHeld, SetupMissing
from models.weights import snapshot, store
from models.weights.hub import Hub
from models.weights.mirror import Mirror
from models.weights.pulling import partial, pull
from tests.models.weights.small_models import FILES, REVISION, a_model, put, tensors, write

BIG = {**FILES, "unet/model.safetensors": tensors(7, 500_000)}


@pytest.fixture
def hub(served):
    served.put("studio/tiny", BIG)
    return Hub(served.endpoint)


def bytes_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_pull_brings_the_locked_bytes_and_leaves_nothing_beside_them(hub):
    folder = pull(a_model(BIG), hub)

    assert bytes_of(folder) == BIG
    assert snapshot(a_model(BIG).weights).folder == folder
    assert not partial(a_model(BIG)).exists()


def test_progress_counts_every_byte_once(hub):
    seen: dict[str, int] = {}

    pull(a_model(BIG), hub, lambda path, count: seen.update({path: seen.get(path, 0) + count}))

    assert seen == {path: len(data) for path, data in BIG.items()}


def test_a_second_pull_asks_for_nothing(hub, served):
    pull(a_model(BIG), hub)
    before = len(served.asked())

    pull(a_model(BIG), hub)

    assert len(served.asked()) == before


def test_a_cut_connection_is_continued_where_it_was_cut(served):
    long = {**FILES, "unet/model.safetensors": tensors(7, 3_000_000)}  # the library writes pieces of 10 MiB
    served.put("studio/tiny", long)
    served.fails(cut=11_000_000, cuts=1)

    folder = pull(a_model(long), Hub(served.endpoint))

    ranges = [told[2] for told in served.asked() if told[1].endswith("model.safetensors")]
    assert bytes_of(folder) == long
    assert ranges == ["-", "bytes=10485760-"]


def test_a_pull_that_was_killed_goes_on_with_what_had_arrived(hub, served):
    """The hub's library forgets what had arrived when its process ends; whole gigabytes would come twice."""
    model, data = a_model(BIG), BIG["unet/model.safetensors"]
    part = partial(model) / "unet/model.safetensors.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(data[:1_234_567])

    folder = pull(model, hub)

    assert ["GET", "bytes=1234567-"] in [[told[0], told[2]] for told in served.asked()]
    assert bytes_of(folder) == BIG


def test_a_server_that_cannot_resume_sends_the_file_again_and_progress_stays_right(hub, served):
    model, data, seen = a_model(BIG), BIG["unet/model.safetensors"], []
    part = partial(model) / "unet/model.safetensors.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(data[:1_000_000])
    served.fails(whole=True)

    folder = pull(model, hub, lambda path, count: seen.append(count))

    assert bytes_of(folder) == BIG
    assert sum(seen) == sum(map(len, BIG.values()))


def test_one_changed_byte_is_refused_and_not_kept(hub, served):
    served.fails(changed="unet/model.safetensors")

    with pytest.raises(SetupMissing, match="changed or damaged on its way"):
        pull(a_model(BIG), hub)

    with pytest.raises(SetupMissing, match="not on this machine"):
        snapshot(a_model(BIG).weights)
    served.fails()
    assert bytes_of(pull(a_model(BIG), hub)) == BIG


def test_a_safetensors_file_with_a_wrong_header_is_refused_even_where_the_lock_lists_it(served):
    broken = {**FILES, "unet/model.safetensors": b"\xff" * 64}
    served.put("studio/tiny", broken)

    with pytest.raises(SetupMissing, match="not a valid safetensors"):
        pull(a_model(broken), Hub(served.endpoint))


def test_a_server_that_fails_for_a_moment_is_asked_again(hub, served):
    served.fails(status={"unet/model.safetensors": 503}, statuses=1)

    assert bytes_of(pull(a_model(BIG), hub)) == BIG


def test_a_server_that_keeps_failing_is_told_with_its_status(hub, served):
    served.fails(status={"unet/model.safetensors": 500})

    with pytest.raises(SetupMissing, match="HTTP status 500"):
        pull(a_model(BIG), hub)


def test_a_gated_model_says_where_its_licence_is_accepted(hub, served):
    served.fails(token="right")

    with pytest.raises(SetupMissing, match=r"Accept the licence at http://127\.0\.0\.1:\d+/studio/tiny"):
        pull(a_model(BIG), hub)
    with pytest.raises(SetupMissing, match="SAKUGA_HUB_TOKEN"):
        pull(a_model(BIG), Hub(served.endpoint, "wrong"))
    assert bytes_of(pull(a_model(BIG), Hub(served.endpoint, "right"))) == BIG


def test_an_internal_hub_is_never_shown_the_token_of_the_public_one(served, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    served.put("studio/tiny", FILES)

    pull(a_model(), Hub(served.endpoint))

    assert {told[3] for told in served.asked()} == {"-"}


def test_a_commit_that_the_hub_does_not_have_is_an_error_about_the_revision(hub):
    with pytest.raises(InputRefused, match="no such commit"):
        pull(a_model(BIG, revision="f" * 40), hub)


def test_a_file_that_the_hub_lost_is_named(hub, served):
    (served.root / "studio/tiny/unet/config.json").unlink()

    with pytest.raises(SetupMissing, match=r"unet/config\.json.*does not have this file"):
        pull(a_model(BIG), hub)


@pytest.mark.slow  # the library tries for five seconds
def test_a_hub_that_cannot_be_reached_is_an_error_that_says_so():
    with pytest.raises(SetupMissing, match="cannot be reached"):
        pull(a_model(), Hub("http://127.0.0.1:9"))


def test_only_damaged_files_are_fetched_again(hub, served):
    folder = pull(a_model(BIG), hub)
    (folder / "unet/config.json").write_bytes(b"[]")
    before = len(served.asked())

    pull(a_model(BIG), hub)

    assert [told[1] for told in served.asked()[before:]] == [
        f"/studio/tiny/resolve/{REVISION}/unet/config.json"
    ]
    assert bytes_of(folder) == BIG


@pytest.mark.parametrize(
    "place",
    [
        "studio/tiny",
        f"studio/tiny/{REVISION}",
        f"studio--tiny/{REVISION}",
        f"models--studio--tiny/snapshots/{REVISION}",
    ],
)
def test_a_mirror_is_read_in_every_usual_layout(tmp_path, place):
    write(tmp_path / "mirror" / place, BIG)

    assert bytes_of(pull(a_model(BIG), Mirror(tmp_path / "mirror"))) == BIG


def test_a_mirror_with_other_bytes_is_refused(tmp_path):
    write(tmp_path / "mirror/studio/tiny", {**BIG, "unet/config.json": b"[]"})

    with pytest.raises(SetupMissing, match=r"unet/config\.json of studio/tiny"):
        pull(a_model(BIG), Mirror(tmp_path / "mirror"))


def test_a_mirror_without_the_file_says_where_it_may_lie(tmp_path):
    (tmp_path / "mirror").mkdir()

    with pytest.raises(SetupMissing, match=f"studio/tiny/{REVISION}/unet/model"):
        pull(a_model(), Mirror(tmp_path / "mirror"))


def test_a_second_process_that_pulls_the_same_model_is_told(hub):
    model = a_model(BIG)
    folder = store.folder_of(model.weights)
    folder.mkdir(parents=True)

    with (
        files_on_disk.open_lock(folder.with_name(f".{folder.name}.lock")) as file,
        pytest.raises(LockHeld, match="Another process"),
    ):
        fcntl.flock(file, fcntl.LOCK_EX)
        pull(model, hub)


def test_a_link_in_the_place_of_a_file_is_replaced_and_its_target_stays(tmp_path):
    weights, target = put(a_model()), tmp_path / "target.json"
    target.write_bytes(FILES["unet/config.json"])
    file = store.folder_of(weights) / "unet/config.json"
    file.unlink()
    file.symlink_to(target)
    write(tmp_path / "mirror/studio/tiny")

    pull(a_model(), Mirror(tmp_path / "mirror"))

    assert not file.is_symlink() and target.exists()
